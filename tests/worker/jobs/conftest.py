"""One render session for all tests of this folder: the sandbox compiles once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assay.jobs.render.session import RenderSession
from assay.jobs.runner import JobRunner, open_gallery


@pytest.fixture(scope="session")
def gallery_session() -> Iterator[RenderSession]:
    """The gallery at 70 x 40 pixels, 8 samples: six items, some of them half outside the image."""
    with JobRunner(threads=2) as runner:
        yield open_gallery(runner, (70, 40, 8))

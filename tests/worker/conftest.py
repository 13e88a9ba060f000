"""What every test of the worker package shares."""

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="module")
def compiled_code_of_one_file() -> Iterator[None]:
    """Frees what JAX compiled for a file: kept for a whole run it comes to gigabytes in each process."""
    yield
    jax = sys.modules.get("jax")
    if jax is not None:
        jax.clear_caches()

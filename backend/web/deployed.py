"""The deployment this server serves: read once, read again when its file changes."""

from __future__ import annotations

import os
from functools import lru_cache

from django.conf import settings

from assay.protocol.deployment import Deployment, DeploymentError
from backend.web.errors import Problem


def deployment() -> Deployment:
    """The deployment. A 503 problem while there is none."""
    path: str = settings.ASSAY_DEPLOYMENT
    try:
        return _load(path, os.stat(path).st_mtime_ns)
    except (OSError, DeploymentError) as error:
        hint = (
            getattr(error, "hint", "") or "Deploy the contracts, then start the server with ASSAY_DEPLOYMENT."
        )
        detail = "The contracts are not deployed on the chain this server follows."
        raise Problem(503, "not_deployed", detail, hint, headers={"Retry-After": "5"}) from error


@lru_cache(maxsize=4)
def _load(path: str, changed_ns: int) -> Deployment:
    return Deployment.load(path)

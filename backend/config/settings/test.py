"""Settings of the test suite: an SQLite file of its own (or DATABASE_URL), no Redis unless a test starts one."""

import os
import tempfile

from backend.config.settings.base import *  # noqa: F403
from backend.config.settings.base import DATABASES

SECRET_KEY = "test-only-not-a-secret-test-only-not-a-secret"  # noqa: S105
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
if "DATABASE_URL" not in os.environ:
    # A file, not :memory:, so that WAL, locks and second connections are those of the real thing.
    DATABASES["default"]["NAME"] = os.path.join(tempfile.gettempdir(), f"assay-test-{os.getpid()}.sqlite3")
    DATABASES["default"]["TEST"] = {
        "NAME": os.path.join(tempfile.gettempdir(), f"assay-test-{os.getpid()}-run.sqlite3")
    }
else:
    # A pooled connection would keep the test database from being dropped.
    DATABASES["default"]["OPTIONS"].pop("pool", None)

"""One machine: SQLite and a local chain unless the environment says otherwise. Never serve this to the internet."""

from backend.config.settings.base import *  # noqa: F403
from backend.config.settings.base import RUN, SECRET_KEY, env

DEBUG = env.bool("DJANGO_DEBUG", default=False)
# Only signs admin sessions of a server bound to loopback.
SECRET_KEY = SECRET_KEY or "local-only-not-a-secret-local-only-not-a-secret"
ALLOWED_HOSTS = env.list("DJANGO_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
RUN.mkdir(parents=True, exist_ok=True)

"""Settings every environment shares; each value that differs comes from the environment (names in the
README).

The backend is a read model of the chain: there is no signing key here, and no setting for one.
"""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import environ

from backend.config.settings.web import *  # noqa: F403
from backend.config.settings.web import content_security_policy

ROOT = Path(__file__).resolve().parents[3]
RUN = ROOT / ".run"
env = environ.Env()

# --- the chain and its deployment -------------------------------------------------------------------------
ASSAY_RPC_URL: str = env.str("ASSAY_RPC_URL", default="http://127.0.0.1:8545")
ASSAY_DEPLOYMENT: str = env.str("ASSAY_DEPLOYMENT", default=str(RUN / "deployments" / "31337.json"))
ASSAY_STORE_URL: str = env.str("ASSAY_STORE_URL", default=f"file://{RUN / 'artifacts'}")
# The node as browsers reach it: never a URL with a private key in it.
ASSAY_PUBLIC_RPC_URL: str = env.str("ASSAY_PUBLIC_RPC_URL", default=ASSAY_RPC_URL)
ASSAY_API_URL: str = env.str("ASSAY_API_URL", default="http://127.0.0.1:8000")
ASSAY_STREAM_URL: str = env.str("ASSAY_STREAM_URL", default="http://127.0.0.1:8001")
ASSAY_REDIS_URL: str = env.str("ASSAY_REDIS_URL", default="")
ASSAY_DEMO: bool = env.bool("ASSAY_DEMO", default=False)

# --- the indexer ------------------------------------------------------------------------------------------
# Blocks that can be taken back. A reorg that reaches deeper stops the indexer with an error.
ASSAY_REORG_WINDOW: int = env.int("ASSAY_REORG_WINDOW", default=256)
# Compare every block with its receipts, not only those in the window: for a node that is not trusted to be complete.
ASSAY_CHECK_RECEIPTS: bool = env.bool("ASSAY_CHECK_RECEIPTS", default=False)
# A row younger than this many blocks is shown as pending.
ASSAY_CONFIRMATIONS: int = env.int("ASSAY_CONFIRMATIONS", default=1)

# --- Django -----------------------------------------------------------------------------------------------
SECRET_KEY: str = env.str("DJANGO_SECRET_KEY", default="")
DEBUG = False
ALLOWED_HOSTS: list[str] = env.list("DJANGO_ALLOWED_HOSTS", default=[])
ROOT_URLCONF = "backend.config.urls"
WSGI_APPLICATION = "backend.config.wsgi.application"
ASGI_APPLICATION = "backend.config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
# WhiteNoise reads the packages' own folders (settings/web.py): nothing has to be collected first.
STATIC_ROOT: Path | None = None
APPEND_SLASH = False
# Uploads are streamed by the artifacts app; nothing else takes a large body.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 << 20

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_prometheus",
    "backend.chain",
    "backend.indexer",
    "backend.market",
    "backend.disputes",
    "backend.providers",
    "backend.devices",
    "backend.exchange",
    "backend.artifacts",
    "backend.accounts",
    "backend.api",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "backend.api.middleware.DashboardPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "backend.api.middleware.api_headers",
    "backend.api.middleware.operator_gate",
    "backend.api.middleware.OperatorSession",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "backend.api.middleware.OperatorLogin",
    "backend.api.middleware.OperatorMessages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]


def database(url: str) -> dict[str, Any]:
    """Django's entry for a DATABASE_URL: SQLite in WAL mode with one writer at a time, or PostgreSQL with
    psycopg's pool.
    """
    entry: dict[str, Any] = env.db_url_config(url)
    options: dict[str, Any] = entry.setdefault("OPTIONS", {})
    if "sqlite" in entry["ENGINE"]:
        # Opening a file and its PRAGMAs cost more than a query: each thread keeps its connection.
        entry["CONN_MAX_AGE"] = None
        options |= {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;",
        }
    else:
        entry["HOST"] = unquote(entry["HOST"])  # %2Frun%2Fpostgresql: a socket's folder
        entry["CONN_HEALTH_CHECKS"] = True
        options.setdefault("pool", {"min_size": 1, "max_size": 8, "timeout": 20})
    return entry


DATABASES: dict[str, dict[str, Any]] = {
    "default": database(env.str("DATABASE_URL", default=f"sqlite:///{RUN / 'db.sqlite3'}"))
}

CACHES: dict[str, dict[str, Any]] = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": ASSAY_REDIS_URL}
        if ASSAY_REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "assay"}
    )
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
}

# --- what differs by where the chain, the stream and the broker are ---------------------------------------
CONTENT_SECURITY_POLICY: dict[str, Any] = content_security_policy(ASSAY_PUBLIC_RPC_URL, ASSAY_STREAM_URL)
CELERY_BROKER_URL: str = ASSAY_REDIS_URL or "memory://"

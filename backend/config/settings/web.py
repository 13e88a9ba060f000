"""Settings of the HTTP side: API, limits, headers, tasks. Imported whole by base.py; values from the
environment.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ

env = environ.Env()
ROOT = Path(__file__).resolve().parents[3]
MIB = 1 << 20

# --- who may send how much --------------------------------------------------------------------------------
# Reverse proxies in front of this server whose X-Forwarded-For is believed; 0: none, the socket's peer
# counts.
ASSAY_TRUSTED_PROXIES: int = env.int("ASSAY_TRUSTED_PROXIES", default=0)
# Requests a minute, per client address (read, quote, upload, order) or per wallet (wallet); 0: no limit.
ASSAY_RATE_LIMITS: dict[str, int] = {
    "read": env.int("ASSAY_RATE_READ", default=6_000),
    "quote": env.int("ASSAY_RATE_QUOTE", default=120),
    "upload": env.int("ASSAY_RATE_UPLOAD", default=6_000),
    "order": env.int("ASSAY_RATE_ORDER", default=120),
    "wallet": env.int("ASSAY_RATE_WALLET", default=6_000),
}
# Orders of one maker that this relay keeps while something of them may be filled.
ASSAY_ORDERS_PER_MAKER: int = env.int("ASSAY_ORDERS_PER_MAKER", default=100)
# Most bytes of one artifact, by kind of store object.
ASSAY_UPLOAD_LIMITS: dict[str, int] = {
    "bytes": env.int("ASSAY_LIMIT_BYTES", default=256 * MIB),
    "list": env.int("ASSAY_LIMIT_LIST", default=MIB),
    "spec": env.int("ASSAY_LIMIT_SPEC", default=64 * 1024),
    "tensor": env.int("ASSAY_LIMIT_TENSOR", default=256 * MIB),
}
# Bytes one wallet may have stored here.
ASSAY_QUOTA_BYTES: int = env.int("ASSAY_QUOTA_BYTES", default=4 << 30)
# Other artifact stores (URLs of backends like this one) that the status page watches.
ASSAY_MIRRORS: list[str] = env.list("ASSAY_MIRRORS", default=[])
# Server-sent events: clients at once, and messages a slow client may fall behind before it is dropped.
ASSAY_STREAM_CLIENTS: int = env.int("ASSAY_STREAM_CLIENTS", default=2_000)
ASSAY_STREAM_QUEUE: int = env.int("ASSAY_STREAM_QUEUE", default=1_000)

# --- the dashboard ----------------------------------------------------------------------------------------
ASSAY_FRONTEND_DIST = Path(env.str("ASSAY_FRONTEND_DIST", default=str(ROOT / "frontend" / "dist")))
# Other origins whose pages may read the API and the stream (the dashboard itself is served from this one).
ASSAY_DASHBOARD_ORIGINS: list[str] = env.list("ASSAY_DASHBOARD_ORIGINS", default=[])
# WhiteNoise: admin and API browser files from the packages, the dashboard's files from its build. Vite names
# its files by their content. Built after the server started? Restart it.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ROOT: Path | None = ASSAY_FRONTEND_DIST if ASSAY_FRONTEND_DIST.is_dir() else None
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/assets/.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$"

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_RENDERER_CLASSES": ["backend.web.responses.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "EXCEPTION_HANDLER": "backend.web.errors.handle_exception",
    "DEFAULT_SCHEMA_CLASS": "backend.web.schema.Schema",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Assay",
    "DESCRIPTION": (
        "The read model of the Assay contracts, the artifact mirror and quotes. Amounts are decimal strings in usd6 "
        "(10^-6 USD), ids and addresses 0x strings, times block timestamps in unix seconds. Lists are paged by an "
        "opaque cursor. Errors are RFC 9457 problem documents with `code`, `detail` and `hint`."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "POSTPROCESSING_HOOKS": [],
}
CSRF_FAILURE_VIEW = "backend.web.errors.csrf_failure"

# --- headers ----------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"


def origin_of(url: str) -> str:
    """scheme://host:port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def content_security_policy(*connect: str) -> dict[str, Any]:
    """The dashboard's policy: own files only, no inline code or style, connections to the node and the
    stream.
    """
    return {
        "DIRECTIVES": {
            "default-src": ["'none'"],
            "script-src": ["'self'"],
            "style-src": ["'self'"],
            # data: is how EIP-6963 wallets hand over their icons; an image cannot run code
            "img-src": ["'self'", "blob:", "data:"],
            "font-src": ["'self'"],
            "worker-src": ["'self'"],
            "manifest-src": ["'self'"],
            "connect-src": ["'self'", *sorted({origin_of(url) for url in connect})],
            "base-uri": ["'none'"],
            "form-action": ["'self'"],
            "frame-ancestors": ["'none'"],
        }
    }


# --- Celery: short control tasks only ---------------------------------------------------------------------
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_SOFT_TIME_LIMIT = 50
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "visibility_timeout": 120,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
}

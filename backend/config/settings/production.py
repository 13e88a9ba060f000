"""The internet: every secret and host must be given, PostgreSQL and Redis are required, cookies only over TLS."""

from django.core.exceptions import ImproperlyConfigured

from backend.config.settings.base import *  # noqa: F403
from backend.config.settings.base import ASSAY_DEMO, ASSAY_REDIS_URL, DATABASES, env

SECRET_KEY = env.str("DJANGO_SECRET_KEY")
ALLOWED_HOSTS = env.list("DJANGO_ALLOWED_HOSTS")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("DJANGO_SECRET_KEY has fewer than 50 characters: generate a long random one.")
if "postgresql" not in DATABASES["default"]["ENGINE"]:
    raise ImproperlyConfigured(
        "production needs PostgreSQL: set DATABASE_URL=postgres://user:password@host/name."
    )
if not ASSAY_REDIS_URL:
    raise ImproperlyConfigured("production needs Redis: set ASSAY_REDIS_URL=redis://host:6379/0.")
if ASSAY_DEMO:
    raise ImproperlyConfigured("ASSAY_DEMO must stay unset in production: the demo wallet's keys are public.")

SECURE_SSL_REDIRECT = env.bool("DJANGO_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
# The header only allows the browser lists; sending the domain there stays its owner's decision.
SECURE_HSTS_PRELOAD = env.bool("DJANGO_HSTS_PRELOAD", default=True)
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

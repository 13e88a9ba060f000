"""ASGI entry of the API and of the event stream."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings.production")
application = get_asgi_application()

"""ASGI entry: the event stream alone. The API runs under WSGI workers, where synchronous views are several
times faster.
"""

from backend.api.stream.app import application

__all__ = ["application"]

"""The WSGI application that the API bench loads: the real backend, a plain DRF list beside it, a raw floor below it.

Served by granian; settings from the environment. /api/v1/jobs is ours, /peer/jobs is DRF's ModelSerializer with
CursorPagination on the same rows behind the same middleware, /floor/jobs is sqlite3 and orjson with nothing around.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
import types
from collections.abc import Callable, Iterable
from typing import Any

import orjson
from django.core.wsgi import get_wsgi_application

django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402
from django.urls import include, path  # noqa: E402
from rest_framework import generics, pagination, serializers  # noqa: E402
from rest_framework.renderers import JSONRenderer  # noqa: E402

from backend.market.models import Job  # noqa: E402
from backend.market.selectors import JOB_COLUMNS  # noqa: E402

COLUMNS = list(JOB_COLUMNS)


class PeerSerializer(serializers.ModelSerializer[Job]):
    """DRF's default: one field object a column, the amounts as text as ours are."""

    items = serializers.CharField()
    ceiling_usd6 = serializers.CharField()
    escrow_usd6 = serializers.CharField()

    class Meta:
        model = Job
        fields = COLUMNS


class PeerPagination(pagination.CursorPagination):
    page_size = 50
    ordering = "-position"


class PeerList(generics.ListAPIView[Job]):
    queryset = Job.objects.all()
    serializer_class = PeerSerializer
    pagination_class = PeerPagination
    renderer_classes = (JSONRenderer,)


urls = types.ModuleType("tests.bench.api_urls")
urls.urlpatterns = [  # type: ignore[attr-defined]
    path("peer/jobs", PeerList.as_view()),
    path("", include("backend.api.urls")),
]
sys.modules[urls.__name__] = urls
settings.ROOT_URLCONF = urls.__name__

_SQL = f"SELECT {', '.join(COLUMNS)} FROM market_job ORDER BY position DESC LIMIT 51"
_local = threading.local()


def floor() -> bytes:
    """One page with nothing but the driver and the encoder."""
    connection = getattr(_local, "connection", None)
    if connection is None:
        connection = _local.connection = sqlite3.connect(os.environ["BENCH_DATABASE"])
    rows = connection.execute(_SQL).fetchall()
    return orjson.dumps({"results": [dict(zip(COLUMNS, row, strict=True)) for row in rows[:50]], "next": "x"})


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """WSGI entry."""
    if environ["PATH_INFO"] == "/floor/jobs":
        body = floor()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response("200 OK", headers)
        return [body]
    found: Iterable[bytes] = django_application(environ, start_response)
    return found

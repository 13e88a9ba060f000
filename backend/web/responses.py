"""JSON answers with orjson, a strong ETag over the body, and 304 for a client that has it already."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from rest_framework.renderers import BaseRenderer

JSON_TYPE = "application/json"
# Every read may be kept, but is asked for again each time: the answer is a 304 while nothing changed.
REVALIDATE = "no-cache"


def etag_of(body: bytes) -> str:
    """A strong validator of a body."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def matches(header: str, etag: str) -> bool:
    """Whether If-None-Match names this ETag (weak comparison, as RFC 9110 wants for GET)."""
    return header.strip() == "*" or any(part.strip().removeprefix("W/") == etag for part in header.split(","))


def json_response(
    request: HttpRequest, payload: Any, status: int = 200, *, cache: str = REVALIDATE
) -> HttpResponse:
    """`payload` (JSON-ready) as an answer; 304 without a body when the request carries its ETag."""
    body = orjson.dumps(payload)
    etag = etag_of(body)
    wanted = request.META.get("HTTP_IF_NONE_MATCH")
    if status == 200 and wanted and matches(wanted, etag):
        response = HttpResponse(status=304)
        del response["Content-Type"]
    else:
        response = HttpResponse(body, status=status, content_type=JSON_TYPE)
    response["ETag"] = etag
    response["Cache-Control"] = cache
    return response


class OrjsonRenderer(BaseRenderer):
    """DRF's renderer for the endpoints that go through its full cycle."""

    media_type = JSON_TYPE
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """JSON bytes; nothing for no data."""
        return b"" if data is None else orjson.dumps(data)

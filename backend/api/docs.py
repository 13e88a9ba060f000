"""The OpenAPI document and its browser (Swagger UI from the packaged sidecar), both offline and without
inline code.
"""

from __future__ import annotations

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from backend.web.responses import etag_of, matches

DOCUMENT = Path(__file__).with_name("openapi.yaml")
DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """The committed openapi.yaml."""
    body = DOCUMENT.read_bytes()
    etag = etag_of(body)
    wanted = request.META.get("HTTP_IF_NONE_MATCH")
    if wanted and matches(wanted, etag):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body, content_type="application/yaml; charset=utf-8")
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def browser(request: HttpRequest) -> HttpResponse:
    """Swagger UI over the document."""
    response = render(request, "api/docs.html")
    response["Content-Security-Policy"] = DOCS_POLICY
    return response

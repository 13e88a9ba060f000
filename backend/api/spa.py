"""The dashboard: its index.html for every page address. WhiteNoise serves the files beside it
(settings/web.py).
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from backend.web.errors import page_not_found
from backend.web.responses import etag_of, matches

_NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Assay</title></head><body>
<h1>Assay</h1>
<p>The server runs, but the dashboard is not built yet. Build it, then load this page again:</p>
<pre>cd frontend &amp;&amp; npm ci &amp;&amp; npm run build</pre>
<p>The API is here: <a href="/api/docs">/api/docs</a>.</p>
</body></html>
"""


@require_safe
def dashboard(request: HttpRequest, path: str = "") -> HttpResponse:
    """index.html for a page of the dashboard; 404 for a file that is not there."""
    if "." in path.rsplit("/", 1)[-1]:
        return page_not_found(request)
    try:
        body = (Path(settings.ASSAY_FRONTEND_DIST) / "index.html").read_bytes()
    except OSError:
        response = HttpResponse(_NOT_BUILT, status=503)
        response["Cache-Control"] = "no-store"
        return response
    etag = etag_of(body)
    wanted = request.META.get("HTTP_IF_NONE_MATCH")
    response = HttpResponse(status=304) if wanted and matches(wanted, etag) else HttpResponse(body)
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    return response

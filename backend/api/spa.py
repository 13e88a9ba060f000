"""The dashboard: its index.html for every page address, and its files.

WhiteNoise serves the files that were there when the server started (settings/web.py); those built later come from here.
"""

from __future__ import annotations

import json
import mimetypes
import re
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils._os import safe_join
from django.views.decorators.http import require_safe

from backend.web.deployed import deployment
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

_EXIT_PAGE = "assay-exit.html"
_BAKED = re.compile(r'(<script type="application/json" id="deployments">)(.*?)(</script>)', re.DOTALL)


@require_safe
def dashboard(request: HttpRequest, path: str = "") -> HttpResponseBase:
    """index.html for a page of the dashboard; 404 for a file that is not there."""
    if "." in path.rsplit("/", 1)[-1]:
        return _file(request, path)
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


def _file(request: HttpRequest, path: str) -> HttpResponseBase:
    """A built file, or a 404 problem: never the index in its place."""
    try:
        found = Path(safe_join(str(settings.ASSAY_FRONTEND_DIST), path))
        body = found.read_bytes()
    except (OSError, SuspiciousFileOperation, ValueError):
        return page_not_found(request)
    media = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
    response = HttpResponse(body, content_type=media)
    hashed = re.match(settings.WHITENOISE_IMMUTABLE_FILE_TEST, "/" + path)
    response["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
    return response


@require_safe
def exit_page(request: HttpRequest) -> HttpResponseBase:
    """The page that works without this server, to keep: one file, this server's deployment written into it."""
    try:
        page = (Path(settings.ASSAY_FRONTEND_DIST) / _EXIT_PAGE).read_text()
    except OSError:
        return page_not_found(request)
    ours = deployment()
    mine = {
        "chain_id": ours.chain_id,
        "genesis_hash": "0x" + ours.genesis_hash.hex(),
        "deployed_block": ours.deployed_block,
        "contracts": {name: {"address": record.address} for name, record in ours.contracts.items()},
    }

    def with_ours(found: re.Match[str]) -> str:
        # data inside a script element: no character may end it
        baked = json.dumps([mine, *json.loads(found[2])]).replace("<", "\\u003c")
        return found[1] + baked + found[3]

    body = _BAKED.sub(with_ours, page, count=1)
    response = HttpResponse(body, content_type="text/html; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_EXIT_PAGE}"'
    response["Cache-Control"] = "no-store"
    return response

"""One download: headers, ranges, and the bytes as stored, a block at a time. Clients verify them against the
id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from assay.artifacts import ArtifactMissing, ArtifactStore, Kind, StoreError
from backend.artifacts.store import artifact_store
from backend.web.errors import Problem
from backend.web.responses import matches

BLOCK_BYTES = 1 << 20
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})\Z")
FOREVER = "public, max-age=31536000, immutable"


def download(request: HttpRequest, kind: Kind, identity: bytes) -> HttpResponseBase:
    """The object, part of it, or 304; raises a 404, 416 or 503 problem."""
    store = artifact_store()
    name = f"0x{identity.hex()}"
    try:
        size = store.size(kind, identity)
    except ArtifactMissing:
        hint = "Upload it, or ask another mirror."
        raise Problem(404, "not_found", f"This store has no {kind.value} {name}.", hint) from None
    except StoreError as error:
        raise Problem(503, "store_failed", "This mirror's store fails.", "Try again later.") from error
    etag = f'"{name}"'
    start, end, status = 0, size, 200
    wanted = request.META.get("HTTP_IF_NONE_MATCH")
    asked = _RANGE.match(request.META.get("HTTP_RANGE", ""))
    response: HttpResponseBase
    if wanted and matches(wanted, etag):
        response = HttpResponse(status=304)
        del response["Content-Type"]
    else:
        if asked and asked.group(0) != "bytes=-":
            start, end = _bounds(asked, size)
            status = 206
        response = _body(request, store, (kind, identity), (start, end), status)
        response["Content-Length"] = str(end - start)
        response["Content-Type"] = "application/octet-stream"
        response["Content-Disposition"] = f'attachment; filename="{name}.{kind.value}"'
        response["Accept-Ranges"] = "bytes"
        if status == 206:
            response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response["ETag"] = etag
    response["Cache-Control"] = FOREVER
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _bounds(asked: re.Match[str], size: int) -> tuple[int, int]:
    """Start and end (exclusive) of a byte range; a 416 problem when it lies outside."""
    first, last = asked.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1 if last else size)
    if start >= end:
        detail = f"The range lies outside the {size} bytes of the object."
        headers = {"Content-Range": f"bytes */{size}"}
        raise Problem(416, "range_not_satisfiable", detail, headers=headers)
    return start, end


def _body(
    request: HttpRequest, store: ArtifactStore, key: tuple[Kind, bytes], part: tuple[int, int], status: int
) -> HttpResponseBase:
    if request.method == "HEAD":
        return HttpResponse(status=status)
    start, end = part
    if end - start <= BLOCK_BYTES:
        return HttpResponse(store.read_range(*key, start, end - start), status=status)
    return StreamingHttpResponse(_blocks(store, *key, start, end), status=status)


def _blocks(store: ArtifactStore, kind: Kind, identity: bytes, start: int, end: int) -> Iterator[bytes]:
    while start < end:
        block = store.read_range(kind, identity, start, min(BLOCK_BYTES, end - start))
        if not block:  # the file shrank: the client sees a short body, and verifies anyway
            return
        start += len(block)
        yield block

"""Whether artifact stores answer: this backend's own and those ASSAY_MIRRORS names. Checked by a periodic
task.
"""

from __future__ import annotations

import httpx
from django.conf import settings
from django.utils import timezone

from assay.artifacts import Kind, StoreError
from backend.artifacts.models import Mirror
from backend.artifacts.store import artifact_store

TIMEOUT_SECONDS = 5.0
# Never stored: asking for it shows that a store answers without moving any bytes.
PROBE = bytes(32)


def check_own() -> str:
    """What is wrong with this backend's store; empty when it answers."""
    try:
        artifact_store().has(Kind.BYTES, PROBE)
    except StoreError as error:
        return error.message
    return ""


def check_mirror(url: str) -> str:
    """What is wrong with another backend's artifacts; empty when it answers as one."""
    address = f"{url.rstrip('/')}/api/v1/artifacts/{Kind.BYTES.value}/0x{PROBE.hex()}"
    try:
        status = httpx.head(address, timeout=TIMEOUT_SECONDS, follow_redirects=False).status_code
    except httpx.HTTPError as error:
        return f"does not answer ({type(error).__name__})"
    return "" if status in (200, 404) else f"answers {status}"


def own_url() -> str:
    """How others reach this backend's store."""
    return f"{settings.ASSAY_API_URL}/api/v1/artifacts"


def mirrors_check() -> None:
    """Checks all of them and remembers the outcome; forgets those no longer named."""
    found = {own_url(): check_own()} | {url: check_mirror(url) for url in settings.ASSAY_MIRRORS}
    now = timezone.now()
    for url, detail in found.items():
        values = {"ok": not detail, "detail": detail[:300], "checked": now}
        Mirror.objects.update_or_create(url=url, defaults=values)
    Mirror.objects.exclude(url__in=found).delete()


def mirrors_list() -> list[dict[str, object]]:
    """For the status page; before the first periodic check only the own store, checked now."""
    rows = list(Mirror.objects.order_by("url").values("url", "ok", "detail"))
    if rows:
        return [dict(row) for row in rows]
    detail = check_own()
    return [{"url": own_url(), "ok": not detail, "detail": detail}]

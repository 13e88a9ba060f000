"""Writes of storage quotas: reserve before an upload, commit or release after it. Each is one short
transaction that locks the wallet's row (PostgreSQL: SELECT FOR UPDATE; SQLite: one writer at a time anyway).
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from backend.accounts.models import Reservation, StorageQuota, StoredObject
from backend.web.errors import Problem

RESERVED_FOR = timedelta(hours=1)


def quota_reserve(account: str, size: int) -> Reservation:
    """Sets `size` bytes aside. Raises a 413 problem when the wallet's quota would be passed."""
    limit: int = settings.ASSAY_QUOTA_BYTES
    with transaction.atomic():
        StorageQuota.objects.get_or_create(account=account)
        row = StorageQuota.objects.select_for_update().get(account=account)
        taken = row.used_bytes + row.reserved_bytes
        if taken + size > limit:
            detail = f"{account} has {max(0, limit - taken)} of {limit} bytes left, the upload has {size}."
            hint = "Use another mirror, or wait until uploads under way have ended."
            raise Problem(413, "quota_exceeded", detail, hint, limit_bytes=limit, used_bytes=row.used_bytes)
        row.reserved_bytes += size
        row.save(update_fields=["reserved_bytes"])
        return Reservation.objects.create(account=account, size=size, expires=timezone.now() + RESERVED_FOR)


def quota_settle(reservation: Reservation, stored_key: str | None) -> None:
    """Ends a reservation. With `stored_key` ("kind:id") its bytes count as used, unless another upload of the same
    object was first.
    """
    with transaction.atomic():
        quota = StorageQuota.objects.select_for_update().get(account=reservation.account)
        deleted, _ = Reservation.objects.filter(pk=reservation.pk).delete()
        if deleted:  # else it had run out and was freed already
            quota.reserved_bytes -= reservation.size
        if stored_key is not None:
            _, first = StoredObject.objects.get_or_create(
                key=stored_key, defaults={"account": reservation.account, "size": reservation.size}
            )
            quota.used_bytes += reservation.size if first else 0
        quota.save(update_fields=["reserved_bytes", "used_bytes"])


def reservations_expire() -> int:
    """Frees what killed servers left reserved; returns how many. Called by a periodic task."""
    freed = 0
    for reservation in Reservation.objects.filter(expires__lt=timezone.now())[:1_000]:
        quota_settle(reservation, None)
        freed += 1
    return freed

"""Sums over the last day of chain time. A periodic task keeps them in the cache, /stats reads them from
there.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Sum

from backend.chain.models import Cursor
from backend.devices.models import Ask
from backend.market.models import Job, Payment, PaymentKind, Seat, SeatStatus

DAY_KEY = "stats:day"
DAY_SECONDS = 86_400


def day_sums() -> dict[str, Any]:
    """Jobs, paid lots and money of the 24 hours before the index's block, by block timestamps."""
    cursor = Cursor.objects.filter(id=1).first()
    since = (cursor.timestamp if cursor else 0) - DAY_SECONDS
    paid = Seat.objects.filter(status=SeatStatus.PAID, closed_at__gt=since)
    lots = paid.aggregate(lots=Count("lot_id", distinct=True))["lots"]
    money = paid.aggregate(total=Sum("amount_usd6"))["total"]
    pushed = Payment.objects.filter(kind=PaymentKind.PUSHED, timestamp__gt=since)
    return {
        "jobs": Job.objects.filter(posted_at__gt=since).count(),
        "lots_paid": lots,
        "paid_usd6": str(int(money or 0)),
        "income_to_shares_usd6": str(int(pushed.aggregate(total=Sum("amount_usd6"))["total"] or 0)),
        "devices_asking": Ask.objects.filter(open=True, device__retired=False).count(),
        "block": cursor.number if cursor else 0,
    }

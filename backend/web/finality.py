"""How final a row is: its block against the head and the finalized block of the index's cursor.

`read_tip` costs one query a request; rows are labelled in Python.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

PENDING, CONFIRMED, FINALIZED = "pending", "confirmed", "finalized"
LEVELS = (PENDING, CONFIRMED, FINALIZED)


@dataclass(frozen=True, slots=True)
class Tip:
    """The block the index stands at, and the two limits of finality."""

    block: int
    confirmed: int  # highest block that counts as confirmed
    finalized: int

    def of(self, block: int) -> str:
        """pending, confirmed or finalized."""
        return FINALIZED if block <= self.finalized else CONFIRMED if block <= self.confirmed else PENDING

    def label(self, items: Iterable[dict[str, Any]]) -> None:
        """Adds `finality` to each item, from its `block`."""
        finalized, confirmed = self.finalized, self.confirmed
        for item in items:
            block = item["block"]
            item["finality"] = (
                FINALIZED if block <= finalized else CONFIRMED if block <= confirmed else PENDING
            )


_SQL = "SELECT number, head_number, finalized_number FROM chain_cursor WHERE id = 1"


def read_tip() -> Tip:
    """The tip now; block -1 while nothing is indexed yet."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL)
        row = cursor.fetchone()
    if row is None:
        return Tip(-1, -1, -1)
    number, head, finalized = row
    return Tip(number, head - settings.ASSAY_CONFIRMATIONS, finalized)

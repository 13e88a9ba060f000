"""Periodic work of the relay: what can be filled is looked up again, what ended long ago is forgotten."""

from __future__ import annotations

from backend.exchange.services import orders_check, orders_prune
from backend.web.tasks import periodic


@periodic("exchange.orders_check")
def check_orders() -> int:
    """Hides orders that can no longer be filled and shows those that can again; returns how many were looked at."""
    return orders_check()


@periodic("exchange.orders_prune")
def prune_orders() -> int:
    """Forgets ended orders of long ago; returns how many."""
    return orders_prune()

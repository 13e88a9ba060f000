"""Periodic work of accounts: what ran out is freed."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.utils import timezone

from backend.accounts.services import reservations_expire
from backend.web.tasks import periodic


@periodic("accounts.reservations_expire")
def expire_reservations() -> int:
    """Frees quota that killed servers left reserved; returns how many reservations."""
    return reservations_expire()


@periodic("accounts.sessions_expire")
def sessions_expire() -> int:
    """Forgets operators' sessions that ran out; returns how many."""
    deleted, _ = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return deleted

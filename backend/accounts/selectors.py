"""Reads of accounts: credit, shares, what was stored. Called by views."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from backend.accounts.models import StorageQuota
from backend.devices.selectors import held_by
from backend.disputes.selectors import game_credit_usd6
from backend.market.models import Credit
from backend.providers.selectors import is_provider


def account_get(account: str) -> dict[str, Any]:
    """What the index knows of an account: zeros for one it never saw, since every address exists."""
    credit = Credit.objects.filter(account=account).first()
    return {
        "address": account,
        "credit_usd6": str(credit.balance_usd6 if credit else 0),
        "game_credit_usd6": str(game_credit_usd6(account)),
        "jobs_posted": credit.jobs_posted if credit else 0,
        "provider": is_provider(account),
        "shares": held_by(account),
        "block": credit.block if credit else 0,
    }


def quota_get(account: str) -> dict[str, Any]:
    """Bytes stored, reserved and allowed."""
    row = StorageQuota.objects.filter(account=account).first()
    used = row.used_bytes if row else 0
    reserved = row.reserved_bytes if row else 0
    limit: int = settings.ASSAY_QUOTA_BYTES
    return {
        "account": account,
        "used_bytes": used,
        "reserved_bytes": reserved,
        "limit_bytes": limit,
        "left_bytes": max(0, limit - used - reserved),
    }

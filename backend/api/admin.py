"""The operator's admin: rows of the index and of the mirror, to look at. The chain alone changes what it told.

Exists only once a superuser does (backend.api.middleware.operator_gate).
"""

from __future__ import annotations

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from backend.accounts.models import Reservation, StorageQuota, StoredObject
from backend.artifacts.models import Mirror, Picture, PreparedScene
from backend.chain.models import Block, Change, Cursor
from backend.devices.models import Ask, Device, Share, ShareBalance, ShareIncome
from backend.disputes.models import Claim, Contest, Conviction, Game, GameCredit, GameStep
from backend.market.models import Award, Credit, Job, JobEvent, Lot, PageRequest, Payment, Seat, Totals
from backend.providers.models import Bond, Provider, Unbond


class ReadOnly(ModelAdmin):  # type: ignore[misc]  # unfold has no types
    """Pages without a button that writes, and without a COUNT over the whole table."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never."""
        return False


_COLUMNS: dict[type[models.Model], tuple[str, ...]] = {
    Cursor: ("number", "head_number", "finalized_number", "reorgs"),
    Block: ("number", "hash", "timestamp"),
    Change: ("seq", "topic", "kind", "ref", "block"),
    Job: ("id", "buyer", "state", "reason", "lots_closed", "lots", "block"),
    Award: ("job", "index", "provider", "units"),
    Lot: ("id", "phase", "reason", "deadline", "block"),
    Seat: ("id", "provider", "status", "spare", "amount_usd6"),
    JobEvent: ("position", "job", "event", "block"),
    Payment: ("position", "account", "kind", "amount_usd6"),
    Credit: ("account", "balance_usd6", "jobs_posted"),
    PageRequest: ("id", "job", "lot", "state", "deadline"),
    Claim: ("id", "job_key", "lot", "place", "defender", "state", "games"),
    Game: ("id", "claim", "challenger", "state", "turn", "verdict", "steps"),
    Contest: ("key", "claim", "state", "answered_at", "block"),
    GameStep: ("id", "contract", "named_at"),
    GameCredit: ("account", "balance_usd6", "withdrawn_usd6"),
    Conviction: ("position", "provider", "reason", "slashed_usd6"),
    Totals: ("id", "jobs", "lots_paid", "block"),
    Provider: ("address", "stake_usd6", "locked_usd6", "seats_paid", "seats_defaulted"),
    Unbond: ("id", "amount_usd6", "available_at", "state"),
    Bond: ("id", "locked_usd6", "slashed_usd6", "released_usd6"),
    Device: ("id", "provider", "name", "runtime_class", "retired"),
    Ask: ("device", "price_per_hour_usd6", "max_units", "open"),
    Share: ("address", "symbol", "device", "total_income_usd6"),
    ShareBalance: ("id", "balance", "claimed_usd6"),
    ShareIncome: ("position", "share", "amount_usd6"),
    StorageQuota: ("account", "used_bytes", "reserved_bytes"),
    Reservation: ("account", "size", "expires"),
    StoredObject: ("key", "account", "size", "created"),
    PreparedScene: ("id", "error", "created"),
    Picture: ("job_key", "artifact", "problem", "made"),
    Mirror: ("url", "ok", "detail", "checked"),
}

for _model, _columns in _COLUMNS.items():
    admin.site.register(_model, type(f"{_model.__name__}Admin", (ReadOnly,), {"list_display": _columns}))

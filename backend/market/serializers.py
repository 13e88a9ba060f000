"""Shapes of the market's JSON, for the schema; the values come from selectors."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.disputes.serializers import SplitLineSerializer
from backend.market.models import BidStatus, JobState, LotPhase, SeatStatus
from backend.market.selectors import REASONS
from backend.web.schema import (
    address_field,
    bytes32_field,
    finality_field,
    time_field,
    usd6_field,
)

_REASONS = list(REASONS.values())


class JobSerializer(serializers.Serializer[Any]):
    """A job as a list shows it."""

    id = bytes32_field()
    buyer = address_field()
    kind = serializers.CharField(allow_null=True, help_text="null while the spec is not in the store")
    grade = serializers.IntegerField(help_text="1 trusted, 2 sampled, 3 replicated, 4 refereed")
    state = serializers.ChoiceField(choices=[state.name for state in JobState])
    reason = serializers.ChoiceField(choices=_REASONS, allow_null=True)
    lots = serializers.IntegerField()
    lots_closed = serializers.IntegerField()
    lots_paid = serializers.IntegerField()
    items = serializers.IntegerField()
    seats = serializers.IntegerField()
    spares = serializers.IntegerField()
    lot_seconds = serializers.IntegerField()
    ceiling_usd6 = usd6_field()
    audit_bps = serializers.IntegerField(
        help_text="sampled: the part of lots that are audited, in basis points"
    )
    escrow_usd6 = usd6_field()
    posted_at = time_field()
    closed_at = time_field(allow_null=True)
    block = serializers.IntegerField(help_text="of its last change")
    tx = bytes32_field()
    spec_hash = bytes32_field()
    finality = finality_field()


class TermsSerializer(serializers.Serializer[Any]):
    """An order's terms, with the salt that makes the job's id."""

    program_root = bytes32_field()
    inputs_root = bytes32_field()
    spec_hash = bytes32_field()
    runtime_class = bytes32_field()
    grade = serializers.IntegerField()
    seats = serializers.IntegerField()
    spares = serializers.IntegerField()
    lots = serializers.IntegerField()
    items_per_lot = serializers.IntegerField()
    items = serializers.IntegerField()
    lot_seconds = serializers.IntegerField()
    ceiling_usd6 = usd6_field()
    audit_bps = serializers.IntegerField(
        help_text="sampled: the part of lots that are audited, in basis points"
    )
    client_salt = bytes32_field()


class AwardeeSerializer(serializers.Serializer[Any]):
    """One entry of a job's award list, in its order."""

    provider = address_field()
    device_id = bytes32_field()
    payee = address_field()
    price_usd6 = usd6_field()
    units = serializers.IntegerField()
    name = serializers.CharField(help_text="the device's name: untrusted text")


class BidSerializer(serializers.Serializer[Any]):
    """A provider's bid. SEALED in a job that is not open any more: it was never opened, its deposit is lost.
    `price_usd6` is 0 while it is sealed.
    """

    provider = address_field()
    order = serializers.IntegerField(help_text="of sealing: the earlier of equal prices wins")
    status = serializers.ChoiceField(choices=[status.name for status in BidStatus])
    units = serializers.IntegerField(help_text="while sealed: the most it may open with")
    deposit_usd6 = usd6_field()
    device_id = bytes32_field(allow_null=True)
    price_usd6 = usd6_field()
    sealed_at = time_field()
    opened_at = time_field(allow_null=True)
    tx = bytes32_field()


class AuctionSerializer(serializers.Serializer[Any]):
    """The bidding for a job: bids are sealed until `bids_until`, opened until `opens_until`; `clearing_usd6` is what
    every seat of a lot is paid (0 until it is cleared), `surplus_usd6` what came back then, `forfeited_usd6` deposits
    of bids never opened.
    """

    bids_until = time_field()
    opens_until = time_field()
    max_units = serializers.IntegerField(help_text="most units of one bid")
    bids_sealed = serializers.IntegerField()
    bids_opened = serializers.IntegerField()
    clearing_usd6 = usd6_field()
    surplus_usd6 = usd6_field()
    forfeited_usd6 = usd6_field()
    bids = BidSerializer(many=True, help_text="in the order of sealing, the first 100")


class JobDetailSerializer(JobSerializer):
    """A job with its terms, spec, award and sums."""

    terms = TermsSerializer()
    spec = serializers.DictField(allow_null=True)
    awardees = AwardeeSerializer(many=True)
    auction = AuctionSerializer(allow_null=True, help_text="null of an instant order")
    award_hash = bytes32_field(allow_null=True)
    fee_bps = serializers.IntegerField()
    poke_price_usd6 = usd6_field()
    seed_block = serializers.IntegerField(allow_null=True)
    seed = bytes32_field(allow_null=True)
    commit_seconds = serializers.IntegerField(allow_null=True)
    seal_deadline = time_field(allow_null=True)
    drawn_at = time_field(allow_null=True)
    cancelled_at = time_field(allow_null=True)
    paid_usd6 = usd6_field()
    fee_usd6 = usd6_field()
    refund_usd6 = usd6_field()
    slashed_usd6 = usd6_field()


class SeatSerializer(serializers.Serializer[Any]):
    """A place of a lot; spares count once `called`."""

    place = serializers.IntegerField()
    provider = address_field()
    device_id = bytes32_field()
    status = serializers.ChoiceField(choices=[status.name for status in SeatStatus])
    spare = serializers.BooleanField()
    called = serializers.BooleanField()
    seal = bytes32_field(allow_null=True)
    tag = bytes32_field(allow_null=True)
    root = bytes32_field(allow_null=True)  # type: ignore[assignment]  # the stubs know Field.root
    price_usd6 = usd6_field()
    amount_usd6 = usd6_field()
    slashed_usd6 = usd6_field()
    sealed_at = time_field(allow_null=True)
    claim_id = bytes32_field(allow_null=True, help_text="once somebody has stated its claim")
    tx = bytes32_field()


class LotClaimSerializer(serializers.Serializer[Any]):
    """A revealed root of a place as a claim that can be challenged; exact jobs have them, of grade 3 and 4."""

    claim_id = bytes32_field(help_text="it exists on chain once `stated`")
    place = serializers.IntegerField()
    provider = address_field()
    root = bytes32_field()  # type: ignore[assignment]  # the stubs know Field.root
    standing = serializers.BooleanField(help_text="anyone may challenge it until the lot's window_end")
    stated = serializers.BooleanField(help_text="facts of it are on chain, so that a game can be opened")
    convicted = serializers.BooleanField(help_text="a ruling or a clock decided against it")
    reason = serializers.ChoiceField(choices=_REASONS, allow_null=True)
    games = serializers.IntegerField()
    open_games = serializers.ListField(
        child=serializers.CharField(), help_text="ids of games that are not over"
    )
    slashed_usd6 = usd6_field()
    enforced_tx = bytes32_field(allow_null=True)
    split = SplitLineSerializer(many=True, help_text="of all convictions of that transaction in this job")


class LotSerializer(serializers.Serializer[Any]):
    """A lot and its places; lots exist from the draw on."""

    lot = serializers.IntegerField()
    phase = serializers.ChoiceField(choices=[phase.name for phase in LotPhase])
    reason = serializers.ChoiceField(choices=_REASONS, allow_null=True)
    agreed = serializers.BooleanField(allow_null=True)
    root = bytes32_field(allow_null=True)  # type: ignore[assignment]  # the stubs know Field.root
    window_end = time_field(allow_null=True)
    deadline = time_field(allow_null=True)
    contested = serializers.BooleanField(
        help_text="its window does not come from agreement: roots differ, or a place was convicted"
    )
    audit_block = serializers.IntegerField(
        allow_null=True, help_text="of a sampled lot that is sealed: its hash says whether it is audited"
    )
    audit_due = serializers.BooleanField(help_text="sealed, and not drawn yet whether it is audited")
    audited = serializers.BooleanField(help_text="an auditor was drawn")
    held = serializers.BooleanField(
        help_text="not settled meanwhile: a game is open on a claim of it, or a ruling is not enforced yet"
    )
    paid_usd6 = usd6_field()
    fee_usd6 = usd6_field()
    refund_usd6 = usd6_field()
    closed_at = time_field(allow_null=True)
    block = serializers.IntegerField()
    finality = finality_field()
    seats = SeatSerializer(many=True)
    claims = LotClaimSerializer(many=True)


class EventSerializer(serializers.Serializer[Any]):
    """One line of a job's timeline."""

    event = serializers.CharField()
    contract = serializers.CharField()
    lot = serializers.IntegerField(allow_null=True)
    block = serializers.IntegerField()
    timestamp = time_field()
    tx = bytes32_field()
    log_index = serializers.IntegerField()
    args = serializers.DictField(help_text="the log's arguments; amounts as decimal text")
    finality = finality_field()

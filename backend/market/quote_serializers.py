"""Shapes of quotes' JSON, for the schema; the values come from quotes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.market.serializers import AwardeeSerializer, TermsSerializer
from backend.web.schema import address_field, bytes32_field, units_field, usd6_field


class QuoteRequestSerializer(serializers.Serializer[Any]):
    """What to quote."""

    kind = serializers.CharField(max_length=40)
    spec = serializers.DictField(help_text="as /kinds says; members left out take their defaults")
    grade = serializers.IntegerField(
        min_value=0, max_value=255, help_text="1 trusted, 2 sampled, 3 replicated, 4 refereed"
    )
    seats = serializers.IntegerField(min_value=1, max_value=255)
    spares = serializers.IntegerField(min_value=0, max_value=255)
    audit_bps = serializers.IntegerField(
        required=False,
        default=0,
        min_value=0,
        max_value=10_000,
        help_text="grade 2: the part of lots that a second provider computes too, in basis points",
    )
    max_price_per_hour_usd6 = usd6_field(required=False, allow_null=True, max_length=30)
    runtime_class = bytes32_field(
        required=False, allow_null=True, help_text="native jobs: the only class wanted"
    )
    inputs_root = bytes32_field(
        required=False,
        allow_null=True,
        help_text="exact jobs: list root of the inputs' tensor roots, in order",
    )
    lot_seconds = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=2**32 - 1,
        help_text="exact jobs: stated run time of a lot, if longer than reckoned",
    )


class QuoteTermsSerializer(TermsSerializer):
    """Terms to post; the buyer adds a salt of its own."""

    client_salt = None  # type: ignore[assignment]


class PickSerializer(serializers.Serializer[Any]):
    """A device and the length of its block on the ring."""

    device_id = bytes32_field()
    units = serializers.IntegerField()


class RefusalSerializer(serializers.Serializer[Any]):
    """Why a device is not among the picks."""

    device_id = bytes32_field()
    provider = address_field()
    name = serializers.CharField()
    code = serializers.CharField(
        help_text="retired, no_ask, ask_withdrawn, other_runtime_class, stake_too_small, over_price_cap, too_cheap, "
        "no_capacity, "
        "provider_taken, not_needed"
    )
    reason = serializers.CharField()


class PriceSerializer(serializers.Serializer[Any]):
    """Money before signing: seats_total + fee + pokes = escrow, and nothing beyond the escrow is ever owed."""

    ceiling_usd6 = usd6_field()
    seats_total_usd6 = usd6_field()
    fee_usd6 = usd6_field()
    pokes_usd6 = usd6_field()
    escrow_usd6 = usd6_field()
    worst_case_usd6 = usd6_field()
    expected_usd6 = usd6_field()
    refund_if_cancelled_now_usd6 = usd6_field()
    refund_if_cancelled_after_draw_usd6 = usd6_field()


class ProgramRefSerializer(serializers.Serializer[Any]):
    """A program of the catalogue, or an exact one under the title of its spec."""

    name = serializers.CharField(allow_blank=True)
    id = bytes32_field(help_text="artifact id")


class PlanSerializer(serializers.Serializer[Any]):
    """How the job is cut. Members that are not required are those of one kind."""

    lots = serializers.IntegerField()
    items = serializers.IntegerField()
    items_per_lot = serializers.IntegerField()
    lot_seconds = serializers.IntegerField()
    program = ProgramRefSerializer()
    width = serializers.IntegerField(required=False)
    height = serializers.IntegerField(required=False)
    samples = serializers.IntegerField(required=False)
    seed = serializers.IntegerField(required=False)
    tile = serializers.IntegerField(required=False)
    tiles_x = serializers.IntegerField(required=False)
    tiles_y = serializers.IntegerField(required=False)
    chunk = serializers.IntegerField(required=False)
    chunks = serializers.IntegerField(required=False)
    operations = serializers.IntegerField(required=False, help_text="render: of the whole job")
    nodes = serializers.IntegerField(required=False, help_text="exact: of all bodies of the program")
    scalar_operations = units_field(required=False, help_text="exact: of the whole job")
    peak_bytes = units_field(required=False, help_text="exact: memory of one item")


class DisputeTermsSerializer(serializers.Serializer[Any]):
    """What a wrong result costs, and what it costs to challenge one."""

    claim_bond_usd6 = usd6_field()
    game_bond_usd6 = usd6_field()
    window_seconds = serializers.IntegerField(help_text="after a root is shown; at least")


class QuoteSerializer(serializers.Serializer[Any]):
    """What a job would be, who takes it and what it costs, as of `block`."""

    terms = QuoteTermsSerializer()
    spec = serializers.DictField(help_text="complete: its canonical bytes hash to terms.spec_hash")
    picks = PickSerializer(many=True)
    awardees_expected = AwardeeSerializer(many=True)
    refused = RefusalSerializer(many=True)
    price = PriceSerializer()
    plan = PlanSerializer()
    expected_seconds = serializers.IntegerField()
    dispute = DisputeTermsSerializer(allow_null=True, help_text="null where nothing can be challenged")
    warnings = serializers.ListField(child=serializers.CharField())
    block = serializers.IntegerField()

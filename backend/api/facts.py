"""What the server says of itself and the chain it follows: /config, /status, /stats, /catalogue, /kinds."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from rest_framework import serializers

from assay.jobs.catalogue_index import entries
from assay.jobs.registry import KINDS
from backend.api.health import problems_list
from backend.artifacts.mirrors import mirrors_list
from backend.chain.models import Cursor
from backend.market.recent import DAY_KEY, day_sums
from backend.market.selectors import totals
from backend.web.deployed import deployment
from backend.web.schema import address_field, bytes32_field, reads, time_field, usd6_field
from backend.web.views import ReadView, no_parameters

DAY_SECONDS_CACHED = 60


class ConfigSerializer(serializers.Serializer[Any]):
    """What a client needs before it reads anything else."""

    chain_id = serializers.IntegerField()
    genesis_hash = bytes32_field()
    rpc_url = serializers.CharField()
    stream_url = serializers.CharField()
    deployed_block = serializers.IntegerField()
    contracts = serializers.DictField(child=address_field())
    params = serializers.DictField(help_text="numbers fixed at deployment, by name")
    demo = serializers.BooleanField(help_text="the labelled demo wallet may be offered (local chain only)")
    block = serializers.IntegerField(allow_null=True, help_text="as of")


@reads(ConfigSerializer, "Chain, addresses and parameters")
class Config(ReadView):
    """Chain, addresses and parameters this server works with."""

    def read(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """From the deployment file and the settings."""
        no_parameters(request)
        found = deployment()
        cursor = Cursor.objects.filter(id=1).first()
        return {
            "chain_id": found.chain_id,
            "genesis_hash": "0x" + found.genesis_hash.hex(),
            "rpc_url": settings.ASSAY_PUBLIC_RPC_URL,
            "stream_url": settings.ASSAY_STREAM_URL,
            "deployed_block": found.deployed_block,
            "contracts": {name: record.address for name, record in found.contracts.items()},
            "params": dict(found.params),
            "demo": bool(settings.ASSAY_DEMO),
            "block": cursor.number if cursor else None,
        }


class BlockSerializer(serializers.Serializer[Any]):
    """A block."""

    number = serializers.IntegerField()
    timestamp = time_field()
    hash = bytes32_field()


class MirrorSerializer(serializers.Serializer[Any]):
    """An artifact store, as last checked."""

    url = serializers.CharField()
    ok = serializers.BooleanField()
    detail = serializers.CharField(allow_blank=True)


class StatusSerializer(serializers.Serializer[Any]):
    """How far the index is behind the chain. Null until the first block is indexed."""

    head = BlockSerializer(allow_null=True)
    cursor = BlockSerializer(allow_null=True)
    lag_blocks = serializers.IntegerField(allow_null=True)
    finalized_block = serializers.IntegerField(allow_null=True)
    reorgs = serializers.IntegerField()
    genesis_hash = bytes32_field()
    mirrors = MirrorSerializer(many=True)
    problems = serializers.ListField(
        child=serializers.CharField(), help_text="what is wrong now, in sentences"
    )
    as_of = time_field(allow_null=True)


@reads(StatusSerializer, "Head, cursor, lag, finality, mirrors")
class Status(ReadView):
    """Head, cursor, lag, finality and artifact mirrors."""

    def read(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """From the index's cursor."""
        no_parameters(request)
        row = Cursor.objects.filter(id=1).first()
        genesis = row.genesis_hash if row else "0x" + deployment().genesis_hash.hex()
        answer = {
            "genesis_hash": genesis,
            "mirrors": mirrors_list(),
            "reorgs": row.reorgs if row else 0,
            "problems": problems_list(),
        }
        if row is None:
            empty = ("head", "cursor", "lag_blocks", "finalized_block", "as_of")
            return answer | dict.fromkeys(empty)
        return answer | {
            "head": {
                "number": row.head_number,
                "timestamp": row.head_timestamp,
                "hash": row.head_hash,
            },
            "cursor": {"number": row.number, "timestamp": row.timestamp, "hash": row.hash},
            "lag_blocks": max(0, row.head_number - row.number),
            "finalized_block": row.finalized_number,
            "as_of": row.timestamp,
        }


class DaySerializer(serializers.Serializer[Any]):
    """The 24 hours before the index's block."""

    jobs = serializers.IntegerField()
    lots_paid = serializers.IntegerField()
    paid_usd6 = usd6_field()
    income_to_shares_usd6 = usd6_field()
    devices_asking = serializers.IntegerField(help_text="devices with a standing ask, now")
    block = serializers.IntegerField()


class StatsSerializer(serializers.Serializer[Any]):
    """Running sums over the whole market."""

    devices = serializers.IntegerField()
    providers = serializers.IntegerField()
    jobs = serializers.IntegerField()
    jobs_closed = serializers.IntegerField()
    lots_paid = serializers.IntegerField()
    games = serializers.IntegerField(help_text="games of disputes ever opened")
    convictions = serializers.IntegerField(
        help_text="seats that lost their bond by a ruling, a clock or withheld output"
    )
    paid_providers_usd6 = usd6_field()
    income_to_shares_usd6 = usd6_field()
    fees_usd6 = usd6_field()
    kitty_usd6 = usd6_field()
    burned_usd6 = usd6_field()
    slashed_usd6 = usd6_field()
    staked_usd6 = usd6_field()
    paused_until = time_field(allow_null=True)
    day = DaySerializer()
    block = serializers.IntegerField(allow_null=True, help_text="as of")


@reads(StatsSerializer, "Sums over the whole market")
class Stats(ReadView):
    """Sums over the whole market, and over the last day."""

    def read(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """Totals from the index; the day's sums from the snapshot a periodic task keeps warm."""
        no_parameters(request)
        cursor = Cursor.objects.filter(id=1).first()
        day = cache.get(DAY_KEY)
        if day is None:
            day = day_sums()
            cache.set(DAY_KEY, day, DAY_SECONDS_CACHED)
        return totals() | {"day": day, "block": cursor.number if cursor else None}


class ProgramSerializer(serializers.Serializer[Any]):
    """One committed native program."""

    name = serializers.CharField()
    kind = serializers.CharField()
    id = bytes32_field(help_text="artifact id of the program's bytes")
    bytes = serializers.IntegerField()
    bucket = serializers.DictField(child=serializers.IntegerField(), help_text="largest input it takes")
    platforms = serializers.ListField(child=serializers.CharField())
    jax_version = serializers.CharField()


@reads(ProgramSerializer, "Committed native programs", many=True)
class Catalogue(ReadView):
    """Native programs whose hashes are committed with the source."""

    def read(self, request: HttpRequest, **kwargs: Any) -> list[dict[str, Any]]:
        """From the packaged catalogue."""
        no_parameters(request)
        return [
            {
                "name": entry.name,
                "kind": entry.kind,
                "id": entry.artifact_id,
                "bytes": entry.size,
                "bucket": entry.bucket,
                "platforms": entry.platforms,
                "jax_version": entry.jax_version,
            }
            for entry in entries()
        ]


class KindSerializer(serializers.Serializer[Any]):
    """A job kind and the JSON Schema of its spec."""

    kind = serializers.CharField()
    version = serializers.IntegerField()
    title = serializers.CharField()
    schema = serializers.DictField()


@reads(KindSerializer, "Job kinds", many=True)
class Kinds(ReadView):
    """Job kinds with the schemas of their specs."""

    def read(self, request: HttpRequest, **kwargs: Any) -> list[dict[str, Any]]:
        """From the registry."""
        no_parameters(request)
        return [
            {"kind": kind.name, "version": kind.version, "title": kind.title, "schema": kind.schema()}
            for kind in KINDS.values()
        ]

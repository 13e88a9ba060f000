"""Shapes of disputes' JSON, for the schema; the values come from selectors."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.disputes import words
from backend.market.selectors import REASONS
from backend.web.schema import (
    address_field,
    bytes32_field,
    finality_field,
    time_field,
    units_field,
    usd6_field,
)

_REASONS = list(REASONS.values())
_STATES = list(words.STATES.values())


class SplitLineSerializer(serializers.Serializer[Any]):
    """One part of a slashed bond, as the ledger has it."""

    kind = serializers.ChoiceField(
        choices=["reward", "compensation", "kitty", "burned", "poke"],
        help_text="reward: the challenger's, compensation: the buyer's, poke: who enforced it",
    )
    account = address_field(allow_null=True)
    amount_usd6 = usd6_field()


class ClaimSerializer(serializers.Serializer[Any]):
    """A claim that was stated, so that games can be opened on it: a revealed lot root of one place."""

    id = bytes32_field()
    job_id = bytes32_field()
    lot = serializers.IntegerField()
    place = serializers.IntegerField()
    defender = address_field()
    root = bytes32_field(help_text="lot root")  # type: ignore[assignment]  # the stubs know Field.root
    items = serializers.IntegerField(help_text="items of the lot")
    first_item = units_field(help_text="index of the lot's first item in the job")
    program_root = bytes32_field()
    inputs_root = bytes32_field()
    move_seconds = serializers.IntegerField(help_text="a side's clock is the longest path times this")
    stated_at = time_field()
    state = serializers.ChoiceField(
        choices=list(words.CLAIM_STATES.values()),
        help_text="CONVICTED: ruled against, not enforced yet; ENFORCED: its bond is split. A claim that STANDS may be "
        "settled: see its lot",
    )
    games = serializers.IntegerField(help_text="games ever opened on it")
    open_games = serializers.ListField(child=units_field(), help_text="ids of games that are not over")
    held = serializers.BooleanField(help_text="its lot is not settled while games are open or a ruling waits")
    window_end = time_field(allow_null=True)
    reason = serializers.ChoiceField(choices=_REASONS, allow_null=True)
    reason_text = serializers.CharField(allow_null=True)
    convicted_by = address_field(allow_null=True)
    convicted_at = time_field(allow_null=True)
    convicted_tx = bytes32_field(allow_null=True)
    enforced_at = time_field(allow_null=True)
    enforced_tx = bytes32_field(allow_null=True)
    slashed_usd6 = usd6_field()
    split = SplitLineSerializer(many=True)
    block = serializers.IntegerField(help_text="of its last change")
    tx = bytes32_field()
    finality = finality_field()


class GameSerializer(serializers.Serializer[Any]):
    """A game as a list shows it. Times are block timestamps; a clock runs while `turn` names its side."""

    id = units_field(help_text="as the contract counts them, from 0")
    claim_id = bytes32_field()
    job_id = bytes32_field()
    lot = serializers.IntegerField()
    place = serializers.IntegerField()
    challenger = address_field()
    defender = address_field()
    state = serializers.ChoiceField(choices=list(words.GAME_STATES.values()))
    verdict = serializers.ChoiceField(choices=list(words.VERDICTS.values()), allow_null=True)
    verdict_text = serializers.CharField(allow_null=True)
    contested = serializers.ChoiceField(choices=_STATES, help_text="state of the last position")
    bond_usd6 = usd6_field()
    clock_seconds = serializers.IntegerField(help_text="each side's, for the whole game")
    defender_used_seconds = serializers.IntegerField(help_text="before `turn_since`")
    challenger_used_seconds = serializers.IntegerField(help_text="before `turn_since`")
    turn = serializers.ChoiceField(
        choices=list(words.TURNS.values()),
        allow_null=True,
        help_text="who is on the clock; null once the game is over or its claim is convicted elsewhere",
    )
    turn_since = time_field(allow_null=True)
    clock_ends = time_field(allow_null=True)
    steps = serializers.IntegerField(help_text="positions it came through")
    moves = serializers.IntegerField(help_text="answers that were made for it")
    paid = address_field(allow_null=True)
    paid_usd6 = usd6_field()
    opened_at = time_field()
    ended_at = time_field(allow_null=True)
    ended_tx = bytes32_field(allow_null=True)
    block = serializers.IntegerField(help_text="of its last change")
    tx = bytes32_field(help_text="that opened it")
    finality = finality_field()


class TensorSerializer(serializers.Serializer[Any]):
    """dtype code and dimensions, as a tensor root has them."""

    dtype = serializers.IntegerField()
    dims = serializers.ListField(child=serializers.IntegerField())


class PositionSerializer(serializers.Serializer[Any]):
    """What is contested; a member is 0 where the state does not use it (contracts/interfaces/IDisputeGame.vyi)."""

    state = serializers.ChoiceField(choices=_STATES)
    frame = bytes32_field()
    node = units_field()
    root = bytes32_field(help_text="the contested hash")  # type: ignore[assignment]
    head = serializers.CharField(help_text="0x text: dtype, rank, dimensions of the tensor")
    tensor = TensorSerializer(allow_null=True)
    rooted = serializers.BooleanField(help_text="`root` has its header around the row's top")
    count = units_field(help_text="leaves of the row")
    level = serializers.IntegerField(help_text="of `root` in the row, 0 at the leaves")
    index = units_field(help_text="of `root` at its level")
    agreed = bytes32_field()
    first = units_field()
    last = units_field()
    kind = serializers.IntegerField(help_text="op of PAGES and PAGE, join of TERMS")
    element = units_field()
    value = serializers.CharField(help_text="signed decimal text: the contested partial value of TERMS")


class AnswerSerializer(serializers.Serializer[Any]):
    """The defender's answer to a position; it serves every game of the claim that stands there."""

    move = serializers.CharField(help_text="function of the contract: reveal_row …")
    args = serializers.DictField(
        allow_null=True, help_text="its arguments by name: ids as 0x text, numbers as decimal text"
    )
    data = serializers.CharField(  # type: ignore[assignment]  # the stubs know Serializer.data
        help_text="the same, ABI-encoded, as 0x text"
    )
    at = time_field()
    tx = bytes32_field()
    game_id = units_field(help_text="the game it was made for")
    shared = serializers.BooleanField(help_text="it was made for another game than this one")


class LevelSerializer(serializers.Serializer[Any]):
    """One position of the descent: named by the challenger (the first by the claim), then answered by the defender."""

    index = serializers.IntegerField()
    key = bytes32_field(help_text="keccak256 of claim and position")
    contested = serializers.CharField(help_text="in words")
    position = PositionSerializer()
    contract = serializers.CharField(help_text="that took the naming")
    named_at = time_field()
    named_tx = bytes32_field()
    defender_used_seconds = serializers.IntegerField(help_text="when it was named")
    challenger_used_seconds = serializers.IntegerField(help_text="when it was named")
    block = serializers.IntegerField()
    answer = AnswerSerializer(allow_null=True)


class RulingSerializer(serializers.Serializer[Any]):
    """The transaction that ended the game. `calldata` is null while this server's node does not give it."""

    verdict = serializers.ChoiceField(choices=list(words.VERDICTS.values()))
    text = serializers.CharField()
    at = time_field()
    tx = bytes32_field()
    contract = serializers.CharField(allow_null=True, help_text="null when another contract was called")
    function = serializers.CharField(allow_null=True, help_text="name_element, name_term, call_time …")
    args = serializers.DictField(
        allow_null=True, help_text="its arguments by name: ids as 0x text, numbers as decimal text"
    )
    calldata = serializers.CharField(allow_null=True, help_text="0x text")


class ProgramOfSerializer(serializers.Serializer[Any]):
    """What is known of the program that the claim says it ran."""

    root = bytes32_field(allow_null=True)  # type: ignore[assignment]
    artifact = bytes32_field(allow_null=True, help_text="null while no store has the spec")
    kind = serializers.CharField(allow_null=True)
    title = serializers.CharField(allow_null=True, help_text="untrusted text")
    spec_hash = bytes32_field(allow_null=True)


class GameDetailSerializer(GameSerializer):
    """A game with its claim, every position in order, and how it ended."""

    claim = ClaimSerializer()
    program = ProgramOfSerializer()
    descent = LevelSerializer(many=True)
    ruling = RulingSerializer(allow_null=True)


class ConvictionSerializer(serializers.Serializer[Any]):
    """A seat that lost its bond: by a ruling, by a clock, or for withheld output."""

    provider = address_field()
    job_id = bytes32_field()
    lot = serializers.IntegerField()
    place = serializers.IntegerField()
    reason = serializers.ChoiceField(choices=_REASONS)
    reason_text = serializers.CharField(allow_null=True)
    slashed_usd6 = usd6_field()
    claim_id = bytes32_field(allow_null=True, help_text="null where no claim was stated")
    split = SplitLineSerializer(many=True, help_text="of all convictions of the transaction in this job")
    timestamp = time_field()
    block = serializers.IntegerField()
    tx = bytes32_field()
    finality = finality_field()

"""Claims under challenge, the games on them, and convictions. Written only by the indexer, from logs; conventions as
in backend.market.models.

A position belongs to a claim, not to a game: its answer serves every game of the claim that stands there. A game is the
list of positions it came through (`GameStep`).
"""

from typing import ClassVar

from django.db import models

from backend.chain.fields import AddressField, Bytes32Field, KeyField, UintField


class ClaimState(models.IntegerChoices):
    """What rulings made of a claim. That its lot was settled meanwhile is told by the lot."""

    STANDING = 1
    CONVICTED = 2  # ruled against; nobody has enforced it yet
    ENFORCED = 3  # the bond is split


class GameState(models.IntegerChoices):
    """Life of a game."""

    OPEN = 1
    ENDED = 2


class Turn(models.IntegerChoices):
    """Who is on the clock."""

    NOBODY = 0
    DEFENDER = 1
    CHALLENGER = 2


class Claim(models.Model):
    """A claim that somebody has stated, so that games can be opened on it, with the facts that games start from."""

    id = Bytes32Field(primary_key=True)
    position = models.BigIntegerField(unique=True)
    block = models.BigIntegerField()
    tx = Bytes32Field()
    job_key = Bytes32Field()
    lot = models.BigIntegerField()
    place = models.SmallIntegerField()
    defender = AddressField()
    root = Bytes32Field()
    items = models.BigIntegerField()
    first_item = UintField()
    program_root = Bytes32Field()
    inputs_root = Bytes32Field()
    move_seconds = models.BigIntegerField()
    stated_at = models.BigIntegerField()
    state = models.SmallIntegerField(choices=ClaimState.choices, default=ClaimState.STANDING)
    games = models.IntegerField(default=0)
    open_games = models.JSONField(default=list)  # ids of those that are not over
    reason = models.SmallIntegerField(default=0)
    convicted_by = AddressField(default="", blank=True)  # the challenger whose game it was
    convicted_at = models.BigIntegerField(default=0)
    convicted_tx = Bytes32Field(default="", blank=True)
    enforced_at = models.BigIntegerField(default=0)
    enforced_tx = Bytes32Field(default="", blank=True)
    slashed_usd6 = UintField(default=0)

    class Meta:
        """A job's claims, a defender's claims."""

        indexes: ClassVar = [
            models.Index(fields=["job_key", "position"], name="disputes_claim_job"),
            models.Index(fields=["defender", "position"], name="disputes_claim_defender"),
        ]

    def __str__(self) -> str:
        """The claim's id."""
        return self.id


class Game(models.Model):
    """One challenger's game on a claim. `*_used` are seconds of each clock that ran before `turn_since`."""

    id = models.BigIntegerField(primary_key=True)  # as the contract counts them, from 0
    position = models.BigIntegerField(unique=True)
    block = models.BigIntegerField()
    tx = Bytes32Field()
    claim = models.ForeignKey(
        Claim, models.DO_NOTHING, db_constraint=False, related_name="game_rows", db_index=False
    )
    job_key = Bytes32Field()
    lot = models.BigIntegerField()
    place = models.SmallIntegerField()
    challenger = AddressField()
    defender = AddressField()
    bond_usd6 = UintField()
    clock_seconds = models.BigIntegerField()  # of each side
    state = models.SmallIntegerField(choices=GameState.choices, default=GameState.OPEN)
    opened_at = models.BigIntegerField()
    steps = models.IntegerField(default=0)
    standing = Bytes32Field(default="", blank=True)  # key of the position it stands at; empty once it is over
    contested = models.SmallIntegerField(default=0)  # the last position's state: what the two differ about
    named_at = models.BigIntegerField(default=0)
    turn = models.SmallIntegerField(choices=Turn.choices, default=Turn.NOBODY)
    turn_since = models.BigIntegerField(default=0)
    defender_used = models.BigIntegerField(default=0)
    challenger_used = models.BigIntegerField(default=0)
    verdict = models.SmallIntegerField(default=0)
    ended_at = models.BigIntegerField(default=0)
    ended_tx = Bytes32Field(default="", blank=True)
    moves = models.IntegerField(default=0)  # answers made for this game
    paid = AddressField(default="", blank=True)
    paid_usd6 = UintField(default=0)

    class Meta:
        """Lists are newest first: of a claim, a job, a challenger, a defender, or by state."""

        indexes: ClassVar = [
            models.Index(fields=["claim", "position"], name="disputes_game_claim"),
            models.Index(fields=["job_key", "position"], name="disputes_game_job"),
            models.Index(fields=["challenger", "position"], name="disputes_game_challenger"),
            models.Index(fields=["defender", "position"], name="disputes_game_defender"),
            models.Index(fields=["state", "position"], name="disputes_game_state"),
        ]

    def __str__(self) -> str:
        """Its number."""
        return f"game {self.id}"


class Contest(models.Model):
    """A position of a claim: what is contested there, and the defender's answer once there is one.

    `fields` has the members of the contract's struct as JSON, ids as 0x text, numbers of 2^53 and more as text.
    `games` are those that stand here now.
    """

    key = Bytes32Field(primary_key=True)  # keccak256 of claim and position
    position = models.BigIntegerField(db_index=True)
    block = models.BigIntegerField()
    claim = models.ForeignKey(
        Claim, models.DO_NOTHING, db_constraint=False, related_name="contests", db_index=False
    )
    state = models.SmallIntegerField()  # contracts/modules/game_states.vy
    fields = models.JSONField()
    games = models.JSONField(default=list)
    answer = models.TextField(default="", blank=True)  # 0x text: the arguments of the answer, ABI-encoded
    answered_at = models.BigIntegerField(default=0)
    answer_tx = Bytes32Field(default="", blank=True)
    answer_game = models.BigIntegerField(null=True)  # for which game it was made

    def __str__(self) -> str:
        """Its key."""
        return self.key


class GameStep(models.Model):
    """A game came to stand at a position; `*_used` as they were then."""

    id = KeyField(primary_key=True, max_length=48)  # game:index
    position = models.BigIntegerField(db_index=True)
    block = models.BigIntegerField()
    tx = Bytes32Field()
    game = models.ForeignKey(
        Game, models.DO_NOTHING, db_constraint=False, related_name="step_rows", db_index=False
    )
    index = models.IntegerField()
    contract = models.CharField(max_length=32)  # that took the naming
    contest = models.ForeignKey(
        Contest, models.DO_NOTHING, db_constraint=False, related_name="steps", db_index=False
    )
    named_at = models.BigIntegerField()
    defender_used = models.BigIntegerField()
    challenger_used = models.BigIntegerField()

    class Meta:
        """A game's descent in order."""

        indexes: ClassVar = [models.Index(fields=["game", "index"], name="disputes_step_game")]

    def __str__(self) -> str:
        """Game and index."""
        return self.id


class GameCredit(models.Model):
    """What DisputeGame owes an account in bonds: balance = added - withdrawn."""

    account = AddressField(primary_key=True)
    position = models.BigIntegerField(db_index=True)
    block = models.BigIntegerField()
    balance_usd6 = UintField(default=0)
    added_usd6 = UintField(default=0)
    withdrawn_usd6 = UintField(default=0)

    def __str__(self) -> str:
        """The account."""
        return self.account


class Conviction(models.Model):
    """A seat lost its bond by ruling, clock or withheld output. `claim_key` is empty where no claim was stated."""

    position = models.BigIntegerField(primary_key=True)
    block = models.BigIntegerField()
    timestamp = models.BigIntegerField()
    tx = Bytes32Field()
    job_key = Bytes32Field()
    lot = models.BigIntegerField()
    place = models.SmallIntegerField()
    provider = AddressField()
    reason = models.SmallIntegerField()
    slashed_usd6 = UintField()
    claim_key = Bytes32Field(default="", blank=True)

    class Meta:
        """A provider's convictions and a job's, newest first."""

        indexes: ClassVar = [
            models.Index(fields=["provider", "position"], name="disputes_conviction_provider"),
            models.Index(fields=["job_key", "position"], name="disputes_conviction_job"),
        ]

    def __str__(self) -> str:
        """Provider and place."""
        return f"{self.provider} {self.job_key}:{self.lot}:{self.place}"

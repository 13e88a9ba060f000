"""Jobs and their money as the contracts tell it. Written only by the indexer, from logs.

Every row has `position` (where it was created; the key of keyset pagination) and `block` (of its last change;
gives its finality). Amounts are usd6 (10^-6 USD) as ints of up to 256 bits. Times are block timestamps in unix
seconds, 0 = not yet.
"""

from typing import ClassVar

from django.db import models

from backend.chain.fields import AddressField, Bytes32Field, KeyField, UintField


class JobState(models.IntegerChoices):
    """contracts/modules/states.vy."""

    OPEN = 1
    AWARDED = 2
    RUNNING = 3
    CLOSED = 4
    CANCELLED = 5


class LotPhase(models.IntegerChoices):
    """contracts/modules/states.vy."""

    SEALING = 0
    TAGGING = 1
    REVEALING = 2
    WINDOW = 3
    CLOSED = 4


class SeatStatus(models.IntegerChoices):
    """contracts/modules/states.vy."""

    DRAWN = 0
    SEALED = 1
    TAGGED = 2
    PAID = 3
    UNPAID = 4
    DEFAULTED = 5
    CONVICTED = 6
    DECLINED = 7


class Job(models.Model):
    """A posted job: its terms, its award and its sums so far."""

    id = Bytes32Field(primary_key=True)
    position = models.BigIntegerField(unique=True)
    block = models.BigIntegerField()
    tx = Bytes32Field()
    buyer = AddressField()
    state = models.SmallIntegerField(choices=JobState.choices)
    reason = models.SmallIntegerField(default=0)
    program_root = Bytes32Field()
    inputs_root = Bytes32Field()
    spec_hash = Bytes32Field()
    runtime_class = Bytes32Field()
    grade = models.SmallIntegerField()
    seats = models.SmallIntegerField()
    spares = models.SmallIntegerField()
    lots = models.BigIntegerField()
    items_per_lot = models.BigIntegerField()
    items = UintField()
    lot_seconds = models.BigIntegerField()
    ceiling_usd6 = UintField()
    audit_bps = models.IntegerField(default=0)
    client_salt = Bytes32Field()
    escrow_usd6 = UintField()
    fee_bps = models.IntegerField()
    poke_price_usd6 = UintField()
    award_hash = Bytes32Field(default="")
    seed_block = models.BigIntegerField(default=0)
    seed = Bytes32Field(default="")
    commit_seconds = models.BigIntegerField(default=0)
    seal_deadline = models.BigIntegerField(default=0)
    posted_at = models.BigIntegerField()
    drawn_at = models.BigIntegerField(default=0)
    cancelled_at = models.BigIntegerField(default=0)
    closed_at = models.BigIntegerField(default=0)
    lots_closed = models.BigIntegerField(default=0)
    lots_paid = models.BigIntegerField(default=0)
    paid_usd6 = UintField(default=0)
    fee_usd6 = UintField(default=0)
    refund_usd6 = UintField(default=0)
    slashed_usd6 = UintField(default=0)
    # of an auction; 0 of an instant order
    bids_until = models.BigIntegerField(default=0)
    opens_until = models.BigIntegerField(default=0)
    max_units = models.BigIntegerField(default=0)
    bids_sealed = models.BigIntegerField(default=0)
    bids_opened = models.BigIntegerField(default=0)
    clearing_usd6 = UintField(default=0)
    surplus_usd6 = UintField(default=0)
    forfeited_usd6 = UintField(default=0)

    class Meta:
        """Lists are newest first, by buyer or by state."""

        indexes: ClassVar = [
            models.Index(fields=["buyer", "position"], name="market_job_buyer"),
            models.Index(fields=["state", "position"], name="market_job_state"),
        ]

    def __str__(self) -> str:
        """The job's id."""
        return self.id


class BidStatus(models.IntegerChoices):
    """What became of a bid. Of a job that is not open any more, SEALED says that it was never opened."""

    SEALED = 1
    OPENED = 2
    RETURNED = 3
    DISPLACED = 4


class Bid(models.Model):
    """A provider's bid for a job at auction; its price is 0 until it is opened."""

    id = KeyField(primary_key=True, max_length=112)  # job:provider
    position = models.BigIntegerField(db_index=True)
    block = models.BigIntegerField()
    tx = Bytes32Field()
    job = models.ForeignKey(Job, models.DO_NOTHING, db_constraint=False, related_name="bids")
    provider = AddressField()
    order = models.BigIntegerField()
    status = models.SmallIntegerField(choices=BidStatus.choices)
    units = models.BigIntegerField()
    seal = Bytes32Field()
    deposit_usd6 = UintField()
    device_id = Bytes32Field(default="", blank=True)
    price_usd6 = UintField(default=0)
    sealed_at = models.BigIntegerField()
    opened_at = models.BigIntegerField(default=0)

    class Meta:
        """A provider's bids, newest first."""

        indexes: ClassVar = [models.Index(fields=["provider", "position"], name="market_bid_provider")]

    def __str__(self) -> str:
        """Job and provider."""
        return self.id


class Award(models.Model):
    """One awardee of a job: `index` is its place in the award list, `units` its block on the ring."""

    id = KeyField(primary_key=True, max_length=80)  # job:index
    position = models.BigIntegerField(db_index=True)
    block = models.BigIntegerField()
    job = models.ForeignKey(Job, models.DO_NOTHING, db_constraint=False, related_name="awards")
    index = models.SmallIntegerField()
    provider = AddressField()
    device_id = Bytes32Field()
    payee = AddressField()
    price_usd6 = UintField()
    units = models.BigIntegerField()

    class Meta:
        """A provider's jobs, newest first."""

        indexes: ClassVar = [models.Index(fields=["provider", "position"], name="market_award_provider")]

    def __str__(self) -> str:
        """Job and index."""
        return self.id


class Lot(models.Model):
    """One lot of a job; rows exist from SeedDrawn on. `agreed` is null until the tags decided."""

    id = KeyField(primary_key=True, max_length=80)  # job:lot
    position = models.BigIntegerField(db_index=True)
    block = models.BigIntegerField()
    job = models.ForeignKey(Job, models.DO_NOTHING, db_constraint=False, related_name="lot_rows")
    lot = models.IntegerField()
    phase = models.SmallIntegerField(choices=LotPhase.choices, default=LotPhase.SEALING)
    reason = models.SmallIntegerField(default=0)
    active = models.SmallIntegerField()  # places called so far
    deadline = models.BigIntegerField()
    paused = models.BooleanField(default=False)  # a page request has moved this phase's deadline already
    agreed = models.BooleanField(null=True)
    winning_tag = Bytes32Field(default="")
    root = Bytes32Field(default="")
    window_end = models.BigIntegerField(default=0)
    contested = models.BooleanField(default=False)  # its window does not come from agreement
    held = models.BooleanField(
        default=False
    )  # a game is open on a claim of it, or a ruling is not enforced yet
    audit_block = models.BigIntegerField(default=0)  # of a sampled lot: its hash says whether it is audited
    audit_due = models.BooleanField(default=False)
    audited = models.BooleanField(default=False)
    paid_usd6 = UintField(default=0)
    fee_usd6 = UintField(default=0)
    poke_usd6 = UintField(default=0)
    refund_usd6 = UintField(default=0)
    closed_at = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        """Job and lot."""
        return self.id


class Seat(models.Model):
    """One place of a lot and who holds it; places at or above `seats` are spares, `called` once they count."""

    id = KeyField(primary_key=True, max_length=88)  # job:lot:place
    position = models.BigIntegerField(db_index=True)
    block = models.BigIntegerField()
    job = models.ForeignKey(Job, models.DO_NOTHING, db_constraint=False, related_name="seat_rows")
    lot = models.ForeignKey(Lot, models.DO_NOTHING, db_constraint=False, related_name="seats")
    lot_index = models.IntegerField()
    place = models.SmallIntegerField()
    provider = AddressField()
    device_id = Bytes32Field()
    payee = AddressField()
    price_usd6 = UintField()
    spare = models.BooleanField()
    called = models.BooleanField()
    status = models.SmallIntegerField(choices=SeatStatus.choices, default=SeatStatus.DRAWN)
    seal = Bytes32Field(default="")
    tag = Bytes32Field(default="")
    root = Bytes32Field(default="")
    amount_usd6 = UintField(default=0)
    slashed_usd6 = UintField(default=0)
    sealed_at = models.BigIntegerField(default=0)
    tagged_at = models.BigIntegerField(default=0)
    closed_at = models.BigIntegerField(default=0)
    claim_key = Bytes32Field(default="", blank=True)  # of the claim that was stated for its root
    tx = Bytes32Field()  # of its last change

    class Meta:
        """A provider's seats, and a device's, newest first."""

        indexes: ClassVar = [
            models.Index(fields=["provider", "position"], name="market_seat_provider"),
            models.Index(fields=["device_id", "position"], name="market_seat_device"),
        ]

    def __str__(self) -> str:
        """Job, lot and place."""
        return self.id


class JobEvent(models.Model):
    """One line of a job's timeline: every log of any contract that names the job. Amounts in `args` are strings."""

    position = models.BigIntegerField(primary_key=True)
    block = models.BigIntegerField()
    timestamp = models.BigIntegerField()
    tx = Bytes32Field()
    log_index = models.IntegerField()
    job = models.ForeignKey(
        Job, models.DO_NOTHING, db_constraint=False, related_name="events", db_index=False
    )
    lot = models.BigIntegerField(null=True)
    contract = models.CharField(max_length=32)
    event = models.CharField(max_length=64)
    args = models.JSONField()

    class Meta:
        """A job's timeline in order."""

        indexes: ClassVar = [models.Index(fields=["job", "position"], name="market_event_job")]

    def __str__(self) -> str:
        """Event name and place."""
        return f"{self.event} {self.position}"


class PaymentKind(models.TextChoices):
    """Ledger lines of Escrow: the first five are credits by kind (contracts/modules/kinds.vy)."""

    INCOME = "income"
    REFUND = "refund"
    POKE = "poke"
    REWARD = "reward"
    COMPENSATION = "compensation"
    FUNDED = "funded"  # the account paid a job's escrow
    PUSHED = "pushed"  # income pushed into a share
    FEE = "fee"
    KITTY = "kitty"
    BURNED = "burned"
    WITHDRAWN = "withdrawn"


class Payment(models.Model):
    """One movement of money in Escrow; `account` is empty for fee, kitty and burned, `job` for withdrawals."""

    position = models.BigIntegerField(primary_key=True)
    block = models.BigIntegerField()
    timestamp = models.BigIntegerField()
    tx = Bytes32Field()
    account = AddressField(default="", blank=True)
    kind = models.CharField(max_length=16, choices=PaymentKind.choices)
    amount_usd6 = UintField()
    job_key = Bytes32Field(default="", blank=True)

    class Meta:
        """An account's ledger and a job's ledger in order."""

        indexes: ClassVar = [
            models.Index(fields=["account", "position"], name="market_payment_account"),
            models.Index(fields=["job_key", "position"], name="market_payment_job"),
        ]

    def __str__(self) -> str:
        """Kind and amount."""
        return f"{self.kind} {self.amount_usd6}"


class Credit(models.Model):
    """What Escrow owes an account: balance = added - withdrawn."""

    account = AddressField(primary_key=True)
    position = models.BigIntegerField(db_index=True)
    block = models.BigIntegerField()
    balance_usd6 = UintField(default=0)
    added_usd6 = UintField(default=0)
    withdrawn_usd6 = UintField(default=0)
    jobs_posted = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        """The account."""
        return self.account


class PageState(models.IntegerChoices):
    """Life of a page request."""

    OPEN = 0
    ANSWERED = 1
    WITHHELD = 2


class PageRequest(models.Model):
    """A prepaid request to show one page of an artifact on chain."""

    id = Bytes32Field(primary_key=True)
    position = models.BigIntegerField(unique=True)
    block = models.BigIntegerField()
    tx = Bytes32Field()
    job = models.ForeignKey(Job, models.DO_NOTHING, db_constraint=False, related_name="page_requests")
    lot = models.IntegerField()
    requester = AddressField()
    subject = models.SmallIntegerField()  # contracts/modules/subjects.vy: INPUT 1, PROGRAM 2, OUTPUT 3
    list_index = UintField()
    page_index = UintField()
    deadline = models.BigIntegerField()
    state = models.SmallIntegerField(choices=PageState.choices, default=PageState.OPEN)
    answerer = AddressField(default="", blank=True)
    in_range = models.BooleanField(null=True)
    reason = models.SmallIntegerField(default=0)
    closed_at = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        """The request's id."""
        return self.id


class Totals(models.Model):
    """Running sums over the whole market, one row with id 1."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    position = models.BigIntegerField()
    block = models.BigIntegerField()
    jobs = models.BigIntegerField(default=0)
    jobs_closed = models.BigIntegerField(default=0)
    lots_paid = models.BigIntegerField(default=0)
    providers = models.BigIntegerField(default=0)
    devices = models.BigIntegerField(default=0)
    paid_providers_usd6 = UintField(default=0)
    income_to_shares_usd6 = UintField(default=0)
    fees_usd6 = UintField(default=0)
    kitty_usd6 = UintField(default=0)
    burned_usd6 = UintField(default=0)
    staked_usd6 = UintField(default=0)
    slashed_usd6 = UintField(default=0)
    games = models.BigIntegerField(default=0)
    convictions = models.BigIntegerField(default=0)
    paused_until = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        """Where it stands."""
        return f"totals at {self.block}"

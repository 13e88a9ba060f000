"""What is known of a job, its lots and seats at one block. Filled by `fold`; amounts in usd6, times of the chain."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from assay.protocol.generated.structs import Awardee, Terms
from assay.protocol.reasons import Reason
from assay.protocol.states import JobState, LotPhase, SeatStatus


@dataclass(slots=True)
class PageRequest:
    """An open availability request on a lot. subject: 1 input, 2 program, 3 output."""

    request_id: bytes
    requester: str
    subject: int
    list_index: int
    page_index: int
    deadline: int


@dataclass(slots=True)
class SeatRecord:
    """One place of a lot: places below `terms.seats` are seats, the rest spares in order."""

    place: int
    provider: str
    device_id: bytes
    payee: str
    price_usd6: int
    status: SeatStatus = SeatStatus.DRAWN
    seal: bytes = b""
    tag: bytes = b""
    root: bytes = b""
    amount_usd6: int = 0
    slashed_usd6: int = 0


@dataclass(slots=True)
class LotRecord:
    """One lot. `active` places are called so far; `deadline` is of the phase (window_end in WINDOW).

    root: what the lot settles with as things stand; where the roots of an exact job differ, that of the first standing
    place. held: a game about it is open, or a ruling is not enforced yet, so it is not poked.

    opened: when the present seal window began, as the first third for stepping down is counted. exposed: a winning root
    was shown, but those who knew it were too few, so the lot did not agree after all.

    audit_due: of a sampled job, sealed: the hash of audit_block will say whether it is audited; audited: an auditor was
    drawn.
    """

    index: int
    seats: list[SeatRecord]
    active: int
    deadline: int
    opened: int
    phase: LotPhase = LotPhase.SEALING
    agreed: bool = False
    winning_tag: bytes = b""
    root: bytes = b""
    reason: Reason | None = None
    paid_usd6: int = 0
    fee_usd6: int = 0
    poke_usd6: int = 0
    refund_usd6: int = 0
    request: PageRequest | None = None
    paused: bool = False
    exposed: bool = False
    held: bool = False
    audit_block: int = 0
    audit_due: bool = False
    audited: bool = False

    @property
    def called(self) -> list[SeatRecord]:
        """The places whose turn it is or was."""
        return self.seats[: self.active]

    @property
    def standing(self) -> list[SeatRecord]:
        """Places in WINDOW whose root is out and not convicted: their claims can be challenged."""
        return [seat for seat in self.called if seat.status == SeatStatus.TAGGED and seat.root]


class BidStatus(IntEnum):
    """As BidBook has it, and DISPLACED: opened, and not among the cheapest."""

    SEALED = 1
    OPENED = 2
    RETURNED = 3
    DISPLACED = 4


@dataclass(slots=True)
class BidRecord:
    """A provider's bid. units: while it is sealed, the most it may open with; price 0 until then."""

    provider: str
    order: int
    units: int
    seal: bytes
    deposit_usd6: int
    status: BidStatus = BidStatus.SEALED
    device_id: bytes = b""
    price_usd6: int = 0


@dataclass(slots=True)
class Bidding:
    """The auction of a job: until when bids are sealed and opened, what came in, how it ended."""

    seal_deadline: int
    open_deadline: int
    max_units: int
    bids: list[BidRecord] = field(default_factory=list)  # in the order of sealing
    price_usd6: int = 0  # clearing price
    surplus_usd6: int = 0  # came back to the buyer at the end
    forfeited_usd6: int = 0  # deposits never opened, the buyer's

    def bid_of(self, provider: str) -> BidRecord | None:
        """This provider's bid; there is at most one."""
        return next((bid for bid in self.bids if bid.provider.lower() == provider.lower()), None)

    @property
    def opened(self) -> int:
        """Bids that were opened, kept or not."""
        return sum(bid.status in (BidStatus.OPENED, BidStatus.DISPLACED) for bid in self.bids)

    def is_due(self, now: int) -> bool:
        """Whether anyone may have the bids cleared."""
        return now > self.open_deadline or (now > self.seal_deadline and self.opened == len(self.bids))


@dataclass(slots=True)
class JobRecord:
    """One job. `lots` is empty until the seed is drawn."""

    job_id: bytes
    buyer: str
    terms: Terms
    client_salt: bytes
    escrow_usd6: int
    fee_bps: int
    poke_price_usd6: int
    posted_block: int
    posted_tx: bytes = b""
    state: JobState = JobState.AWARDED
    reason: Reason | None = None
    awardees: tuple[Awardee, ...] = ()
    award_hash: bytes = b""
    seed_block: int = 0
    seed: bytes = b""
    commit_seconds: int = 0
    seal_deadline: int = 0
    cancelled_at: int = 0
    closed_block: int = 0
    refund_usd6: int = 0
    bidding: Bidding | None = None  # of an auction
    lots: list[LotRecord] = field(default_factory=list)
    # pages posted on chain: (subject, list index) → page index → bytes
    pages: dict[tuple[int, int], dict[int, bytes]] = field(default_factory=dict)

    @property
    def width(self) -> int:
        """Places of a lot: seats and spares; an auction may award fewer spares than the terms ask for."""
        if self.awardees:
            return sum(awardee.units for awardee in self.awardees) // self.terms.lots
        return self.terms.seats + self.terms.spares

    @property
    def ceiling_usd6(self) -> int:
        """Most paid to one seat of one lot: the terms' ceiling, or the price that the bids were cleared at."""
        if self.bidding is not None and self.awardees:
            return self.bidding.price_usd6
        return self.terms.ceiling_usd6

    @property
    def held_usd6(self) -> int:
        """Of the escrow, what the job had to spend once it was awarded."""
        if self.bidding is None:
            return self.escrow_usd6
        return self.escrow_usd6 - self.bidding.surplus_usd6 - self.poke_price_usd6

    @property
    def ended(self) -> bool:
        """No transition is left."""
        return self.state in (JobState.CLOSED, JobState.CANCELLED)

    @property
    def lots_closed(self) -> int:
        """Lots in their last phase."""
        return sum(lot.phase == LotPhase.CLOSED for lot in self.lots)

    @property
    def lots_paid(self) -> int:
        """Lots that closed with a result and seats paid."""
        settled = (Reason.SETTLED_QUIET, Reason.SETTLED_AGREED, Reason.SETTLED_UPHELD)
        return sum(lot.reason in settled for lot in self.lots)

    @property
    def paid_usd6(self) -> int:
        """Paid to seats so far, cancellation fees included."""
        return sum(lot.paid_usd6 for lot in self.lots)

    @property
    def fee_usd6(self) -> int:
        """Protocol fees taken so far."""
        return sum(lot.fee_usd6 for lot in self.lots)

    @property
    def slashed_usd6(self) -> int:
        """Taken from bonds so far."""
        return sum(seat.slashed_usd6 for lot in self.lots for seat in lot.seats)

    @property
    def pages_posted(self) -> int:
        """Pages of inputs and program that were posted on chain."""
        return sum(len(shelf) for shelf in self.pages.values())

    def awardee_of(self, provider: str) -> Awardee | None:
        """The awardee that belongs to this provider; a provider appears at most once."""
        for awardee in self.awardees:
            if awardee.provider.lower() == provider.lower():
                return awardee
        return None

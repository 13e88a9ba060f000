"""A Python model of a lot's life, written from contracts/README.md rather than from the contract."""

from dataclasses import dataclass, field

from tests.contracts.market_world import (
    CANCELLED_BUYER,
    CONVICTED,
    DECLINED,
    DEFAULTED,
    DRAWN,
    INPUTS_UNAVAILABLE,
    LOT_CLOSED,
    NO_AGREEMENT,
    NO_REVEAL,
    NO_SEAL,
    NO_SPARE,
    PAID,
    REVEALING,
    SEALED,
    SEALING,
    SETTLED_AGREED,
    SETTLED_QUIET,
    TAGGED,
    TAGGING,
    UNPAID,
    WINDOW,
    WITHHELD,
)

NOBODYS_FAULT = (CANCELLED_BUYER, INPUTS_UNAVAILABLE)  # these pay a cancellation fee


@dataclass
class LotModel:
    """One lot. `lies` maps a place to the result it sealed; a copied tag has knew[place] False."""

    seats: int
    spares: int
    commit: int
    reveal: int
    delivery: int
    deadline: int
    phase: int = SEALING
    reason: int = 0
    agreed: bool = False
    winner: int | None = None
    statuses: list[int] = field(default_factory=list)
    lies: dict[int, int] = field(default_factory=dict)
    knew: dict[int, bool] = field(default_factory=dict)
    late: set[int] = field(default_factory=set)
    shown: set[int] = field(default_factory=set)
    cancelled: bool = False
    paused: bool = False  # a page request has moved this phase's deadline
    requested: bool = False  # a page request is open: the lot is not poked

    def __post_init__(self) -> None:
        self.statuses = [DRAWN] * self.seats

    @property
    def quorum(self) -> int:
        return 1 if self.seats == 1 else max(2, self.seats // 2 + 1)

    @property
    def touched(self) -> bool:
        return bool(self.lies)

    def with_status(self, status: int) -> list[int]:
        return [place for place, one in enumerate(self.statuses) if one == status]

    def call(self, wanted: int, now: int) -> bool:
        called = min(wanted, self.seats + self.spares - len(self.statuses))
        for _ in range(called):
            if self.with_status(TAGGED):
                self.late.add(len(self.statuses))
            self.statuses.append(DRAWN)
        if called:
            self.phase, self.deadline, self.paused = SEALING, now + self.commit, False
        return called > 0

    def advance(self, now: int) -> None:
        if self.with_status(DRAWN):
            return
        if self.with_status(SEALED):
            self.phase, self.deadline, self.paused = TAGGING, now + self.reveal, False
        else:
            self.decide(0, now)

    def decide(self, wanted: int, now: int) -> None:
        tagged = self.with_status(TAGGED)
        groups = [self.lies[place] for place in tagged]
        most = max((groups.count(lie) for lie in groups), default=0)
        if most >= self.quorum:
            self.agreed = True
            self.winner = next(lie for lie in groups if groups.count(lie) == most)
        elif self.call(wanted, now) or not tagged:
            return
        self.phase, self.deadline = REVEALING, now + self.reveal

    def can_seal(self, place: int, now: int) -> bool:
        return (
            self.phase == SEALING
            and now <= self.deadline
            and place < len(self.statuses)
            and self.statuses[place] == DRAWN
            and (self.touched or not self.cancelled)
        )

    def seal(self, place: int, lie: int, knew: bool, now: int) -> None:
        self.statuses[place], self.lies[place], self.knew[place] = SEALED, lie, knew
        self.advance(now)

    def can_decline(self, place: int, now: int) -> bool:
        open_place = place < len(self.statuses) and self.statuses[place] == DRAWN
        return self.phase == SEALING and open_place and now <= self.deadline - self.commit * 2 // 3

    def decline(self, place: int, now: int) -> None:
        self.statuses[place] = DECLINED
        self.call(1, now)
        self.advance(now)

    def can_tag(self, place: int, now: int) -> bool:
        sealed = place < len(self.statuses) and self.statuses[place] == SEALED
        return self.phase == TAGGING and now <= self.deadline and sealed

    def tag(self, place: int, now: int) -> None:
        self.statuses[place] = TAGGED
        if not self.with_status(SEALED):
            self.decide(1, now)

    def honest(self, place: int) -> bool:
        return place not in self.late or self.knew[place]

    def can_reveal(self, place: int, now: int) -> bool:
        tagged = place < len(self.statuses) and self.statuses[place] == TAGGED
        if self.phase != REVEALING or now > self.deadline or not tagged:
            return False
        if self.agreed:
            return self.lies[place] == self.winner
        return place not in self.shown and self.honest(place) and self.lies[place] >= 0

    def show(self, place: int, now: int) -> None:
        if not self.agreed:
            self.shown.add(place)
            return
        group = [one for one in self.with_status(TAGGED) if self.lies[one] == self.winner]
        honest = [one for one in group if self.honest(one)]
        for liar in set(group) - set(honest):
            self.lies[liar] = -1
        self.shown.update(honest)
        if len(honest) >= self.quorum:
            self.phase, self.deadline, self.paused = WINDOW, now + self.delivery, False
        else:
            self.agreed, self.deadline = False, now + self.reveal

    def hold(self, seconds: int) -> None:
        """A page request opens, or takes the place of another."""
        if not self.paused:
            self.deadline += seconds
        self.paused = self.requested = True

    def poke(self, now: int) -> bool:
        """Whether anything was due."""
        if self.phase == LOT_CLOSED or self.requested:
            return False
        if self.phase in (SEALING, TAGGING):
            return self._poke_early(now)
        tagged = self.with_status(TAGGED)
        if self.phase == WINDOW:
            reason = SETTLED_QUIET if self.seats == 1 else SETTLED_AGREED
        elif self.agreed:
            reason = NO_REVEAL
        else:
            reason = NO_AGREEMENT if len(tagged) >= self.quorum else NO_SPARE
        complete = self.phase == REVEALING and not self.agreed and self.shown.issuperset(tagged)
        if now <= self.deadline and not complete:
            return False
        self.end(reason)
        return True

    def _poke_early(self, now: int) -> bool:
        if self.cancelled and not self.touched:
            self.end(CANCELLED_BUYER)
            return True
        late = now > self.deadline
        if late:
            missing = self.with_status(DRAWN if self.phase == SEALING else SEALED)
            for place in missing:
                self.statuses[place] = DEFAULTED
            if self.phase == TAGGING:
                self.decide(len(missing), now)
            else:
                self.call(len(missing), now)
                self.advance(now)
        if not any(self.with_status(one) for one in (DRAWN, SEALED, TAGGED)):
            self.end(NO_REVEAL if self.touched else NO_SEAL)
            return True
        return late

    def end(self, reason: int) -> None:
        for place, status in enumerate(self.statuses):
            self.statuses[place] = self._last_status(reason, place, status)
        self.phase, self.reason, self.requested = LOT_CLOSED, reason, False

    def _last_status(self, reason: int, place: int, status: int) -> int:
        if reason in NOBODYS_FAULT:
            return PAID if status in (DRAWN, SEALED, TAGGED) else status
        if status != TAGGED:
            return status
        if reason in (NO_AGREEMENT, NO_SPARE):
            return PAID if place in self.shown else DEFAULTED
        winning = self.agreed and self.lies[place] == self.winner
        if reason == NO_REVEAL:
            return DEFAULTED if winning else UNPAID
        if reason == WITHHELD:
            return CONVICTED if winning else UNPAID
        return PAID if winning else UNPAID

    def pays_bps(self, place: int, cancel_fee_bps: int) -> int:
        """What the place got of its price, once the lot has ended."""
        if self.statuses[place] != PAID:
            return 0
        if self.reason in NOBODYS_FAULT:
            return cancel_fee_bps
        return 5_000 if self.reason in (NO_AGREEMENT, NO_SPARE) else 10_000

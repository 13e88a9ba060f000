"""A Python model of a lot's life, written from contracts/README.md rather than from the contract."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.contracts.market_world import (
    CANCELLED_BUYER,
    CLOCK,
    CONVICTED,
    DECLINED,
    DEFAULTED,
    DRAWN,
    INPUTS_UNAVAILABLE,
    LEAF,
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
    SETTLED_UPHELD,
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
    window: int = 0  # of an exact job; its claims are disputed unless the grade is trusted
    refereed: bool = False
    claims: bool = False
    sampled: bool = False
    audit_due: bool = False
    audited: bool = False
    audit_block: int = 0
    # block -> whether the lot is audited by its hash; None: the hash is out of reach
    draw: Callable[[int], bool | None] = lambda block: None
    block: Callable[[], int] = lambda: 0
    held: set[int] = field(
        default_factory=set
    )  # places whose claim has a game open, or a ruling to be enforced
    disputed: bool = False

    def __post_init__(self) -> None:
        self.statuses = [DRAWN] * self.seats

    @property
    def quorum(self) -> int:
        if self.sampled and len(self.with_status(TAGGED)) > 1:
            return 2
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
            if self.sampled and len(self.with_status(SEALED)) == 1 and not self.with_status(TAGGED):
                self.fix_audit()
        else:
            self.decide(0, now)

    # --- audits ---

    def fix_audit(self) -> None:
        self.audit_due, self.audited, self.audit_block = True, False, self.block() + 2

    @property
    def drawable(self) -> bool:
        return self.phase == TAGGING and self.audit_due

    def draw_audit(self, late: bool, now: int) -> bool:
        """Whether anything changed: nothing before the block is past."""
        if self.block() <= self.audit_block:
            return False
        audited = self.draw(self.audit_block)
        if audited is None:
            self.fix_audit()
            if late:
                self.deadline = now + self.reveal
            return True
        self.audit_due = False
        self.audited = audited and len(self.statuses) < self.seats + self.spares
        if self.audited:
            self.call(1, now)
        return True

    def untouched_by_audit(self) -> bool:
        """Whether a tag may be shown: nothing is due, or what is due would say now that nobody audits."""
        if not self.audit_due:
            return True
        if self.block() <= self.audit_block:
            return False
        full = len(self.statuses) == self.seats + self.spares
        audited = self.draw(self.audit_block)
        return audited is not None and (full or not audited)

    def decide(self, wanted: int, now: int) -> None:
        tagged = self.with_status(TAGGED)
        groups = [self.lies[place] for place in tagged]
        most = max((groups.count(lie) for lie in groups), default=0)
        enough = self.claims and len(tagged) >= self.quorum
        if most == len(tagged) if enough else most >= self.quorum:
            self.agreed = True
            self.winner = next(lie for lie in groups if groups.count(lie) == most)
        elif not enough and (self.call(wanted, now) or not tagged):
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
        return self.phase == TAGGING and now <= self.deadline and sealed and self.untouched_by_audit()

    def tag(self, place: int, now: int) -> None:
        self.audit_due = False
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
            tagged = self.with_status(TAGGED)
            if self.claims and len(tagged) >= self.quorum and self.shown.issuperset(tagged):
                self.contest(now)
            return
        group = [one for one in self.with_status(TAGGED) if self.lies[one] == self.winner]
        honest = [one for one in group if self.honest(one)]
        for liar in set(group) - set(honest):
            self.lies[liar] = -1
        self.shown.update(honest)
        if len(honest) >= self.quorum:
            length = self.window if self.refereed or (self.sampled and self.window) else self.delivery
            self.phase, self.deadline, self.paused = WINDOW, now + length, False
        else:
            self.agreed, self.deadline = False, now + self.reveal

    def hold(self, seconds: int) -> None:
        """A page request opens, or takes the place of another."""
        if not self.paused:
            self.deadline += seconds
        self.paused = self.requested = True

    # --- claims ---

    def contest(self, now: int) -> None:
        """A window that does not come from agreement."""
        self.phase, self.deadline = WINDOW, now + self.window

    @property
    def standing(self) -> list[int]:
        """Places whose claim can be challenged in the window; a copied tag stands for nothing."""
        return [place for place in self.with_status(TAGGED) if self.lies[place] >= 0]

    def can_challenge(self, place: int, now: int) -> bool:
        return self.claims and self.phase == WINDOW and place in self.standing and now <= self.deadline

    def challenge(self, place: int) -> None:
        self.held.add(place)
        self.disputed = True

    def enforce(self, place: int, by_leaf: bool, now: int) -> list[int]:
        """Convicts a standing place, by leaf all with its root; the places that fell."""
        lie = self.lies[place]
        fell = [one for one in self.standing if one == place or (by_leaf and self.lies[one] == lie)]
        for one in fell:
            self.statuses[one] = CONVICTED
        self.held &= set(self.standing)
        if self.standing:
            self.contest(now)
        else:
            self.end(LEAF if by_leaf else CLOCK)
        return fell

    def _settles_for(self) -> int:
        """Why the lot would settle now; the first place that stands wins."""
        if self.claims:
            self.winner = self.lies[self.standing[0]]
            if self.disputed or not self.agreed:
                return SETTLED_UPHELD
        agreed = self.seats > 1 and not self.refereed
        return (
            SETTLED_AGREED
            if agreed or (self.sampled and len(self.with_status(TAGGED)) > 1)
            else SETTLED_QUIET
        )

    def poke(self, now: int) -> bool:
        """Whether anything was due."""
        if self.phase == LOT_CLOSED or self.requested or self.held:
            return False
        tagged = self.with_status(TAGGED)
        differing = self.phase == REVEALING and not self.agreed and self.claims and len(tagged) >= self.quorum
        if self.phase in (SEALING, TAGGING) or differing:
            return self._poke_early(now)
        if self.phase == WINDOW:
            reason = self._settles_for()
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
        if self.audit_due:
            if not self.draw_audit(late, now):
                return False
            if not late or self.audit_due or self.audited:
                return True
        if late:
            owed = {SEALING: DRAWN, TAGGING: SEALED, REVEALING: TAGGED}[self.phase]
            missing = [place for place in self.with_status(owed) if place not in self.shown]
            for place in missing:
                self.statuses[place] = DEFAULTED
            if self.phase == TAGGING:
                self.decide(len(missing), now)
            elif self.phase == REVEALING:
                if self.shown:
                    self.contest(now)
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
        self.held.clear()

    def _last_status(self, reason: int, place: int, status: int) -> int:
        if reason in NOBODYS_FAULT:
            return PAID if status in (DRAWN, SEALED, TAGGED) else status
        if status != TAGGED:
            return status
        if reason in (NO_AGREEMENT, NO_SPARE):
            return PAID if place in self.shown else DEFAULTED
        winning = (self.agreed or self.claims) and self.lies[place] == self.winner
        if reason == NO_REVEAL:
            return DEFAULTED if winning else UNPAID
        if reason == WITHHELD:
            return CONVICTED if winning else UNPAID
        if reason == SETTLED_UPHELD and not winning and self.lies[place] >= 0:
            return CONVICTED
        return PAID if winning else UNPAID

    def pays_bps(self, place: int, cancel_fee_bps: int) -> int:
        """What the place got of its price, once the lot has ended."""
        if self.statuses[place] != PAID:
            return 0
        if self.reason in NOBODYS_FAULT:
            return cancel_fee_bps
        return 5_000 if self.reason in (NO_AGREEMENT, NO_SPARE) else 10_000

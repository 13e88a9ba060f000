"""A Python model of page requests, written from contracts/README.md rather than from the contract."""

from dataclasses import dataclass, field

from tests.contracts.market_model import LotModel
from tests.contracts.market_world import DRAWN, INPUTS_UNAVAILABLE, SEALING, WINDOW, WITHHELD
from tests.contracts.paged_job import INPUT, OUTPUT, PROGRAM


@dataclass
class Request:
    """One open request of a lot."""

    requester: str
    place: int
    subject: int
    list_index: int
    page_index: int
    deadline: int


@dataclass
class Desk:
    """The open requests of a job, one a lot, and what each account got of page prices."""

    clock: int
    price: int
    open: dict[int, Request] = field(default_factory=dict)
    paid: dict[str, int] = field(default_factory=dict)

    def may_ask(
        self, index: int, lot: LotModel, asked: Request, *, holds: bool, by_buyer: bool, now: int
    ) -> bool:
        """`holds`: the caller is the holder of the named place, which is called."""
        if now > lot.deadline:
            return False
        if asked.subject == OUTPUT:
            allowed = lot.phase == WINDOW and (by_buyer or holds)
        else:
            known = asked.subject == INPUT or (asked.subject == PROGRAM and asked.list_index == 0)
            waiting = holds and lot.phase == SEALING and lot.statuses[asked.place] == DRAWN
            allowed = known and waiting and not lot.cancelled
        return allowed and self._has_room(index, asked, by_buyer)

    def _has_room(self, index: int, asked: Request, by_buyer: bool) -> bool:
        old = self.open.get(index)
        if old is None:
            return True
        moot = asked.subject == OUTPUT and old.subject != OUTPUT
        return moot or (asked.subject == OUTPUT and by_buyer and old.requester != asked.requester)

    def ask(self, index: int, lot: LotModel, asked: Request) -> None:
        """Whoever made room gets its price back."""
        if index in self.open:
            self._credit(self.open[index].requester)
        self.open[index] = asked
        lot.hold(self.clock)

    def answer(self, index: int, lot: LotModel, answerer: str) -> None:
        del self.open[index]
        lot.requested = False
        self._credit(answerer)

    def close(self, index: int, lot: LotModel) -> int:
        """After the clock: the reason the lot ends for, 0 when it goes on."""
        old = self.open.pop(index)
        self._credit(old.requester)
        reason = 0
        if old.subject == OUTPUT:
            reason = WITHHELD
        elif lot.statuses[old.place] == DRAWN:
            reason = INPUTS_UNAVAILABLE
        if reason:
            lot.end(reason)
        lot.requested = False
        return reason

    def _credit(self, account: str) -> None:
        self.paid[account] = self.paid.get(account, 0) + self.price

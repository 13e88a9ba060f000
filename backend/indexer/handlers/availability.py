"""Rows from Availability: pages asked for, shown or withheld."""

from assay.protocol.generated.events import PageAnswered, PageRequested, PageWithheld
from backend.chain.tables import Row
from backend.indexer.fact import Fact, Handlers, text32
from backend.indexer.handlers.job_seats import lot_row
from backend.market.models import LotPhase, PageRequest, PageState


def on_page_requested(fact: Fact, event: PageRequested) -> None:
    """A page was asked for. The first request of a phase moves the lot's deadline by the page clock."""
    fact.rows.put(
        PageRequest,
        text32(event.request_id),
        position=fact.position,
        tx=fact.tx,
        job_id=text32(event.job_id),
        lot=event.lot,
        requester=event.requester,
        subject=event.subject,
        list_index=event.list_index,
        page_index=event.page_index,
        deadline=event.deadline,
    )
    lot = lot_row(fact, event.job_id, event.lot)
    if not lot["paused"]:
        lot["paused"] = True
        lot["deadline"] += event.deadline - fact.at
        if lot["phase"] == LotPhase.WINDOW:
            lot["window_end"] = lot["deadline"]
    fact.account_changed(event.requester)


def on_page_answered(fact: Fact, event: PageAnswered) -> None:
    """The page was shown, or proven not to exist."""
    request = _close(fact, event.request_id, PageState.ANSWERED)
    request["answerer"], request["in_range"] = event.answerer, event.in_range
    fact.account_changed(event.answerer)


def on_page_withheld(fact: Fact, event: PageWithheld) -> None:
    """Nobody showed the page in time."""
    _close(fact, event.request_id, PageState.WITHHELD)["reason"] = event.reason


def _close(fact: Fact, request_id: bytes, state: PageState) -> Row:
    request = fact.rows.edit(PageRequest, text32(request_id))
    request["state"], request["closed_at"] = int(state), fact.at
    lot_row(fact, bytes.fromhex(request["job_id"][2:]), request["lot"])
    return request


HANDLERS: Handlers = {
    PageRequested: on_page_requested,
    PageAnswered: on_page_answered,
    PageWithheld: on_page_withheld,
}

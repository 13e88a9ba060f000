"""A job's timeline: one line for every log of any contract that names the job. Called by the projection after
each handler.
"""

from dataclasses import fields, is_dataclass
from typing import Any

from assay.protocol.generated.events import EVENTS, Event, GameEnded, GameOpened
from backend.disputes.models import Claim
from backend.indexer.fact import Fact, text32
from backend.market.models import JobEvent, PageRequest

EXACT_IN_JSON = 2**53
# Events that may belong to a job: they carry its id, or the id of a page request (bytes; an unbonding has a number). Of
# a game its beginning and its end: the moves between are its own page.
OF_JOBS = frozenset(
    event
    for event in EVENTS
    if {("job_id", "bytes32"), ("request_id", "bytes32")} & {*event.INDEXED, *event.PLAIN}
) | {GameOpened, GameEnded}


def note(fact: Fact, event: Event) -> None:
    """Adds the line if the event belongs to a job."""
    job_id, lot = getattr(event, "job_id", None), getattr(event, "lot", None)
    request_id = getattr(event, "request_id", None)
    claim_id = getattr(event, "claim_id", None)
    if isinstance(claim_id, bytes):
        claim = fact.rows.get(Claim, text32(claim_id))
        assert claim is not None  # the handler has made or edited it
        job_key, lot = claim["job_key"], claim["lot"]
    elif isinstance(job_id, bytes):
        job_key = text32(job_id)
    elif isinstance(request_id, bytes):  # a page was answered: its request names the job
        request = fact.rows.get(PageRequest, text32(request_id))
        if request is None:
            return
        job_key, lot = request["job_id"], request["lot"]
    else:
        return
    fact.rows.append(
        JobEvent,
        {
            **fact.stamp(),
            "log_index": fact.log_index,
            "job_id": job_key,
            "lot": lot,
            "contract": event.CONTRACT,
            "event": event.NAME,
            "args": {
                field.name: plain(field.name, getattr(event, field.name))
                for field in fields(event)  # type: ignore[arg-type]
            },
        },
    )


def plain(name: str, value: Any) -> Any:
    """JSON of an argument: ids as 0x text, amounts and big numbers as strings, a page as its length."""
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return str(value) if name.endswith("_usd6") or abs(value) >= EXACT_IN_JSON else value
    if isinstance(value, bytes):
        return {"bytes": len(value)} if name == "page" else "0x" + value.hex()
    if isinstance(value, list | tuple):
        return [plain(name, one) for one in value]
    if is_dataclass(value):
        return {field.name: plain(field.name, getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{name} is a {type(value).__name__}, which has no JSON form here")

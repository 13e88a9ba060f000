"""The life of one seat as a table: (lot phase, own seat's status, time) → what to do.

Pure; the whole life is on this screen. The daemon asks `action_for` for each own seat each cycle, and acts. Times are
the head block's, never the wall clock's. EARLY is the first third of a seal window (stepping down costs nothing), OPEN
the rest of a phase, LATE after its deadline.
"""

from __future__ import annotations

from enum import Enum

from assay.protocol.states import LotPhase, SeatStatus


class Timing(Enum):
    """Where the head's time lies in the phase of a lot."""

    EARLY = "early"
    OPEN = "open"
    LATE = "late"


class Work(Enum):
    """How far the local work on a lot is."""

    PENDING = "pending"  # not started, running, or held up by something that may pass
    DONE = "done"  # its result lies on disk
    REFUSED = "refused"  # it cannot be done, for ever: the terms or the inputs are wrong
    MISSING = "missing"  # no store holds an input or the program
    STOPPED = "stopped"  # this worker is draining or has no disk


class Action(Enum):
    """What the daemon does next for a seat."""

    WAIT = "wait"
    RUN = "run"
    SEAL = "seal"
    DECLINE = "decline"
    GIVE_UP = "give_up"  # too late to step down: the seat will default, and the log says so
    REQUEST_INPUT = "request_input"
    TAG = "tag"
    REVEAL = "reveal"
    POKE = "poke"
    NOTHING = "nothing"


P, S, T = LotPhase, SeatStatus, Timing

# a called seat that has not sealed yet: what the local work says decides
WORK_TABLE: dict[tuple[Work, Timing], Action] = {
    (Work.PENDING, T.EARLY): Action.RUN,
    (Work.PENDING, T.OPEN): Action.RUN,
    (Work.DONE, T.EARLY): Action.SEAL,
    (Work.DONE, T.OPEN): Action.SEAL,
    (Work.REFUSED, T.EARLY): Action.DECLINE,
    (Work.REFUSED, T.OPEN): Action.GIVE_UP,
    (Work.MISSING, T.EARLY): Action.REQUEST_INPUT,
    (Work.MISSING, T.OPEN): Action.REQUEST_INPUT,
    (Work.STOPPED, T.EARLY): Action.DECLINE,
    (Work.STOPPED, T.OPEN): Action.GIVE_UP,
}

_OVER = (S.PAID, S.UNPAID, S.DEFAULTED, S.CONVICTED, S.DECLINED)

# None: see WORK_TABLE. What is missing here is WAIT before the deadline and POKE after it.
TABLE: dict[tuple[LotPhase, SeatStatus, Timing], Action | None] = {
    (P.SEALING, S.DRAWN, T.EARLY): None,
    (P.SEALING, S.DRAWN, T.OPEN): None,
    (P.TAGGING, S.SEALED, T.EARLY): Action.TAG,
    (P.TAGGING, S.SEALED, T.OPEN): Action.TAG,
    (P.REVEALING, S.TAGGED, T.EARLY): Action.REVEAL,
    (P.REVEALING, S.TAGGED, T.OPEN): Action.REVEAL,
}

# a worker that lost its disk runs a sealed lot again: the salt is derived from the key, so the seal still opens
NEEDS_RESULT = (Action.TAG, Action.REVEAL)


def action_for(
    phase: LotPhase, status: SeatStatus, timing: Timing, work: Work, *, called: bool, may_reveal: bool
) -> Action:
    """The next action for one own seat.

    called: the place's turn has come (a spare that waits does nothing but poke). may_reveal: this seat's root is wanted
    (it holds the winning tag and none is out, or the lot did not agree and its root is not out).
    """
    if phase == P.CLOSED:
        return Action.NOTHING
    if timing == T.LATE:
        return Action.POKE
    return (
        _in_time(phase, status, timing, work, may_reveal) if called and status not in _OVER else Action.WAIT
    )


def _in_time(phase: LotPhase, status: SeatStatus, timing: Timing, work: Work, may_reveal: bool) -> Action:
    """Of a called seat that is not out, before the deadline."""
    action = TABLE.get((phase, status, timing), Action.WAIT)
    if action is None:
        return WORK_TABLE[work, timing]
    if action == Action.REVEAL and not may_reveal:
        return Action.WAIT
    if action in NEEDS_RESULT and work != Work.DONE:
        return Action.RUN if work == Work.PENDING else Action.GIVE_UP
    return action


def timing_of(phase: LotPhase, deadline: int, opened: int, commit_seconds: int, now: int) -> Timing:
    """Where `now` lies: a lot is late after its deadline; EARLY only exists while seals are awaited.

    opened: when the seal window began; a page request moves the deadline, not the third.
    """
    if now > deadline:
        return T.LATE
    if phase == P.SEALING and now <= opened + commit_seconds // 3:
        return T.EARLY
    return T.OPEN

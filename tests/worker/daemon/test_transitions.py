"""The table itself: every state has an answer, and the answers that move money are the right ones."""

import itertools

import pytest

from assay.protocol.states import LotPhase, SeatStatus
from assay.worker.transitions import Action, Timing, Work, action_for, timing_of

EVERY = list(itertools.product(LotPhase, SeatStatus, Timing, Work, (True, False), (True, False)))


@pytest.mark.parametrize("phase", list(LotPhase))
def test_action_for__every_state__has_an_action(phase: LotPhase) -> None:
    for known, status, timing, work, called, may_reveal in EVERY:
        if known == phase:
            action = action_for(phase, status, timing, work, called=called, may_reveal=may_reveal)
            assert isinstance(action, Action)


def act(
    phase: LotPhase, status: SeatStatus, timing: Timing, work: Work, *, called: bool = True, may: bool = True
) -> Action:
    return action_for(phase, status, timing, work, called=called, may_reveal=may)


@pytest.mark.parametrize(
    ("work", "early", "open_"),
    [
        (Work.PENDING, Action.RUN, Action.RUN),
        (Work.DONE, Action.SEAL, Action.SEAL),
        (Work.REFUSED, Action.DECLINE, Action.GIVE_UP),
        (Work.STOPPED, Action.DECLINE, Action.GIVE_UP),
        (Work.MISSING, Action.REQUEST_INPUT, Action.REQUEST_INPUT),
    ],
)
def test_action_for__called_and_drawn__follows_the_work(work: Work, early: Action, open_: Action) -> None:
    assert act(LotPhase.SEALING, SeatStatus.DRAWN, Timing.EARLY, work) == early
    assert act(LotPhase.SEALING, SeatStatus.DRAWN, Timing.OPEN, work) == open_


def test_action_for__nothing_but_a_result_is_sealed() -> None:
    sealing = [
        state
        for state in EVERY
        if action_for(*state[:4], called=state[4], may_reveal=state[5]) == Action.SEAL
    ]
    assert sealing
    for phase, status, timing, work, called, _ in sealing:
        assert (phase, status, work, called) == (LotPhase.SEALING, SeatStatus.DRAWN, Work.DONE, True)
        assert timing != Timing.LATE


def test_action_for__a_seal_is_opened_in_tagging_only() -> None:
    for phase, status, timing, work, called, may in EVERY:
        if action_for(phase, status, timing, work, called=called, may_reveal=may) == Action.TAG:
            assert (phase, status, work, called) == (LotPhase.TAGGING, SeatStatus.SEALED, Work.DONE, True)


def test_action_for__a_root_is_shown_when_wanted_only() -> None:
    assert act(LotPhase.REVEALING, SeatStatus.TAGGED, Timing.OPEN, Work.DONE) == Action.REVEAL
    assert act(LotPhase.REVEALING, SeatStatus.TAGGED, Timing.OPEN, Work.DONE, may=False) == Action.WAIT
    for phase in (LotPhase.SEALING, LotPhase.TAGGING, LotPhase.WINDOW):
        assert act(phase, SeatStatus.TAGGED, Timing.OPEN, Work.DONE) == Action.WAIT


@pytest.mark.parametrize("phase", [LotPhase.TAGGING, LotPhase.REVEALING])
def test_action_for__result_lost_after_the_seal__runs_again(phase: LotPhase) -> None:
    status = SeatStatus.SEALED if phase == LotPhase.TAGGING else SeatStatus.TAGGED
    assert act(phase, status, Timing.OPEN, Work.PENDING) == Action.RUN


def test_action_for__uncalled_spare__only_pokes() -> None:
    for phase, status, work in itertools.product(LotPhase, SeatStatus, Work):
        found = {act(phase, status, timing, work, called=False) for timing in Timing}
        assert found <= {Action.WAIT, Action.POKE, Action.NOTHING}


def test_action_for__late__pokes_whatever_else_is_open() -> None:
    for phase in (LotPhase.SEALING, LotPhase.TAGGING, LotPhase.REVEALING, LotPhase.WINDOW):
        assert act(phase, SeatStatus.DRAWN, Timing.LATE, Work.DONE) == Action.POKE


def test_action_for__closed__nothing() -> None:
    for status, timing, work in itertools.product(SeatStatus, Timing, Work):
        assert act(LotPhase.CLOSED, status, timing, work) == Action.NOTHING


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (1_000, Timing.EARLY),
        (1_010, Timing.EARLY),
        (1_011, Timing.OPEN),
        (1_030, Timing.OPEN),
        (1_031, Timing.LATE),
    ],
)
def test_timing_of__bounds__as_the_contract_counts(now: int, expected: Timing) -> None:
    assert timing_of(LotPhase.SEALING, deadline=1_030, opened=1_000, commit_seconds=30, now=now) == expected


def test_timing_of__paused_by_a_request__the_third_stays_where_it_was() -> None:
    assert (
        timing_of(LotPhase.SEALING, deadline=1_050, opened=1_000, commit_seconds=30, now=1_011) == Timing.OPEN
    )


def test_timing_of__other_phases__have_no_early() -> None:
    for phase in (LotPhase.TAGGING, LotPhase.REVEALING, LotPhase.WINDOW):
        assert timing_of(phase, deadline=1_030, opened=1_000, commit_seconds=30, now=1_000) == Timing.OPEN

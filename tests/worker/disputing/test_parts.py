"""Parts of a player by themselves: children that die, hunts, cases on disk, clocks."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from assay.artifacts import ArtifactStore, Kind, StoreError, id_of
from assay.commitment.listing import list_bytes, list_root
from assay.commitment.tensor import tensor_root
from assay.disputes.fast import FastLot
from assay.disputes.runs import tuple_root
from assay.jobs.exact.loading import load_job
from assay.jobs.exact.spec import ExactSpec
from assay.jobs.exact.tensors import object_of
from assay.market.follower import Head
from assay.market.records import JobRecord, LotRecord, SeatRecord
from assay.protocol.errors import AssayError
from assay.protocol.generated.structs import Terms
from assay.protocol.spec import canonical_bytes, spec_hash
from assay.protocol.states import LotPhase, SeatStatus
from assay.worker.disputing.bench import Piece
from assay.worker.disputing.book import GameBook
from assay.worker.disputing.cases import Cases
from assay.worker.disputing.clocks import Clock
from assay.worker.disputing.helper import Helper, Question, Thought
from assay.worker.disputing.hunt import Hunt, first_of_each_root, has_claims, standing
from assay.worker.disputing.mind import Mind
from tests.worker.disputing.stage import INPUTS, PROGRAM

HEAD = Head(10, 1_000, b"\1" * 32, b"\0" * 32)
RIGHT, WRONG, OTHER = b"\1" * 32, b"\2" * 32, b"\3" * 32


def terms_of(program_root: bytes = PROGRAM.root, **changes: Any) -> Terms:
    """Terms of an exact refereed job of one lot."""
    values: dict[str, Any] = {
        "program_root": program_root,
        "inputs_root": tuple_root(INPUTS),
        "spec_hash": spec_hash(spec_json()),
        "runtime_class": bytes(32),
        "grade": 4,
        "seats": 3,
        "spares": 0,
        "lots": 1,
        "items_per_lot": 1,
        "items": 1,
        "lot_seconds": 5,
        "ceiling_usd6": 100,
        "audit_bps": 0,
    }
    return Terms(**(values | changes))


def spec_json() -> dict[str, Any]:
    """The spec of the same job."""
    return ExactSpec("0x" + id_of(Kind.BYTES, PROGRAM.encode()).hex(), 1, 1, "a test").to_json()


def job_of(
    *roots: bytes, name: bytes = b"\7" * 32, phase: LotPhase = LotPhase.WINDOW, **changes: Any
) -> JobRecord:
    """A job of one lot whose places showed these roots."""
    seats = [
        SeatRecord(k, f"0x{k + 1:040x}", b"", "", 50, SeatStatus.TAGGED, tag=root, root=root)
        for k, root in enumerate(roots)
    ]
    job = JobRecord(name, "0xbuyer", terms_of(**changes), b"", 0, 0, 0, 1)
    job.lots = [LotRecord(0, seats, len(seats), 2_000, 0, phase)]
    return job


class Answers:
    """A mind that knows the right root of every lot."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []

    def root(self, job: JobRecord, lot: int) -> Thought:
        self.asked.append(job.job_id)
        return Thought(RIGHT)


class Log:
    """Keeps what was said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def warning(self, what: str, **facts: Any) -> None:
        self.said.append(f"{what} {facts}")


def hunt(mine: str = "") -> tuple[Hunt, Answers]:
    """A hunt with a mind that knows."""
    mind = Answers()
    return Hunt(mind, Log(), mine=mine), mind  # type: ignore[arg-type]


# --- hunting ---


def test_findings__wrong_roots__one_claim_a_root_the_best_paid_job_first() -> None:
    poor, rich = (
        job_of(WRONG, name=b"\1" * 32),
        job_of(RIGHT, WRONG, WRONG, name=b"\2" * 32, ceiling_usd6=900),
    )
    seeker, mind = hunt()
    found = seeker.findings({job.job_id: job for job in (poor, rich)}, HEAD)
    assert [(f.claim.job.job_id[:1], f.claim.seat.place) for f in found] == [(b"\2", 1), (b"\1", 0)]
    assert mind.asked == [rich.job_id, poor.job_id]


@pytest.mark.parametrize(
    "job",
    [
        job_of(WRONG, runtime_class=b"\1" * 32),
        job_of(WRONG, grade=1),
        job_of(WRONG, phase=LotPhase.CLOSED),
    ],
    ids=["native", "trusted", "closed"],
)
def test_findings__roots_that_cannot_be_challenged__not_run_again(job: JobRecord) -> None:
    seeker, mind = hunt()
    assert seeker.findings({job.job_id: job}, HEAD) == []
    assert mind.asked == []


def test_findings__before_the_window__run_ahead_and_nothing_found_yet() -> None:
    seeker, mind = hunt()
    job = job_of(WRONG, phase=LotPhase.SEALING)
    assert seeker.findings({job.job_id: job}, HEAD) == []
    assert mind.asked == [job.job_id]


def test_findings__ahead_of_a_window__windows_first_and_no_run_longer_than_another_window() -> None:
    seeker, mind = hunt()
    open_now = job_of(WRONG, name=b"\1" * 32)
    soon, long = (
        job_of(WRONG, name=name * 32, phase=LotPhase.SEALING, lot_seconds=seconds, ceiling_usd6=10_000)
        for name, seconds in ((b"\2", 15), (b"\3", 16))
    )
    seeker.findings({job.job_id: job for job in (long, soon, open_now)}, HEAD)
    assert mind.asked == [open_now.job_id, soon.job_id]


def test_findings__of_a_provider__nothing_run_ahead() -> None:
    seeker, mind = hunt(mine=f"0x{1:040x}")
    job = job_of(WRONG, phase=LotPhase.SEALING)
    assert seeker.findings({job.job_id: job}, HEAD) == [] and mind.asked == []


def test_findings__after_the_window__not_run_again() -> None:
    seeker, mind = hunt()
    job = job_of(WRONG)
    assert seeker.findings({job.job_id: job}, replace(HEAD, timestamp=2_001)) == []
    assert mind.asked == []


@pytest.mark.parametrize(
    ("roots", "place", "rivals"),
    [
        ((WRONG, RIGHT), 1, [0]),  # the earlier wins when nobody objects
        ((RIGHT, WRONG), 0, []),  # it need not do anything
        ((WRONG, WRONG, RIGHT), 2, [0]),  # one conviction by the leaf takes both
        ((WRONG, OTHER, RIGHT), 2, [0, 1]),
        ((RIGHT, WRONG, RIGHT), 2, [1]),  # and stays first should the first fall silent
        ((RIGHT, RIGHT), 1, []),
    ],
)
def test_findings__of_a_seat__its_earlier_rivals(
    roots: tuple[bytes, ...], place: int, rivals: list[int]
) -> None:
    seeker, _ = hunt(mine=f"0x{place + 1:040x}")
    job = job_of(*roots)
    assert [f.claim.seat.place for f in seeker.findings({job.job_id: job}, HEAD)] == rivals


def test_findings__tags_that_differ__the_own_root_is_checked_before_the_window() -> None:
    seeker, mind = hunt(mine=f"0x{2:040x}")
    job = job_of(RIGHT, WRONG, phase=LotPhase.REVEALING)
    job.lots[0].agreed = True
    assert seeker.findings({job.job_id: job}, HEAD) == [] and mind.asked == []
    job.lots[0].agreed = False
    assert seeker.findings({job.job_id: job}, HEAD) == [] and mind.asked == [job.job_id]


def test_standing__places_that_fell_or_kept_silent__left_out() -> None:
    job = job_of(RIGHT, WRONG, OTHER)
    job.lots[0].seats[0].status = SeatStatus.CONVICTED
    job.lots[0].seats[2].root = b""
    claims = standing(job, job.lots[0])
    assert [claim.seat.place for claim in claims] == [1]
    assert first_of_each_root([*claims, *claims]) == claims
    assert has_claims(job) and len(claims[0].claim_id) == 32


def test_findings__a_lot_that_cannot_be_run__said_once() -> None:
    seeker, mind = hunt()
    mind.root = lambda job, lot: Thought(failure="no store has the inputs")  # type: ignore[assignment,method-assign]
    job = job_of(WRONG)
    for _ in range(3):
        assert seeker.findings({job.job_id: job}, HEAD) == []
    assert len(seeker.log.said) == 1 and "no store has the inputs" in seeker.log.said[0]


# --- thinking ---


def wait_for(helper: Helper, question: Question, *, seconds: float = 120) -> Thought:
    """Asks until there is an answer."""
    deadline = time.monotonic() + seconds
    while (thought := helper.ask(question)) is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return thought


def test_ask__a_child_that_is_killed__fails_and_the_next_child_answers() -> None:
    helper = Helper(lambda terms: (PROGRAM, INPUTS))
    question = Question("root", Piece(b"\1" * 32, 1, 0), terms_of())
    try:
        helper._start_child()
        assert helper._child is not None
        os.kill(helper._child.pid, signal.SIGSTOP)
        assert helper.ask(question) is None
        time.sleep(0.2)
        helper._child.kill()
        failed = wait_for(helper, question)
        assert "its process ended" in failed.failure or "Broken pipe" in failed.failure
        helper.forget(question)
        assert wait_for(helper, question) == Thought(FastLot(PROGRAM, INPUTS).root)
        assert helper.knows(b"\1" * 32) and not helper.knows(b"\2" * 32)
        # other material than the terms name is never thought about
        other = Question("root", Piece(b"\2" * 32, 1, 0), terms_of(inputs_root=b"\5" * 32))
        assert "not those of the job's terms" in wait_for(helper, other).failure
        absent = Question("answer", Piece(b"\1" * 32, 1, 0), terms_of(), ((),))
        assert wait_for(helper, absent).failure
    finally:
        child = helper._child
        helper.close()
    assert child is not None and child.poll() is not None


def test_ask__a_loader_that_fails__says_why_and_is_asked_again_later() -> None:
    calls: list[Terms] = []

    def load(terms: Terms) -> Any:
        calls.append(terms)
        raise StoreError("no store answers")

    helper, clock = Helper(load), SimpleNamespace(now=0.0)
    helper._start_child = lambda: None  # type: ignore[method-assign]
    mind = Mind(helper, [helper], clock=lambda: clock.now)
    job = job_of(WRONG)
    try:
        while (thought := mind.root(job, 0)) is None:
            time.sleep(0.01)
        assert "no store answers" in thought.failure
        mind.root(job, 0)
        assert len(calls) == 1
        clock.now = 60.0
        mind.root(job, 0)
        while mind.root(job, 0) is None:
            time.sleep(0.01)
        assert len(calls) == 2
    finally:
        helper.close()


def test_think__an_answer_that_is_no_literal__the_child_is_ended() -> None:
    helper = Helper(lambda terms: (PROGRAM, INPUTS))
    script = (
        "import sys, struct; sys.stdin.buffer.read(8); "
        "sys.stdout.buffer.write(struct.pack('<Q', 9) + b'__import_'); sys.stdout.flush()"
    )
    helper._child = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with pytest.raises(AssayError, match="Running the job again failed"):
        helper._exchange("root", ())
    assert helper._child is None


# --- cases on disk ---


def full_store(folder: Path) -> ArtifactStore:
    """A store with all of the job."""
    store = ArtifactStore(folder.as_uri())
    store.put_bytes(PROGRAM.encode())
    for array in (*INPUTS, *PROGRAM.constants.values()):
        store.put_bytes(object_of(np.asarray(array)), Kind.TENSOR)
    roots = [tensor_root(np.asarray(array)) for array in INPUTS]
    assert list_root(roots) == tuple_root(INPUTS)
    store.put_bytes(list_bytes(roots), Kind.LIST)
    store.put(Kind.SPEC, spec_hash(spec_json()), canonical_bytes(spec_json()))
    return store


def test_keep__the_buyer_takes_its_inputs_back__the_case_is_still_there(tmp_path: Path) -> None:
    store = full_store(tmp_path / "store")
    cases = Cases(tmp_path / "cases", store, 40)
    cases.keep(terms_of(), spec_json(), load_job(spec_json(), store, terms_of(), path_moves=40))
    shutil.rmtree(tmp_path / "store")
    program, inputs = cases.load(terms_of())
    assert FastLot(program, inputs).root == FastLot(PROGRAM, INPUTS).root
    cases.forget(terms_of(), [terms_of(lot_seconds=9)])  # another job with the same material
    cases.load(terms_of())
    cases.forget(terms_of(), [])
    with pytest.raises(AssayError):
        cases.load(terms_of())


def test_load__from_the_store__kept_on_the_way(tmp_path: Path) -> None:
    store = full_store(tmp_path / "store")
    cases = Cases(tmp_path / "cases", store, 40)
    cases.load(terms_of())
    shutil.rmtree(tmp_path / "store")
    assert cases.load(terms_of())[0].root == PROGRAM.root


# --- book and clocks ---


def test_apply__events_of_unknown_claims_and_games__passed_over() -> None:
    book = GameBook()
    for name in ("ClaimConvicted", "ClaimEnforced", "GameEnded", "PositionNamed", "JobPosted"):
        book.apply(SimpleNamespace(NAME=name, claim_id=RIGHT, game_id=3, verdict=1), block=1, tx=b"")
    assert not book.claims and not book.games and book.floor() is None


def test_prune__claims_that_nobody_follows__dropped_with_their_answers_when_old() -> None:
    book = GameBook()
    facts = FastLot(PROGRAM, INPUTS).facts("0xdefender", 100, 20)
    for claim_id, job_id, game_id in ((RIGHT, b"a", 0), (WRONG, b"b", 1), (OTHER, b"c", 2)):
        stated = {"defender": "0xd", "lot": 0, "place": 0, "root": RIGHT, "items": 1, "first_item": 0}
        stated |= {"program_root": RIGHT, "inputs_root": RIGHT, "move_seconds": 20}
        book.apply(_event("ClaimStated", claim_id=claim_id, job_id=job_id, **stated), block=1, tx=b"")
        opened = {"challenger": "0xc", "defender": "0xd", "bond_usd6": 1, "clock_seconds": 9}
        book.apply(_event("GameOpened", game_id=game_id, claim_id=claim_id, **opened), block=2, tx=b"")
        book.journal.named(game_id, claim_id, facts.start)
        book.journal.answered(facts.start.key(claim_id), b"an answer")
        if game_id < 2:
            ended = {"verdict": 3, "moves": 0, "paid": "0xd", "paid_usd6": 1}
            book.apply(_event("GameEnded", game_id=game_id, claim_id=claim_id, **ended), block=3, tx=b"")
    assert book.floor() == 1  # game 2 is open, its claim was stated in block 1
    book.prune({b"a"}, 200)
    assert len(book.claims) == 3
    book.prune({b"a"}, 1_000)  # a is followed, b is old, c has an open game
    assert set(book.claims) == {RIGHT, OTHER} and set(book.games) == {0, 2}
    assert len(book.journal._answers) == 2
    assert book.is_busy(b"c", "0xC") and not book.is_busy(b"a", "0xC")


def _event(name: str, **fields: Any) -> Any:
    return SimpleNamespace(NAME=name, **fields)


def test_left__a_clock__counts_from_its_turn() -> None:
    clock = Clock(defender_moves=True, since=100, used=30, whole=800)
    assert (clock.ends, clock.left(100), clock.left(871)) == (870, 770, -1)

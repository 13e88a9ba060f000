"""A market on a chain of its own in which exact claims are shown, attacked and defended by real daemons.

Seats are sealed, tagged and shown by the test itself, with any lot's root; daemons come on when the window has begun.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from assay.artifacts import Kind, id_of
from assay.commitment.listing import list_bytes, list_root
from assay.commitment.tensor import tensor_root
from assay.disputes.faulty import FAULTY_CHAIN, faulty_lot
from assay.disputes.runs import LotRun, tuple_root
from assay.jobs.exact.spec import ExactSpec
from assay.jobs.exact.tensors import object_of
from assay.market.follower import Follower
from assay.market.records import JobRecord, LotRecord
from assay.protocol.generated.structs import Terms
from assay.protocol.spec import canonical_bytes, spec_hash
from assay.protocol.states import LotPhase, SeatStatus
from assay.worker.disputing.bench import Bench, LotType
from assay.worker.disputing.book import GameBook, GameRecord
from assay.worker.disputing.contracts import GameContracts
from assay.worker.disputing.helper import Question, Thought
from assay.worker.disputing.mind import Mind
from assay.worker.disputing.modes import Mode
from assay.worker.opening import Opener
from assay.worker.salts import Salts
from tests.worker.daemon.world import PRICE_PER_HOUR, PROVIDERS, SHORT, USD, World
from tests.worker.disputes.programs import everything, inputs

PROGRAM = everything(trips=6, stride=2)
INPUTS = inputs()
LOT_SECONDS = 8
TIMERS = replace(SHORT, window_slack_seconds=2)
REFEREED, REPLICATED = 4, 3


def lying(program: Any, arrays: Sequence[Any], items: int = 1, first_item: int = 0) -> LotRun:
    """A lot with one wrong product."""
    return faulty_lot(program, arrays, items, first_item, chain_id=FAULTY_CHAIN)


class Thoughts:
    """A thinker without a process of its own: answers at once."""

    def __init__(self, lot_type: LotType) -> None:
        self._bench = Bench(lot_type)
        self._known: set[bytes] = set()
        self.asked: list[Question] = []

    def ask(self, question: Question) -> Thought | None:
        piece = question.piece
        if piece.job_id not in self._known:
            self._known.add(piece.job_id)
            constants = [PROGRAM.constants[root] for root in PROGRAM.constant_specs]
            self._bench.load(piece.job_id, PROGRAM.encode(), constants, INPUTS)
        self.asked.append(question)
        try:
            return Thought(getattr(self._bench, question.method)(piece, *question.rest))
        except Exception as error:
            return Thought(failure=str(error))

    def peek(self, question: Question) -> Thought | None:
        return self.ask(question)

    def is_asked(self, question: Question) -> bool:
        return False

    def knows(self, job_id: bytes) -> bool:
        return job_id in self._known

    def load(self) -> int:
        return 0

    def forget(self, question: Question) -> None:
        return None

    def close(self) -> None:
        return None


def mind(lot_type: LotType = LotRun) -> Mind:
    """A mind that answers at once."""
    thoughts = Thoughts(lot_type)
    return Mind(thoughts, [thoughts])


class Stage(World):
    """The market with a job of one lot whose places showed what the test wants."""

    def __init__(self, folder: Path, accounts: dict[str, Any], *, window_seconds: int) -> None:
        windows = ("low_window_seconds", "mid_window_seconds", "high_window_seconds")
        params = replace(TIMERS, **dict.fromkeys(windows, window_seconds))  # type: ignore[arg-type]
        super().__init__(folder, accounts, params=params)
        self.contracts = GameContracts(self.w3, self.deployment)
        self.send("deployer", self.usd.mint(accounts["challenger"].address, 1_000 * USD))

    def exact_terms(self, *, seats: int = 1, grade: int = REFEREED, items: int = 1) -> Terms:
        """Terms of an exact job of one lot, whose material lies in the store."""
        return self.terms(
            spec_hash=self._put_material(items),
            lots=1,
            items_per_lot=items,
            items=items,
            seats=seats,
            spares=0,
            grade=grade,
            runtime_class=bytes(32),
            program_root=PROGRAM.root,
            inputs_root=tuple_root(INPUTS),
            lot_seconds=LOT_SECONDS,
            ceiling_usd6=PRICE_PER_HOUR // 3600 * LOT_SECONDS,
            audit_bps=0,
        )

    def shown(self, roots: Sequence[bytes], *, grade: int = REFEREED, items: int = 1) -> JobRecord:
        """A job whose places have shown these roots, in their order; it stands in its window."""
        seats = len(roots)
        terms = self.exact_terms(seats=seats, grade=grade, items=items)
        job_id = self.post(terms, [1] * seats, providers=PROVIDERS[:seats])
        self.until(job_id, lambda job: job.state.name == "AWARDED")
        self._draw(job_id)
        job = self.until(job_id, lambda job: bool(job.lots))
        lot = job.lots[0]
        openings = [self._opening(job, lot, place, root) for place, root in enumerate(roots)]
        for place, opening in enumerate(openings):
            self._as(job, place, self.market.seal_lots(job_id, job.awardees, [0], [place], [opening.seal]))
        for place, opening in enumerate(openings):
            self._as(job, place, self.market.tag_lots(job_id, [0], [place], [opening.tag], [opening.salt]))
        shown: set[bytes] = set()
        agreed = len(set(roots)) == 1
        for place, root in enumerate(roots):
            if not (agreed and root in shown):
                self._as(job, place, self.market.reveal_lots(job_id, [0], [place], [root]))
            shown.add(root)
        return self.until(job_id, lambda job: job.lots[0].phase == LotPhase.WINDOW)

    def _put_material(self, items: int) -> bytes:
        """Spec, program, constants and inputs as a buyer's command puts them; the hash of the spec."""
        program = PROGRAM.encode()
        spec = ExactSpec("0x" + id_of(Kind.BYTES, program).hex(), items, items, "a test").to_json()
        self.store.put(Kind.BYTES, id_of(Kind.BYTES, program), program)
        roots = [tensor_root(np.asarray(array)) for array in INPUTS]
        arrays = [*INPUTS, *PROGRAM.constants.values()]
        for array in arrays:
            self.store.put(Kind.TENSOR, tensor_root(np.asarray(array)), object_of(np.asarray(array)))
        self.store.put(Kind.LIST, list_root(roots), list_bytes(roots))
        self.store.put(Kind.SPEC, spec_hash(spec), canonical_bytes(spec))
        return spec_hash(spec)

    def role_of(self, address: str) -> str:
        """The test's name of an account."""
        return next(role for role, account in self.accounts.items() if account.address == address)

    def play(self, role: str, mode: Mode, lot_type: LotType = LotRun, **changes: Any) -> Any:
        """Starts a daemon that thinks with this kind of lot."""
        return self.start(role, mind=mind(lot_type), mode=mode, **changes)

    def book(self) -> GameBook:
        """Claims and games as an outsider reads them now."""
        book = GameBook()
        follower = Follower(self.w3, self.deployment, keep=lambda job: True, also=book)
        while follower.refresh() is None:
            time.sleep(0.05)
        return book

    def jobs(self) -> dict[bytes, JobRecord]:
        """All jobs as of now."""
        follower = Follower(self.w3, self.deployment, keep=lambda job: True)
        while follower.refresh() is None:
            time.sleep(0.05)
        return follower.jobs

    def until_book(self, met: Callable[[GameBook], bool], *, seconds: float = 40.0) -> GameBook:
        """Reads until `met`."""
        deadline = time.monotonic() + seconds
        while not met(book := self.book()):
            if time.monotonic() > deadline:
                raise AssertionError(f"not reached in {seconds} s: {book.games} {book.claims}")
            time.sleep(0.1)
        return book

    def _draw(self, job_id: bytes) -> None:
        job = self.until(job_id, lambda job: job.seed_block > 0)
        while self.w3.eth.block_number <= job.seed_block:
            time.sleep(0.05)
        self.send("deployer", self.market.draw_seed(job_id))

    def _opening(self, job: JobRecord, lot: LotRecord, place: int, root: bytes) -> Any:
        seat = lot.seats[place]
        account = self.accounts[self.role_of(seat.provider)]
        opener = Opener(
            chain_id=self.deployment.chain_id,
            market=self.market.address,
            provider=seat.provider,
            salts=Salts(bytes(account.key)),
        )
        return opener.opening(job, lot, seat, root)

    def _as(self, job: JobRecord, place: int, call: Any) -> None:
        self.send(self.role_of(job.lots[0].seats[place].provider), call)


@contextmanager
def stage(folder: Path, accounts: dict[str, Any], *, window_seconds: int = 12) -> Iterator[Stage]:
    """A stage with its providers set up."""
    made = Stage(folder, accounts, window_seconds=window_seconds)
    try:
        made.set_up_providers(runtime=hashlib.sha256(b"any").digest())
        yield made
    finally:
        made.stop()


def convicted(job: JobRecord) -> list[int]:
    """Places of the first lot that were convicted."""
    return [seat.place for seat in job.lots[0].seats if seat.status == SeatStatus.CONVICTED]


def game_on(book: GameBook, job: JobRecord, challenger: str = "") -> GameRecord:
    """The one game about a job, of this challenger if one is named."""
    (found,) = [
        game
        for game in book.games.values()
        if game.claim_id in book.claims
        and book.claims[game.claim_id].job_id == job.job_id
        and challenger.lower() in game.challenger.lower()
    ]
    return found


def failed_transactions(made: Stage, first: int) -> list[str]:
    """What reverted on chain since a block: nobody who plays well wastes gas."""
    found = []
    for number in range(first, made.w3.eth.block_number + 1):
        raw = made.chain.rpc("eth_getBlockReceipts", hex(number))
        found += [receipt["transactionHash"] for receipt in raw if receipt["status"] == "0x0"]
    return found

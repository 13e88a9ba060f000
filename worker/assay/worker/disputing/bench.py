"""What a thinking child knows: a few cases (program and inputs of a job) and its own runs of their lots.

Pure computation, no chain and no key. Moves leave it as (function, arguments), plain values.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from assay.disputes.challenger import Challenger
from assay.disputes.cursor import cursor_at
from assay.disputes.defender import Defender
from assay.disputes.frames import arrays_of
from assay.disputes.moves import Move
from assay.disputes.positions import Position
from assay.disputes.runs import LotRun, tuple_root
from assay.jobs.exact.results import ItemResult
from assay.program.program import Program
from assay.protocol.errors import AssayError

KEPT_CASES = 2
KEPT_LOTS = 2
PlainMove = tuple[str, tuple[Any, ...]]
LotType = Callable[[Program, Sequence[Any], int, int], LotRun]


@dataclass(frozen=True, slots=True)
class Piece:
    """A lot of a job: which job, how many items, which is its first."""

    job_id: bytes
    items: int
    first_item: int


@dataclass(slots=True)
class _Case:
    program: Program
    inputs: tuple[Any, ...]
    lots: OrderedDict[tuple[int, int], LotRun] = field(default_factory=OrderedDict)


def plain(move: Move) -> PlainMove:
    """A move as the contract's function and its arguments, tuples as lists nowhere."""
    return move.name, move.arguments()


class Bench:
    """Answers questions about lots of loaded cases. One thread."""

    def __init__(self, lot_type: LotType) -> None:
        self._lot_type = lot_type
        self._cases: OrderedDict[bytes, _Case] = OrderedDict()
        self._defender, self._challenger = Defender(), Challenger()

    def load(self, job_id: bytes, program: bytes, constants: Sequence[Any], inputs: Sequence[Any]) -> bytes:
        """Makes a case known; returns program root ‖ inputs root, as they are here. Raises Malformed, LimitExceeded."""
        made = Program.decode(program).with_constants(constants)
        arrays = tuple(np.asarray(array) for array in inputs)
        self._cases[job_id] = _Case(made, arrays)
        while len(self._cases) > KEPT_CASES:
            self._cases.popitem(last=False)
        return made.root + tuple_root(arrays)

    def root(self, piece: Piece) -> bytes:
        """One's own lot root."""
        return self._lot(piece).root

    def results(self, piece: Piece) -> list[bytes]:
        """Result bytes of each item, as a session of the job's kind gives them. Only a faulty worker runs lots here."""
        lot = self._lot(piece)
        found = []
        for index in range(piece.first_item, piece.first_item + piece.items):
            item = lot.item(index)
            result = ItemResult.of(arrays_of(item.main.values[-1]), item.entries[1:])
            if result.root != item.root:
                raise AssayError(f"Item {index} has another root than its own result.")
            found.append(result.encode())
        return found

    def answer(self, piece: Piece, positions: Sequence[Position]) -> PlainMove | None:
        """The defender's answer to the last of a game's positions."""
        move = self._defender.answer(positions, cursor_at(self._lot(piece), positions))
        return None if move is None else plain(move)

    def name(self, piece: Piece, history: Sequence[tuple[Position, Move]]) -> PlainMove | None:
        """The challenger's naming after the last answer; None: nothing differs from one's own run."""
        positions = [position for position, _ in history]
        move = self._challenger.name(history, cursor_at(self._lot(piece), positions))
        return None if move is None else plain(move)

    def _lot(self, piece: Piece) -> LotRun:
        case = self._cases[piece.job_id]
        self._cases.move_to_end(piece.job_id)
        key = (piece.items, piece.first_item)
        if key not in case.lots:
            case.lots[key] = self._lot_type(case.program, case.inputs, *key)
            while len(case.lots) > KEPT_LOTS:
                case.lots.popitem(last=False)
        case.lots.move_to_end(key)
        return case.lots[key]

"""A lie at a random place of a random program's run: what is claimed, and how it is defended."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from assay.commitment.listing import list_root
from assay.disputes.cursor import Cursor
from assay.disputes.defender import Defender
from assay.disputes.facts import ClaimFacts
from assay.disputes.moves import Move, RevealStates
from assay.disputes.positions import Position
from assay.disputes.runs import FrameRun, ItemRun, LotRun, Path, Value
from assay.program.node import Body
from assay.program.ops import Op
from assay.program.program import Program
from tests.worker.disputes.liars import (
    GARBAGE,
    LoopsLiar,
    Silent,
    StatesLiar,
    TermLiar,
    WrongPadding,
    WrongRoot,
    WrongTrace,
    lot_of,
    lying_lot,
)


@dataclass
class Told:
    """What is claimed of a lot: the liar's run, its strategy, and the facts where they are not the run's own."""

    kind: str
    run: LotRun
    defender: Defender = field(default_factory=TermLiar)
    of_lot: LotRun | None = None

    def facts(self, defender: str, window_end: int, move_seconds: int) -> ClaimFacts:
        """The claim; of another lot's root, where that is the lie."""
        facts = (self.of_lot or self.run).facts(defender, window_end, move_seconds)
        return replace(facts, lot_root=self.run.root)


def random_change(rng: random.Random) -> Callable[[Value], Value]:
    """Changes one element, by one bit; of a tuple that of a random tensor."""
    seed = rng.random()

    def change(value: Value) -> Value:
        own = random.Random(seed)
        if isinstance(value, tuple):
            k = own.randrange(len(value))
            return (*value[:k], np.asarray(change(value[k])), *value[k + 1 :])
        changed = np.array(value)
        flat, place = changed.reshape(-1), own.randrange(changed.size)
        bit = changed.dtype.type(1) if changed.dtype == bool else changed.dtype.type(1 << own.randrange(7))
        flat[place] = flat[place] ^ bit
        return flat.reshape(changed.shape)

    return change


def random_place(rng: random.Random, program: Program) -> tuple[Path, int]:
    """A node of a random frame: of the main body, or of any step of any loop in it."""
    body: Body = program.main
    path: Path = ()
    while True:
        loops = [k for k, node in enumerate(body.nodes) if node.op is Op.LOOP]
        if not loops or rng.random() < 0.4:
            return path, rng.randrange(len(body.nodes))
        index = rng.choice(loops)
        node = body.nodes[index]
        path = (*path, (index, rng.randrange(node.param("trips"))))
        body = program.bodies[node.root("body")]


class WrongEntry(FrameRun):
    """One output's root is of no tensor, and the list of the outputs is made of it; all values are right."""

    @cached_property
    def roots(self) -> list[bytes]:  # type: ignore[override]
        roots = list(FrameRun.roots.func(self))  # type: ignore[attr-defined]
        if not self.path:
            entries = self.body.entries(len(roots) - 1)
            roots[entries[0]] = GARBAGE
            roots[-1] = list_root([roots[k] for k in entries])
        return roots


class WrongState(WrongTrace):
    """Some committed state, not always the same one."""

    @property
    def states(self) -> list[bytes]:
        """The committed states of the first loop."""
        states = list(self.main.loop(self.loops[0]).committed)
        states[self.wrong % len(states)] = GARBAGE
        return states


class UnevenStates(Defender):
    """Shows a state that it never had between those that it had."""

    def answer(self, positions: Sequence[Position], cursor: Cursor) -> Move | None:
        """Its own states, one of them made up."""
        answer = super().answer(positions, cursor)
        if isinstance(answer, RevealStates) and len(answer.states) > 1:
            k = len(answer.states) // 2
            return RevealStates((*answer.states[:k], GARBAGE, *answer.states[k + 1 :]))
        return answer


def _in_one_item(rng: random.Random, liar: LotRun) -> LotRun:
    wrong = liar.first_item + rng.randrange(liar.items)
    kind = liar.item_type

    class OneItem(LotRun):
        def _made(self, index: int) -> ItemRun:
            made = kind if index == wrong else ItemRun
            return made(self.program, self.inputs, index)

    return OneItem(liar.program, liar.inputs, liar.items, liar.first_item)


def random_lie(rng: random.Random, honest: LotRun) -> Told:
    """Any of the lies there are; some programs have no place for it, then nothing is wrong with what is told."""
    program, inputs = honest.program, honest.inputs
    place = (honest.items, honest.first_item)
    strided = any(node.op is Op.LOOP and node.param("stride") > 0 for node in program.main.nodes)
    kinds: list[str] = ["node"] * 6 + ["root", "entry", "padding", "silent", "states", "lot"]
    kinds += ["trace", "trace", "loops"] if strided else []
    kind = rng.choice(kinds)
    path, node = random_place(rng, program)
    at_node = type(lying_lot(program, inputs, path, node, change=random_change(rng)))
    if kind == "lot":
        return Told(kind, LotRun(program, inputs, honest.items, honest.first_item + 1), Defender(), honest)
    if kind in {"root", "entry", "padding"}:
        frame: Any = {"root": WrongRoot, "entry": WrongEntry, "padding": WrongPadding}[kind]
        return Told(kind, _in_one_item(rng, lot_of(frame)(program, inputs, *place)), Defender())
    if kind == "trace":
        item: Any = type("Wrong", (WrongState,), {"wrong": rng.randrange(64)})
        return Told(kind, lot_of(FrameRun, item)(program, inputs, *place), StatesLiar())
    if kind == "loops":
        shift = rng.choice((1, -1))
        liar = LoopsLiar(lambda loops: (max(0, loops[0] + shift), *loops[1:]))
        return Told(kind, lot_of(FrameRun, WrongState)(program, inputs, *place), liar)
    run = _in_one_item(rng, at_node(program, inputs, *place))
    if kind == "silent":
        return Told(kind, run, Silent(rng.randrange(4)))
    return Told(kind, run, UnevenStates() if kind == "states" else TermLiar())

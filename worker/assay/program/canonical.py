"""From a body under construction to the canonical program.

Unused operations and unused parts of loops are gone, nodes stand in the order in which a depth-first walk from
the returned pack leaves them, each pack has its own copies directly before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from assay.program.builder import BodyBuilder, Draft, LoopDraft
from assay.program.dtypes import TensorSpec
from assay.program.errors import Malformed
from assay.program.limits import DEFAULT, Limits
from assay.program.node import Body, Node, Param
from assay.program.ops import Op, Source
from assay.program.program import Program, body_of

Outside = tuple[Source, int]  # a tensor that a body is given: carry or invariant, and its number


def build(body: BodyBuilder, inputs: int, limits: Limits = DEFAULT) -> Program:
    """The canonical program whose main body is `body`. Raises Malformed or LimitExceeded."""
    if body.returned is None:
        raise Malformed("the main body returns nothing")
    bodies: dict[bytes, Body] = {}
    names = {(Source.CARRY, k): (Source.CARRY, k) for k in range(inputs)}
    main = _Emission(body, bodies, names, _Liveness()).finish(body.returned)
    bodies.pop(main.root, None)
    listed = [*bodies.values(), main]
    used = {node.root("root") for one in listed for node in one.nodes if node.op is Op.CONST}
    constants = {root: array for root, array in body.constants.items() if root in used}
    return Program.of(inputs, listed, constants, limits)


@dataclass(frozen=True)
class Kept:
    """What remains of a loop: carry numbers that are carried, and all that its body must be given."""

    carried: tuple[int, ...]
    given: frozenset[Outside]


class _Liveness:
    """What bodies and loops need, each question answered once."""

    def __init__(self) -> None:
        self._kept: dict[tuple[BodyBuilder, frozenset[int]], Kept] = {}

    def needs(self, body: BodyBuilder, returned: Sequence[int]) -> frozenset[Outside]:
        """What the body must be given for these of its tensors; loops inside count with what they need."""
        live = set(returned)
        parts: dict[int, set[int]] = {}
        found: set[Outside] = set()
        for i in range(len(body.drafts) - 1, -1, -1):
            draft = body.drafts[i]
            if i not in live:
                continue
            if draft.op is Op.PARAM and draft.params[0] != Source.STEP:
                found.add((Source(int(draft.params[0])), int(draft.params[1])))
            elif draft.op is Op.PART:
                parts.setdefault(draft.inputs[0], set()).add(int(draft.params[0]))
            if draft.loop is None:
                live.update(draft.inputs)
            else:
                kept = self.keep(draft.loop, frozenset(parts[i]))
                live.update(draft.inputs[_operand(draft.loop, outside)] for outside in kept.given)
        return frozenset(found)

    def keep(self, loop: LoopDraft, wanted: frozenset[int]) -> Kept:
        """The least carry that still makes the wanted parts. What is passed on unchanged is not carried."""
        known = self._kept.get((loop.body, wanted))
        if known is not None:
            return known
        assert loop.body.returned is not None
        carried = {k for k in wanted if not loop.body.passes_on(k)}
        while True:
            given = self.needs(loop.body, [loop.body.returned[k] for k in sorted(carried)])
            more = {k for source, k in given if source == Source.CARRY and not loop.body.passes_on(k)}
            if more <= carried:
                break
            carried |= more
        kept = Kept(tuple(sorted(carried)), given | {(Source.CARRY, k) for k in carried})
        self._kept[loop.body, wanted] = kept
        return kept


def _operand(loop: LoopDraft, outside: Outside) -> int:
    source, k = outside
    return k if source == Source.CARRY else loop.carried + k


@dataclass
class _Emission:
    """One body being written. `names` renumbers what the body is given."""

    builder: BodyBuilder
    bodies: dict[bytes, Body]
    names: dict[Outside, Outside]
    liveness: _Liveness
    nodes: list[Node] = field(default_factory=list)
    place: dict[int, int] = field(default_factory=dict)  # draft -> node
    wanted: dict[int, set[int]] = field(default_factory=dict)  # loop draft -> parts
    kept: dict[int, Kept] = field(default_factory=dict)
    packs: dict[tuple[int, ...], int] = field(default_factory=dict)

    def finish(self, returned: Sequence[int]) -> Body:
        self._find_wanted(returned)
        for ref in returned:
            self._visit(ref)
        self._pack(returned, fresh=True)
        return body_of(self.nodes)

    def _find_wanted(self, returned: Sequence[int]) -> None:
        live = set(returned)
        for i in range(len(self.builder.drafts) - 1, -1, -1):
            draft = self.builder.drafts[i]
            if i not in live:
                continue
            if draft.op is Op.PART:
                self.wanted.setdefault(draft.inputs[0], set()).add(int(draft.params[0]))
            if draft.loop is not None:
                self.kept[i] = self.liveness.keep(draft.loop, frozenset(self.wanted[i]))
            live.update(self._operands(i))

    def _operands(self, i: int) -> tuple[int, ...]:
        draft = self.builder.drafts[i]
        if draft.loop is None:
            return draft.inputs
        carried, invariants = self._loop_operands(i, draft.loop)
        return carried + tuple(draft.inputs[_operand(draft.loop, outside)] for outside in invariants)

    def _loop_operands(self, i: int, loop: LoopDraft) -> tuple[tuple[int, ...], list[Outside]]:
        kept, inputs = self.kept[i], self.builder.drafts[i].inputs
        carried = tuple(inputs[k] for k in kept.carried)
        others = sorted(
            kept.given - {(Source.CARRY, k) for k in kept.carried}, key=lambda o: _operand(loop, o)
        )
        return carried, others

    def _visit(self, start: int) -> None:
        stack = [(start, iter(self._operands(start)))]
        while stack:
            i, operands = stack[-1]
            following = next((operand for operand in operands if operand not in self.place), None)
            if following is not None:
                stack.append((following, iter(self._operands(following))))
                continue
            stack.pop()
            if i not in self.place:
                self._emit(i, self.builder.drafts[i])

    def _emit(self, i: int, draft: Draft) -> None:
        if draft.loop is not None:
            self._emit_loop(i, draft.loop)
            return
        params: tuple[Param, ...] = draft.params
        if draft.op is Op.PARAM and params[0] != Source.STEP:
            outside = (Source(int(params[0])), int(params[1]))
            params = self.names.get(outside, outside)
        elif draft.op is Op.PART:
            params = (self.kept[draft.inputs[0]].carried.index(int(params[0])),)
        self._add(i, draft.op, draft.spec, tuple(self.place[operand] for operand in draft.inputs), params)

    def _add(
        self, i: int, op: Op, spec: TensorSpec | None, inputs: tuple[int, ...], params: tuple[Param, ...]
    ) -> None:
        assert spec is not None
        plain = tuple(param if isinstance(param, bytes) else int(param) for param in params)
        self.place[i] = len(self.nodes)
        self.nodes.append(Node(op, spec.dtype, spec.dims, inputs, plain))

    def _emit_loop(self, i: int, loop: LoopDraft) -> None:
        kept = self.kept[i]
        carried, others = self._loop_operands(i, loop)
        names: dict[Outside, Outside] = {
            (Source.CARRY, k): (Source.CARRY, number) for number, k in enumerate(kept.carried)
        }
        sources: dict[int, int] = {}  # one invariant for each distinct tensor
        for outside in others:
            draft = self.builder.drafts[i].inputs[_operand(loop, outside)]
            names[outside] = (Source.INVARIANT, sources.setdefault(draft, len(sources)))
        assert loop.body.returned is not None
        returned = [loop.body.returned[k] for k in kept.carried]
        body = _Emission(loop.body, self.bodies, names, self.liveness).finish(returned)
        self.bodies.setdefault(body.root, body)
        inputs = [self._pack(carried)]
        if sources:
            inputs.append(self._pack(tuple(sources)))
        self.place[i] = len(self.nodes)
        self.nodes.append(
            Node(Op.LOOP, None, (len(carried),), tuple(inputs), (body.root, loop.trips, loop.stride))
        )

    def _pack(self, drafts: Sequence[int], fresh: bool = False) -> int:
        entries = tuple(self.place[draft] for draft in drafts)
        if not fresh and entries in self.packs:
            return self.packs[entries]
        first = len(self.nodes)
        for entry in entries:
            spec = self.nodes[entry].spec
            self.nodes.append(Node(Op.VIEW, spec.dtype, spec.dims, (entry,), (0, *spec.strides)))
        self.nodes.append(Node(Op.PACK, None, (len(entries),), (), (first,)))
        self.packs[entries] = len(self.nodes) - 1
        return len(self.nodes) - 1

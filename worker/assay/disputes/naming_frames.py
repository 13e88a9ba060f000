"""Nodes of a frame, steps and committed states of a loop: where naming them leads."""

from assay.commitment.row import height_of
from assay.disputes.answers import require, segments_of
from assay.disputes.leaf import OK, Leaf
from assay.disputes.moves import (
    GROUP,
    NameLoop,
    NameNode,
    NameState,
    NameStep,
    NameTrace,
    Opened,
    extra_of,
    groups_digest,
)
from assay.disputes.naming_rows import leaf_of, ruled
from assay.disputes.positions import Frame, Position
from assay.disputes.rows import opened_root, pages_of
from assay.disputes.states import State, Verdict
from assay.protocol.keccak import keccak256

PARAM, CONST, PACK, PART, LOOP = 0, 1, 3, 4, 5
Next = Position | Verdict


def entered(position: Position, digest: bytes, opened: Opened) -> Position:
    """The row of the node trace that an answer to ITEM or STEP has shown, or the subtree of it contested already."""
    if position.state is State.NODES:
        require(opened.frame.key == position.frame and opened.nodes == position.count, "game: another frame")
        return position
    require(position.state in (State.ITEM, State.STEP), "game: another naming is due")
    require(opened.digest == digest, "game: another answer")
    return Position(
        State.NODES,
        opened.frame.key,
        opened.frame.trace_root,
        rooted=True,
        count=opened.nodes,
        level=height_of(opened.nodes),
    )


def name_node(position: Position, digest: bytes, move: NameNode, leaf: Leaf) -> Next:
    nodes = entered(position, digest, move.opened)
    node = leaf_of(nodes, move.child)
    frame, evidence, root = move.opened.frame, move.evidence, move.child.hash
    require(len(evidence.descriptor) > 0, "game: no descriptor")
    op = evidence.descriptor[0]
    if op in (PARAM, CONST, PART):
        code, value = leaf.value_root(frame, node, 0, evidence)
        return ruled(code, differs=value != root)
    if op == LOOP:
        code, body, trips, _, carry, invariants = leaf.loop_of(frame, node, evidence)
        if code != OK:
            return Verdict.DEFENDED_PROGRAM
        return _steps(Frame(body, invariants_root=invariants), node, (carry, root), (0, trips))
    code, op, dtype, dims = leaf.node_of(frame, node, evidence)
    if code != OK:
        return Verdict.DEFENDED_PROGRAM
    if op == PACK:
        return Position(
            State.TUPLE, nodes.frame, root, node, rooted=True, count=dims[0], level=height_of(dims[0])
        )
    head = bytes([dtype, len(dims)]) + b"".join(dimension.to_bytes(8, "big") for dimension in dims)
    pages = pages_of(head)
    state = State.PAGES if pages > 1 else State.PAGE
    return Position(state, nodes.frame, root, node, head, True, pages, height_of(pages), kind=op)


def _steps(template: Frame, node: int, ends: tuple[bytes, bytes], steps: tuple[int, int]) -> Position:
    """Steps of loop `node` between an agreed and a contested state; a single one is a frame."""
    (agreed, contested), (first, last) = ends, steps
    state = State.LOOP if last - first > 1 else State.STEP
    last = last if state is State.LOOP else 0
    return Position(state, template.key, contested, node, agreed=agreed, first=first, last=last)


def _listed(position: Position, digest: bytes, move: NameTrace | NameLoop) -> None:
    require(position.state is State.ITEM, "game: another naming is due")
    require(move.opened.digest == digest, "game: another answer")
    require(extra_of(move.entries, move.loops) == move.opened.extra, "game: other entries")


def name_trace(position: Position, digest: bytes, move: NameTrace, leaf: Leaf) -> Next:
    _listed(position, digest, move)
    require(1 <= move.entry < len(move.entries), "game: no such state trace")
    frame, evidence, node = move.opened.frame, move.evidence, move.loops[move.entry - 1]
    require(len(evidence.descriptor) > 0, "game: no descriptor")
    if evidence.descriptor[0] != LOOP:
        code, *_ = leaf.node_of(frame, node, evidence)
        return ruled(code, differs=True)
    code, _, trips, stride, _, _ = leaf.loop_of(frame, node, evidence)
    if code != OK or stride == 0:
        return ruled(code, differs=True)
    count = 1 + -(-trips // stride)
    root = move.entries[move.entry]
    return Position(
        State.STATES,
        frame.key,
        root,
        node,
        rooted=True,
        count=count,
        level=height_of(count),
        agreed=root,
    )


def name_loop(position: Position, digest: bytes, move: NameLoop, leaf: Leaf) -> Next:
    _listed(position, digest, move)
    require(move.node not in move.loops, "game: this loop is listed")
    code, _, _, stride, _, _ = leaf.loop_of(move.opened.frame, move.node, move.evidence)
    return ruled(code, differs=stride > 0)


def name_state(position: Position, move: NameState, leaf: Leaf) -> Next:
    require(position.state is State.STATES, "game: another naming is due")
    require(move.frame.key == position.frame, "game: another frame")
    index = leaf_of(position, move.child)
    code, body, trips, stride, carry, invariants = leaf.loop_of(move.frame, position.node, move.evidence)
    if code != OK or index == 0:
        return ruled(code, differs=carry != move.child.hash)
    require(
        opened_root(position.count, move.before, index - 1, move.path) == position.agreed,
        "game: the state before is another",
    )
    first = (index - 1) * stride
    template = Frame(body, invariants_root=invariants)
    return _steps(
        template, position.node, (move.before, move.child.hash), (first, min(first + stride, trips))
    )


def name_step(position: Position, digest: bytes, move: NameStep) -> Position:
    require(position.state is State.LOOP, "game: another naming is due")
    width, number = segments_of(position.first, position.last)
    require(0 <= move.index < number, "game: no such state")
    place = (max(move.index, 1) - 1) // GROUP
    require(place <= len(move.others), "game: no such group")
    own = keccak256(b"".join(move.group))
    require(
        groups_digest([*move.others[:place], own, *move.others[place:]]) == digest, "game: another answer"
    )
    within = move.index - place * GROUP
    agreed = position.agreed if move.index == 0 else move.group[within - 1]
    contested = position.root if move.index == number - 1 else move.group[within]
    first = position.first + move.index * width
    last = min(first + width, position.last)
    state = State.LOOP if last - first > 1 else State.STEP
    return position.to(
        state=state, root=contested, agreed=agreed, first=first, last=last if state is State.LOOP else 0
    )

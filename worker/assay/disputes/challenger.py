"""The challenger's strategy: position and answer → the first thing that differs from one's own run."""

from collections.abc import Callable, Sequence

from assay.commitment.row import leaf_hash
from assay.disputes.answers import opened_by, segments_of
from assay.disputes.cursor import Cursor
from assay.disputes.defender import frame_children, own_partials, own_states, row_children, row_ids
from assay.disputes.evidence import (
    descriptor_evidence,
    element_evidence,
    loop_evidence,
    root_evidence,
    term_evidence,
    terms_evidence,
)
from assay.disputes.moves import (
    Child,
    Move,
    NameChild,
    NameElement,
    NameEntry,
    NameLoop,
    NameNode,
    NameNodes,
    NameState,
    NameTerm,
    NameTerms,
    NameTrace,
    Opened,
    RevealItem,
    RevealPage,
    RevealRow,
    RevealStates,
    RevealStep,
    RevealTerms,
    step_named,
)
from assay.disputes.positions import Frame, Position
from assay.disputes.rows import child_siblings, children_of
from assay.disputes.sparse import SparseRow
from assay.disputes.states import State
from assay.program.ops import Op

History = Sequence[tuple[Position, Move]]  # positions of a game with their answers, the first being its start


def first_difference(shown: Sequence[object], own: Sequence[object]) -> int | None:
    """Index of the first entry that differs, None where all are equal."""
    return next((k for k, pair in enumerate(zip(shown, own, strict=True)) if pair[0] != pair[1]), None)


def named_child(position: Position, children: Sequence[bytes], index: int) -> Child:
    """One of the revealed children with its siblings."""
    _, levels = children_of(position.count, position.level, position.index)
    below = position.level - levels
    hashed = below == 0 and position.state is not State.PAGES
    hashes = [leaf_hash(child) for child in children] if hashed else list(children)
    return Child(index, bytes(children[index]), child_siblings(hashes, below, levels, index))


def _learn(row: SparseRow, position: Position, children: Sequence[bytes]) -> None:
    _, levels = children_of(position.count, position.level, position.index)
    below = position.level - levels
    hashes = [leaf_hash(child) for child in children] if below == 0 else list(children)
    row.learn(below, position.index << levels, hashes, levels)


def nodes_row(position: Position, opened: Opened) -> Position:
    """The row of the node trace that an answer to ITEM or STEP shows."""
    row = SparseRow(opened.nodes, (), 0)
    return Position(
        State.NODES,
        opened.frame.key,
        opened.frame.trace_root,
        rooted=True,
        count=opened.nodes,
        level=row.height,
    )


def opened_in(history: History) -> tuple[int, Opened]:
    """The frame that the last position lies in, and which entry of the history opened it."""
    for k in range(len(history) - 1, -1, -1):
        position, answer = history[k]
        if position.state in (State.ITEM, State.STEP):
            return k, opened_by(position, answer)
    raise AssertionError("no frame is open above an item")


def trace_row(history: History, cursor: Cursor, agreed: int) -> SparseRow:
    """What is known of the contested node trace: all that was revealed, and one's own first `agreed` leaves."""
    start, opened = opened_in(history)
    row = SparseRow(opened.nodes, cursor.in_frame.leaves, agreed)
    position, answer = history[start]
    assert isinstance(answer, RevealItem | RevealStep)
    _learn(row, nodes_row(position, opened), answer.children)
    for below, shown in history[start + 1 :]:
        if below.state is State.NODES and isinstance(shown, RevealRow):
            _learn(row, below, shown.children)
    return row


class Challenger:
    """Names what differs from one's own run. Tests derive liars from it."""

    def name(self, history: History, cursor: Cursor) -> Move | None:
        """The naming after the last answer; None: nothing differs, so the claim is right as far as one can see."""
        position = history[-1][0]
        return _NAMINGS[position.state](history, cursor)


def _row(history: History, cursor: Cursor) -> Move | None:
    position, answer = history[-1]
    assert isinstance(answer, RevealRow)
    index = first_difference(answer.children, row_children(position, cursor))
    if index is None:
        return None
    child = named_child(position, answer.children, index)
    levels = children_of(position.count, position.level, position.index)[1]
    leaf = (position.index << levels) + index
    if position.level > levels or position.state in (State.ITEMS, State.PAGES):
        return NameChild(child)
    _, opened = opened_in(history)
    if position.state is State.NODES:
        return _node(history, cursor, opened, child, leaf)
    trace = trace_row(history, cursor, opened.nodes if position.state is State.STATES else position.node)
    if position.state is State.TUPLE:
        evidence = root_evidence(cursor.in_frame, trace, position.node, leaf)
        return NameEntry(opened.frame, child, evidence)
    return _state(history, cursor, opened, child, leaf)


def _state(history: History, cursor: Cursor, opened: Opened, child: Child, leaf: int) -> NameState:
    position = history[-1][0]
    trace = trace_row(history, cursor, opened.nodes)
    evidence = loop_evidence(cursor.in_frame, trace, position.node)
    if leaf == 0:
        return NameState(opened.frame, child, bytes(32), (), evidence)
    committed = row_ids(position, cursor)
    row = SparseRow(position.count, [leaf_hash(root) for root in committed], leaf)
    for above, shown in history:
        if above.state is State.STATES and isinstance(shown, RevealRow):
            _learn(row, above, shown.children)
    return NameState(opened.frame, child, committed[leaf - 1], row.path(leaf - 1), evidence)


def _node(history: History, cursor: Cursor, opened: Opened, child: Child, index: int) -> NameNode:
    run = cursor.in_frame
    trace = trace_row(history, cursor, index)
    op = run.body.nodes[index].op
    if op in (Op.PARAM, Op.CONST, Op.PART):
        return NameNode(opened, child, root_evidence(run, trace, index))
    if op is Op.LOOP:
        return NameNode(opened, child, loop_evidence(run, trace, index))
    return NameNode(opened, child, descriptor_evidence(run, trace, index))


def _frame(history: History, cursor: Cursor) -> Move | None:
    position, answer = history[-1]
    assert isinstance(answer, RevealItem | RevealStep)
    opened = opened_by(position, answer)
    own, _ = frame_children(cursor.in_frame)
    index = first_difference(answer.children, own)
    row = nodes_row(position, opened)
    if index is not None:
        child = named_child(row, answer.children, index)
        if row.level > children_of(row.count, row.level, 0)[1]:
            return NameNodes(opened, child)
        return _node(history, cursor, opened, child, index)
    if isinstance(answer, RevealItem):
        return _entries(history, cursor, opened, answer)
    return None


def _entries(history: History, cursor: Cursor, opened: Opened, answer: RevealItem) -> Move | None:
    """The node trace is right: what differs is a state trace, or which loops the entries are said to belong to."""
    item, run = cursor.in_item, cursor.in_frame
    trace = trace_row(history, cursor, opened.nodes)
    for entry, loop in enumerate(answer.loops, 1):
        if loop not in item.loops:
            is_loop = run.body.nodes[loop].op is Op.LOOP
            evidence = (loop_evidence if is_loop else descriptor_evidence)(run, trace, loop)
            return NameTrace(opened, answer.entries, answer.loops, entry, evidence)
    for loop in item.loops:
        if loop not in answer.loops:
            return NameLoop(opened, answer.entries, answer.loops, loop, loop_evidence(run, trace, loop))
    different = first_difference(answer.entries, item.entries)
    if different is None:
        return None
    evidence = loop_evidence(run, trace, item.loops[different - 1])
    return NameTrace(opened, answer.entries, answer.loops, different, evidence)


def _loop(history: History, cursor: Cursor) -> Move:
    position, answer = history[-1]
    assert isinstance(answer, RevealStates)
    index = first_difference(answer.states, own_states(position, cursor))
    return step_named(answer.states, len(answer.states) if index is None else index)


def _page(history: History, cursor: Cursor) -> Move | None:
    position, answer = history[-1]
    assert isinstance(answer, RevealPage)
    run = cursor.in_frame
    own = run.page(position.node, position.index)
    differs = first_difference(answer.page, own)
    if differs is None:
        return None
    width = run.tensor(position.node).dtype.itemsize
    place = differs // width
    element = position.index * (256 // width) + place
    trace = trace_row(history, cursor, position.node)
    frame = opened_in(history)[1].frame
    if position.kind >= Op.SUM:
        evidence = terms_evidence(run, trace, position.node)
    else:
        evidence = element_evidence(run, trace, position.node, element)
    return NameElement(answer.page, place, frame, evidence)


def _terms(history: History, cursor: Cursor) -> Move | None:
    position, answer = history[-1]
    assert isinstance(answer, RevealTerms)
    index = first_difference(answer.partials, own_partials(position, cursor))
    if index is None:
        return None
    width, _ = segments_of(position.first, position.last)
    first = position.first + index * width
    if min(first + width, position.last) - first > 1:
        return NameTerms(answer.partials, index)
    trace = trace_row(history, cursor, position.node)
    frame: Frame = opened_in(history)[1].frame
    evidence = term_evidence(cursor.in_frame, trace, position.node, element=position.element, term=first)
    return NameTerm(answer.partials, index, frame, evidence)


_NAMINGS: dict[State, Callable[[History, Cursor], Move | None]] = {
    State.ITEMS: _row,
    State.NODES: _row,
    State.TUPLE: _row,
    State.STATES: _row,
    State.PAGES: _row,
    State.ITEM: _frame,
    State.STEP: _frame,
    State.LOOP: _loop,
    State.PAGE: _page,
    State.TERMS: _terms,
}

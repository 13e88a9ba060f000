"""Tensors of a pack, elements, terms: where naming them leads, or what the Leaf says."""

from assay.disputes.answers import require, segments_of
from assay.disputes.leaf import OK, Leaf
from assay.disputes.moves import NameElement, NameEntry, NameTerm, NameTerms, digest_of, packed_partials
from assay.disputes.naming_rows import leaf_of, ruled
from assay.disputes.positions import ZERO, Position
from assay.disputes.rows import PAGE_BYTES, written
from assay.disputes.states import State, Verdict

FIRST_TERM_OP = 80
Next = Position | Verdict


def name_entry(position: Position, move: NameEntry, leaf: Leaf) -> Verdict:
    require(position.state is State.TUPLE, "game: another naming is due")
    require(move.frame.key == position.frame, "game: another frame")
    entry = leaf_of(position, move.child)
    code, root = leaf.value_root(move.frame, position.node, entry, move.evidence)
    return ruled(code, differs=root != move.child.hash)


def name_element(position: Position, digest: bytes, move: NameElement, leaf: Leaf) -> Next:
    require(position.state is State.PAGE, "game: another naming is due")
    require(digest_of(["bytes"], [move.page]) == digest, "game: another answer")
    require(move.frame.key == position.frame, "game: another frame")
    width = (1, 1, 2, 4, 8, 1, 2, 4, 8)[position.head[0]]
    require((move.place + 1) * width <= len(move.page), "game: no such element")
    element = position.index * (PAGE_BYTES // width) + move.place
    value = written(position.head, move.page, move.place)
    if position.kind < FIRST_TERM_OP:
        code, right = leaf.element(move.frame, position.node, element, move.evidence)
        return ruled(code, differs=right != value)
    code, count, kind, _ = leaf.terms(move.frame, position.node, move.evidence)
    if code != OK:
        return Verdict.DEFENDED_PROGRAM
    return Position(
        State.TERMS,
        position.frame,
        ZERO,
        position.node,
        position.head,
        last=count,
        kind=kind,
        element=element,
        value=value,
    )


def _segment(position: Position, digest: bytes, partials: tuple[int, ...], index: int) -> tuple[int, int]:
    require(digest_of(["bytes"], [packed_partials(partials)]) == digest, "game: another answer")
    require(index < len(partials), "game: no such segment")
    width, _ = segments_of(position.first, position.last)
    first = position.first + index * width
    return first, min(first + width, position.last)


def name_term(position: Position, digest: bytes, move: NameTerm, leaf: Leaf) -> Verdict:
    require(position.state is State.TERMS, "game: another naming is due")
    require(move.frame.key == position.frame, "game: another frame")
    first, last = _segment(position, digest, move.partials, move.index)
    require(last - first == 1, "game: the segment has more terms")
    code, value = leaf.term(move.frame, position.node, position.element, first, move.evidence)
    return ruled(code, differs=value != move.partials[move.index])


def name_terms(position: Position, digest: bytes, move: NameTerms) -> Position:
    """A segment of more than one term."""
    require(position.state is State.TERMS, "game: another naming is due")
    first, last = _segment(position, digest, move.partials, move.index)
    require(last - first > 1, "game: name the term itself")
    return position.to(first=first, last=last, value=move.partials[move.index])

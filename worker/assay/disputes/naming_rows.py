"""Children of rows: proving one, and where it leads. Twin of contracts/modules/game_rows.vy."""

from assay.commitment.row import climb, leaf_hash
from assay.disputes.answers import headed, require
from assay.disputes.leaf import OK
from assay.disputes.moves import Child, NameChild
from assay.disputes.positions import Position
from assay.disputes.rows import children_of
from assay.disputes.states import ROWS, State, Verdict


def ruled(code: int, *, differs: bool) -> Verdict:
    """What the Leaf's answer means; MoveRefused when it found the contested value right."""
    if code != OK:
        return Verdict.DEFENDED_PROGRAM
    require(differs, "game: the contested value is right")
    return Verdict.CONVICTED_LEAF


def proven(position: Position, child: Child) -> tuple[int, int]:
    """(level, index) of a child that hashes to its parent."""
    number, levels = children_of(position.count, position.level, position.index)
    require(child.index < number, "game: no such child")
    require(len(child.siblings) == levels, "game: wrong path of the child")
    level = position.level - levels
    hashed = leaf_hash(child.hash) if level == 0 and position.state is not State.PAGES else child.hash
    top = climb(hashed, child.index, child.siblings)
    require(headed(position, top) == position.root, "game: the child does not hash to its parent")
    return level, (position.index << levels) + child.index


def below(position: Position, child: Child) -> Position:
    """The same row, further down."""
    level, index = proven(position, child)
    require(level > 0, "game: name the leaf itself")
    return position.to(root=child.hash, rooted=False, level=level, index=index)


def leaf_of(position: Position, child: Child) -> int:
    """Index of a proven child that is a leaf of its row."""
    level, index = proven(position, child)
    require(level == 0, "game: the child is no leaf")
    return index


def name_child(position: Position, move: NameChild) -> Position:
    """A subtree of any row, an item, or a page."""
    require(position.state in ROWS, "game: another naming is due")
    level, index = proven(position, move.child)
    named = position.to(root=move.child.hash, rooted=False, level=level, index=index)
    if level > 0:
        return named
    if position.state is State.ITEMS:
        return Position(
            State.ITEM, position.frame, move.child.hash, agreed=position.agreed, first=position.first + index
        )
    require(position.state is State.PAGES, "game: name the leaf itself")
    return named.to(state=State.PAGE)

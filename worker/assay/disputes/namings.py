"""Where a challenger's naming leads. Pure; twin of contracts/modules/game_namings.vy."""

from collections.abc import Callable
from typing import Any

from assay.disputes.errors import MoveRefused
from assay.disputes.leaf import Leaf
from assay.disputes.moves import Move
from assay.disputes.naming_frames import entered, name_loop, name_node, name_state, name_step, name_trace
from assay.disputes.naming_leaves import name_element, name_entry, name_term, name_terms
from assay.disputes.naming_rows import below, name_child
from assay.disputes.positions import Position
from assay.disputes.states import Verdict

Next = Position | Verdict

_NAMINGS: dict[str, Callable[[Position, bytes, Any, Leaf], Next]] = {
    "name_child": lambda position, digest, move, leaf: name_child(position, move),
    "name_nodes": lambda position, digest, move, leaf: below(
        entered(position, digest, move.opened), move.child
    ),
    "name_node": name_node,
    "name_trace": name_trace,
    "name_loop": name_loop,
    "name_entry": lambda position, digest, move, leaf: name_entry(position, move, leaf),
    "name_state": lambda position, digest, move, leaf: name_state(position, move, leaf),
    "name_step": lambda position, digest, move, leaf: name_step(position, digest, move),
    "name_element": name_element,
    "name_terms": lambda position, digest, move, leaf: name_terms(position, digest, move),
    "name_term": name_term,
}


def name(position: Position, digest: bytes, move: Move, leaf: Leaf) -> Next:
    """The next position or the verdict, after an answer of which the game kept `digest`.

    Raises MoveRefused when what the move shows does not hash, or when the Leaf finds the contested value right: then
    the challenger has not moved and its clock runs on.
    """
    if move.name not in _NAMINGS:
        raise MoveRefused(f"{move.name} is no naming")
    return _NAMINGS[move.name](position, digest, move, leaf)

"""The whole life of a game on one screen.

In every state the defender owes the answer of its row (once per claim and position: it serves every game there),
then the challenger makes one of the namings. A ruling ends the game. Silence of whoever is on the clock ends it too.
"""

from dataclasses import dataclass

from assay.disputes.states import State


@dataclass(frozen=True, slots=True)
class Naming:
    """A challenger's move and where it leads. `ends`: it may ask the Leaf, whose answer ends the game."""

    move: str
    leads: tuple[State, ...] = ()
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One state: the defender's answer, what binds it, and the challenger's namings."""

    answer: str
    bound: str
    namings: tuple[Naming, ...]


_NODE = (Naming("name_node", (State.TUPLE, State.LOOP, State.STEP, State.PAGES, State.PAGE), ends=True),)

TRANSITIONS: dict[State, Row] = {
    State.ITEMS: Row(
        "reveal_row", "children hash to the parent", (Naming("name_child", (State.ITEMS, State.ITEM)),)
    ),
    State.ITEM: Row(
        "reveal_item",
        "entries hash to the item root; the node trace's last value is the outputs root",
        (
            Naming("name_nodes", (State.NODES,)),
            *_NODE,
            Naming("name_trace", (State.STATES,), ends=True),
            Naming("name_loop", ends=True),
        ),
    ),
    State.STEP: Row(
        "reveal_step",
        "the node trace's last value is the contested state",
        (Naming("name_nodes", (State.NODES,)), *_NODE),
    ),
    State.NODES: Row(
        "reveal_row", "children hash to the parent", (Naming("name_child", (State.NODES,)), *_NODE)
    ),
    State.TUPLE: Row(
        "reveal_row",
        "children hash to the parent",
        (Naming("name_child", (State.TUPLE,)), Naming("name_entry", ends=True)),
    ),
    State.STATES: Row(
        "reveal_row",
        "children hash to the parent",
        (
            Naming("name_child", (State.STATES,)),
            Naming("name_state", (State.LOOP, State.STEP), ends=True),
        ),
    ),
    State.LOOP: Row(
        "reveal_states",
        "the first state is agreed, the last is the contested one",
        (Naming("name_step", (State.LOOP, State.STEP)),),
    ),
    State.PAGES: Row(
        "reveal_row", "children hash to the parent", (Naming("name_child", (State.PAGES, State.PAGE)),)
    ),
    State.PAGE: Row(
        "reveal_page",
        "the page hashes to its leaf",
        (Naming("name_element", (State.TERMS,), ends=True),),
    ),
    State.TERMS: Row(
        "reveal_terms",
        "partial values join to the contested one",
        (Naming("name_terms", (State.TERMS,)), Naming("name_term", ends=True)),
    ),
}

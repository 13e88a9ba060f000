"""Positions and verdicts in words, for people who follow a game."""

from __future__ import annotations

from assay.disputes.positions import Position
from assay.disputes.states import State, Verdict
from assay.program.ops import Op

VERDICTS = {
    Verdict.CONVICTED_LEAF: "convicted: the contract recomputed one operation and got another value",
    Verdict.CONVICTED_CLOCK: "convicted: the defender did not answer in time",
    Verdict.DEFENDED_CLOCK: "defended: the challenger did not move in time, or had nothing to name",
    Verdict.DEFENDED_PROGRAM: "defended: the program itself is malformed there",
    Verdict.CLOSED: "closed: another game convicted the claim, the bond came back",
}
_JOINS = ("sum", "maximum", "minimum")


def in_words(position: Position) -> str:
    """What a position contests, such as "loop of node 7, steps 0 to 20"."""
    return _WORDS[position.state](position)


def _row(what: str, position: Position) -> str:
    width = 1 << position.level
    first = position.index * width
    last = min(first + width, position.count) - 1
    return f"{what} {first}" if first == last else f"{what}s {first} to {last} of {position.count}"


def _op(kind: int) -> str:
    try:
        return Op(kind).name.lower()
    except ValueError:
        return f"operation {kind}"


_WORDS = {
    State.ITEMS: lambda p: _row("item", p),
    State.ITEM: lambda p: f"item {p.first}: its outputs and state traces",
    State.STEP: lambda p: f"step {p.first} of the loop at node {p.node}",
    State.NODES: lambda p: _row("node", p),
    State.TUPLE: lambda p: _row(f"tuple of node {p.node}, tensor", p),
    State.STATES: lambda p: _row(f"loop at node {p.node}, committed state", p),
    State.LOOP: lambda p: f"loop at node {p.node}, steps {p.first} to {p.last}",
    State.PAGES: lambda p: _row(f"node {p.node} ({_op(p.kind)}), page", p),
    State.PAGE: lambda p: f"node {p.node} ({_op(p.kind)}), page {p.index}",
    State.TERMS: lambda p: (
        f"node {p.node}, element {p.element}: {_JOINS[p.kind]} of terms {p.first} to {p.last - 1}, "
        f"claimed {p.value}"
    ),
}

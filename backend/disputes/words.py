"""What numbers of the game mean: names for programs, one plain sentence for people."""

from __future__ import annotations

from assay.disputes.states import State, Verdict
from backend.disputes.models import ClaimState, GameState, Turn

STATES = {int(state): state.name for state in State}
VERDICTS = {int(verdict): verdict.name for verdict in Verdict}
CLAIM_STATES = {int(state): state.name for state in ClaimState}
GAME_STATES = {int(state): state.name for state in GameState}
TURNS = {int(turn): turn.name for turn in Turn if turn is not Turn.NOBODY}

CONTESTED = {
    State.ITEMS: "which of the lot's items differs",
    State.ITEM: "one item: its outputs and the states of its loops",
    State.STEP: "one run of a body",
    State.NODES: "which node of a run differs",
    State.TUPLE: "which tensor of several differs",
    State.STATES: "which committed state of a loop differs",
    State.LOOP: "which step of a loop differs",
    State.PAGES: "which page of a tensor differs",
    State.PAGE: "one page of a tensor",
    State.TERMS: "one element's partial values",
}

VERDICT_TEXTS = {
    Verdict.CONVICTED_LEAF: "The contract recomputed the contested step and got another result: the claim is wrong.",
    Verdict.CONVICTED_CLOCK: "The defender's clock ran out, or it had no answer: the claim is convicted.",
    Verdict.DEFENDED_CLOCK: "The challenger's clock ran out, or it had nothing to name: the claim stands.",
    Verdict.DEFENDED_PROGRAM: "The program itself is malformed there, which no defender can mend: the claim stands.",
    Verdict.CLOSED: "Another game convicted the claim; the bond went back to the challenger.",
}

"""Namings with something wrong in them: what a challenger tries who has nothing to name."""

import random
from dataclasses import fields, replace
from typing import Any

from assay.disputes.evidence import descriptor_evidence
from assay.disputes.leaf import Evidence
from assay.disputes.moves import Child, Move, NameTerm, NameTerms, Opened
from assay.disputes.runs import FrameRun
from assay.disputes.sparse import SparseRow

GARBAGE = b"\x99" * 32


def _spoilt(rng: random.Random, data: bytes) -> bytes:
    if not data:
        return b"\1"
    k = rng.randrange(len(data))
    return data[:k] + bytes([data[k] ^ (1 << rng.randrange(8))]) + data[k + 1 :]


def _evidence(rng: random.Random, evidence: Evidence, run: FrameRun | None) -> Evidence:
    """A lying header, another node's descriptor, a spoilt operand, a sibling too few, too many or another."""
    siblings = evidence.siblings
    choice = rng.randrange(7)
    if choice == 0:
        return replace(evidence, nodes=max(1, evidence.nodes + rng.choice((-1, 1))))
    if choice == 1:
        return replace(evidence, descriptor_bytes=evidence.descriptor_bytes + rng.choice((-1, 1)))
    if choice == 2 and run is not None:
        other = rng.randrange(len(run.body.nodes))
        # proven where it stands, which is not where the game stands
        shown = descriptor_evidence(run, SparseRow(len(run.roots), run.leaves, len(run.roots)), other)
        return replace(shown, operands=evidence.operands)
    if choice == 3:
        return replace(evidence, operands=_spoilt(rng, evidence.operands))
    if choice == 4:
        return replace(evidence, descriptor=_spoilt(rng, evidence.descriptor))
    if choice == 5 and siblings:
        k = rng.randrange(len(siblings))
        return replace(evidence, siblings=(*siblings[:k], GARBAGE, *siblings[k + 1 :]))
    return replace(evidence, siblings=rng.choice((siblings[:-1], (*siblings, GARBAGE))))


def _child(rng: random.Random, child: Child) -> Child:
    choice = rng.randrange(3)
    if choice == 0:
        return replace(child, index=child.index ^ 1)
    if choice == 1:
        return replace(child, hash=GARBAGE)
    return replace(child, siblings=(*child.siblings, GARBAGE)[: rng.randrange(5)])


def forged(rng: random.Random, move: Move, run: FrameRun | None) -> Move:
    """The move with one of its parts spoilt; `run`: the frame that its evidence is about, where there is one."""
    values: dict[str, Any] = {item.name: getattr(move, item.name) for item in fields(move)}
    name = rng.choice(list(values))
    value = values[name]
    if isinstance(value, Evidence):
        values[name] = _evidence(rng, value, run)
    elif isinstance(value, Child):
        values[name] = _child(rng, value)
    elif isinstance(value, Opened):
        values[name] = replace(value, nodes=value.nodes + 1)
    elif isinstance(value, int):
        values[name] = max(0, value + rng.choice((-1, 1)))
    elif isinstance(value, bytes):
        values[name] = _spoilt(rng, value)
    elif isinstance(value, tuple) and value and isinstance(value[0], bytes):
        k = rng.randrange(len(value))
        values[name] = (*value[:k], GARBAGE, *value[k + 1 :])
    elif isinstance(value, tuple) and value and isinstance(move, NameTerms | NameTerm):
        values[name] = (value[0] ^ 1, *value[1:])
    elif isinstance(value, tuple):
        values[name] = value[:-1]
    else:
        values[name] = replace(value, step=value.step + 1)  # a frame
    return type(move)(**values)

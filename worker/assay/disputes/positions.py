"""Frames and positions: what the hash that a game stores stands for. Twin of contracts/modules/game_position.vy."""

from dataclasses import dataclass, replace
from typing import Any

from eth_abi.abi import encode

from assay.disputes.errors import MoveRefused
from assay.disputes.states import State
from assay.protocol.keccak import keccak256

ZERO = bytes(32)
FRAME_TYPE = "(bytes32,bytes32,bytes32,bytes32,uint256)"
FIXED_BYTES = 160
_U64 = 1 << 64


@dataclass(frozen=True, slots=True)
class Frame:
    """One run of a body. A *template* has only the body (or the program root) and the invariants set."""

    body_root: bytes
    trace_root: bytes = ZERO
    carry_root: bytes = ZERO
    invariants_root: bytes = ZERO
    step: int = 0

    def as_tuple(self) -> tuple[Any, ...]:
        """In the order of the contract's struct."""
        return (self.body_root, self.trace_root, self.carry_root, self.invariants_root, self.step)

    @property
    def key(self) -> bytes:
        """keccak256 of its ABI encoding."""
        return keccak256(encode([FRAME_TYPE], [self.as_tuple()]))

    @property
    def template(self) -> "Frame":
        """What is known of the frame before it is run."""
        return Frame(self.body_root, invariants_root=self.invariants_root)


@dataclass(frozen=True, slots=True)
class Position:
    """What is contested. Every field is 0 where the state does not use it.

    frame: key of the template (ITEMS, ITEM, STEP, LOOP) or of the whole frame (below). node: the contested node, or
    the loop whose steps are.
    root: the contested hash. Row states: `rooted` says that `root` still has its header (count or tensor head)
    around the row's top; count leaves; root stands at (level, index). agreed: the carry of ITEM and STEP, state
    `first` of LOOP, the trace root of STATES. first, last: steps of LOOP, terms of TERMS; first is the step index
    of ITEM and STEP (of the lot's first item in ITEMS). head: dtype, rank, dimensions of the tensor. kind: the op of
    PAGES and PAGE, how terms join in TERMS. element: which element of the tensor, value: its contested partial
    value, TERMS.
    """

    state: State
    frame: bytes
    root: bytes
    node: int = 0
    head: bytes = b""
    rooted: bool = False
    count: int = 0
    level: int = 0
    index: int = 0
    agreed: bytes = ZERO
    first: int = 0
    last: int = 0
    kind: int = 0
    element: int = 0
    value: int = 0

    def packed(self) -> bytes:
        """As movers send it and events carry it; raises MoveRefused where a number has no room."""
        longs = (self.count, self.index, self.element, self.first, self.last)
        if any(not 0 <= number < _U64 for number in longs) or not 0 <= self.node < 1 << 32:
            raise MoveRefused(f"a position holds numbers below 2^64 and nodes below 2^32, not {self}")
        count, index, element, first, last = (number.to_bytes(8, "big") for number in longs)
        return b"".join((
            bytes((self.state, self.rooted, self.level, self.kind)),
            self.node.to_bytes(4, "big"),
            count,
            index,
            element,
            first,
            last,
            self.value.to_bytes(16, "big", signed=True),
            self.frame,
            self.root,
            self.agreed,
            self.head,
        ))  # fmt: skip

    def key(self, claim_id: bytes) -> bytes:
        """What an answer is kept under: keccak256(claim ‖ packed)."""
        return keccak256(claim_id + self.packed())

    def to(self, **changes: Any) -> "Position":
        """A copy with other fields."""
        return replace(self, **changes)


def position_from(packed: bytes) -> Position:
    """A position as logs give it. Raises MoveRefused for bytes that are none."""
    try:
        state = State(packed[0])
        head = bytes(packed[FIXED_BYTES:])
        if len(packed) < FIXED_BYTES:
            raise ValueError(f"{len(packed)} bytes")
    except (IndexError, ValueError) as error:
        raise MoveRefused(f"this is no position: {error}") from error

    def number(start: int, size: int, *, signed: bool = False) -> int:
        return int.from_bytes(packed[start : start + size], "big", signed=signed)

    return Position(
        state,
        frame=bytes(packed[64:96]),
        root=bytes(packed[96:128]),
        node=number(4, 4),
        head=head,
        rooted=packed[1] == 1,
        count=number(8, 8),
        level=packed[2],
        index=number(16, 8),
        agreed=bytes(packed[128:160]),
        first=number(32, 8),
        last=number(40, 8),
        kind=packed[3],
        element=number(24, 8),
        value=number(48, 16, signed=True),
    )

"""Frames and positions: what the hash that a game stores stands for. Twin of contracts/interfaces/IDisputeGame.vyi."""

from dataclasses import dataclass, replace
from typing import Any

from eth_abi.abi import encode

from assay.disputes.states import State
from assay.protocol.keccak import keccak256

ZERO = bytes(32)
FRAME_TYPE = "(bytes32,bytes32,bytes32,bytes32,uint256)"
POSITION_TYPE = (
    "(uint256,bytes32,uint256,bytes32,bytes,bool,uint256,uint256,uint256,"
    "bytes32,uint256,uint256,uint256,uint256,int256)"
)


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

    def as_tuple(self) -> tuple[Any, ...]:
        """In the order of the contract's struct."""
        return (
            int(self.state),
            self.frame,
            self.node,
            self.root,
            self.head,
            self.rooted,
            self.count,
            self.level,
            self.index,
            self.agreed,
            self.first,
            self.last,
            self.kind,
            self.element,
            self.value,
        )

    def encode(self) -> bytes:
        """Its ABI encoding."""
        return encode([POSITION_TYPE], [self.as_tuple()])

    def key(self, claim_id: bytes) -> bytes:
        """What the game stores and under which the answer is kept: keccak256(claim ‖ encoding)."""
        return keccak256(claim_id + self.encode())

    def to(self, **changes: Any) -> "Position":
        """A copy with other fields."""
        return replace(self, **changes)


def position_from(values: tuple[Any, ...]) -> Position:
    """A position from the contract's struct, as logs give it."""
    (
        state,
        frame,
        node,
        root,
        head,
        rooted,
        count,
        level,
        index,
        agreed,
        first,
        last,
        kind,
        element,
        value,
    ) = values
    return Position(
        State(state), bytes(frame), bytes(root), node, bytes(head), rooted, count, level, index,
        bytes(agreed), first, last, kind, element, value,
    )  # fmt: skip

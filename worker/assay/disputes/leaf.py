"""The Leaf as the game sees it: recomputes one thing from proven operands (contracts/interfaces/I*Leaf.vyi)."""

from dataclasses import dataclass
from typing import Any, Protocol

from eth_abi.abi import encode

from assay.disputes.positions import Frame

OK = 0
EVIDENCE_TYPE = "(uint256,uint256,bytes,bytes,bytes32[])"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A proven descriptor and opened operands; the layout of each call is written in ILeaf.vyi.

    siblings: the descriptor's in the body, each page's, then together those of the opened nodes in the trace.
    """

    nodes: int
    descriptor_bytes: int
    descriptor: bytes
    operands: bytes = b""
    siblings: tuple[bytes, ...] = ()

    def encode(self) -> bytes:
        """ABI encoding of the struct: what moves carry to the leaf."""
        return encode([EVIDENCE_TYPE], [self.as_tuple()])[32:]

    def as_tuple(self) -> tuple[Any, ...]:
        """In the order of the contract's struct."""
        return (self.nodes, self.descriptor_bytes, self.descriptor, self.operands, list(self.siblings))


class Leaf(Protocol):
    """Every answer begins with a code: 0, or why the program is malformed. Raises MoveRefused for false evidence."""

    def node_of(self, frame: Frame, node: int, evidence: Evidence) -> tuple[int, int, int, list[int]]:
        """(code, op, dtype, dimensions)."""
        ...

    def element(self, frame: Frame, node: int, element: int, evidence: Evidence) -> tuple[int, int]:
        """(code, value) of one element."""
        ...

    def terms(self, frame: Frame, node: int, evidence: Evidence) -> tuple[int, int, int, int]:
        """(code, number of terms, join, dtype)."""
        ...

    def term(self, frame: Frame, node: int, element: int, term: int, evidence: Evidence) -> tuple[int, int]:
        """(code, value) of one term."""
        ...

    def value_root(self, frame: Frame, node: int, entry: int, evidence: Evidence) -> tuple[int, bytes]:
        """(code, root) of a param, const, part, or entry of a pack."""
        ...

    def loop_of(
        self, frame: Frame, node: int, evidence: Evidence
    ) -> tuple[int, bytes, int, int, bytes, bytes]:
        """(code, body root, trips, stride, carry root, invariants root)."""
        ...

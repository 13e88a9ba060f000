"""Roots above tensors: tuples, node traces, state traces of loops, items, lots. All are list roots of 32-byte roots.

The program executor makes them in the happy path (outputs and strided states); the dispute players make the rest on
demand. A trace may hold 65,536 roots; the errors say which stride fits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from assay.commitment.errors import CommitmentError
from assay.commitment.listing import MAX_IDS, ListProof, list_proof, list_root
from assay.commitment.openings import ListOpening, list_tree, open_list
from assay.commitment.tree import Tree

MAX_MEMBERS = 65_535


def tuple_root(tensor_roots: Sequence[bytes]) -> bytes:
    """The root of a tuple of tensors: the list root of their roots. Raises CommitmentError unless 1..65,535."""
    if not 1 <= len(tensor_roots) <= MAX_MEMBERS:
        raise CommitmentError(f"a tuple holds 1..{MAX_MEMBERS} tensors, not {len(tensor_roots)}")
    return list_root(tensor_roots)


def item_root(outputs_root: bytes, state_trace_roots: Sequence[bytes] = ()) -> bytes:
    """The root of an item: its outputs' tuple root, then the state traces of the main body's strided loops."""
    return list_root([outputs_root, *state_trace_roots])


def lot_root(item_roots: Sequence[bytes]) -> bytes:
    """The root of a lot: what is sealed and revealed."""
    if not item_roots:
        raise CommitmentError("a lot holds at least one item")
    return list_root(item_roots)


@dataclass(frozen=True)
class Trace:
    """An ordered list of roots that can be opened: the node values of one run of a body, in order."""

    roots: tuple[bytes, ...]

    @cached_property
    def root(self) -> bytes:
        """The list root."""
        return list_root(self.roots)

    @cached_property
    def tree(self) -> Tree:
        """The tree under the root, for descents by 16."""
        return list_tree(self.roots)

    def proof(self, index: int) -> ListProof:
        """The path of one root."""
        if not 0 <= index < len(self.roots):
            raise CommitmentError(f"there is no entry {index} in a trace of {len(self.roots)}")
        return list_proof(self.roots, index)

    def open(self, indices: Iterable[int]) -> ListOpening:
        """Several roots, their shared siblings once."""
        return open_list(self.roots, indices)


def state_steps(trips: int, stride: int) -> Sequence[int]:
    """The steps whose states are committed: 0, s, 2s, ... and `trips`, each once.

    Raises CommitmentError when the loop has no trip, the stride is 0, or they are more than a trace holds.
    """
    if trips < 1 or stride < 1:
        raise CommitmentError(f"a committed loop has trips >= 1 and stride >= 1, not {trips} and {stride}")
    strided = -(-trips // stride)
    if strided + 1 > MAX_IDS:
        raise CommitmentError(
            f"{trips} trips at stride {stride} are {strided + 1} states, the limit of a trace is {MAX_IDS}",
            f"Use a stride of at least {least_stride(trips)}.",
        )
    return [*range(0, trips, stride), trips]


def least_stride(trips: int) -> int:
    """The smallest stride whose states fit one trace."""
    return max(-(-trips // (MAX_IDS - 1)), 1)


@dataclass(frozen=True)
class StateTrace(Trace):
    """The carry roots of a loop after 0, s, 2s, ... steps and after the last."""

    trips: int
    stride: int

    def __post_init__(self) -> None:
        expected = len(state_steps(self.trips, self.stride))
        if len(self.roots) != expected:
            raise CommitmentError(
                f"{self.trips} trips at stride {self.stride} have {expected} states, {len(self.roots)} came"
            )

    def index_of(self, step: int) -> int:
        """Where the state after `step` steps stands. Raises CommitmentError when that step is not committed."""
        if step == self.trips:
            return len(self.roots) - 1
        if not 0 <= step < self.trips or step % self.stride:
            raise CommitmentError(
                f"the state after step {step} is not committed: stride {self.stride}, {self.trips} trips"
            )
        return step // self.stride

    def bracket(self, step: int) -> tuple[int, int]:
        """The committed steps around step number `step` (0 is the first): (last at or before it, first after it)."""
        if not 0 <= step < self.trips:
            raise CommitmentError(f"there is no step {step} in a loop of {self.trips}")
        before = step // self.stride * self.stride
        return before, min(before + self.stride, self.trips)

"""The moves of a game.

Each is a function of the same name of one of CONTRACTS, its fields that function's arguments after
(game_id, claim_id, position), of an answer after (game_id, claim_id, position, challenger).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from eth_abi.abi import encode

from assay.disputes.leaf import Evidence
from assay.disputes.positions import ZERO, Frame, Position
from assay.protocol.keccak import keccak256

CONTRACTS = {
    "FrameMoves": ("reveal_step", "reveal_item", "name_nodes", "name_node"),
    "TraceMoves": ("name_trace", "name_loop", "name_state"),
    "ValueMoves": ("reveal_page", "reveal_terms", "name_entry", "name_element", "name_terms", "name_term"),
    "DisputeGame": ("reveal_row", "reveal_states", "name_child", "name_step"),
}
CONTRACT_OF = {move: contract for contract, moves in CONTRACTS.items() for move in moves}
"""Which contract takes a move."""


def packed_partials(partials: tuple[int, ...]) -> bytes:
    """Partial values as the contract takes them: eight bytes each, big-endian, in two's complement."""
    return b"".join((value & ((1 << 64) - 1)).to_bytes(8, "big") for value in partials)


def partials_from(dtype: int, packed: bytes) -> tuple[int, ...]:
    """The values again, of a dtype that is signed (1 to 4) or not."""
    signed = 1 <= dtype <= 4
    return tuple(int.from_bytes(packed[k : k + 8], "big", signed=signed) for k in range(0, len(packed), 8))


def head_of_call(
    name: str, game_id: int, claim_id: bytes, position: bytes, challenger: str
) -> tuple[Any, ...]:
    """What the arguments of a move's function begin with; `position` as packed."""
    head = (game_id, claim_id, position)
    return (*head, challenger) if name.startswith("reveal_") else head


def _plain(value: Any) -> Any:
    if isinstance(value, Evidence):
        return value.encode()
    if isinstance(value, Frame | Opened | BodyHead | Child):
        return tuple(_plain(getattr(value, item.name)) for item in fields(value))
    return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True, slots=True)
class BodyHead:
    """What a body root is the hash of: number of nodes, bytes of all descriptors, top of their row."""

    nodes: int
    descriptor_bytes: int
    top: bytes


@dataclass(frozen=True, slots=True)
class Child:
    """One child of what was revealed, `index` counted from its parent's first, with its siblings up to it."""

    index: int
    hash: bytes
    siblings: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A frame that the defender has revealed. extra: 0, or of an item the hash of entries and loops."""

    frame: Frame
    nodes: int
    extra: bytes = ZERO

    @property
    def digest(self) -> bytes:
        """What the game keeps of the answer."""
        return digest_of(["bytes32", "uint256", "bytes32"], [self.frame.key, self.nodes, self.extra])


def digest_of(types: list[str], values: list[Any]) -> bytes:
    """The last 20 bytes of keccak256 of an ABI encoding: what a game keeps of an answer that no tree binds."""
    return keccak256(encode(types, values))[12:]


GROUP = 8
"""States of a loop are kept in groups of so many and one more: two neighbours stand in one group."""


def group_hashes(states: tuple[bytes, ...]) -> list[bytes]:
    """keccak256 of each group of revealed states."""
    return [keccak256(b"".join(states[start : start + GROUP + 1])) for start in range(0, len(states), GROUP)]


def groups_digest(hashes: Sequence[bytes]) -> bytes:
    """What the game keeps of revealed states."""
    return digest_of(["bytes32[]"], [list(hashes)])


def step_named(states: tuple[bytes, ...], index: int) -> "NameStep":
    """The naming of one of the revealed states."""
    place = (max(index, 1) - 1) // GROUP
    hashes = group_hashes(states)
    group = states[place * GROUP : place * GROUP + GROUP + 1]
    return NameStep(index, group, (*hashes[:place], *hashes[place + 1 :]))


def extra_of(entries: tuple[bytes, ...], loops: tuple[int, ...]) -> bytes:
    """Hash of an item's entries and of the nodes of its loops."""
    return keccak256(encode(["bytes32[]", "uint256[]"], [list(entries), list(loops)]))


@dataclass(frozen=True, slots=True)
class Move:
    """Common to all: `name` is the contract's function."""

    name: ClassVar[str]
    by_defender: ClassVar[bool] = False

    def arguments(self) -> tuple[Any, ...]:
        """In the order of the contract's function, behind its head."""
        return tuple(_plain(getattr(self, item.name)) for item in fields(self))

    def call(self, game_id: int, claim_id: bytes, position: Position, challenger: str) -> tuple[Any, ...]:
        """All arguments of the contract's function."""
        return (
            *head_of_call(self.name, game_id, claim_id, position.packed(), challenger),
            *self.arguments(),
        )


@dataclass(frozen=True, slots=True)
class RevealRow(Move):
    """Children of a row's node, at most 16, those over a leaf only. Bottom of a list: ids; of pages: leaf hashes."""

    children: tuple[bytes, ...]
    name: ClassVar[str] = "reveal_row"
    by_defender: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class RevealStep(Move):
    """The top children of the node trace of a frame, and the path of the trace's last value below the last child."""

    template: Frame
    body: BodyHead
    children: tuple[bytes, ...]
    last: tuple[bytes, ...]
    name: ClassVar[str] = "reveal_step"
    by_defender: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class RevealItem(Move):
    """As RevealStep for the main frame, with the item's entries and the nodes of the loops they belong to."""

    template: Frame
    inputs: int
    body_root: bytes
    body: BodyHead
    children: tuple[bytes, ...]
    last: tuple[bytes, ...]
    entries: tuple[bytes, ...]
    loops: tuple[int, ...]
    name: ClassVar[str] = "reveal_item"
    by_defender: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class RevealStates(Move):
    """The states between the agreed and the contested one, at the split points."""

    states: tuple[bytes, ...]
    name: ClassVar[str] = "reveal_states"
    by_defender: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class RevealPage(Move):
    """A page without its padding."""

    page: bytes
    name: ClassVar[str] = "reveal_page"
    by_defender: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class RevealTerms(Move):
    """A partial value of each segment of the terms."""

    partials: tuple[int, ...]
    name: ClassVar[str] = "reveal_terms"
    by_defender: ClassVar[bool] = True

    def arguments(self) -> tuple[Any, ...]:
        """Packed."""
        return (packed_partials(self.partials),)


@dataclass(frozen=True, slots=True)
class NameChild(Move):
    """The first child of a row that differs, where what lies below needs nothing else."""

    child: Child
    name: ClassVar[str] = "name_child"


@dataclass(frozen=True, slots=True)
class NameNodes(Move):
    """In a frame just revealed: the first child of its node trace that differs, above the nodes themselves."""

    opened: Opened
    child: Child
    name: ClassVar[str] = "name_nodes"


@dataclass(frozen=True, slots=True)
class NameNode(Move):
    """The first node of a frame whose value differs, with what the Leaf needs to say where that leads."""

    opened: Opened
    child: Child
    evidence: Evidence
    name: ClassVar[str] = "name_node"


@dataclass(frozen=True, slots=True)
class NameTrace(Move):
    """The node trace is right and entry `entry` ≥ 1 of the item is not: the committed states of a loop."""

    opened: Opened
    entries: tuple[bytes, ...]
    loops: tuple[int, ...]
    entry: int
    evidence: Evidence
    name: ClassVar[str] = "name_trace"


@dataclass(frozen=True, slots=True)
class NameLoop(Move):
    """A loop of the main body with committed states that the item's entries leave out."""

    opened: Opened
    entries: tuple[bytes, ...]
    loops: tuple[int, ...]
    node: int
    evidence: Evidence
    name: ClassVar[str] = "name_loop"


@dataclass(frozen=True, slots=True)
class NameEntry(Move):
    """The first tensor of a pack that differs."""

    frame: Frame
    child: Child
    evidence: Evidence
    name: ClassVar[str] = "name_entry"


@dataclass(frozen=True, slots=True)
class NameState(Move):
    """The first committed state that differs, and the agreed one before it (none before the first)."""

    frame: Frame
    child: Child
    before: bytes
    path: tuple[bytes, ...]
    evidence: Evidence
    name: ClassVar[str] = "name_state"


@dataclass(frozen=True, slots=True)
class NameStep(Move):
    """The first of the revealed states that differs (index = their number: the contested one).

    Shown in the group that holds it and the one before it, with the hashes of the other groups.
    """

    index: int
    group: tuple[bytes, ...]
    others: tuple[bytes, ...]
    name: ClassVar[str] = "name_step"


@dataclass(frozen=True, slots=True)
class NameElement(Move):
    """The element at `place` of the page."""

    page: bytes
    place: int
    frame: Frame
    evidence: Evidence
    name: ClassVar[str] = "name_element"


@dataclass(frozen=True, slots=True)
class NameTerms(Move):
    """The first segment whose partial value differs, of more than one term."""

    partials: tuple[int, ...]
    index: int
    name: ClassVar[str] = "name_terms"

    def arguments(self) -> tuple[Any, ...]:
        """The partial values packed."""
        return (packed_partials(self.partials), self.index)


@dataclass(frozen=True, slots=True)
class NameTerm(Move):
    """The same, of one term, with its operands."""

    partials: tuple[int, ...]
    index: int
    frame: Frame
    evidence: Evidence
    name: ClassVar[str] = "name_term"

    def arguments(self) -> tuple[Any, ...]:
        """The partial values packed."""
        return (packed_partials(self.partials), self.index, _plain(self.frame), self.evidence.encode())

"""What the market says of a claim (contracts/interfaces/IClaims.vyi), and the position every game on it starts from."""

from dataclasses import dataclass, fields
from typing import Any

from assay.commitment.row import height_of
from assay.disputes.positions import Frame, Position
from assay.disputes.states import State


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """A revealed lot root under challenge.

    items: in this lot. first_item: index of its first item in the job. defender: address, lower case or checksummed.
    window_end: last second in which a game can be opened. move_seconds: the move clock of the job.
    """

    lot_root: bytes
    items: int
    first_item: int
    program_root: bytes
    inputs_root: bytes
    defender: str
    window_end: int
    move_seconds: int

    def as_tuple(self) -> tuple[Any, ...]:
        """In the order of the contract's struct."""
        return tuple(getattr(self, item.name) for item in fields(self))

    @property
    def start(self) -> Position:
        """Nothing agreed but program and inputs. A lot of one item begins at that item."""
        template = Frame(self.program_root)
        if self.items == 1:
            return Position(
                State.ITEM,
                template.key,
                self.lot_root,
                rooted=True,
                agreed=self.inputs_root,
                first=self.first_item,
            )
        return Position(
            State.ITEMS,
            template.key,
            self.lot_root,
            rooted=True,
            count=self.items,
            level=height_of(self.items),
            agreed=self.inputs_root,
            first=self.first_item,
        )

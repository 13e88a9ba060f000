"""Why an order cannot be filled, as stored and as shown, and which of these reasons pass by themselves."""

from __future__ import annotations

from typing import Final

EXPIRED: Final = "expired"
FILLED: Final = "filled"
CANCELLED: Final = "cancelled"
EPOCH: Final = "epoch"
UNSIGNED: Final = "unsigned"
UNFUNDED: Final = "unfunded"

WORDS: Final[dict[str, str]] = {
    EXPIRED: "It has expired.",
    FILLED: "All of it is filled.",
    CANCELLED: "Its maker cancelled it.",
    EPOCH: "Its maker cancelled all orders of its epoch, or it is of a later one.",
    UNSIGNED: "The contract that is its maker does not stand behind it now.",
    UNFUNDED: "Its maker has too little, or has not allowed the exchange to move it.",
}
# nothing but a reorg makes such an order fillable again
ENDED: Final = (EXPIRED, FILLED, CANCELLED, EPOCH)

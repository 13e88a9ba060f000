# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title What became of signed orders: how much of each is filled, which are cancelled, each maker's epoch
"""

from contracts.interfaces import IShareExchange
from contracts.modules import order_price

CANCELLED: constant(uint256) = max_value(uint256)  # no fill gets there: an order's amount is bounded far below

_filled: HashMap[bytes32, uint256]  # digest => amount, or CANCELLED
_epochs: HashMap[address, uint256]  # maker => epoch of its living orders


@view
@internal
def _require_live(order: IShareExchange.ShareOrder):
    """
    @notice Reverts with the reason why nobody may trade with the order now; signature and amount left apart.
    """
    assert order_price._within_bounds(order.amount, order.price_usd6), "exchange: amount or price out of bounds"
    assert block.timestamp <= order.expiry, "exchange: the order has expired"
    assert order.epoch == self._epochs[order.maker], "exchange: the order is of another epoch"


@view
@internal
def _is_live(order: IShareExchange.ShareOrder, digest: bytes32) -> bool:
    if not order_price._within_bounds(order.amount, order.price_usd6):
        return False
    if block.timestamp > order.expiry or order.epoch != self._epochs[order.maker]:
        return False
    return self._filled[digest] < order.amount


@internal
def _take(order: IShareExchange.ShareOrder, digest: bytes32, amount: uint256):
    """
    @notice Books a fill, before anything moves.
    """
    filled: uint256 = self._filled[digest]
    assert filled != CANCELLED, "exchange: the order is cancelled"
    assert amount != 0, "exchange: nothing to fill"
    # the amount of the order is at most MAX_AMOUNT, checked by _require_live; filled never passes it
    assert amount <= order.amount - filled, "exchange: more than the order has left"
    self._filled[digest] = filled + amount


@internal
def _cancel(order: IShareExchange.ShareOrder, digest: bytes32):
    assert order.maker == msg.sender, "exchange: only the maker cancels its order"
    if self._filled[digest] != CANCELLED:
        self._filled[digest] = CANCELLED
        log IShareExchange.OrderCancelled(digest=digest, maker=msg.sender)


@internal
def _cancel_all() -> uint256:
    epoch: uint256 = self._epochs[msg.sender] + 1
    self._epochs[msg.sender] = epoch
    log IShareExchange.AllCancelled(maker=msg.sender, epoch=epoch)
    return epoch

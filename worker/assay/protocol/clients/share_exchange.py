"""Signed share orders: their state, fills, matches, cancellation."""

from collections.abc import Sequence
from typing import cast

from assay.protocol.call import Call
from assay.protocol.clients.base import Block, ContractClient
from assay.protocol.generated.structs import OrderState, Permit, ShareOrder
from assay.protocol.units import Bps, Usd6


class ShareExchangeClient(ContractClient):
    """ShareExchange. Amounts in 10^-18 share, signatures as bytes."""

    CONTRACT = "ShareExchange"

    def fee_bps(self, *, block: Block = None) -> Bps:
        """The taker's fee."""
        return Bps(self.read("fee_bps", block=block))

    def fees_usd6(self, *, block: Block = None) -> Usd6:
        """Fees not yet withdrawn: the contract's only ledger."""
        return Usd6(self.read("fees_usd6", block=block))

    def epoch_of(self, maker: str, *, block: Block = None) -> int:
        """The epoch that a maker's orders must carry now."""
        return int(self.read("epoch_of", maker, block=block))

    def filled_of(self, digest: bytes, *, block: Block = None) -> int:
        """How much of an order is filled; 2^256 - 1 once it is cancelled."""
        return int(self.read("filled_of", digest, block=block))

    def state_of(self, order: ShareOrder, *, block: Block = None) -> OrderState:
        """Whether an order stands, and how much of it can be filled now."""
        return cast(OrderState, self.struct(OrderState, self.read("state_of", order, block=block)))

    def is_signed(self, order: ShareOrder, signature: bytes, *, block: Block = None) -> bool:
        """Whether its maker, a key or a contract, stands behind the order."""
        return bool(self.read("is_signed", order, signature, block=block))

    def fill_order(
        self,
        order: ShareOrder,
        signature: bytes,
        amount: int,
        *,
        limit_usd6: int,
        deadline: int,
        permits: Sequence[Permit] = (),
    ) -> Call:
        """Takes exactly `amount`. limit_usd6: most paid with the fee, or least received after it."""
        return self.call("fill_order", order, signature, amount, limit_usd6, deadline, list(permits))

    def fill_orders(
        self,
        orders: Sequence[ShareOrder],
        signatures: Sequence[bytes],
        amount: int,
        *,
        min_amount: int,
        limit_usd6: int,
        deadline: int,
        permits: Sequence[Permit] = (),
    ) -> Call:
        """Takes up to `amount` of orders of one share and side; skips what cannot be filled."""
        return self.call(
            "fill_orders",
            list(orders),
            list(signatures),
            amount,
            min_amount,
            limit_usd6,
            deadline,
            list(permits),
        )

    def match_orders(
        self,
        sell: ShareOrder,
        sell_signature: bytes,
        buy: ShareOrder,
        buy_signature: bytes,
        *,
        amount: int,
        permits: Sequence[Permit] = (),
    ) -> Call:
        """Lets two orders that meet trade with each other; anyone may send it."""
        return self.call("match_orders", sell, sell_signature, buy, buy_signature, amount, list(permits))

    def cancel_orders(self, orders: Sequence[ShareOrder]) -> Call:
        """Maker: these orders are dead."""
        return self.call("cancel_orders", list(orders))

    def cancel_all(self) -> Call:
        """Maker: every order signed so far is dead."""
        return self.call("cancel_all")

    def withdraw_fees(self) -> Call:
        """Sends the fees to their fixed recipient; anyone may call."""
        return self.call("withdraw_fees")

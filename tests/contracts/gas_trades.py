"""The exchange's part of the gas tour: every way to trade a share."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, Any

from assay.protocol.generated.structs import Permit, ShareOrder
from assay.protocol.ids import ZERO_ADDRESS
from assay.protocol.share_orders import sign_order
from tests.contracts.worlds import MAX_UINT256, SHARE, USD

if TYPE_CHECKING:
    from tests.contracts.gas_tour import Tour

CHAIN_ID = 31337
FAR = 2**40
LIMIT = 2**100


class Trades:
    """north sells, investor_one buys, investor_two takes."""

    def __init__(self, tour: Tour) -> None:
        self.tour = tour
        self.exchange = tour.address("ShareExchange")
        self.salt = 0

    def order(self, maker: str, *, sell: bool, price_usd6: int = 10 * USD) -> tuple[Any, bytes]:
        """A signed order over ten shares."""
        self.salt += 1
        order = ShareOrder(
            maker=self.tour.role[maker],
            share=self.tour.address("DeviceShare"),
            sell=sell,
            amount=10 * SHARE,
            price_usd6=price_usd6,
            taker=ZERO_ADDRESS,
            expiry=FAR,
            epoch=0,
            salt=self.salt,
        )
        account = self.tour.accounts[maker]
        text = sign_order(account, chain_id=CHAIN_ID, exchange=self.exchange, order=order)
        return astuple(order), bytes.fromhex(text[2:])

    def run(self) -> None:
        tour = self.tour
        for account in ("investor_one", "investor_two"):
            tour.send(account, "TestUSD", "mint", tour.role[account], 1_000 * USD)
            tour.send("north", "DeviceShare", "transfer", tour.role[account], 20 * SHARE, case="for trades")
        for account in ("north", "investor_one", "investor_two"):
            for token in ("TestUSD", "DeviceShare"):
                tour.send(account, token, "approve", self.exchange, MAX_UINT256, case="for trades")
        ask, bid = self.order("north", sell=True), self.order("investor_one", sell=False)
        self._fill(ask, 5 * SHARE, "first part of a sale")
        self._fill(ask, 5 * SHARE, "rest of a sale")
        self._fill(bid, 5 * SHARE, "part of a purchase", limit=0)
        deadline, v, r, s = tour.permit("investor_two", "TestUSD", self.exchange, MAX_UINT256)
        permit = Permit(tour.address("TestUSD"), tour.role["investor_two"], MAX_UINT256, deadline, v, r, s)
        self._fill(self.order("north", sell=True), SHARE, "with a permit", permits=(permit,))
        for count in (1, 4):
            orders = [self.order("north", sell=True) for _ in range(count)]
            sent = ([one for one, _ in orders], [signature for _, signature in orders])
            arguments = (*sent, 10 * count * SHARE, 0, LIMIT, FAR, [])
            tour.send("investor_two", "ShareExchange", "fill_orders", *arguments, case=f"{count} orders")
        sale = self.order("north", sell=True)
        purchase = self.order("investor_one", sell=False, price_usd6=11 * USD)
        tour.send("buyer", "ShareExchange", "match_orders", *sale, *purchase, SHARE, [])
        tour.send("north", "ShareExchange", "cancel_orders", [sale[0]])
        tour.send("north", "ShareExchange", "cancel_all")
        tour.send("buyer", "ShareExchange", "withdraw_fees")

    def _fill(
        self,
        signed: tuple[Any, bytes],
        amount: int,
        case: str,
        *,
        limit: int = LIMIT,
        permits: tuple[Permit, ...] = (),
    ) -> None:
        sent = (*signed, amount, limit, FAR, [astuple(one) for one in permits])
        self.tour.send("investor_two", "ShareExchange", "fill_order", *sent, case=case)

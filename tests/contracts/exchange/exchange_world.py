"""A shared device and the exchange, with makers and takers that have keys, shares, money and allowances."""

from dataclasses import astuple, dataclass, replace
from typing import Any

import boa
from eth_account import Account

from assay.protocol.generated.structs import Permit, ShareOrder
from assay.protocol.ids import ZERO_ADDRESS
from assay.protocol.share_orders import sign_order
from tests.contracts.worlds import (
    MAX_UINT256,
    SHARE,
    USD,
    ShareWorld,
    deployer,
    fund,
    logs_of,
    role,
    share_world,
    sign_permit,
)

CHAIN_ID = 1  # titanoboa's
FEE_BPS = 30
FAR = 2**60
PRICE = 12_500_000  # 12.50 USD a share
NO_LIMIT = 2**128 - 1
KEYS = {
    name: (7_000 + index).to_bytes(32, "big")
    for index, name in enumerate(("seller", "buyer", "taker", "mallory"))
}


@dataclass
class ExchangeWorld:
    """Everybody of KEYS holds shares and dollars, and allows the exchange both."""

    base: ShareWorld
    exchange: Any
    fee_recipient: str
    factory: Any = None  # titanoboa's factory of a broken variant, or None

    def redeploy(self) -> Any:
        """Another exchange of the same code."""
        made = self.factory or deployer("ShareExchange")
        return made.deploy(self.usd.address, self.base.factory.address, self.fee_recipient, FEE_BPS)

    @property
    def usd(self) -> Any:
        return self.base.usd

    @property
    def share(self) -> Any:
        return self.base.share

    def account(self, name: str) -> str:
        return str(Account.from_key(KEYS[name]).address)

    def order(self, maker: str = "seller", **changed: Any) -> ShareOrder:
        """A sale of 40 shares at 12.50 USD, unless told otherwise."""
        usual = ShareOrder(
            maker=self.account(maker),
            share=self.share.address,
            sell=True,
            amount=40 * SHARE,
            price_usd6=PRICE,
            taker=ZERO_ADDRESS,
            expiry=boa.env.evm.patch.timestamp + 3_600,
            epoch=0,
            salt=1,
        )
        return replace(usual, **changed)

    def sign(
        self, order: ShareOrder, maker: str = "seller", chain_id: int = CHAIN_ID, exchange: str = ""
    ) -> bytes:
        at = exchange or self.exchange.address
        text = sign_order(Account.from_key(KEYS[maker]), chain_id=chain_id, exchange=at, order=order)
        return bytes.fromhex(text[2:])

    def fill(
        self,
        order: ShareOrder,
        amount: int,
        taker: str = "taker",
        *,
        maker: str = "seller",
        signature: bytes | None = None,
        limit: int | None = None,
        deadline: int = FAR,
        permits: tuple[Permit, ...] = (),
    ) -> tuple[int, int, int]:
        """Fills by key; returns (amount, value, fee)."""
        limit = (NO_LIMIT if order.sell else 0) if limit is None else limit
        signature = self.sign(order, maker) if signature is None else signature
        sent = [astuple(one) for one in permits]
        return tuple(
            self.exchange.fill_order(
                astuple(order), signature, amount, limit, deadline, sent, sender=self.account(taker)
            )
        )

    def batch(
        self,
        orders: list[tuple[ShareOrder, bytes]],
        amount: int,
        *,
        taker: str = "taker",
        least: int = 0,
        limit: int | None = None,
        deadline: int = FAR,
        gas: int | None = None,
    ) -> tuple[int, int, int]:
        limit = (NO_LIMIT if orders and orders[0][0].sell else 0) if limit is None else limit
        plain, signatures = [astuple(o) for o, _ in orders], [s for _, s in orders]
        return tuple(
            self.exchange.fill_orders(
                plain, signatures, amount, least, limit, deadline, [], sender=self.account(taker), gas=gas
            )
        )

    def match(
        self, sell: ShareOrder, buy: ShareOrder, amount: int, sender: str | None = None
    ) -> tuple[int, int, int]:
        return tuple(
            self.exchange.match_orders(
                astuple(sell),
                self.sign(sell, self.name_of(sell.maker)),
                astuple(buy),
                self.sign(buy, self.name_of(buy.maker)),
                amount,
                [],
                sender=sender or role("stranger"),
            )
        )

    def name_of(self, address: str) -> str:
        return next(name for name in KEYS if self.account(name) == address)

    def permit(self, token: Any, owner: str, value: int, deadline: int = FAR) -> Permit:
        v, r, s = sign_permit(token, KEYS[owner], self.exchange.address, value, deadline)
        return Permit(token.address, self.account(owner), value, deadline, v, r, s)

    def state(self, order: ShareOrder) -> Any:
        return self.exchange.state_of(astuple(order))

    def money(self, name: str) -> int:
        return int(self.usd.balanceOf(self.account(name)))

    def shares(self, name: str) -> int:
        return int(self.share.balanceOf(self.account(name)))

    def skipped(self) -> int:
        """Orders that the last call passed over."""
        return len(logs_of(self.exchange, "OrderSkipped"))

    def check_solvent(self) -> None:
        assert self.usd.balanceOf(self.exchange.address) >= self.exchange.fees_usd6()
        assert self.share.balanceOf(self.exchange.address) == 0


def exchange_world(*, fee_bps: int = FEE_BPS, factory: Any = None, usd: Any = None) -> ExchangeWorld:
    """`factory`: titanoboa's factory of a broken variant of the exchange."""
    base = share_world(supply=1000 * SHARE, cut_bps=0, usd=usd)
    recipient = role("fee_recipient")
    exchange = (factory or deployer("ShareExchange")).deploy(
        base.usd.address, base.factory.address, recipient, fee_bps
    )
    world = ExchangeWorld(base, exchange, recipient, factory)
    for name in KEYS:
        account = world.account(name)
        if usd is None:
            fund(base.usd, account, 100_000 * USD)
        else:
            usd.mint(account, 100_000 * USD)
        with boa.env.prank(base.provider):
            base.share.transfer(account, 200 * SHARE)
        with boa.env.prank(account):
            base.usd.approve(exchange.address, MAX_UINT256)
            base.share.approve(exchange.address, MAX_UINT256)
    return world

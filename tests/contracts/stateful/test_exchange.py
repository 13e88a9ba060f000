"""INV-12 and INV-01 as a state machine: a book of signed orders beside a model.

Makers sign, fill, match, batch, cancel one or all, move shares away, withdraw allowances, let time pass. After every
step each order is filled as far as the model says, balances are the model's to the unit, and the exchange holds its
fees and nothing else.
"""

from dataclasses import astuple, replace
from typing import Any

import boa
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from assay.protocol.generated.structs import ShareOrder
from assay.protocol.ids import ZERO_ADDRESS
from assay.protocol.share_orders import order_digest
from assay.protocol.share_prices import between, fee_of, value_of
from tests.contracts.exchange.exchange_world import (
    CHAIN_ID,
    FAR,
    FEE_BPS,
    KEYS,
    ExchangeWorld,
    exchange_world,
)
from tests.contracts.slots import Slots
from tests.contracts.stateful.depth import DEPTH
from tests.contracts.worlds import MAX_UINT256, SHARE

MAKERS = tuple(KEYS)
CANCELLED = MAX_UINT256
makers = st.sampled_from(MAKERS)
picks = st.integers(0, 10**6)
amounts = st.one_of(st.sampled_from([1, 10**11, SHARE, 250 * SHARE]), st.integers(1, 60 * SHARE))
prices = st.one_of(
    st.sampled_from([1, 999_999, 12_500_000, 13_000_000, 10**12]), st.integers(10**6, 2 * 10**7)
)


class Exchange(RuleBasedStateMachine):
    """Model: orders with what is filled, epochs, balances of shares and money, allowances, fees."""

    base: ExchangeWorld

    def __init__(self) -> None:
        super().__init__()
        self._anchor = boa.env.anchor()
        self._anchor.__enter__()

    @initialize()
    def open(self) -> None:
        self.world = self.base
        self.exchange, self.usd, self.share = (
            Slots(self.world.exchange),
            Slots(self.world.usd),
            Slots(self.world.share),
        )
        self.address = {name: self.world.account(name) for name in MAKERS}
        self.money = {name: self.world.money(name) for name in MAKERS}
        self.shares = {name: self.world.shares(name) for name in MAKERS}
        self.allowed = {(name, token): True for name in MAKERS for token in ("usd", "share")}
        self.epochs = dict.fromkeys(MAKERS, 0)
        self.fees = 0
        self.orders: list[tuple[str, ShareOrder, bytes, bytes]] = []  # maker, order, signature, digest
        self.filled: dict[bytes, int] = {}

    def teardown(self) -> None:
        if hasattr(self, "orders"):
            for maker, order, signature, digest in self.orders:
                state = self.world.state(order)
                assert (state.digest, state.filled) == (digest, self.filled[digest])
                assert state.live == (self.why_dead(maker, order, digest) is None)
                assert self.world.exchange.is_signed(astuple(order), signature)
        self._anchor.__exit__(None, None, None)

    # --- the book ---

    @rule(
        maker=makers, sell=st.booleans(), amount=amounts, price=prices, lasts=st.integers(0, 900),
        taker=st.one_of(st.none(), st.none(), makers), ahead=st.sampled_from([0, 0, 0, 0, 1]),
    )  # fmt: skip
    def sign(
        self, maker: str, sell: bool, amount: int, price: int, lasts: int, taker: str | None, ahead: int
    ) -> None:
        order = self.world.order(
            maker,
            sell=sell,
            amount=amount,
            price_usd6=price,
            taker=self.address[taker] if taker else ZERO_ADDRESS,
            expiry=self.now() + lasts,
            epoch=self.epochs[maker] + ahead,
            salt=len(self.orders),
        )
        digest = order_digest(CHAIN_ID, self.world.exchange.address, order)
        self.orders.append((maker, order, self.world.sign(order, maker), digest))
        self.filled[digest] = 0

    @precondition(lambda self: self.orders)
    @rule(pick=picks, taker=makers, amount=amounts, whole=st.booleans())
    def fill(self, pick: int, taker: str, amount: int, whole: bool) -> None:
        maker, order, signature, digest = self.orders[pick % len(self.orders)]
        left = order.amount - min(self.filled[digest], order.amount)
        amount = left if whole and left else amount
        trade = self.trade_of(maker, order, digest, taker, amount)
        plan = (astuple(order), signature, amount, 2**128 if order.sell else 0, FAR, [])
        if trade is None:
            with boa.reverts():
                self.world.exchange.fill_order(*plan, sender=self.address[taker])
            return
        assert tuple(self.world.exchange.fill_order(*plan, sender=self.address[taker])) == (amount, *trade)
        self.settle(maker, order, digest, taker, amount, trade)

    @precondition(lambda self: self.orders)
    @rule(
        pick=picks, field=st.sampled_from(["amount", "price_usd6", "expiry", "epoch", "salt"]), taker=makers
    )
    def fill_forged(self, pick: int, field: str, taker: str) -> None:
        """Terms other than those signed."""
        _, order, signature, _ = self.orders[pick % len(self.orders)]
        forged = replace(order, **{field: getattr(order, field) + 1})
        with boa.reverts():
            self.world.exchange.fill_order(
                astuple(forged),
                signature,
                1,
                2**128 if order.sell else 0,
                FAR,
                [],
                sender=self.address[taker],
            )

    @precondition(lambda self: self.orders)
    @rule(pick=picks, count=st.integers(1, 4), taker=makers, amount=amounts)
    def fill_batch(self, pick: int, count: int, taker: str, amount: int) -> None:
        side = self.orders[pick % len(self.orders)][1].sell
        chosen = [one for one in self.orders if one[1].sell == side][-count:]
        total, done = (0, 0, 0), []
        before = (dict(self.money), dict(self.shares), dict(self.filled), self.fees)
        for maker, order, _, digest in chosen:
            if total[0] == amount:
                break
            part = min(amount - total[0], self.fillable(maker, order, digest))
            trade = self.trade_of(maker, order, digest, taker, part) if part else None
            if trade is not None:
                self.settle(maker, order, digest, taker, part, trade)
                done.append(digest)
                total = (total[0] + part, total[1] + trade[0], total[2] + trade[1])
        plan = ([astuple(o) for _, o, _, _ in chosen], [s for _, _, s, _ in chosen], amount, 0)
        limits = (2**128 - 1 if side else 0, FAR, [])
        if not done:
            self.money, self.shares, self.filled, self.fees = before
            with boa.reverts():
                self.world.exchange.fill_orders(*plan, *limits, sender=self.address[taker])
            return
        assert tuple(self.world.exchange.fill_orders(*plan, *limits, sender=self.address[taker])) == total

    @precondition(lambda self: self.orders)
    @rule(first=picks, second=picks, amount=amounts)
    def match(self, first: int, second: int, amount: int) -> None:
        sells = [one for one in self.orders if one[1].sell]
        buys = [one for one in self.orders if not one[1].sell]
        if not sells or not buys:
            return
        seller, sell, sell_signature, sell_digest = sells[first % len(sells)]
        buyer, buy, buy_signature, buy_digest = buys[second % len(buys)]
        lefts = [
            o.amount - min(self.filled[d], o.amount) for o, d in ((sell, sell_digest), (buy, buy_digest))
        ]
        amount = min(amount, *lefts) or amount
        stands = self.stands(seller, sell, sell_digest, buyer, amount) and self.stands(
            buyer, buy, buy_digest, seller, amount
        )
        split = between(
            value_of(amount, sell.price_usd6, sell=True),
            value_of(amount, buy.price_usd6, sell=False),
            FEE_BPS,
        )
        plan = (astuple(sell), sell_signature, astuple(buy), buy_signature, amount, [])
        if not stands or split is None or not self.can_swap(seller, buyer, amount, sum(split)):
            with boa.reverts():
                self.world.exchange.match_orders(*plan)
            return
        assert tuple(self.world.exchange.match_orders(*plan)) == (amount, *split)
        self.swap(seller, buyer, amount, *split)
        self.filled[sell_digest] += amount
        self.filled[buy_digest] += amount

    @precondition(lambda self: self.orders)
    @rule(pick=picks, by=makers)
    def cancel(self, pick: int, by: str) -> None:
        maker, order, _, digest = self.orders[pick % len(self.orders)]
        if by != maker:
            with boa.reverts("exchange: only the maker cancels its order"):
                self.world.exchange.cancel_orders([astuple(order)], sender=self.address[by])
            return
        self.world.exchange.cancel_orders([astuple(order)], sender=self.address[by])
        self.filled[digest] = CANCELLED

    @rule(maker=makers)
    def cancel_all(self, maker: str) -> None:
        self.epochs[maker] += 1
        assert self.world.exchange.cancel_all(sender=self.address[maker]) == self.epochs[maker]

    # --- what happens beside it ---

    @rule(seconds=st.integers(1, 300))
    def wait(self, seconds: int) -> None:
        boa.env.time_travel(seconds=seconds)

    @rule(maker=makers, to=makers, part=st.integers(1, 4))
    def move_shares(self, maker: str, to: str, part: int) -> None:
        amount = self.shares[maker] // part
        self.world.share.transfer(self.address[to], amount, sender=self.address[maker])
        self.shares[maker] -= amount
        self.shares[to] += amount

    @rule(maker=makers, token=st.sampled_from(["usd", "share"]), allow=st.booleans())
    def approve(self, maker: str, token: str, allow: bool) -> None:
        contract = self.world.usd if token == "usd" else self.world.share
        contract.approve(self.world.exchange.address, MAX_UINT256 if allow else 0, sender=self.address[maker])
        self.allowed[maker, token] = allow

    @rule()
    def withdraw_fees(self) -> None:
        assert self.world.exchange.withdraw_fees() == self.fees
        self.fees = 0

    # --- the model ---

    def now(self) -> int:
        return int(boa.env.evm.patch.timestamp)

    def why_dead(self, maker: str, order: ShareOrder, digest: bytes) -> str | None:
        if self.now() > order.expiry:
            return "expired"
        if order.epoch != self.epochs[maker]:
            return "epoch"
        return "full or cancelled" if self.filled[digest] >= order.amount else None

    def stands(self, maker: str, order: ShareOrder, digest: bytes, other: str, amount: int) -> bool:
        open_to = order.taker in (ZERO_ADDRESS, self.address[other])
        return (
            self.why_dead(maker, order, digest) is None
            and maker != other
            and open_to
            and amount <= order.amount - self.filled[digest]
        )

    def can_swap(self, seller: str, buyer: str, amount: int, paid: int) -> bool:
        able = self.allowed[seller, "share"] and self.allowed[buyer, "usd"]
        return able and self.shares[seller] >= amount and self.money[buyer] >= paid

    def trade_of(
        self, maker: str, order: ShareOrder, digest: bytes, taker: str, amount: int
    ) -> tuple[int, int] | None:
        """(value, fee) of a fill that must work, or None for one that must not."""
        if not self.stands(maker, order, digest, taker, amount):
            return None
        value = value_of(amount, order.price_usd6, sell=order.sell)
        fee = fee_of(value, FEE_BPS)
        if order.sell:
            return (value, fee) if self.can_swap(maker, taker, amount, value + fee) else None
        works = value > fee and self.can_swap(taker, maker, amount, value)
        return (value, fee) if works else None

    def fillable(self, maker: str, order: ShareOrder, digest: bytes) -> int:
        """What a batch takes of an order at most."""
        if self.why_dead(maker, order, digest) is not None:
            return 0
        left = order.amount - self.filled[digest]
        if order.sell:
            return min(left, self.shares[maker] if self.allowed[maker, "share"] else 0)
        money = self.money[maker] if self.allowed[maker, "usd"] else 0
        return min(left, ((money + 1) * SHARE - 1) // order.price_usd6)

    def settle(
        self, maker: str, order: ShareOrder, digest: bytes, taker: str, amount: int, trade: tuple[int, int]
    ) -> None:
        value, fee = trade
        if order.sell:
            self.swap(maker, taker, amount, value, fee)
        else:
            self.swap(taker, maker, amount, value - fee, fee)
        self.filled[digest] += amount

    def swap(self, seller: str, buyer: str, amount: int, value: int, fee: int) -> None:
        self.money[buyer] -= value + fee
        self.money[seller] += value
        self.shares[seller] -= amount
        self.shares[buyer] += amount
        self.fees += fee

    # --- what must hold ---

    @invariant()
    def the_chain_follows_the_model(self) -> None:
        if not hasattr(self, "orders"):
            return
        for name, address in self.address.items():
            assert self.usd.read("erc20.balanceOf", address) == self.money[name]
            assert self.share.read("erc20.balanceOf", address) == self.shares[name]
            assert self.exchange.read("order_store._epochs", address) == self.epochs[name]
        for _, order, _, digest in self.orders:
            filled = self.exchange.read("order_store._filled", digest)
            assert filled == self.filled[digest]
            assert filled == CANCELLED or filled <= order.amount
        # INV-01: the exchange has its fees, and nothing of anybody else
        held = self.usd.read("erc20.balanceOf", self.world.exchange.address)
        assert held == self.exchange.read("fees_usd6") == self.fees
        assert self.share.read("erc20.balanceOf", self.world.exchange.address) == 0


def test_inv_01_inv_12__any_sequence__no_fill_beyond_what_was_signed() -> None:
    machine: Any = type("ExchangeHere", (Exchange,), {"base": exchange_world()})
    run_state_machine_as_test(machine, settings=DEPTH)

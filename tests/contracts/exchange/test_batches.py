"""ShareExchange.fill_orders and match_orders: what is skipped, what is never overpaid, who gains."""

from dataclasses import astuple, replace

import boa
import pytest

from assay.protocol.generated.structs import ShareOrder
from tests.contracts.exchange.exchange_world import FAR, PRICE, ExchangeWorld, exchange_world
from tests.contracts.worlds import MAX_UINT256, SHARE, USD, deployer, logs_of, role, share_world

Signed = tuple[ShareOrder, bytes]


@pytest.fixture
def world() -> ExchangeWorld:
    return exchange_world()


def signed(world: ExchangeWorld, maker: str = "seller", **changed: object) -> Signed:
    order = world.order(maker, **changed)  # type: ignore[arg-type]
    return order, world.sign(order, maker)


def test_fill_orders__several__in_the_order_given_until_the_amount_is_there(world: ExchangeWorld) -> None:
    orders = [signed(world, amount=10 * SHARE, price_usd6=price * USD, salt=price) for price in (10, 11, 12)]
    assert world.batch(orders, 15 * SHARE) == (15 * SHARE, 155 * USD, 300_000 + 165_000)
    assert [world.state(order).filled for order, _ in orders] == [10 * SHARE, 5 * SHARE, 0]


def test_fill_orders__dead_ones_among_them__skipped_and_named(world: ExchangeWorld) -> None:
    spent, cancelled = signed(world, amount=SHARE, salt=2), signed(world, salt=3)
    world.fill(spent[0], SHARE)
    world.exchange.cancel_orders([astuple(cancelled[0])], sender=world.account("seller"))
    unsigned = (world.order(salt=4), b"\1" * 65)
    expired = signed(world, expiry=0)
    other_epoch = signed(world, epoch=1)
    own = signed(world, "taker")
    foreign_taker = signed(world, taker=role("somebody"))
    good = signed(world, salt=9)
    orders = [spent, cancelled, unsigned, expired, other_epoch, own, foreign_taker, good]
    assert world.batch(orders, 2 * SHARE) == (2 * SHARE, 25 * USD, 75_000)
    skipped = [event.digest for event in logs_of(world.exchange, "OrderSkipped")]
    assert skipped == [world.state(order).digest for order, _ in orders[:-1]]


def test_fill_orders__maker_can_deliver_a_part__that_part_is_taken(world: ExchangeWorld) -> None:
    with boa.env.prank(world.account("seller")):
        world.share.approve(world.exchange.address, 3 * SHARE)
    assert world.batch([signed(world), signed(world, "buyer")], 5 * SHARE)[0] == 5 * SHARE
    assert world.shares("seller") == 197 * SHARE


def test_fill_orders__wallet_that_burns_all_gas__costs_a_bounded_part_and_is_skipped(
    world: ExchangeWorld,
) -> None:
    wallet = deployer("SmartWallet").deploy(world.account("seller"))
    with boa.env.prank(world.account("seller")):
        world.share.transfer(wallet.address, 100 * SHARE)
    wallet.execute(
        world.share.address, world.share.approve.prepare_calldata(world.exchange.address, MAX_UINT256)
    )
    wallet.set_mode(4, wallet.address, b"")
    greedy = replace(world.order(), maker=wallet.address)
    assert world.batch([(greedy, b"\1" * 65), signed(world)], SHARE, gas=3_000_000)[0] == SHARE
    assert world.skipped() == 1


def test_fill_orders__too_little_gas__reverts_instead_of_skipping_a_good_order(world: ExchangeWorld) -> None:
    with boa.reverts("exchange: too little gas for the next order"):
        world.batch([signed(world)], SHARE, gas=800_000)


def test_fill_orders__none_can_be_filled__reverts(world: ExchangeWorld) -> None:
    with boa.reverts("exchange: none of the orders could be filled"):
        world.batch([signed(world, expiry=0)], SHARE)


@pytest.mark.parametrize("short", [0, 1])
def test_fill_orders__least_amount__exact_passes_one_short_reverts(world: ExchangeWorld, short: int) -> None:
    orders = [signed(world, amount=10 * SHARE - short)]
    if short:
        with boa.reverts("exchange: less than the least amount"):
            world.batch(orders, 20 * SHARE, least=10 * SHARE)
    else:
        assert world.batch(orders, 20 * SHARE, least=10 * SHARE)[0] == 10 * SHARE


def test_fill_orders__limit__holds_in_proportion_for_a_part(world: ExchangeWorld) -> None:
    """20 shares for 250.75 USD at most: 10 of them may cost half of it."""
    orders = [signed(world, amount=10 * SHARE)]
    with boa.reverts("exchange: dearer than the taker's limit"):
        world.batch(orders, 20 * SHARE, limit=250_750_000 - 2)
    world.batch(orders, 20 * SHARE, limit=250_750_000)


def test_fill_orders__selling__limit_holds_in_proportion_rounded_up(world: ExchangeWorld) -> None:
    orders = [signed(world, "buyer", sell=False, amount=10 * SHARE)]
    with boa.reverts("exchange: cheaper than the taker's limit"):
        world.batch(orders, 20 * SHARE, limit=249_250_000 + 1)
    assert world.batch(orders, 20 * SHARE, limit=249_250_000) == (10 * SHARE, 125 * USD, 375_000)


def test_fill_orders__cheap_order_gone__dear_one_behind_it_is_not_paid_above_the_limit(
    world: ExchangeWorld,
) -> None:
    cheap, dear = signed(world, salt=2), signed(world, price_usd6=1_000 * USD)
    world.exchange.cancel_orders([astuple(cheap[0])], sender=world.account("seller"))
    with boa.reverts("exchange: dearer than the taker's limit"):
        world.batch([cheap, dear], SHARE, limit=13 * USD)
    assert world.money("taker") == 100_000 * USD


@pytest.mark.parametrize(
    ("changed", "reason"),
    [({"sell": False}, "orders of both sides"), ({"share": "0x" + "11" * 20}, "orders of several shares")],
)
def test_fill_orders__mixed__refused(world: ExchangeWorld, changed: dict[str, object], reason: str) -> None:
    with boa.reverts(f"exchange: {reason}"):
        world.batch([signed(world, amount=1), signed(world, **changed)], SHARE)


def test_fill_orders__malformed_calls__refused_in_words(world: ExchangeWorld) -> None:
    one = signed(world)
    with boa.reverts("exchange: no orders"):
        world.batch([], SHARE)
    with boa.reverts("exchange: limit above 2**128 - 1"):
        world.batch([one], SHARE, limit=2**128)
    with boa.reverts("exchange: amount above the limit"):
        world.batch([one], 10**30 + 1)
    with boa.reverts("exchange: past the taker's deadline"):
        world.batch([one], SHARE, deadline=0)
    with boa.reverts("exchange: none of the orders could be filled"):
        world.batch([one], 0)
    with boa.reverts("exchange: orders and signatures differ in number"):
        world.exchange.fill_orders([astuple(one[0])], [], SHARE, 0, 0, FAR, [], sender=world.account("taker"))


def test_fill_orders__same_order_twice__counts_once(world: ExchangeWorld) -> None:
    one = signed(world, amount=SHARE)
    assert world.batch([one, one], 2 * SHARE)[0] == SHARE
    assert world.skipped() == 1


def test_fill_for__by_anyone_else__refused(world: ExchangeWorld) -> None:
    """Else a stranger could buy with another's allowance."""
    order, signature = signed(world)
    with boa.reverts("exchange: only itself"):
        world.exchange.fill_for(
            astuple(order), signature, SHARE, world.account("taker"), sender=world.account("mallory")
        )


# --- orders that meet ---


def test_match_orders__difference__fee_first_then_halves(world: ExchangeWorld) -> None:
    sell, buy = world.order(price_usd6=12 * USD), world.order("buyer", sell=False, price_usd6=13 * USD)
    stranger = role("stranger")
    filled = world.match(sell, buy, 10 * SHARE, stranger)
    (event,) = logs_of(world.exchange, "OrdersMatched")
    fee = 125 * USD * 30 // 10_000
    assert filled == (10 * SHARE, 120 * USD + (10 * USD - fee) // 2, fee)
    assert (event.seller, event.buyer, event.amount) == (sell.maker, buy.maker, 10 * SHARE)
    assert (event.value_usd6, event.fee_usd6) == filled[1:]
    assert world.money("seller") == 100_000 * USD + filled[1]
    assert world.money("buyer") == 100_000 * USD - filled[1] - fee
    assert world.usd.balanceOf(stranger) == 0
    assert (world.state(sell).filled, world.state(buy).filled) == (10 * SHARE, 10 * SHARE)


def test_match_orders__limits_that_leave_no_room__refused(world: ExchangeWorld) -> None:
    buy = world.order("buyer", sell=False)
    with boa.reverts("exchange: the seller asks more than the buyer pays"):
        world.match(world.order(price_usd6=PRICE + 1), buy, 10 * SHARE)
    with boa.reverts("exchange: the orders' limits leave no room for the fee"):
        world.match(world.order(), buy, 10 * SHARE)
    room = 125 * USD * 30 // 10_000 // 10  # a share
    with boa.reverts("exchange: the orders' limits leave no room for the fee"):
        world.match(world.order(price_usd6=PRICE - room + 100), buy, 10 * SHARE)
    world.match(world.order(price_usd6=PRICE - room), buy, 10 * SHARE)


def test_match_orders__of_one_maker__refused(world: ExchangeWorld) -> None:
    with boa.reverts("exchange: a maker cannot trade with itself"):
        world.match(world.order(price_usd6=USD), world.order(sell=False), SHARE)


def test_match_orders__wrong_sides_or_shares__refused(world: ExchangeWorld) -> None:
    sell, buy = world.order(price_usd6=USD), world.order("buyer", sell=False)
    for pair in ((buy, sell), (sell, sell), (buy, buy)):
        with boa.reverts("exchange: a match is of a seller's and a buyer's order"):
            world.match(*pair, SHARE)
    with boa.reverts("exchange: orders of several shares"):
        world.match(sell, replace(buy, share=share_world().share.address), SHARE)


def test_match_orders__named_taker__is_the_other_maker_or_nobody(world: ExchangeWorld) -> None:
    buy = world.order("buyer", sell=False)
    named = world.order(price_usd6=10 * USD, taker=role("another"))
    with boa.reverts("exchange: the order is for another taker"):
        world.match(named, buy, SHARE)
    world.match(replace(named, taker=buy.maker), buy, SHARE)


def test_match_orders__more_than_one_has_left__refused(world: ExchangeWorld) -> None:
    sell, buy = world.order(price_usd6=10 * USD, amount=5 * SHARE), world.order("buyer", sell=False)
    with boa.reverts("exchange: more than the order has left"):
        world.match(sell, buy, 5 * SHARE + 1)
    world.match(sell, buy, 5 * SHARE)


# --- cancellation ---


def test_cancel_orders__by_the_maker__dead_for_ever_and_told_once(world: ExchangeWorld) -> None:
    order = world.order()
    world.fill(order, SHARE)
    with boa.env.prank(order.maker):
        world.exchange.cancel_orders([astuple(order)])
        (event,) = logs_of(world.exchange, "OrderCancelled")
        world.exchange.cancel_orders([astuple(order)])
        assert not logs_of(world.exchange, "OrderCancelled")
    assert event.digest == world.state(order).digest and event.maker == order.maker
    assert world.exchange.filled_of(event.digest) == MAX_UINT256
    with boa.reverts("exchange: the order is cancelled"):
        world.fill(order, SHARE)


def test_cancel_orders__by_another__refused(world: ExchangeWorld) -> None:
    with boa.reverts("exchange: only the maker cancels its order"), boa.env.prank(world.account("mallory")):
        world.exchange.cancel_orders([astuple(world.order())])


def test_cancel_orders__before_anybody_saw_it__dead_too(world: ExchangeWorld) -> None:
    order = world.order()
    world.exchange.cancel_orders([astuple(order)], sender=order.maker)
    with boa.reverts("exchange: the order is cancelled"):
        world.fill(order, SHARE)


def test_cancel_all__raises_the_epoch__old_and_future_orders_dead_new_ones_live(world: ExchangeWorld) -> None:
    old, new, future = world.order(), world.order(epoch=1), world.order(epoch=2)
    for order in (new, future):
        with boa.reverts("exchange: the order is of another epoch"):
            world.fill(order, SHARE)
    assert world.exchange.cancel_all(sender=old.maker) == 1
    (event,) = logs_of(world.exchange, "AllCancelled")
    assert (event.maker, event.epoch) == (old.maker, 1)
    assert world.exchange.epoch_of(old.maker) == 1
    assert world.exchange.epoch_of(world.account("buyer")) == 0
    for order in (old, future):
        with boa.reverts("exchange: the order is of another epoch"):
            world.fill(order, SHARE)
    world.fill(new, SHARE)

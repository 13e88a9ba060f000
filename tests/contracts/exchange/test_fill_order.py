"""ShareExchange.fill_order: terms, bounds, money, signatures, permits."""

from dataclasses import astuple, replace

import boa
import pytest

from tests.contracts.exchange.exchange_world import FAR, PRICE, ExchangeWorld, exchange_world
from tests.contracts.worlds import MAX_UINT256, SHARE, USD, deployer, logs_of, role, share_world

HALF_CURVE = 57896044618658097711785492504343953926418782139537452191302581570759080747168
CURVE = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


@pytest.fixture
def world() -> ExchangeWorld:
    return exchange_world()


def test_fill_order__sale__shares_price_and_fee_change_hands(world: ExchangeWorld) -> None:
    order = world.order()
    filled = world.fill(order, 10 * SHARE)
    (event,) = logs_of(world.exchange, "OrderFilled")
    assert filled == (10 * SHARE, 125 * USD, 375_000)
    assert (event.share, event.maker, event.taker, event.sell) == (
        order.share,
        order.maker,
        world.account("taker"),
        True,
    )
    assert (event.amount, event.value_usd6, event.fee_usd6) == filled
    assert world.money("seller") == 100_000 * USD + 125 * USD
    assert world.money("taker") == 100_000 * USD - 125 * USD - 375_000
    assert (world.shares("seller"), world.shares("taker")) == (190 * SHARE, 210 * SHARE)
    assert world.exchange.fees_usd6() == world.usd.balanceOf(world.exchange.address) == 375_000
    assert world.exchange.filled_of(event.digest) == 10 * SHARE


def test_fill_order__purchase__maker_pays_its_price_taker_the_fee(world: ExchangeWorld) -> None:
    order = world.order("buyer", sell=False)
    assert world.fill(order, 10 * SHARE, maker="buyer") == (10 * SHARE, 125 * USD, 375_000)
    assert world.money("buyer") == 100_000 * USD - 125 * USD
    assert world.money("taker") == 100_000 * USD + 125 * USD - 375_000
    assert (world.shares("buyer"), world.shares("taker")) == (210 * SHARE, 190 * SHARE)
    assert world.exchange.fees_usd6() == 375_000


def test_fill_order__in_parts__up_to_its_amount_and_not_one_more(world: ExchangeWorld) -> None:
    order = world.order()
    world.fill(order, 15 * SHARE)
    with boa.reverts("exchange: more than the order has left"):
        world.fill(order, 25 * SHARE + 1)
    world.fill(order, 25 * SHARE)
    assert not world.state(order).live
    with boa.reverts("exchange: more than the order has left"):
        world.fill(order, 1)


def test_fill_order__zero__refused(world: ExchangeWorld) -> None:
    with boa.reverts("exchange: nothing to fill"):
        world.fill(world.order(), 0)


@pytest.mark.parametrize("over", [0, 1])
def test_fill_order__expiry__its_last_second_counts(world: ExchangeWorld, over: int) -> None:
    now = boa.env.evm.patch.timestamp
    order = world.order(expiry=now)
    boa.env.evm.patch.timestamp = now + over
    if over:
        with boa.reverts("exchange: the order has expired"):
            world.fill(order, SHARE)
    else:
        world.fill(order, SHARE)


@pytest.mark.parametrize("over", [0, 1])
def test_fill_order__takers_deadline__its_last_second_counts(world: ExchangeWorld, over: int) -> None:
    deadline = boa.env.evm.patch.timestamp
    boa.env.evm.patch.timestamp += over
    if over:
        with boa.reverts("exchange: past the taker's deadline"):
            world.fill(world.order(), SHARE, deadline=deadline)
    else:
        world.fill(world.order(), SHARE, deadline=deadline)


@pytest.mark.parametrize("sell", [True, False])
def test_fill_order__takers_limit__exact_passes_one_less_reverts(world: ExchangeWorld, sell: bool) -> None:
    maker = "seller" if sell else "buyer"
    order = world.order(maker, sell=sell)
    exact = 12_500_000 + 37_500 if sell else 12_500_000 - 37_500
    with boa.reverts(f"exchange: {'dearer' if sell else 'cheaper'} than the taker's limit"):
        world.fill(order, SHARE, maker=maker, limit=exact - 1 if sell else exact + 1)
    world.fill(order, SHARE, maker=maker, limit=exact)


@pytest.mark.parametrize(
    ("field", "value"),
    [("amount", 0), ("amount", 10**30 + 1), ("amount", MAX_UINT256), ("price_usd6", 0), ("price_usd6", 10**30 + 1),
     ("price_usd6", MAX_UINT256)],
)  # fmt: skip
def test_r18__order_out_of_bounds__refused_in_words(world: ExchangeWorld, field: str, value: int) -> None:
    order = world.order(**{field: value})
    with boa.reverts("exchange: amount or price out of bounds"):
        world.fill(order, 1)
    assert not world.state(order).live


def test_r18__largest_order_there_is__overflows_nowhere(world: ExchangeWorld) -> None:
    order = world.order(amount=10**30, price_usd6=10**30, expiry=MAX_UINT256, salt=MAX_UINT256)
    assert world.state(order).fillable == 200 * SHARE
    with boa.reverts("erc20: transfer amount exceeds balance"):
        world.fill(order, 200 * SHARE)
    bid = replace(order, maker=world.account("buyer"), sell=False)
    assert world.state(bid).fillable == ((100_000 * USD + 1) * SHARE - 1) // 10**30
    with boa.reverts("erc20: transfer amount exceeds balance"):
        world.fill(bid, 10**30, maker="buyer")


def test_fill_order__dust_of_a_sale__taker_pays_a_unit_and_a_unit_of_fee(world: ExchangeWorld) -> None:
    assert world.fill(world.order(), 1) == (1, 1, 1)


def test_fill_order__dust_of_a_purchase__refused_until_it_is_worth_more_than_its_fee(
    world: ExchangeWorld,
) -> None:
    order = world.order("buyer", sell=False)
    two_units = -(-2 * SHARE // PRICE)
    for amount in (1, two_units - 1):
        with boa.reverts("exchange: the amount is worth nothing"):
            world.fill(order, amount, maker="buyer")
    assert world.fill(order, two_units, maker="buyer") == (two_units, 2, 1)


def test_fill_order__own_order__refused(world: ExchangeWorld) -> None:
    with boa.reverts("exchange: a maker cannot trade with itself"):
        world.fill(world.order(), SHARE, taker="seller")


def test_fill_order__named_taker__only_it(world: ExchangeWorld) -> None:
    order = world.order(taker=world.account("buyer"))
    with boa.reverts("exchange: the order is for another taker"):
        world.fill(order, SHARE, taker="taker")
    world.fill(order, SHARE, taker="buyer")


def test_fill_order__share_not_of_the_factory__refused(world: ExchangeWorld) -> None:
    fake = share_world().share
    with boa.reverts("exchange: not a share made by the factory"):
        world.fill(world.order(share=fake.address), SHARE)
    with boa.reverts("exchange: not a share made by the factory"):
        world.fill(world.order(share=world.usd.address), SHARE)


def test_fill_order__any_field_changed_after_signing__refused(world: ExchangeWorld) -> None:
    order = world.order()
    signature = world.sign(order)
    changes = {
        "maker": world.account("buyer"),
        "sell": False,
        "amount": order.amount + 1,
        "price_usd6": order.price_usd6 - 1,
        "taker": world.account("taker"),
        "expiry": order.expiry + 1,
        "salt": 2,
    }
    for name, value in changes.items():
        changed = replace(order, **{name: value})
        with boa.reverts("exchange: not signed by its maker"):
            world.fill(changed, SHARE, signature=signature, limit=FAR if changed.sell else 0)


def test_fill_order__malleable_twin_of_a_signature__refused(world: ExchangeWorld) -> None:
    order = world.order()
    good = world.sign(order)
    twin_s = CURVE - int.from_bytes(good[32:64], "big")
    twin = good[:32] + twin_s.to_bytes(32, "big") + bytes([55 - good[64]])
    assert twin_s > HALF_CURVE
    with boa.reverts("exchange: not signed by its maker"):
        world.fill(order, SHARE, signature=twin)
    world.fill(order, SHARE, signature=good)


@pytest.mark.parametrize("signature", [b"", b"\0" * 64, b"\0" * 65, b"\xff" * 65, b"\1" * 66, b"\1" * 1024])
def test_fill_order__garbage_for_a_signature__refused(world: ExchangeWorld, signature: bytes) -> None:
    with boa.reverts("exchange: not signed by its maker"):
        world.fill(world.order(), SHARE, signature=signature)


def test_fill_order__maker_zero__cannot_be_signed_for(world: ExchangeWorld) -> None:
    with boa.reverts("exchange: not signed by its maker"):
        world.fill(replace(world.order(), maker="0x" + "00" * 20), SHARE, signature=b"\0" * 65)


# --- contract wallets ---


@pytest.fixture
def wallet(world: ExchangeWorld) -> object:
    """A contract wallet of the seller's key, with 100 shares and an allowance."""
    made = deployer("SmartWallet").deploy(world.account("seller"))
    with boa.env.prank(world.account("seller")):
        world.share.transfer(made.address, 100 * SHARE)
    approve = world.share.approve.prepare_calldata(world.exchange.address, MAX_UINT256)
    made.execute(world.share.address, approve)
    return made


def test_fill_order__contract_wallet__its_owners_signature_counts(
    world: ExchangeWorld, wallet: object
) -> None:
    order = replace(world.order(), maker=wallet.address)  # type: ignore[attr-defined]
    assert world.exchange.is_signed(astuple(order), world.sign(order))
    world.fill(order, SHARE)
    with boa.reverts("exchange: not signed by its maker"):
        world.fill(order, SHARE, signature=world.sign(order, "mallory"))


@pytest.mark.parametrize("mode", [2, 3])
def test_fill_order__contract_wallet_that_says_no_or_reverts__refused(
    world: ExchangeWorld, wallet: object, mode: int
) -> None:
    wallet.set_mode(mode, wallet.address, b"")  # type: ignore[attr-defined]
    with boa.reverts("exchange: not signed by its maker"):
        world.fill(replace(world.order(), maker=wallet.address), SHARE)  # type: ignore[attr-defined]


def test_fill_order__contract_without_a_check__refused(world: ExchangeWorld) -> None:
    for maker in (world.share.address, world.usd.address, world.exchange.address):
        with boa.reverts("exchange: not signed by its maker"):
            world.fill(replace(world.order(), maker=maker), SHARE)


# --- permits ---


def test_fill_order__permits_of_both_sides__no_allowance_was_needed_before(world: ExchangeWorld) -> None:
    for name in ("seller", "taker"):
        with boa.env.prank(world.account(name)):
            world.usd.approve(world.exchange.address, 0)
            world.share.approve(world.exchange.address, 0)
    order = world.order()
    total = 125 * USD + 375_000
    permits = (world.permit(world.share, "seller", 10 * SHARE), world.permit(world.usd, "taker", total))
    with boa.reverts("erc20: insufficient allowance"):
        world.fill(order, 10 * SHARE)
    world.fill(order, 10 * SHARE, permits=permits)
    assert world.shares("taker") == 210 * SHARE
    assert world.usd.allowance(world.account("taker"), world.exchange.address) == 0


def test_fill_order__permit_used_by_somebody_before__does_no_harm(world: ExchangeWorld) -> None:
    with boa.env.prank(world.account("taker")):
        world.usd.approve(world.exchange.address, 0)
    permit = world.permit(world.usd, "taker", 1_000 * USD)
    with boa.env.prank(role("attacker")):
        world.usd.permit(
            permit.owner, world.exchange.address, permit.value, permit.deadline, permit.v, permit.r, permit.s
        )
    world.fill(world.order(), SHARE, permits=(permit,))
    assert world.shares("taker") == 201 * SHARE


def test_fill_order__permit_of_another_token__refused(world: ExchangeWorld) -> None:
    other = share_world().usd
    permit = replace(world.permit(world.usd, "taker", 1), token=other.address)
    with boa.reverts("exchange: a permit of another token"):
        world.fill(world.order(), SHARE, permits=(permit,))


# --- tokens, fee ---


def test_fill_order__token_that_keeps_a_part__refused(world: ExchangeWorld) -> None:
    odd = deployer("OddToken").deploy()
    there = exchange_world(usd=odd)
    odd.set_fee(1)
    with boa.reverts("exchange: the amount did not arrive"):
        there.fill(there.order(), SHARE)
    odd.set_fee(0)
    odd.set_refuses(True)
    with boa.reverts("exchange: the stablecoin refused the transfer"):
        there.fill(there.order(), SHARE)


def test_fill_order__token_that_returns_nothing__works() -> None:
    silent = deployer("SilentToken").deploy()
    there = exchange_world(usd=silent)
    assert there.fill(there.order(), SHARE)[1] == PRICE
    assert there.exchange.withdraw_fees() == 37_500
    assert silent.balanceOf(there.fee_recipient) == 37_500


def test_withdraw_fees__by_a_stranger__to_the_recipient_once(world: ExchangeWorld) -> None:
    world.fill(world.order(), SHARE)
    with boa.env.prank(role("stranger")):
        assert world.exchange.withdraw_fees() == 37_500
        assert world.exchange.withdraw_fees() == 0
    assert world.usd.balanceOf(world.fee_recipient) == 37_500
    assert world.exchange.fees_usd6() == 0


@pytest.mark.parametrize(("fee_bps", "fits"), [(0, True), (100, True), (101, False), (MAX_UINT256, False)])
def test_deploy__fee_cap__one_percent_and_no_more(fee_bps: int, fits: bool) -> None:
    if not fits:
        with boa.reverts("exchange: fee above the cap"):
            exchange_world(fee_bps=fee_bps)
        return
    there = exchange_world(fee_bps=fee_bps)
    assert there.fill(there.order(), SHARE)[2] == PRICE * fee_bps // 10_000
    assert there.exchange.fee_bps() == fee_bps


def test_inv_13__abi__no_owner_no_role_no_pause(world: ExchangeWorld) -> None:
    names = {item.get("name", "") for item in world.exchange.abi}
    assert not {name for name in names if "owner" in name or "pause" in name or name.startswith("set_")}


# --- income ---


def test_income__accrued_before_a_trade__stays_with_the_seller(world: ExchangeWorld) -> None:
    world.base.deposit(1_000 * USD)
    before = world.share.claimable(world.account("seller"))
    assert before == 200 * USD
    world.fill(world.order(amount=200 * SHARE), 200 * SHARE)
    assert world.share.claimable(world.account("seller")) == before
    assert world.share.claimable(world.account("taker")) == 200 * USD
    world.base.deposit(1_000 * USD)
    assert world.share.claimable(world.account("seller")) == before
    assert world.share.claimable(world.account("taker")) == 600 * USD


# --- the state of an order ---


def test_state_of__order__follows_balance_allowance_fills_and_time(world: ExchangeWorld) -> None:
    order = world.order()
    assert (world.state(order).live, world.state(order).fillable) == (True, 40 * SHARE)
    assert world.state(order).digest == world.exchange.digest_of(astuple(order))
    with boa.env.prank(world.account("seller")):
        world.share.approve(world.exchange.address, 7)
    assert world.state(order).fillable == 7
    with boa.env.prank(world.account("seller")):
        world.share.approve(world.exchange.address, MAX_UINT256)
        world.share.transfer(role("elsewhere"), 197 * SHARE)
    assert world.state(order).fillable == 3 * SHARE
    world.fill(order, SHARE)
    assert (world.state(order).filled, world.state(order).fillable) == (SHARE, 2 * SHARE)
    boa.env.time_travel(seconds=3_601)
    assert (world.state(order).live, world.state(order).fillable) == (False, 0)


def test_state_of__purchase__what_the_money_buys_is_filled_exactly(world: ExchangeWorld) -> None:
    order = world.order("buyer", sell=False, price_usd6=7_000_003)
    with boa.env.prank(world.account("buyer")):
        world.usd.approve(world.exchange.address, 100 * USD)
    fillable = world.state(order).fillable
    with boa.reverts("erc20: insufficient allowance"):
        world.fill(order, fillable + 1, maker="buyer")
    assert world.fill(order, fillable, maker="buyer")[1] == 100 * USD


def test_state_of__share_not_of_the_factory__dead(world: ExchangeWorld) -> None:
    assert not world.state(world.order(share=world.usd.address)).live

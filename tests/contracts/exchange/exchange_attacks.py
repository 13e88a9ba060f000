"""Attacks on the exchange. Each plays the attacker and returns its loot: 0 where the contract is sound.

Loot is what the attacker gains or takes from another beyond its due, in units of what it took, or 1 for "it worked".
"""

from dataclasses import astuple, replace
from typing import Any, cast

import boa
from eth_account import Account

from assay.protocol.generated.structs import ShareOrder
from tests.contracts.attacks import refused
from tests.contracts.exchange.exchange_world import (
    FAR,
    FEE_BPS,
    KEYS,
    NO_LIMIT,
    ExchangeWorld,
    exchange_world,
)
from tests.contracts.worlds import MAX_UINT256, SHARE, USD, ZERO, deployer, role

CURVE = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def signed_as_told(world: ExchangeWorld, order: ShareOrder, exchange: Any = None) -> bytes:
    """The seller signs what the contract says is the order's digest."""
    digest = (exchange or world.exchange).digest_of(astuple(order))
    return bytes(cast(Any, Account.from_key(KEYS["seller"])).unsafe_sign_hash(digest).signature)


def tried(
    world: ExchangeWorld, order: ShareOrder, amount: int, signature: bytes, taker: str = "mallory"
) -> int:
    """1 if the attacker gets the shares."""
    before = world.shares(taker)
    refused(lambda: world.fill(order, amount, taker, signature=signature))
    return int(world.shares(taker) > before)


def replay_on_a_forked_chain(world: ExchangeWorld) -> int:
    order = world.order()
    signature = signed_as_told(world, order)
    boa.env.evm.patch.chain_id = 2
    try:
        return tried(world, order, SHARE, signature)
    finally:
        boa.env.evm.patch.chain_id = 1


def replay_on_another_exchange(world: ExchangeWorld) -> int:
    """The seller trades on two deployments; an order for the first is brought to the second."""
    order = world.order()
    signature = signed_as_told(world, order)
    second = world.redeploy()
    with boa.env.prank(world.account("seller")):
        world.share.approve(second.address, MAX_UINT256)
    with boa.env.prank(world.account("mallory")):
        world.usd.approve(second.address, MAX_UINT256)
    world.exchange = second
    return tried(world, order, SHARE, signature)


def fill_by_the_twin_of_a_signature(world: ExchangeWorld) -> int:
    order = world.order()
    good = signed_as_told(world, order)
    twin_s = CURVE - int.from_bytes(good[32:64], "big")
    return tried(world, order, SHARE, good[:32] + twin_s.to_bytes(32, "big") + bytes([55 - good[64]]))


def use_a_permit_first_to_stop_a_fill(world: ExchangeWorld) -> int:
    permit = world.permit(world.usd, "taker", 1_000 * USD)
    words = (
        permit.owner,
        world.exchange.address,
        permit.value,
        permit.deadline,
        permit.v,
        permit.r,
        permit.s,
    )
    world.usd.permit(*words, sender=world.account("mallory"))
    return int(refused(lambda: world.fill(world.order(), SHARE, permits=(permit,))))


def fill_after_cancel_all_in_the_same_block(world: ExchangeWorld) -> int:
    order = world.order()
    signature = world.sign(order)
    world.exchange.cancel_all(sender=order.maker)
    return tried(world, order, SHARE, signature)


def fill_a_cancelled_order(world: ExchangeWorld) -> int:
    order = world.order()
    signature = world.sign(order)
    world.exchange.cancel_orders([astuple(order)], sender=order.maker)
    return tried(world, order, SHARE, signature)


def take_more_than_the_order_offers(world: ExchangeWorld) -> int:
    order = world.order(amount=SHARE)
    return tried(world, order, 2 * SHARE, world.sign(order))


def fill_a_second_after_expiry(world: ExchangeWorld) -> int:
    order = world.order()
    boa.env.evm.patch.timestamp = order.expiry + 1
    return tried(world, order, SHARE, world.sign(order))


def wash_by_trading_with_oneself(world: ExchangeWorld) -> int:
    """A price on the record that cost nobody anything but the fee."""
    order = world.order("mallory", price_usd6=1_000 * USD)
    return int(not refused(lambda: world.fill(order, SHARE, "mallory", maker="mallory")))


def take_an_order_meant_for_another(world: ExchangeWorld) -> int:
    order = world.order(taker=world.account("buyer"))
    return tried(world, order, SHARE, world.sign(order))


def forge_a_signature(world: ExchangeWorld) -> int:
    order = world.order(price_usd6=1)
    return tried(world, order, SHARE, world.sign(order, "mallory"))


def buy_with_anothers_allowance(world: ExchangeWorld) -> int:
    """The attacker sells its own shares, at its own price, to whoever has allowed the exchange its money."""
    order = world.order("mallory", price_usd6=10_000 * USD)
    signature, victim = world.sign(order, "mallory"), world.account("buyer")
    before = world.money("mallory")
    refused(lambda: world.exchange.fill_for(astuple(order), signature, SHARE, victim, sender=order.maker))
    return world.money("mallory") - before


def sell_a_token_that_is_no_share(world: ExchangeWorld) -> int:
    """A look-alike with the attacker as holder of all of it."""
    base = world.base
    fake = deployer("DeviceShare").deploy(
        base.usd.address,
        base.registry.address,
        role("offering"),
        role("tender"),
        base.device_id,
        world.account("mallory"),
        SHARE,
        1,
        (0, ZERO, 0, 0, 0, False, "N", "N"),
    )
    fake.approve(world.exchange.address, MAX_UINT256, sender=world.account("mallory"))
    order = world.order("mallory", share=fake.address)
    before = world.money("mallory")
    refused(lambda: world.fill(order, SHARE, "taker", maker="mallory"))
    return world.money("mallory") - before


def buy_dust_for_nothing(world: ExchangeWorld) -> int:
    """79,999,999,999 units of 10**-18 share at 12.50 USD cost just under a unit of money, over and over."""
    order, amount = world.order(), SHARE // 12_500_000 - 1
    money, shares = world.money("mallory") + world.exchange.fees_usd6(), world.shares("mallory")
    for _ in range(5):
        refused(lambda: world.fill(order, amount, "mallory"))
    paid = money - world.money("mallory")
    return int(world.shares("mallory") - shares > 0 and paid == 0)


def cut_a_fill_to_dodge_the_fee(world: ExchangeWorld) -> int:
    """Ten parts of 300 units of money: a fee rounded down would be nothing each time."""
    order, part = world.order(), 300 * SHARE // 12_500_000
    for _ in range(10):
        refused(lambda: world.fill(order, part, "mallory"))
    return max(0, -(-3_000 * FEE_BPS // 10_000) - int(world.exchange.fees_usd6()))


def cancel_a_rivals_order(world: ExchangeWorld) -> int:
    order = world.order()
    refused(lambda: world.exchange.cancel_orders([astuple(order)], sender=world.account("mallory")))
    return int(not world.state(order).live)


def burn_the_gas_of_a_batch(world: ExchangeWorld) -> int:
    """The first order of a batch is by a wallet whose check burns all it is given; the good one behind it starves."""
    wallet = deployer("SmartWallet").deploy(world.account("mallory"))
    world.share.transfer(wallet.address, SHARE, sender=world.account("mallory"))
    wallet.execute(
        world.share.address, world.share.approve.prepare_calldata(world.exchange.address, MAX_UINT256)
    )
    wallet.set_mode(4, wallet.address, b"")
    greedy, good = replace(world.order(), maker=wallet.address), world.order()
    orders = [(greedy, b"\1" * 65), (good, world.sign(good))]
    return int(refused(lambda: world.batch(orders, SHARE, gas=3_000_000)))


def pay_with_a_token_that_keeps_a_part(world: ExchangeWorld) -> int:
    """The seller gets less than its price, the ledger more than there is."""
    odd = deployer("OddToken").deploy()
    there = exchange_world(usd=odd, factory=world.factory)
    odd.set_fee(1_000)
    before = there.money("seller")
    refused(lambda: there.fill(there.order(), SHARE))
    return max(0, int(there.shares("taker") > 200 * SHARE) * (12_500_000 - (there.money("seller") - before)))


def enter_again_from_a_token(world: ExchangeWorld) -> int:
    """A stablecoin with a hook, a maker itself, kills its orders in the middle of the payment for one of them."""
    odd = deployer("OddToken").deploy()
    there = exchange_world(usd=odd, factory=world.factory)
    odd.set_callback(there.exchange.address, there.exchange.cancel_all.prepare_calldata())
    there.fill(there.order(), SHARE)
    assert odd.callback_tried()
    return int(odd.callback_worked())


def enter_again_from_a_wallets_check(world: ExchangeWorld) -> int:
    """A maker's wallet fills another order while it is asked for its own signature."""
    wallet = deployer("SmartWallet").deploy(world.account("mallory"))
    world.share.transfer(wallet.address, 10 * SHARE, sender=world.account("mallory"))
    world.usd.transfer(wallet.address, 1_000 * USD, sender=world.account("mallory"))
    for token in (world.share, world.usd):
        wallet.execute(token.address, token.approve.prepare_calldata(world.exchange.address, MAX_UINT256))
    victim, own = world.order(), replace(world.order(), maker=wallet.address)
    inner = world.exchange.fill_order.prepare_calldata(
        astuple(victim), world.sign(victim), SHARE, NO_LIMIT, FAR, []
    )
    wallet.set_mode(5, world.exchange.address, inner)
    refused(lambda: world.fill(own, SHARE, signature=b""))
    return int(world.exchange.filled_of(world.state(victim).digest) > 0)


def cross_a_sellers_limit(world: ExchangeWorld) -> int:
    """The matcher brings two orders that do not meet: the buyer is made to pay more than it signed."""
    sell, buy = world.order(price_usd6=20 * USD), world.order("buyer", sell=False, price_usd6=10 * USD)
    before = world.money("buyer")
    refused(lambda: world.match(sell, buy, SHARE))
    return max(0, before - world.money("buyer") - 10 * USD)


def bid_for_a_share_in_anothers_name(world: ExchangeWorld) -> int:
    """A look-alike exchange order: the victim's share sale brought as its purchase."""
    order = world.order()
    flipped, signature = replace(order, sell=False), world.sign(order)
    before = world.money("mallory")
    refused(lambda: world.fill(flipped, SHARE, "mallory", signature=signature))
    return max(0, world.money("mallory") - before)

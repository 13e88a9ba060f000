"""Each attack on the exchange fails on the contract as it is, and works once the line that stops it is taken out."""

from collections.abc import Callable

import pytest

from tests.contracts.broken import Patch, broken
from tests.contracts.exchange import exchange_attacks as attacks
from tests.contracts.exchange.exchange_world import ExchangeWorld, exchange_world

Attack = Callable[[ExchangeWorld], int]

EXCHANGE = "ShareExchange.vy"
DIGEST = "modules/order_digest.vy"
STORE = "modules/order_store.vy"
PRICE = "modules/order_price.vy"
NO_DOMAIN = [
    Patch(
        DIGEST,
        "    return eip712._hash_typed_data_v4(keccak256(abi_encode(ORDER_TYPE, order)))\n",
        "    return keccak256(abi_encode(ORDER_TYPE, order))\n",
    )
]
NO_LOCK = [
    Patch(
        EXCHANGE,
        '# pragma nonreentrancy on\n"""\n@title Secondary',
        '# pragma nonreentrancy off\n"""\n@title Secondary',
    ),
    Patch(EXCHANGE, "@reentrant\n", ""),
]
# Lines that have nothing to do with each other are taken out together: a compilation costs seconds. The story of each
# attack meets one of them only.
TERMS_UNCHECKED = [
    Patch(
        STORE,
        '    assert order.epoch == self._epochs[order.maker], "exchange: the order is of another epoch"\n',
        "",
    ),
    Patch(STORE, "        self._filled[digest] = CANCELLED\n", ""),
    Patch(
        STORE, '    assert amount <= order.amount - filled, "exchange: more than the order has left"\n', ""
    ),
    Patch(STORE, '    assert block.timestamp <= order.expiry, "exchange: the order has expired"\n', ""),
    Patch(EXCHANGE, "order.taker == empty(address) or order.taker == counterparty,", "True,"),
]
CALLS_UNCHECKED = [
    Patch(EXCHANGE, '    assert msg.sender == self, "exchange: only itself"\n', ""),
    Patch(EXCHANGE, '    assert shared, "exchange: not a share made by the factory"\n', ""),
    Patch(EXCHANGE, "            gas=ORDER_GAS,\n", ""),
    Patch(
        EXCHANGE,
        "        permitted: bool = raw_call(permit.token, call_data, revert_on_failure=False)\n",
        "        raw_call(permit.token, call_data)\n",
    ),
    Patch(STORE, '    assert order.maker == msg.sender, "exchange: only the maker cancels its order"\n', ""),
]
ROUNDED_FOR_THE_TAKER = [
    Patch(
        PRICE, "(amount * price_usd6 + WHOLE_SHARE - 1) // WHOLE_SHARE", "amount * price_usd6 // WHOLE_SHARE"
    ),
    Patch(PRICE, "(value_usd6 * fee_bps + BPS - 1) // BPS", "value_usd6 * fee_bps // BPS"),
    Patch(
        PRICE,
        '    assert least_usd6 <= most_usd6, "exchange: the seller asks more than the buyer pays"\n',
        "    if least_usd6 > most_usd6:\n        return least_usd6, 0\n",
    ),
]
MONEY_UNMEASURED = [
    Patch(EXCHANGE, '    assert after == before + amount_usd6, "exchange: the amount did not arrive"\n', ""),
    # a wash needs both: money that goes nowhere does not arrive either
    Patch(
        EXCHANGE, '    assert order.maker != counterparty, "exchange: a maker cannot trade with itself"\n', ""
    ),
]
A_CHECK_THAT_MAY_ACT = [
    *NO_LOCK,
    Patch(DIGEST, "        is_static_call=True,\n", ""),
    Patch(DIGEST, "@view\n@internal\ndef _is_signed(", "@internal\ndef _is_signed("),
    Patch(EXCHANGE, "@view\n@external\ndef is_signed(", "@external\ndef is_signed("),
    Patch("interfaces/IShareExchange.vyi", "@view\n@external\ndef is_signed(", "@external\ndef is_signed("),
]
SIDE_UNSIGNED = [
    Patch(
        DIGEST,
        "abi_encode(ORDER_TYPE, order)",
        "abi_encode(ORDER_TYPE, order.maker, order.share, True, order.amount, order.price_usd6, order.taker,"
        " order.expiry, order.epoch, order.salt)",
    )
]

# attack, what is taken out
STORIES: list[tuple[Attack, list[Patch]]] = [
    (attacks.replay_on_a_forked_chain, NO_DOMAIN),
    (attacks.replay_on_another_exchange, NO_DOMAIN),
    (
        attacks.fill_by_the_twin_of_a_signature,
        [Patch(DIGEST, "        if s <= MAX_S:\n", "        if s != 0:\n")],
    ),
    (attacks.forge_a_signature, [Patch(DIGEST, "and signer == maker:", "and signer != self:")]),
    (attacks.bid_for_a_share_in_anothers_name, SIDE_UNSIGNED),
    (attacks.fill_after_cancel_all_in_the_same_block, TERMS_UNCHECKED),
    (attacks.fill_a_cancelled_order, TERMS_UNCHECKED),
    (attacks.take_more_than_the_order_offers, TERMS_UNCHECKED),
    (attacks.fill_a_second_after_expiry, TERMS_UNCHECKED),
    (attacks.take_an_order_meant_for_another, TERMS_UNCHECKED),
    (attacks.buy_with_anothers_allowance, CALLS_UNCHECKED),
    (attacks.sell_a_token_that_is_no_share, CALLS_UNCHECKED),
    (attacks.burn_the_gas_of_a_batch, CALLS_UNCHECKED),
    (attacks.use_a_permit_first_to_stop_a_fill, CALLS_UNCHECKED),
    (attacks.cancel_a_rivals_order, CALLS_UNCHECKED),
    (attacks.buy_dust_for_nothing, ROUNDED_FOR_THE_TAKER),
    (attacks.cut_a_fill_to_dodge_the_fee, ROUNDED_FOR_THE_TAKER),
    (attacks.cross_a_sellers_limit, ROUNDED_FOR_THE_TAKER),
    (attacks.pay_with_a_token_that_keeps_a_part, MONEY_UNMEASURED),
    (attacks.wash_by_trading_with_oneself, MONEY_UNMEASURED),
    (attacks.enter_again_from_a_token, NO_LOCK),
    (attacks.enter_again_from_a_wallets_check, A_CHECK_THAT_MAY_ACT),
]
NAMES = [attack.__name__ for attack, _ in STORIES]


@pytest.mark.parametrize("attack", [attack for attack, _ in STORIES], ids=NAMES)
def test_inv_12__attack_on_the_exchange_as_it_is__gains_nothing(attack: Attack) -> None:
    world = exchange_world()
    assert attack(world) == 0
    world.check_solvent()


@pytest.mark.parametrize(("attack", "patches"), STORIES, ids=NAMES)
def test_attack__with_its_defence_taken_out__works(attack: Attack, patches: list[Patch]) -> None:
    assert attack(exchange_world(factory=broken("ShareExchange", *patches))) > 0

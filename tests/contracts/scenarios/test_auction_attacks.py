"""Attacks on auctions: each fails on the contracts as they are, and works once the line that stops it is taken out."""

from collections.abc import Callable

import pytest

from tests.contracts import auction_attacks as attacks
from tests.contracts.broken import Patch, broken
from tests.contracts.market_world import MarketWorld, market_world

Attack = Callable[[MarketWorld], int]

STORIES: list[tuple[Attack, str, Patch]] = [
    (
        attacks.copy_a_sealed_bid,
        "BidBook",
        Patch(
            "BidBook.vy",
            "self, job_id, provider, price_usd6, units, salt))",
            "self, job_id, price_usd6, units, salt))",
        ),
    ),
    (
        attacks.snipe_once_prices_show,
        "BidBook",
        Patch(
            "BidBook.vy", '    assert block.timestamp <= book.seal_deadline, "bids: sealing is over"\n', ""
        ),
    ),
    (
        attacks.stall_by_a_seal,
        "BidBook",
        Patch(
            "BidBook.vy", "assert block.timestamp > book.open_deadline or book.opened", "assert book.opened"
        ),
    ),
    (
        attacks.win_without_a_bond,
        "StakeVault",
        Patch(
            "StakeVault.vy", '    assert amount_usd6 <= free_usd6, "vault: bond above the free stake"\n', ""
        ),
    ),
    (
        attacks.take_a_deposit_twice,
        "BidBook",
        Patch("BidBook.vy", "    bid.status = convert(bids.RETURNED, uint8)\n", ""),
    ),
    (
        attacks.look_at_prices_and_cancel,
        "BidBook",
        Patch("BidBook.vy", '    assert book.opened == 0, "bids: a bid has been opened"\n', ""),
    ),
    (
        attacks.cancel_anothers_auction,
        "JobBoard",
        Patch("modules/auctions.vy", '    assert msg.sender == order.buyer, "board: only the buyer"\n', ""),
    ),
    (
        attacks.order_again_at_once,
        "JobBoard",
        Patch("modules/orders.vy", "    known = staticcall BIDS.is_known(job_id)\n", ""),
    ),
    (
        attacks.ask_above_the_ceiling,
        "JobBoard",
        Patch(
            "modules/auctions.vy",
            '    assert bid.price_usd6 <= terms.ceiling_usd6, "board: the bid is above the ceiling"\n',
            "",
        ),
    ),
    (
        attacks.grind_a_smaller_address,
        "BidBook",
        Patch("modules/bids.vy", "(price_usd6 << 192) | (order << 160) |", "(price_usd6 << 192) |"),
    ),
    (
        attacks.bid_with_anothers_device,
        "BidBook",
        Patch("BidBook.vy", '    assert owner == provider, "bids: only the device\'s provider"\n', ""),
    ),
]
NAMES = [story[0].__name__ for story in STORIES]


@pytest.mark.parametrize("attack", [story[0] for story in STORIES], ids=NAMES)
def test_attack__on_the_contracts_as_they_are__gains_nothing(world: MarketWorld, attack: Attack) -> None:
    assert attack(world) == 0


@pytest.mark.parametrize(("attack", "name", "patch"), STORIES, ids=NAMES)
def test_attack__with_its_defence_taken_out__works(attack: Attack, name: str, patch: Patch) -> None:
    assert attack(market_world(3, variants={name: broken(name, patch)})) > 0

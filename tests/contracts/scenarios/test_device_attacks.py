"""Attacks on sales and buyouts of devices: each fails, and works once the one line that stops it is taken out.

Each story plays the attacker on a world and returns its loot: 0 where the contracts are sound.
"""

from collections.abc import Callable

import boa
import pytest

from tests.contracts.attacks import refused
from tests.contracts.broken import Patch, broken
from tests.contracts.offering_world import OfferingWorld, offering_world, shares
from tests.contracts.worlds import RECOVERY_SECONDS, TENDER_SECONDS, USD, deployer, role

Attack = Callable[[OfferingWorld], int]


def refund_twice(world: OfferingWorld) -> int:
    """Takes its refund again, out of the money of another."""
    offering_id, thief, victim = world.open(), world.investor("thief"), world.investor("victim")
    for account in (thief, victim):
        world.invest(offering_id, account, 20)
    world.offering.cancel(offering_id, sender=world.provider)
    before = world.usd.balanceOf(thief)
    world.offering.refund(offering_id, thief)
    refused(lambda: world.offering.refund(offering_id, thief))
    return int(world.usd.balanceOf(thief) - before - 200 * USD)


def oversell(world: OfferingWorld) -> int:
    """Two buyers each buy what was left when they looked."""
    offering_id = world.open()
    world.invest(offering_id, world.investor("first"), 60)
    refused(lambda: world.invest(offering_id, world.investor("second"), 60))
    return max(0, int(world.offering.offering(offering_id)[2]) - 100)


def activate_below_the_target(world: OfferingWorld) -> int:
    """Sells one share to itself and calls it a success."""
    offering_id = world.open(deadline=boa.env.timestamp + 10)
    world.invest(offering_id, world.investor("victim"), 1)
    boa.env.time_travel(seconds=10)
    boa.env.time_travel(seconds=1)
    refused(lambda: world.activate(offering_id))
    return int(world.offering.credit_of(world.provider))


def squeeze_out_below_the_threshold(world: OfferingWorld) -> int:
    """Owns a tenth and takes the rest for book value."""
    thief, victim = world.investor("thief"), world.investor("victim")
    share = world.sold_out({thief: 10, victim: 90})
    tender_id = world.bid(thief, share)
    world.tender.accept(tender_id, shares(10), sender=thief)
    boa.env.time_travel(seconds=TENDER_SECONDS)
    refused(lambda: world.tender.complete(tender_id))
    refused(lambda: world.tender.take(tender_id, [victim]))
    return int(share.balanceOf(victim) == 0)


def squeeze_out_for_nothing(world: OfferingWorld) -> int:
    """Owns nine tenths and offers a millionth of a dollar a share."""
    thief, victim = world.investor("thief"), world.investor("victim")
    share = world.sold_out({thief: 90, victim: 10})
    return int(not refused(lambda: world.bid(thief, share, 1)))


def squeeze_out_at_once(world: OfferingWorld) -> int:
    """Bids, accepts and completes before anyone can read the offer."""
    thief, victim = world.investor("thief"), world.investor("victim")
    share = world.sold_out({thief: 90, victim: 10})
    tender_id = world.bid(thief, share)
    world.tender.accept(tender_id, shares(90), sender=thief)
    return int(not refused(lambda: world.tender.complete(tender_id)))


def bidder_leaves_with_the_price(world: OfferingWorld) -> int:
    """Completes, then takes shares and money while a holder still may sell."""
    thief, victim = world.investor("thief"), world.investor("victim")
    share = world.sold_out({thief: 90, victim: 10})
    tender_id = world.bid(thief, share)
    world.tender.accept(tender_id, shares(90), sender=thief)
    boa.env.time_travel(seconds=TENDER_SECONDS)
    world.tender.complete(tender_id)
    return int(not refused(lambda: world.tender.end(tender_id)))


def strand_the_income_of_kept_shares(world: OfferingWorld) -> int:
    """Claims for the offering, which then does not know whose money that is."""
    offering_id, victim = world.open(cap=60, retained=0), world.investor("victim")
    world.invest(offering_id, victim, 60)
    share = world.activate(offering_id)
    world.income(share, 10 * USD)
    share.sync_income()
    refused(lambda: share.claim_for(world.offering.address))
    return int(10 * USD - world.offering.credit_income(offering_id, victim) > 1)  # one unit is dust


def recover_the_shares_of_a_living_holder(world: OfferingWorld) -> int:
    """A policy's agent takes a holder's shares before it can veto."""
    policy = deployer("AllowListPolicy").at(world.factory.create_allow_list(sender=world.provider))
    victim, thief = world.investor("victim"), role("thief")
    for wallet in (victim, thief):
        policy.register_identity(wallet, b"\x07" * 32, 1, sender=world.provider)
    share = world.sold_out({victim: 10}, policy=policy.address)
    share.announce_recovery(victim, thief, sender=world.provider)
    boa.env.time_travel(seconds=RECOVERY_SECONDS - 1)
    refused(lambda: share.finish_recovery(victim))
    return int(share.balanceOf(thief))


STORIES: list[tuple[Attack, str, Patch]] = [
    (
        refund_twice,
        "ShareOffering",
        Patch(
            "ShareOffering.vy",
            "    custody._remove(offering_id, member, shares)\n    amount: uint256 = shares * off",
            "    amount: uint256 = shares * off",
        ),
    ),
    (
        oversell,
        "ShareOffering",
        Patch(
            "ShareOffering.vy",
            '    assert offering.sold + shares <= sale.cap, "offering: fewer shares are left"\n',
            "",
        ),
    ),
    (
        activate_below_the_target,
        "ShareOffering",
        Patch(
            "ShareOffering.vy",
            " and offering.sold < offering.sale.target\n",
            " and offering.sold == 0\n",
        ),
    ),
    (
        squeeze_out_below_the_threshold,
        "DeviceTender",
        Patch(
            "DeviceTender.vy",
            "tender.accepted * BPS >= tender.supply * THRESHOLD_BPS",
            "tender.accepted != 0",
        ),
    ),
    (
        squeeze_out_for_nothing,
        "DeviceTender",
        Patch(
            "DeviceTender.vy",
            "price_usd6 * supply >= book_usd6 * SHARE",
            "price_usd6 * supply >= book_usd6",
        ),
    ),
    (
        squeeze_out_at_once,
        "DeviceTender",
        Patch(
            "DeviceTender.vy",
            '    assert block.timestamp >= tender.opened_at + NOTICE_SECONDS, "tender: the notice is not over"\n',
            "",
        ),
    ),
    (
        bidder_leaves_with_the_price,
        "DeviceTender",
        Patch(
            "DeviceTender.vy",
            '        assert over or tender.kept == tender.supply, "tender: holders still may sell"\n',
            "",
        ),
    ),
    (
        strand_the_income_of_kept_shares,
        "DeviceShare",
        Patch(
            "DeviceShare.vy",
            '    assert holder not in [OFFERING, TENDER], "share: kept for others"\n'
            "    return self._pay_holder(holder)\n",
            "    return self._pay_holder(holder)\n",
        ),
    ),
    (
        recover_the_shares_of_a_living_holder,
        "DeviceShare",
        Patch(
            "DeviceShare.vy",
            '    assert block.timestamp >= recovery.ready_at, "share: the notice is not over"\n',
            "",
        ),
    ),
]
NAMES = [story[0].__name__ for story in STORIES]


@pytest.fixture(scope="module")
def sound() -> OfferingWorld:
    return offering_world()


@pytest.mark.parametrize("attack", [story[0] for story in STORIES], ids=NAMES)
def test_attack__contracts_as_they_are__no_loot(sound: OfferingWorld, attack: Attack) -> None:
    assert attack(sound) == 0


@pytest.mark.parametrize(("attack", "name", "patch"), STORIES, ids=NAMES)
def test_attack__its_defence_taken_out__loot(attack: Attack, name: str, patch: Patch) -> None:
    assert attack(offering_world(**{name: broken(name, patch)})) > 0


def test_invest__token_keeps_a_fee__refused() -> None:
    usd = deployer("OddToken").deploy()
    world, investor = offering_world(usd), role("investor")
    usd.mint(investor, 1_000 * USD)
    usd.approve(world.offering.address, 2**255, sender=investor)
    usd.set_fee(1)
    offering_id = world.open()
    with boa.reverts("offering: less arrived than was sent"):
        world.invest(offering_id, investor, 1)


def test_refund__token_calls_back__paid_once() -> None:
    usd = deployer("OddToken").deploy()
    world, investor = offering_world(usd), role("investor")
    usd.mint(investor, 1_000 * USD)
    usd.approve(world.offering.address, 2**255, sender=investor)
    offering_id = world.open()
    world.invest(offering_id, investor, 1)
    usd.mint(world.offering.address, 1_000 * USD)  # a gift, which a second refund could eat
    world.offering.cancel(offering_id, sender=world.provider)
    again = world.offering.refund.prepare_calldata(offering_id, investor)
    usd.set_callback(world.offering.address, again)
    world.offering.refund(offering_id, investor)
    assert usd.callback_tried() and not usd.callback_worked()
    assert usd.balanceOf(investor) == 1_000 * USD

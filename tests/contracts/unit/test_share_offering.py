"""ShareOffering function by function: every bound and its neighbours."""

import boa
import pytest

from tests.contracts.offering_world import (
    ACTIVATION_SECONDS,
    ATTESTED,
    SALE_SECONDS,
    OfferingWorld,
    offering_world,
    shares,
)
from tests.contracts.worlds import USD, ZERO, deployer, logs_of, role

DAY = 86_400


@pytest.fixture(scope="module")
def parts() -> OfferingWorld:
    return offering_world()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"price_usd6": 0}, "offering: price is zero or above the limit"),
        ({"price_usd6": 10**15 + 1}, "offering: price is zero or above the limit"),
        ({"target": 0}, "offering: target is zero or above the cap"),
        ({"target": 101}, "offering: target is zero or above the cap"),
        ({"cap": 10**12 + 1}, "offering: too many shares"),
        ({"retained": 10**12 + 1}, "offering: too many shares"),
        ({"cap": 10**12, "retained": 1}, "factory: supply above the limit"),
        ({"spec_hash": b"\x09" * 32}, "offering: another specification"),
        ({"attestation_hash": bytes(32)}, "offering: another attestation"),
    ],
)
def test_open_offering__bad_sale__reverts(parts: OfferingWorld, changed: dict, reason: str) -> None:
    with boa.reverts(reason):
        parts.open(**changed)


def test_open_offering__times__bounds(parts: OfferingWorld) -> None:
    now = boa.env.timestamp
    longest, last = now + 180 * DAY, now + 270 * DAY
    for deadline, activation, reason in (
        (now, now, "offering: the deadline is past"),
        (longest + 1, longest + 1, "offering: the sale is too long"),
        (now + 10, now + 9, "offering: activation ends before the sale"),
        (longest, last + 1, "offering: activation takes too long"),
    ):
        with boa.reverts(reason):
            parts.open(deadline=deadline, activation_deadline=activation)
    parts.open(deadline=longest, activation_deadline=last)
    parts.open(deadline=now + 1, activation_deadline=now + 1)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"operator_cut_bps": 5_001}, "factory: operator cut above the limit"),
        ({"name": ""}, "factory: empty name"),
        ({"symbol": ""}, "factory: empty symbol"),
        ({"policy": "0x" + "11" * 20}, "factory: the policy has no code"),
        ({"cost_usd6": 0}, "schedule: a cost is missing"),
        ({"cost_usd6": 10**18 + 1}, "schedule: cost above the limit"),
        ({"salvage_usd6": 1_000 * USD + 1}, "schedule: salvage above cost"),
        ({"life_seconds": 0}, "schedule: life is zero"),
        ({"life_seconds": 100 * 365 * DAY + 1}, "schedule: life above the limit"),
    ],
)
def test_open_offering__bad_terms__reverts_now_and_not_at_the_activation(
    parts: OfferingWorld, changed: dict, reason: str
) -> None:
    with boa.reverts(reason):
        parts.open(parts.terms(**changed))


def test_open_offering__by_others_or_of_an_unfit_device__reverts(parts: OfferingWorld) -> None:
    with boa.env.prank(role("stranger")), boa.reverts("offering: the provider does not hold the deed"):
        parts.offering.open_offering(bytes(32), parts.sale(), parts.terms())
    parts.open()
    parts.salts -= 1
    with boa.reverts("offering: opened already"):
        parts.open()
    with boa.env.prank(parts.provider):
        parts.registry.retire_device(parts.device_id)
    with boa.reverts("offering: the device is retired"):
        parts.open()


def test_pause_new_offerings__guardian__open_ones_go_on(parts: OfferingWorld) -> None:
    offering_id, investor = parts.open(), parts.investor("investor")
    with boa.env.prank(role("stranger")), boa.reverts("guardian: only the guardian in its time"):
        parts.offering.pause_new_offerings()
    parts.offering.pause_new_offerings(sender=parts.guardian)
    with boa.reverts("guardian: new business is paused"):
        parts.open()
    parts.invest(offering_id, investor, 100)
    parts.activate(offering_id)
    parts.offering.deliver(offering_id, investor)
    boa.env.time_travel(seconds=7 * DAY)
    with boa.reverts("offering: the device has shares"):
        parts.open()  # past the pause


def test_invest__bounds__exact_price(parts: OfferingWorld) -> None:
    offering_id, investor = parts.open(), parts.investor("investor")
    for count, reason in ((0, "offering: no shares"), (101, "offering: fewer shares are left")):
        with boa.reverts(reason):
            parts.invest(offering_id, investor, count)
    assert parts.invest(offering_id, investor, 99) == 990 * USD
    with boa.reverts("offering: fewer shares are left"):
        parts.invest(offering_id, investor, 2)
    parts.invest(offering_id, investor, 1)
    assert parts.usd.balanceOf(parts.offering.address) == 1_000 * USD
    assert parts.offering.shares_of(offering_id, investor) == 100
    with boa.reverts("offering: unknown"):
        parts.invest(bytes(32), investor, 1)


def test_invest__deadline__inclusive(parts: OfferingWorld) -> None:
    offering_id, investor = parts.open(), parts.investor("investor")
    boa.env.time_travel(seconds=SALE_SECONDS)
    parts.invest(offering_id, investor, 1)
    boa.env.time_travel(seconds=1)
    with boa.reverts("offering: the sale is over"):
        parts.invest(offering_id, investor, 1)


def test_activate__target__one_short_refunds_whole(parts: OfferingWorld) -> None:
    offering_id, investor = parts.open(), parts.investor("investor")
    parts.invest(offering_id, investor, 59)
    with boa.reverts("offering: it has not failed"):
        parts.offering.refund(offering_id, investor)
    boa.env.time_travel(seconds=SALE_SECONDS + 1)
    assert parts.offering.is_failed(offering_id)
    with boa.reverts("offering: it has failed, investors take refunds"):
        parts.activate(offering_id)
    before = parts.usd.balanceOf(investor)
    parts.offering.refund(offering_id, investor, sender=role("stranger"))
    assert parts.usd.balanceOf(investor) - before == 590 * USD
    with boa.reverts("offering: nothing to refund"):
        parts.offering.refund(offering_id, investor)


def test_activate__on_the_target__makes_what_was_sold_and_the_retained_part(parts: OfferingWorld) -> None:
    offering_id, investor = parts.open(), parts.investor("investor")
    parts.invest(offering_id, investor, 60)
    with boa.reverts("offering: still selling"):
        parts.activate(offering_id)
    boa.env.time_travel(seconds=SALE_SECONDS + 1)
    with boa.env.prank(role("stranger")), boa.reverts("offering: caller is not the provider"):
        parts.offering.activate(offering_id)
    share = parts.activate(offering_id)
    assert share.totalSupply() == shares(80)
    assert share.balanceOf(parts.provider) == shares(20)
    assert parts.registry.device(parts.device_id).payee == share.address
    assert parts.offering.credit_of(parts.provider) == 600 * USD
    for act in (parts.offering.activate, parts.offering.cancel):
        with boa.reverts("offering: activated already"):
            act(offering_id, sender=parts.provider)
    with boa.reverts("offering: it has not failed"):
        parts.offering.refund(offering_id, investor)
    assert parts.offering.deliver(offering_id, investor) == shares(60)
    with boa.reverts("offering: nothing to deliver"):
        parts.offering.deliver(offering_id, investor)
    parts.offering.withdraw(parts.provider)
    assert parts.usd.balanceOf(parts.provider) == 600 * USD
    assert parts.usd.balanceOf(parts.offering.address) == 0


def test_activate__deadline__inclusive_then_refunds(parts: OfferingWorld) -> None:
    investor = parts.investor("investor")
    for late in (0, 1):
        with boa.env.anchor():
            offering_id = parts.open()
            parts.invest(offering_id, investor, 60)
            boa.env.time_travel(seconds=SALE_SECONDS + ACTIVATION_SECONDS + late)
            if late:
                with boa.reverts("offering: it has failed, investors take refunds"):
                    parts.activate(offering_id)
                assert parts.offering.refund(offering_id, investor) == 600 * USD
            else:
                parts.activate(offering_id)


def test_activate__documents_or_deed_changed__refused(parts: OfferingWorld) -> None:
    offering_id, investor = parts.open(), parts.investor("investor")
    parts.invest(offering_id, investor, 100)
    with boa.env.anchor():
        parts.registry.attest_device(parts.device_id, b"\x08" * 32, sender=parts.provider)
        with boa.reverts("offering: another attestation"):
            parts.activate(offering_id)
    with boa.env.anchor():
        token = int.from_bytes(parts.device_id, "big")
        parts.registry.transferFrom(parts.provider, investor, token, sender=parts.provider)
        with boa.reverts("offering: the provider does not hold the deed"):
            parts.activate(offering_id)
    parts.activate(offering_id)


def test_cancel__before_the_activation__refunds_at_once(parts: OfferingWorld) -> None:
    offering_id, investor = parts.open(), parts.investor("investor")
    parts.invest(offering_id, investor, 100)
    with boa.env.prank(investor), boa.reverts("offering: caller is not the provider"):
        parts.offering.cancel(offering_id)
    parts.offering.cancel(offering_id, sender=parts.provider)
    with boa.reverts("offering: cancelled already"):
        parts.offering.cancel(offering_id, sender=parts.provider)
    with boa.reverts("offering: the sale is over"):
        parts.invest(offering_id, investor, 1)
    with boa.reverts("offering: it has failed, investors take refunds"):
        parts.activate(offering_id)
    assert parts.offering.refund(offering_id, investor) == 1_000 * USD


def test_inv_10__income_before_delivery__is_the_investors(parts: OfferingWorld) -> None:
    offering_id = parts.open(cap=60, retained=40)
    early, late = parts.investor("early"), parts.investor("late")
    parts.invest(offering_id, early, 20)
    parts.invest(offering_id, late, 40)
    share = parts.activate(offering_id)
    parts.income(share, 100 * USD)
    parts.offering.deliver(offering_id, early)
    assert parts.offering.credit_of(early) == 20 * USD
    parts.income(share, 100 * USD)
    with boa.reverts("share: kept for others"):
        share.claim_for(parts.offering.address)
    assert parts.offering.credit_income(offering_id, late) == 80 * USD
    assert parts.offering.credit_income(offering_id, late) == 0
    assert share.claimable(early) == 20 * USD
    parts.offering.deliver(offering_id, late)
    for account, due in ((early, 20), (late, 80)):
        before = parts.usd.balanceOf(account)
        assert parts.offering.withdraw(account) == due * USD
        assert parts.usd.balanceOf(account) - before == due * USD
    assert share.claimable(parts.provider) == 80 * USD


def test_attest_device__provider_only__read_and_logged(parts: OfferingWorld) -> None:
    with boa.env.prank(role("stranger")), boa.reverts("registry: caller is not the provider"):
        parts.registry.attest_device(parts.device_id, bytes(32))
    assert parts.registry.attestation_of(parts.device_id) == ATTESTED
    parts.registry.attest_device(parts.device_id, bytes(32), sender=parts.provider)
    (event,) = logs_of(parts.registry, "DeviceAttested")
    assert event.attestation_hash == bytes(32)


def test_init__bad_addresses__reverts() -> None:
    offering, usd = deployer("ShareOffering"), deployer("TestUSD").deploy()
    with boa.reverts("offering: the stablecoin has no code"):
        offering.deploy(role("usd"), usd.address, usd.address, ZERO, 0)
    with boa.reverts("offering: the registry has no code"):
        offering.deploy(usd.address, role("registry"), usd.address, ZERO, 0)
    with boa.reverts("offering: the share factory is the zero address"):
        offering.deploy(usd.address, usd.address, ZERO, ZERO, 0)

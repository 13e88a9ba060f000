"""post_ask, withdraw_ask, ask_of, award."""

import boa
import pytest

from assay.protocol.generated.structs import Pick
from tests.contracts.market_world import MarketWorld
from tests.contracts.worlds import USD, ZERO, logs_of, register, role


def test_post_ask__provider__stores_and_replaces(world: MarketWorld) -> None:
    one = world.providers[1]
    with boa.env.prank(one.address):
        world.auction.post_ask(one.device_id, 5, 7)
    event = logs_of(world.auction, "AskPosted")[0]
    assert (event.device_id, event.provider, event.price_per_hour_usd6, event.max_units) == (
        one.device_id, one.address, 5, 7,
    )  # fmt: skip
    ask = world.auction.ask_of(one.device_id)
    assert (ask.provider, ask.price_per_hour_usd6, ask.max_units) == (one.address, 5, 7)


@pytest.mark.parametrize(
    ("price", "units", "cause"),
    [(0, 1, "price is zero"), (10**12 + 1, 1, "price too high"), (1, 0, "max units is zero")],
)
def test_post_ask__bad_number__reverts(world: MarketWorld, price: int, units: int, cause: str) -> None:
    one = world.providers[1]
    with boa.env.prank(one.address), boa.reverts("auction: " + cause):
        world.auction.post_ask(one.device_id, price, units)


def test_post_ask__highest_price_and_units__is_accepted(world: MarketWorld) -> None:
    one = world.providers[1]
    with boa.env.prank(one.address):
        world.auction.post_ask(one.device_id, 10**12, 2**32 - 1)


def test_post_ask__non_owner_or_unknown_device_or_retired__reverts(world: MarketWorld) -> None:
    one = world.providers[1]
    with boa.env.prank(world.stranger), boa.reverts("auction: only the device's provider"):
        world.auction.post_ask(one.device_id, 1, 1)
    with boa.env.prank(one.address):
        with pytest.raises(boa.BoaError):
            world.auction.post_ask(b"\x77" * 32, 1, 1)
        world.registry.retire_device(one.device_id)
        with boa.reverts("auction: the device is retired"):
            world.auction.post_ask(one.device_id, 1, 1)


def test_withdraw_ask__provider__removes_it(world: MarketWorld) -> None:
    one = world.providers[1]
    with boa.env.prank(world.stranger), boa.reverts("auction: only the provider of the ask"):
        world.auction.withdraw_ask(one.device_id)
    with boa.env.prank(one.address):
        world.auction.withdraw_ask(one.device_id)
        assert world.auction.ask_of(one.device_id).provider == ZERO
        with boa.reverts("auction: no ask"):
            world.auction.withdraw_ask(one.device_id)


def picks_of(world: MarketWorld, *units: int) -> list[Pick]:
    return [Pick(one.device_id, count) for one, count in zip(world.providers, units, strict=False)]


def test_award__good_picks__are_priced_by_the_lot(world: MarketWorld) -> None:
    awardees = world.award(picks_of(world, 2, 2, 2, 2), world.terms())
    for row, one in zip(awardees, world.providers, strict=False):
        assert row[0] == one.address
        assert row[1] == one.device_id
        assert row[3] == -(-one.price_per_hour * 3 // 3600)
        assert row[4] == 2
    assert awardees[0][2] == world.providers[0].share.address
    assert awardees[1][2] == world.providers[1].address


@pytest.mark.parametrize(
    ("units", "cause"),
    [
        ((2, 2, 2, 1), "units do not add up to lots x (seats + spares)"),
        ((2, 2, 2, 2, 1), "units do not add up to lots x (seats + spares)"),
        ((), "units do not add up to lots x (seats + spares)"),
        ((3, 2, 2, 1), "more units than lots"),
        ((0, 2, 2, 2, 2), "units is zero"),
    ],
)
def test_award__bad_units__reverts(world: MarketWorld, units: tuple[int, ...], cause: str) -> None:
    with boa.reverts("auction: " + cause):
        world.award(picks_of(world, *units), world.terms())


def test_award__one_provider_twice__reverts(world: MarketWorld) -> None:
    one = world.providers[3]
    other = register(world.registry, one.address, b"\x55" * 32)
    with boa.env.prank(one.address):
        world.auction.post_ask(other, one.price_per_hour, 10)
    picks = [*picks_of(world, 2, 2), Pick(one.device_id, 2), Pick(other, 2)]
    with boa.reverts("auction: a provider is picked twice"):
        world.award(picks, world.terms())


def test_award__descending_price__reverts_and_equal_prices_do_not(world: MarketWorld) -> None:
    picks = picks_of(world, 2, 2, 2, 2)
    with boa.reverts("auction: picks are not in ascending price"):
        world.award(picks[::-1], world.terms())
    for one in world.providers:
        with boa.env.prank(one.address):
            world.auction.post_ask(one.device_id, 1_000 * USD, 10)
    world.award(picks[::-1], world.terms())


def test_award__units_above_the_ask__reverts(world: MarketWorld) -> None:
    one = world.providers[0]
    with boa.env.prank(one.address):
        world.auction.post_ask(one.device_id, one.price_per_hour, 1)
    with boa.reverts("auction: more units than the ask allows"):
        world.award(picks_of(world, 2, 2, 2, 2), world.terms())


def test_award__ask_exactly_at_the_ceiling__is_taken(world: MarketWorld) -> None:
    dearest = -(-world.providers[3].price_per_hour * 3 // 3600)
    world.award(picks_of(world, 2, 2, 2, 2), world.terms(ceiling_usd6=dearest))
    with boa.reverts("auction: the ask is above the ceiling"):
        world.award(picks_of(world, 2, 2, 2, 2), world.terms(ceiling_usd6=dearest - 1))


def test_award__no_ask_retired_or_other_class__reverts(world: MarketWorld) -> None:
    picks, one = picks_of(world, 2, 2, 2, 2), world.providers[2]
    with boa.reverts("auction: a picked device has another runtime class"):
        world.award(picks, world.terms(runtime_class=b"\x99" * 32))
    with boa.env.prank(one.address):
        world.registry.retire_device(one.device_id)
    with boa.reverts("auction: a picked device is retired"):
        world.award(picks, world.terms())
    with boa.env.prank(one.address):
        world.auction.withdraw_ask(one.device_id)
    with boa.reverts("auction: a picked device has no ask"):
        world.award(picks, world.terms())


def test_award__deed_sold_since_the_ask__reverts(world: MarketWorld) -> None:
    one = world.providers[2]
    with boa.env.prank(one.address):
        world.registry.transferFrom(one.address, role("collector"), int.from_bytes(one.device_id, "big"))
    with boa.reverts("auction: the deed has changed hands since the ask"):
        world.award(picks_of(world, 2, 2, 2, 2), world.terms())

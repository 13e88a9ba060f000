"""assay.protocol.quoting: who takes a job, at what price, and why the others do not."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.protocol.pricing import MarketParams, bond_usd6, seat_price_usd6
from assay.protocol.quoting import MAX_AWARDEES, Offer, QuoteError, lay_units, quote

PARAMS = MarketParams(
    fee_bps=200,
    poke_price_usd6=1_000,
    cancel_fee_bps=1_000,
    trusted_bond_bps=1_000,
    replicated_bond_bps=10_000,
    seed_delay_blocks=2,
    delivery_window_seconds=10,
    refereed_bond_bps=20_000,
    path_moves=40,
    move_price_usd6=1_000,
    low_window_seconds=30,
    mid_window_seconds=300,
    high_window_seconds=3_000,
    window_slack_seconds=10,
)
CLASS_A, CLASS_B = "0x" + "aa" * 32, "0x" + "bb" * 32
RICH = 10**12


@dataclass(frozen=True)
class FakePlan:
    lots: int = 12
    lot_seconds: int = 30


def make_offer(number: int, price: int | None = 3_600_000, **changes: object) -> Offer:
    """Device `number` of provider `number`: 1 USD an hour per 1_000_000, all it takes to be picked."""
    base = Offer(
        device_id=f"0x{number:064x}",
        provider=f"0x{number:040x}",
        name=f"device {number}",
        runtime_class=CLASS_A,
        payee=f"0x{number:040x}",
        retired=False,
        price_per_hour_usd6=price,
        max_units=4_096,
        free_stake_usd6=RICH,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def codes(refused: object) -> dict[str, str]:
    return {refusal.name: refusal.code for refusal in refused}  # type: ignore[attr-defined]


def test_quote__three_providers_three_places__each_takes_a_third() -> None:
    result = quote(FakePlan(), [make_offer(n) for n in (1, 2, 3)], 3, 2, 1, None, PARAMS)
    assert [pick.units for pick in result.picks] == [12, 12, 12]
    assert result.price.ceiling_usd6 == 30_000
    assert result.price.escrow_usd6 == 12 * (2 * (30_000 + 600) + 1_000) + 1_000
    assert (
        result.price.worst_case_usd6 == result.price.refund_if_cancelled_now_usd6 == result.price.escrow_usd6
    )
    assert result.refused == []


def test_quote__dearer_device_not_needed__said_so_and_not_in_the_ceiling() -> None:
    offers = [make_offer(1), make_offer(2), make_offer(3), make_offer(4, 9_000_000)]
    result = quote(FakePlan(), offers, 3, 2, 1, None, PARAMS)
    assert result.price.ceiling_usd6 == 30_000
    assert codes(result.refused) == {"device 4": "not_needed"}


def test_quote__equal_price__shares_the_work_among_all() -> None:
    result = quote(FakePlan(), [make_offer(n) for n in range(1, 7)], 3, 2, 1, None, PARAMS)
    assert [pick.units for pick in result.picks] == [6] * 6


def test_quote__each_cause__has_its_code() -> None:
    offers = [
        make_offer(1),
        make_offer(2),
        make_offer(3, retired=True),
        make_offer(4, None),
        make_offer(5, None, ask_withdrawn=True),
        make_offer(6, runtime_class=CLASS_B),
        make_offer(7, free_stake_usd6=29_999),
        make_offer(8, 5_000_000),
        make_offer(9, max_units=0),
        make_offer(10, provider=f"0x{1:040x}", price_per_hour_usd6=3_700_000),
    ]
    result = quote(FakePlan(), offers, 3, 2, 0, 4_000_000, PARAMS)
    assert codes(result.refused) == {
        "device 3": "retired",
        "device 4": "no_ask",
        "device 5": "ask_withdrawn",
        "device 6": "other_runtime_class",
        "device 7": "stake_too_small",
        "device 8": "over_price_cap",
        "device 9": "no_capacity",
        "device 10": "provider_taken",
    }
    shortfall = next(r for r in result.refused if r.code == "stake_too_small")
    assert "0.000001 USD short" in shortfall.reason


def test_quote__two_classes__the_cheaper_feasible_one_wins() -> None:
    offers = [make_offer(1, 900_000)] + [make_offer(n, 3_000_000, runtime_class=CLASS_B) for n in (2, 3)]
    result = quote(FakePlan(), offers, 3, 2, 0, None, PARAMS)
    assert result.runtime_class == CLASS_B
    assert codes(result.refused) == {"device 1": "other_runtime_class"}


@pytest.mark.parametrize(
    ("offers", "cap", "code"),
    [
        ([], None, "not_enough_providers"),
        ([make_offer(1), make_offer(2)], None, "not_enough_providers"),
        (
            [make_offer(1), make_offer(1, device_id="0x99"), make_offer(2)],
            None,
            "not_enough_providers",
        ),
        ([make_offer(n) for n in (1, 2, 3)], 1, "nothing_under_cap"),
        ([make_offer(n, max_units=11) for n in (1, 2, 3)], None, "not_enough_capacity"),
        ([make_offer(n, free_stake_usd6=30_000 * 11) for n in (1, 2, 3)], None, "not_enough_capacity"),
    ],
)
def test_quote__impossible__says_what_is_missing(offers: list[Offer], cap: int | None, code: str) -> None:
    with pytest.raises(QuoteError) as caught:
        quote(FakePlan(), offers, 3, 2, 1, cap, PARAMS)
    assert caught.value.code == code
    assert caught.value.detail


@pytest.mark.parametrize(
    ("grade", "seats", "spares", "lots", "seconds"),
    [
        (2, 1, 0, 1, 1),
        (1, 2, 0, 1, 1),
        (3, 1, 0, 1, 1),
        (3, 6, 0, 1, 1),
        (3, 2, 3, 1, 1),
        (3, 2, -1, 1, 1),
        (3, 2, 1, 0, 1),
        (3, 2, 1, 4_097, 1),
        (3, 2, 1, 1, 0),
    ],
)
def test_quote__terms_out_of_bounds__bad_terms(
    grade: int, seats: int, spares: int, lots: int, seconds: int
) -> None:
    with pytest.raises(QuoteError) as caught:
        quote(
            FakePlan(lots, seconds), [make_offer(n) for n in range(1, 12)], grade, seats, spares, None, PARAMS
        )
    assert caught.value.code == "bad_terms"


def test_quote__more_providers_than_the_market_takes__twenty_largest() -> None:
    offers = [make_offer(n, max_units=n) for n in range(1, 41)]
    result = quote(FakePlan(lots=200), offers, 3, 2, 1, None, PARAMS)
    assert len(result.picks) == MAX_AWARDEES
    assert {int(pick.device_id, 16) for pick in result.picks} == set(range(21, 41))


@given(
    offers=st.lists(
        st.builds(
            lambda number, price, units, stake, klass, provider: make_offer(
                number,
                price,
                max_units=units,
                free_stake_usd6=stake,
                runtime_class=klass,
                provider=f"0x{provider:040x}",
            ),
            st.integers(1, 10**9),
            st.one_of(st.none(), st.integers(0, 10**9)),
            st.integers(0, 5_000),
            st.integers(0, 10**9),
            st.sampled_from([CLASS_A, CLASS_B]),
            st.integers(1, 12),
        ),
        max_size=40,
        unique_by=lambda offer: offer.device_id,
    ),
    lots=st.integers(1, 300),
    seconds=st.integers(1, 10_000),
    grade_seats=st.sampled_from([(1, 1), (3, 2), (3, 3), (3, 5)]),
    spare=st.integers(0, 5),
    cap=st.one_of(st.none(), st.integers(0, 10**9)),
)
def test_quote__any_offers__satisfies_the_contract_rules_or_refuses_each(
    offers: list[Offer], lots: int, seconds: int, grade_seats: tuple[int, int], spare: int, cap: int | None
) -> None:
    grade, seats = grade_seats
    spares = min(spare, seats)
    known = {offer.device_id: offer for offer in offers}
    try:
        result = quote(FakePlan(lots, seconds), offers, grade, seats, spares, cap, PARAMS)
    except QuoteError as error:
        assert error.code in {"nothing_under_cap", "not_enough_providers", "not_enough_capacity"}
        return
    picked = [known[pick.device_id] for pick in result.picks]
    assert sum(pick.units for pick in result.picks) == lots * (seats + spares)
    assert len({offer.provider for offer in picked}) == len(picked) <= MAX_AWARDEES
    asks = [offer.price_per_hour_usd6 or 0 for offer in picked]
    assert asks == sorted(asks)
    assert result.price.ceiling_usd6 == seat_price_usd6(asks[-1], seconds)
    for pick, offer in zip(result.picks, picked, strict=True):
        bond = bond_usd6(seat_price_usd6(offer.price_per_hour_usd6 or 0, seconds), grade, 0, PARAMS)
        assert 0 < pick.units <= min(lots, offer.max_units)
        assert pick.units * bond <= offer.free_stake_usd6
        assert offer.runtime_class == result.runtime_class
        assert cap is None or (offer.price_per_hour_usd6 or 0) <= cap
    assert {refusal.device_id for refusal in result.refused} == set(known) - {
        p.device_id for p in result.picks
    }
    price = result.price
    assert price.seats_total_usd6 + price.fee_usd6 + price.pokes_usd6 == price.escrow_usd6
    assert 0 <= price.refund_if_cancelled_after_draw_usd6 <= price.escrow_usd6
    assert price.expected_usd6 <= price.escrow_usd6


@given(capacities=st.lists(st.integers(0, 5_000), min_size=1, max_size=20), part=st.floats(0, 1))
def test_lay_units__any_capacities__exact_sum_within_each(capacities: list[int], part: float) -> None:
    if sum(capacities) == 0:
        return
    need = int(sum(capacities) * part)
    units = lay_units(capacities, need)
    assert sum(units) == need
    assert all(0 <= unit <= capacity for unit, capacity in zip(units, capacities, strict=True))


EXACT = FakePlan(lots=2, lot_seconds=60)  # at 3.6 USD an hour a seat costs 6 cents


def test_quote__exact_job__devices_of_any_class_and_no_class_in_the_terms() -> None:
    offers = [make_offer(1), make_offer(2, runtime_class=CLASS_B)]
    result = quote(EXACT, offers, 4, 2, 0, None, PARAMS, exact=True)
    assert result.runtime_class == "0x" + "00" * 32
    assert {pick.device_id for pick in result.picks} == {offer.device_id for offer in offers}
    assert not result.refused


def test_quote__refereed_native_job__refused() -> None:
    with pytest.raises(
        QuoteError, match=r"must be 1 \(trusted\), 2 \(sampled\), 3 \(replicated\)\."
    ) as caught:
        quote(EXACT, [make_offer(1)], 4, 1, 0, None, PARAMS)
    assert caught.value.code == "bad_terms"


@pytest.mark.parametrize(("grade", "least"), [(4, 40_000), (3, 80_000)])
def test_quote__exact_seat_below_the_cost_of_disputing_it__refused_with_the_least_price(
    grade: int, least: int
) -> None:
    assert PARAMS.least_disputable_price_usd6(grade) == least
    seats = 1 if grade == 4 else 2
    enough = [make_offer(n, least * 60) for n in (1, 2)]
    assert quote(EXACT, enough, grade, seats, 0, None, PARAMS, exact=True).price.ceiling_usd6 == least
    short = [make_offer(n, least * 60 - 60) for n in (1, 2)]
    with pytest.raises(QuoteError, match="too cheap to be disputed") as caught:
        quote(EXACT, short, grade, seats, 0, None, PARAMS, exact=True)
    assert caught.value.code == "too_cheap"
    assert all(f"at least {least / 1e6:g} USD" in refusal.reason for refusal in caught.value.refused)


def test_quote__trusted_exact_job__nothing_to_dispute_and_no_least_price() -> None:
    result = quote(EXACT, [make_offer(1, 60)], 1, 1, 0, None, PARAMS, exact=True)
    assert result.price.ceiling_usd6 == 1


@pytest.mark.parametrize(("escrow", "window"), [(99, 30), (100, 300), (9_999, 300), (10_000, 3_000)])
def test_window_seconds__by_the_value_of_the_job(escrow: int, window: int) -> None:
    assert PARAMS.window_seconds(4, escrow * 10**6, 1) == window
    assert PARAMS.window_seconds(4, escrow * 10**6, 5_000) == 10_010
    assert PARAMS.window_seconds(3, escrow * 10**6, 5_000) == 10


def test_quote__refereed_lot_longer_than_a_day__refused() -> None:
    plan = FakePlan(lots=1, lot_seconds=86_401)
    with pytest.raises(QuoteError, match="at most 86400"):
        quote(plan, [make_offer(1)], 4, 1, 0, None, PARAMS, exact=True)
    assert quote(plan, [make_offer(1)], 1, 1, 0, None, PARAMS, exact=True).price.ceiling_usd6 > 0

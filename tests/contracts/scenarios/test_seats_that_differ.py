"""Lots of exact jobs from tags to settlement: who wins when roots differ, who pays, and where each unit goes.

The game is a mock that rules as it is told; the real one is in test_disputed_job.py.
"""

from typing import Any

import boa
import pytest

from tests.contracts.attacks import own_job
from tests.contracts.exact_job import BY_CLOCK, BY_LEAF, DEFENDED, ExactJob, Split, exact_job
from tests.contracts.market_world import (
    CLOCK,
    CLOSED,
    CONVICTED,
    DEFAULTED,
    LEAF,
    LOT_CLOSED,
    NO_REVEAL,
    NO_SPARE,
    PAID,
    POKE,
    REFEREED,
    REPLICATED,
    REVEALING,
    SETTLED_AGREED,
    SETTLED_QUIET,
    SETTLED_UPHELD,
    UNPAID,
    WINDOW,
    MarketWorld,
    budget_of,
    fee_of,
)
from tests.contracts.worlds import logs_of, role

DELIVERY = 10  # devnet


def statuses(job: ExactJob, lot: int = 0) -> list[int]:
    return [job.status(lot, place) for place in range(job.lot(lot).active)]


def settle(job: ExactJob, event: str = "LotClosed") -> list[Any]:
    """The first lot is poked to its end; what was logged under this name."""
    job.pass_deadline(0)
    job.poke(0)
    logged = logs_of(job.world.market, event)
    assert job.lot(0).phase == LOT_CLOSED
    job.world.check_solvent()
    return logged


def held(world: MarketWorld, account: str) -> int:
    """Credit of an account, or what its share holds."""
    if world.factory.is_share(account):
        return int(world.usd.balanceOf(account))
    return int(world.escrow.credit_of(account))


# --- windows ---


def test_refereed__one_seat__waits_its_window_and_settles_quietly(world: MarketWorld) -> None:
    job = exact_job(world)
    job.show(0)
    start = boa.env.evm.patch.timestamp
    assert job.lot(0).deadline == start + job.state().window_seconds
    settle(job)
    assert (job.state().reason, statuses(job)) == (SETTLED_QUIET, [PAID])


@pytest.mark.parametrize(("grade", "reason"), [(REPLICATED, SETTLED_AGREED), (REFEREED, SETTLED_QUIET)])
def test_equal_roots__settle_without_a_dispute(world: MarketWorld, grade: int, reason: int) -> None:
    job = exact_job(world, grade, 2)
    job.show(0, 0)
    window = DELIVERY if grade == REPLICATED else job.state().window_seconds
    assert job.lot(0).deadline == boa.env.evm.patch.timestamp + window
    assert logs_of(world.market, "LotContested") == []
    settle(job)
    assert (job.lot(0).reason, job.state().reason, statuses(job)) == (reason, reason, [PAID, PAID])


def test_tags_that_differ__call_no_spare_and_ask_for_all_roots(world: MarketWorld) -> None:
    job = exact_job(world, REPLICATED, 2, spares=2)
    for place, lie in enumerate((0, 1)):
        job.seal(0, place, lie)
    for place, lie in enumerate((0, 1)):
        job.tag(0, place, lie)
    lot = job.lot(0)
    assert (lot.phase, lot.active, lot.winning_tag) == (REVEALING, 2, b"\0" * 32)
    job.reveal(0, 1, 1)
    assert job.lot(0).phase == REVEALING
    job.reveal(0, 0)
    contested = logs_of(world.market, "LotContested")[0]
    assert job.lot(0).phase == WINDOW
    assert contested.window_end == job.lot(0).deadline == boa.env.evm.patch.timestamp + 30


def test_two_of_three_equal__is_no_agreement_where_claims_can_be_disputed(world: MarketWorld) -> None:
    job = exact_job(world, REPLICATED, 3)
    job.show(1, 0, 0)
    assert (job.lot(0).phase, job.lot(0).winning_tag) == (WINDOW, b"\0" * 32)


# --- the earlier defends, the other challenges ---


def test_earlier_is_right__later_falls_by_the_clock_and_half_of_its_bond_is_the_earlier_ones(
    world: MarketWorld,
) -> None:
    job = exact_job(world, REPLICATED, 2)
    job.show(0, 1)
    bond, split = job.bond(0, 1), Split.of(job.bond(0, 1))
    payee = job.awardees[job.ring.seat(0, 0)].payee
    before = {name: held(world, account) for name, account in
              (("payee", payee), ("buyer", world.buyer), ("poker", world.stranger))}  # fmt: skip
    burned, kitty = world.escrow.burned_usd6(), world.escrow.kitty_usd6()
    (convicted,) = settle(job, "ProviderConvicted")
    assert (convicted.place, convicted.slashed_usd6, convicted.reason) == (1, bond, CLOCK)
    assert statuses(job) == [PAID, CONVICTED]
    assert (job.lot(0).reason, job.state().reason, job.state().state) == (
        SETTLED_UPHELD,
        SETTLED_UPHELD,
        CLOSED,
    )
    price = job.price(0, 0)
    assert held(world, payee) - before["payee"] == price + split.challenger
    refund = budget_of(job.terms) - price - fee_of(price) - POKE
    assert held(world, world.buyer) - before["buyer"] == refund + split.buyer
    assert held(world, world.stranger) - before["poker"] == 2 * POKE
    assert world.escrow.burned_usd6() - burned == split.burned
    assert world.escrow.kitty_usd6() - kitty == split.kitty
    assert world.escrow.job_balance(job.job_id) == 0


def test_earlier_is_wrong__falls_by_leaf_and_the_later_one_is_paid_after_a_fresh_window(
    world: MarketWorld,
) -> None:
    job = exact_job(world, REFEREED, 2)
    job.show(1, 0)
    challenger = job.holder(0, 1)
    claim = job.challenge(0, 0, 1)
    job.pass_deadline(0, 500)
    job.rule(claim, BY_LEAF, challenger)
    before = held(world, challenger)
    closer = role("closer")
    job.enforce(claim, closer)
    split = Split.of(job.bond(0, 0))
    assert held(world, challenger) - before == split.challenger
    assert (held(world, closer), world.escrow.kitty_usd6()) == (POKE, split.kitty)
    lot = job.lot(0)
    assert (lot.phase, lot.contested, lot.deadline) == (WINDOW, False, boa.env.evm.patch.timestamp + 30)
    with boa.reverts("market: nothing due"):
        job.poke(0)
    settle(job)
    assert (statuses(job), job.lot(0).reason) == ([CONVICTED, PAID], SETTLED_UPHELD)


def test_three_roots__each_falls_in_its_turn(world: MarketWorld) -> None:
    """The first is convicted; of the two others the earlier wins because nobody convicts it."""
    job = exact_job(world, REPLICATED, 3)
    job.show(1, 2, 0)
    claim = job.challenge(0, 0, 1)
    job.rule(claim, BY_LEAF)
    job.enforce(claim)
    assert statuses(job)[0] == CONVICTED
    assert [one.place for one in settle(job, "ProviderConvicted")] == [2]
    assert statuses(job) == [CONVICTED, PAID, CONVICTED]


def test_three_roots__the_last_one_convicts_both__is_paid(world: MarketWorld) -> None:
    job = exact_job(world, REPLICATED, 3)
    job.show(1, 2, 0)
    claims = [job.challenge(0, place, place + 1) for place in (0, 1)]
    for claim in claims:
        job.rule(claim, BY_LEAF)
        job.enforce(claim)
    settle(job)
    assert (statuses(job), job.lot(0).reason) == ([CONVICTED, CONVICTED, PAID], SETTLED_UPHELD)


@pytest.mark.parametrize("silent", [0, 1])
def test_silent_seat__loses_its_whole_bond_and_the_other_gets_a_window(
    world: MarketWorld, silent: int
) -> None:
    job = exact_job(world, REPLICATED, 2)
    for place in (0, 1):
        job.seal(0, place, place)
    for place in (0, 1):
        job.tag(0, place, place)
    job.reveal(0, 1 - silent, 1 - silent)
    with boa.reverts("market: nothing due"):
        job.poke(0)
    job.pass_deadline(0)
    job.poke(0)
    assert logs_of(world.market, "SeatDefaulted")[0].slashed_usd6 == job.bond(0, silent)
    assert logs_of(world.market, "LotContested")[0].window_end == job.lot(0).deadline
    assert (job.lot(0).phase, statuses(job)[silent]) == (WINDOW, DEFAULTED)
    settle(job)
    assert (statuses(job)[1 - silent], job.lot(0).reason) == (PAID, SETTLED_UPHELD)


def test_all_silent__lot_fails_and_every_bond_is_gone(world: MarketWorld) -> None:
    job = exact_job(world, REPLICATED, 2)
    for place in (0, 1):
        job.seal(0, place, place)
    for place in (0, 1):
        job.tag(0, place, place)
    slashed = [one.slashed_usd6 for one in settle(job, "SeatDefaulted")]
    assert slashed == [job.bond(0, place) for place in (0, 1)]
    assert (job.lot(0).reason, statuses(job)) == (NO_REVEAL, [DEFAULTED, DEFAULTED])


def test_too_few_tags__fails_as_in_any_job(world: MarketWorld) -> None:
    job = exact_job(world, REPLICATED, 2)
    job.seal(0, 0)
    job.seal(0, 1)
    job.tag(0, 0)
    job.pass_deadline(0)
    job.poke(0)
    assert job.lot(0).phase == REVEALING
    job.reveal(0, 0)
    assert job.lot(0).phase == REVEALING
    job.poke(0)
    assert (job.lot(0).reason, statuses(job)) == (NO_SPARE, [PAID, DEFAULTED])


# --- rulings ---


def test_defended_claim__settles_upheld(world: MarketWorld) -> None:
    job = exact_job(world)
    job.show(0)
    job.rule(job.challenge(0, 0), DEFENDED)
    settle(job)
    assert (job.lot(0).reason, job.state().reason, statuses(job)) == (SETTLED_UPHELD, SETTLED_UPHELD, [PAID])


def test_refereed__only_seat_convicted__buyer_gets_all_back_and_a_quarter(world: MarketWorld) -> None:
    job = exact_job(world)
    job.show(1)
    challenger, before = role("challenger"), world.escrow.credit_of(world.buyer)
    claim = job.challenge(0, 0, 1)
    job.rule(claim, BY_LEAF, challenger)
    job.enforce(claim)
    split = Split.of(job.bond(0, 0))
    assert world.escrow.credit_of(challenger) == split.challenger
    assert world.escrow.credit_of(world.buyer) - before == budget_of(job.terms) - POKE + split.buyer
    assert (world.escrow.burned_usd6(), world.escrow.kitty_usd6()) == (split.burned, split.kitty)
    assert (job.state().state, job.state().reason, job.lot(0).reason) == (CLOSED, LEAF, LEAF)
    assert world.escrow.job_balance(job.job_id) == 0
    world.check_solvent()


def test_buyer_that_is_the_provider__gets_nothing_of_its_own_slash(world: MarketWorld) -> None:
    job = own_job(world)
    job.show(1)
    claim = job.challenge(0, 0, 1)
    job.rule(claim, BY_LEAF, world.stranger)
    before = world.escrow.credit_of(job.holder(0, 0))
    job.enforce(claim)
    refund = logs_of(world.claims, "LotClosed")[0].refund_usd6
    assert world.escrow.credit_of(job.holder(0, 0)) - before == refund


def test_leaf__all_places_with_the_root_fall(world: MarketWorld) -> None:
    job = exact_job(world, REPLICATED, 3)
    job.show(1, 0, 1)
    claim = job.challenge(0, 2, 1)
    job.rule(claim, BY_LEAF)
    before = world.escrow.credit_of(world.stranger)
    job.enforce(claim)
    assert statuses(job)[0] == statuses(job)[2] == CONVICTED
    halves = sum(job.bond(0, place) // 2 for place in (0, 2))
    assert world.escrow.credit_of(world.stranger) - before == halves + 2 * POKE
    settle(job)
    assert statuses(job) == [CONVICTED, PAID, CONVICTED]


def test_clock__only_the_silent_place_falls_and_others_with_its_root_go_on(world: MarketWorld) -> None:
    job = exact_job(world, REPLICATED, 3)
    job.show(0, 0, 0)
    claim = job.challenge(0, 0)
    job.rule(claim, BY_CLOCK)
    job.enforce(claim)
    assert statuses(job)[0] == CONVICTED
    assert job.lot(0).deadline == boa.env.evm.patch.timestamp + 30
    settle(job)
    assert (statuses(job), job.lot(0).reason) == ([CONVICTED, PAID, PAID], SETTLED_UPHELD)


@pytest.mark.parametrize(("verdict", "reason"), [(BY_LEAF, LEAF), (BY_CLOCK, CLOCK)])
def test_all_claims_convicted__lot_ends_for_it(world: MarketWorld, verdict: int, reason: int) -> None:
    job = exact_job(world, REPLICATED, 2)
    job.show(1, 2)
    claims = [job.challenge(0, place, place + 1) for place in (0, 1)]
    for claim in claims:
        job.rule(claim, verdict)
    for claim in claims:
        job.enforce(claim)
    assert (job.lot(0).reason, job.state().reason, statuses(job)) == (reason, reason, [CONVICTED, CONVICTED])
    assert world.escrow.job_balance(job.job_id) == 0


def test_enforcement_late__lot_waits_and_survivors_still_get_a_fresh_window(world: MarketWorld) -> None:
    job = exact_job(world, REFEREED, 2)
    job.show(1, 0)
    claim = job.challenge(0, 0, 1)
    job.rule(claim, BY_LEAF)
    boa.env.time_travel(seconds=10_000_000)
    with boa.reverts("market: nothing due"):
        job.poke(0)
    job.enforce(claim)
    assert job.lot(0).deadline == boa.env.evm.patch.timestamp + 30
    settle(job)
    assert statuses(job) == [CONVICTED, PAID]


def test_challenge__in_the_last_second__counts_and_one_later_does_not(world: MarketWorld) -> None:
    job = exact_job(world, lots=2)
    for lot in (0, 1):
        job.show(0, lot=lot)
        job.state_claim(lot, 0)
    job.pass_deadline(0, beyond=0)
    world.game.open_game(job.claim_id(0, 0))
    job.pass_deadline(1, beyond=1)
    with boa.reverts("game: the window has closed"):
        world.game.open_game(job.claim_id(1, 0))
    job.poke(1)
    with boa.reverts("market: nothing due"):
        job.poke(0)


def test_copied_tag_of_a_late_spare__falls_and_never_stands(world: MarketWorld) -> None:
    """A spare called when a tag was public copies it: its root opens for nobody, its whole bond is gone."""
    job = exact_job(world, REPLICATED, 2, spares=1)
    job.seal(0, 0)
    job.seal(0, 1)
    job.tag(0, 0)
    job.pass_deadline(0)
    job.poke(0)
    job.seal(0, 2, salt=b"\x6b" * 32)
    job.tag(0, 2, salt=b"\x6b" * 32)
    job.reveal(0, 0)
    with boa.reverts("claims: no such root of this place, or not in its window"):
        job.state_claim(0, 2)
    job.pass_deadline(0)
    job.poke(0)
    assert (job.lot(0).phase, statuses(job)) == (WINDOW, [2, DEFAULTED, DEFAULTED])
    settle(job)
    assert statuses(job)[0] == PAID and UNPAID not in statuses(job)


def test_several_lots_in_one_poke__each_winner_gets_its_own_half(world: MarketWorld) -> None:
    job = exact_job(world, REPLICATED, 2, lots=2)
    for lot in (0, 1):
        job.show(0, 1, lot=lot)
    before = {one.payee: held(world, one.payee) for one in job.awardees}
    job.pass_deadline(1)
    job.poke(0, 1)
    due = dict.fromkeys(before, 0)
    for lot in (0, 1):
        due[job.awardees[job.ring.seat(lot, 0)].payee] += job.price(lot, 0) + job.bond(lot, 1) // 2
    assert {payee: held(world, payee) - before[payee] for payee in before} == due
    assert world.escrow.job_balance(job.job_id) == 0

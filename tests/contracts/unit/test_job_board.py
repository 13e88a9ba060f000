"""post_job, post_job_with_permit, escrow_for, job_id_of, pause_new_jobs; and JobMarket.open_job behind them."""

from dataclasses import replace
from typing import Any

import boa
import pytest
from eth.codecs.abi.exceptions import DecodeError
from eth_account import Account

from assay.protocol.digests import award_hash_of, terms_hash_of
from assay.protocol.generated.structs import Pick
from assay.protocol.ids import job_id_of
from tests.contracts.market_world import (
    AWARDED,
    FEE_BPS,
    NUMBERS,
    POKE,
    TRUSTED,
    WINDOWS,
    MarketWorld,
    budget_of,
    plain,
)
from tests.contracts.worlds import USD, deployer, fund, logs_of, sign_permit

SALT = b"\x07" * 32


def post(world: MarketWorld, **changes: object) -> bytes:
    terms = world.terms(**changes)
    with boa.env.prank(world.buyer):
        job_id: bytes = world.board.post_job(plain(terms), [plain(p) for p in world.even_picks(terms)], SALT)
    return job_id


def test_post_job__good_terms__stores_the_job_and_takes_exactly_the_escrow(world: MarketWorld) -> None:
    terms = world.terms()
    before = world.usd.balanceOf(world.buyer)
    job = world.post(terms)
    state = job.state()
    assert (state.buyer, state.state, state.reason) == (world.buyer, AWARDED, 0)
    assert state.award_hash == award_hash_of(job.awardees)
    assert (state.lots, state.seats, state.spares) == (2, 2, 2)
    escrow = terms.lots * budget_of(terms) + POKE
    assert world.board.escrow_for(plain(terms)) == escrow
    assert before - world.usd.balanceOf(world.buyer) == escrow == world.escrow.job_balance(job.job_id)


def test_post_job__good_terms__locks_every_bond_before_the_seed_block_is_fixed(world: MarketWorld) -> None:
    job = world.post()
    for awardee in job.awardees:
        assert world.vault.bond_of(awardee.provider, job.job_id) == awardee.units * awardee.price_usd6
    assert job.state().seed_block == boa.env.evm.patch.block_number + 2


def test_post_job__trusted__locks_a_tenth(world: MarketWorld) -> None:
    job = world.post(grade=TRUSTED, seats=1, spares=1)
    for one in job.awardees:
        assert world.vault.bond_of(one.provider, job.job_id) == one.units * -(-one.price_usd6 // 10)


@pytest.mark.parametrize(
    ("lot_seconds", "longest", "expected"), [(1, 2, 30), (3, 2, 30), (4, 2, 36), (10, 2, 90)]
)
def test_post_job__commit_window__is_lot_seconds_times_seven_and_the_longest_block(
    world: MarketWorld, lot_seconds: int, longest: int, expected: int
) -> None:
    job = world.post(lot_seconds=lot_seconds, ceiling_usd6=100 * USD)
    assert max(one.units for one in job.awardees) == longest
    assert job.state().commit_seconds == expected


def test_job_id_of__agrees_with_the_twin(world: MarketWorld) -> None:
    terms = world.terms()
    chain_id = boa.env.evm.patch.chain_id
    expected = world.board.job_id_of(world.buyer, SALT, plain(terms))
    twin = job_id_of(chain_id, world.market.address, world.buyer, SALT, terms_hash_of(terms))
    assert post(world) == expected == bytes(twin)


def test_post_job__same_terms_and_salt_again__reverts(world: MarketWorld) -> None:
    post(world)
    with boa.reverts("board: this job exists"):
        post(world)


def test_post_job__same_terms_by_another_buyer__is_another_job(world: MarketWorld) -> None:
    terms = world.terms()
    first = post(world)
    assert first != world.board.job_id_of(world.stranger, SALT, plain(terms))


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"grade": 0}, "no such grade with these seats"),
        ({"grade": 2}, "no such grade with these seats"),
        ({"grade": 1, "seats": 2}, "no such grade with these seats"),
        ({"grade": 3, "seats": 1, "spares": 1}, "no such grade with these seats"),
        ({"seats": 6, "spares": 0}, "no such grade with these seats"),
        ({"spares": 3}, "spares or audited part do not fit the grade"),
        ({"lots": 0, "items": 0}, "lots out of range"),
        ({"lots": 4097}, "lots out of range"),
        ({"items_per_lot": 0, "items": 0}, "items per lot is zero"),
        ({"items_per_lot": 65_537}, "too many items per lot"),
        ({"items": 7}, "more items than the lots hold"),
        ({"items": 3}, "the last lot would be empty"),
        ({"items": 2**64 - 1}, "more items than the lots hold"),
        ({"lot_seconds": 0}, "lot seconds is zero"),
        ({"lot_seconds": 7 * 86_400 + 1}, "lot seconds too high"),
        ({"ceiling_usd6": 0}, "ceiling is zero"),
        ({"ceiling_usd6": 10**15 + 1}, "ceiling too high"),
        ({"ceiling_usd6": 916_666}, "the ask is above the ceiling"),
    ],
)
def test_post_job__bad_terms__reverts_with_the_cause(
    world: MarketWorld, changes: dict[str, int], cause: str
) -> None:
    terms = world.terms(**changes)
    picks = [plain(Pick(one.device_id, 2)) for one in world.providers[:4]]
    with boa.env.prank(world.buyer), pytest.raises(boa.BoaError) as error:
        world.board.post_job(plain(terms), picks, SALT)
    assert "auction: " + cause in str(error.value)


def test_post_job__commit_window_above_thirty_days__reverts(world: MarketWorld) -> None:
    with boa.reverts("board: the commit window is too long"):
        post(world, grade=TRUSTED, seats=1, spares=1, lots=1, lot_seconds=324_001, ceiling_usd6=10**12)
    post(world, grade=TRUSTED, seats=1, spares=1, lots=1, lot_seconds=324_000, ceiling_usd6=10**12)


@pytest.mark.parametrize("items", [4, 5, 6])
def test_post_job__last_lot_partly_filled__is_accepted(world: MarketWorld, items: int) -> None:
    assert world.post(items=items).state().state == AWARDED


def test_post_job__most_lots__is_accepted_and_every_place_is_held(world: MarketWorld) -> None:
    with boa.env.anchor():
        for one in world.providers:
            fund(world.usd, one.address, 30_000 * USD)
            with boa.env.prank(one.address):
                world.usd.approve(world.vault.address, 30_000 * USD)
                world.vault.deposit(one.address, 30_000 * USD)
        job = world.post(lots=4096, lot_seconds=1, items_per_lot=1, ceiling_usd6=10**6).draw_now()
        for lot in (0, 4095):
            for place in range(2):
                job.seal(lot, place)
                assert job.status(lot, place) == 1


@pytest.mark.parametrize("missing", [1, 10**6])
def test_post_job__allowance_below_the_escrow__takes_nothing(world: MarketWorld, missing: int) -> None:
    escrow = world.board.escrow_for(plain(world.terms()))
    with boa.env.prank(world.buyer):
        world.usd.approve(world.escrow.address, escrow - missing)
    before = world.usd.balanceOf(world.buyer)
    with pytest.raises(boa.BoaError):
        post(world)
    assert world.usd.balanceOf(world.buyer) == before


def test_post_job__bond_above_the_free_stake__reverts(world: MarketWorld) -> None:
    with boa.env.prank(world.providers[0].address):
        world.vault.request_unbond(world.vault.free_of(world.providers[0].address))
    # titanoboa cannot always show the frame of a failed nested call
    with pytest.raises((boa.BoaError, DecodeError)):
        post(world)
    assert world.escrow.liabilities_usd6() == 0


def test_post_job_with_permit__fresh_permit__needs_no_allowance(world: MarketWorld) -> None:
    account = Account.from_key(b"\x33" * 32)
    fund(world.usd, account.address, 1_000 * USD)
    terms = world.terms()
    escrow = world.board.escrow_for(plain(terms))
    deadline = boa.env.evm.patch.timestamp + 600
    v, r, s = sign_permit(world.usd, b"\x33" * 32, world.escrow.address, escrow, deadline)
    picks = [plain(pick) for pick in world.even_picks(terms)]
    with boa.env.prank(account.address):
        job_id = world.board.post_job_with_permit(plain(terms), picks, SALT, deadline, v, r, s)
    assert world.market.job(job_id).buyer == account.address
    assert world.usd.allowance(account.address, world.escrow.address) == 0


def test_post_job_with_permit__permit_used_by_a_front_runner__still_posts(world: MarketWorld) -> None:
    account = Account.from_key(b"\x34" * 32)
    fund(world.usd, account.address, 1_000 * USD)
    terms = world.terms()
    escrow = world.board.escrow_for(plain(terms))
    deadline = boa.env.evm.patch.timestamp + 600
    v, r, s = sign_permit(world.usd, b"\x34" * 32, world.escrow.address, escrow, deadline)
    with boa.env.prank(world.stranger):
        world.usd.permit(account.address, world.escrow.address, escrow, deadline, v, r, s)
    picks = [plain(pick) for pick in world.even_picks(terms)]
    with boa.env.prank(account.address):
        job_id = world.board.post_job_with_permit(plain(terms), picks, SALT, deadline, v, r, s)
    assert world.market.job(job_id).state == AWARDED


def test_post_job_with_permit__false_signature__reverts(world: MarketWorld) -> None:
    terms = world.terms()
    picks = [plain(pick) for pick in world.even_picks(terms)]
    with boa.env.prank(world.stranger), pytest.raises(boa.BoaError):
        world.board.post_job_with_permit(plain(terms), picks, SALT, 2**40, 27, b"\x01" * 32, b"\x02" * 32)


def test_pause_new_jobs__guardian__stops_posting_for_a_week_and_nothing_else(world: MarketWorld) -> None:
    running = world.post().draw_now()
    with boa.env.prank(world.guardian):
        world.board.pause_new_jobs()
    until = boa.env.evm.patch.timestamp + 7 * 86_400
    assert logs_of(world.board, "NewJobsPaused")[0].until == until
    assert world.board.paused_until() == until
    with boa.reverts("guardian: new business is paused"):
        post(world)
    running.settle(0)
    boa.env.time_travel(seconds=until - boa.env.evm.patch.timestamp - 1)
    with boa.reverts("guardian: new business is paused"):
        post(world)
    boa.env.time_travel(seconds=1)
    post(world)


def test_pause_new_jobs__stranger__reverts(world: MarketWorld) -> None:
    with boa.env.prank(world.stranger), boa.reverts("guardian: only the guardian in its time"):
        world.board.pause_new_jobs()


def test_pause_new_jobs__after_the_end_of_the_power__reverts(world: MarketWorld) -> None:
    boa.env.time_travel(seconds=364 * 86_400 + 86_000)
    with boa.env.prank(world.guardian):
        world.board.pause_new_jobs()
    # the last pause ends with the power, not a week later
    assert world.board.paused_until() < boa.env.evm.patch.timestamp + 86_400
    boa.env.time_travel(seconds=86_400)
    with boa.env.prank(world.guardian), boa.reverts("guardian: only the guardian in its time"):
        world.board.pause_new_jobs()


@pytest.mark.parametrize(
    ("number", "value", "cause"),
    [
        (0, 501, "fee above the cap"),
        (2, 5_001, "cancellation fee above the cap"),
        (3, 0, "the seed block must be in the future"),
    ],
)
def test_deploy_market__number_out_of_bounds__reverts(
    world: MarketWorld, number: int, value: int, cause: str
) -> None:
    numbers = list(NUMBERS)
    numbers[number] = value
    arguments = [world.stranger] * 6
    with boa.reverts("market: " + cause):
        deployer("JobMarket").deploy(*arguments, tuple(numbers))
    numbers[number] = value + (1 if value == 0 else -1)
    deployer("JobMarket").deploy(*arguments, tuple(numbers))


@pytest.mark.parametrize(("which", "cause"), [(0, "commit window too long"), (1, "reveal window too long")])
def test_deploy_board__window_above_thirty_days__reverts(world: MarketWorld, which: int, cause: str) -> None:
    windows = [30, 30]
    windows[which] = 30 * 86_400 + 1
    arguments = [*[world.stranger] * 7, 2**40]
    with boa.reverts("board: " + cause):
        deployer("JobBoard").deploy(*arguments, *windows, WINDOWS)
    windows[which] -= 1
    deployer("JobBoard").deploy(*arguments, *windows, WINDOWS)


def test_wiring__board_and_market__name_each_other(world: MarketWorld) -> None:
    assert (world.board.market(), world.market.board()) == (world.market.address, world.board.address)


def opening(world: MarketWorld) -> tuple[object, ...]:
    return (world.stranger, 1, 1, 0, 1, USD, 0, 30, 30, 0, b"\x01" * 32)


@pytest.mark.parametrize("caller", ["buyer", "stranger", "guardian", "escrow", "vault", "availability"])
def test_open_job__anyone_but_the_board__reverts(world: MarketWorld, caller: str) -> None:
    """Whoever could open a job without paying would draw it and be paid out of nothing, or out of others' money."""
    account = getattr(world, caller)
    with boa.env.prank(getattr(account, "address", account)), boa.reverts("market: only JobBoard"):
        world.market.open_job(SALT, opening(world))


@pytest.mark.parametrize("state", ["awarded", "running", "cancelled", "closed"])
def test_open_job__known_id_in_any_state__reverts(world: MarketWorld, state: str) -> None:
    job = world.post(lots=1)
    if state == "cancelled":
        with boa.env.prank(world.buyer):
            world.market.cancel_job(job.job_id)
    elif state != "awarded":
        job.draw_now()
        if state == "closed":
            job.settle(0)
    assert world.market.is_known(job.job_id)
    before = job.state()
    with boa.env.prank(world.board.address), boa.reverts("market: this job exists"):
        world.market.open_job(job.job_id, opening(world))
    assert job.state() == before


def test_post_job__twice_without_allowance_left__hears_that_the_job_exists(world: MarketWorld) -> None:
    with boa.env.prank(world.buyer):
        world.usd.approve(world.escrow.address, world.board.escrow_for(plain(world.terms())))
    post(world)
    with boa.reverts("board: this job exists"):
        post(world)


def test_prices__one_source__for_what_is_taken_and_what_is_given_back(world: MarketWorld) -> None:
    prices = world.market.prices()
    assert (prices.fee_bps, prices.poke_price_usd6) == (FEE_BPS, POKE)
    job = world.post(lots=7, seats=3, spares=1, ceiling_usd6=3 * USD + 1)
    taken = world.escrow.job_balance(job.job_id)
    with boa.env.prank(world.buyer):
        world.market.cancel_job(job.job_id)
    assert world.escrow.credit_of(world.buyer) == taken > 0
    assert world.escrow.job_balance(job.job_id) == 0


def test_views__unknown_job__are_empty(world: MarketWorld) -> None:
    assert world.market.job(b"\x09" * 32).state == 0
    assert world.market.lot(b"\x09" * 32, 0).deadline == 0
    assert not world.market.is_closed(b"\x09" * 32)
    assert not world.market.is_known(b"\x09" * 32)
    assert world.board.fee_bps() == FEE_BPS


def test_escrow_for__grows_with_each_factor(world: MarketWorld) -> None:
    base = world.terms()
    value = world.board.escrow_for(plain(base))
    changes: list[dict[str, Any]] = [{"seats": 3}, {"lots": 3}, {"ceiling_usd6": base.ceiling_usd6 + 1}]
    for change in changes:
        assert world.board.escrow_for(plain(replace(base, **change))) > value

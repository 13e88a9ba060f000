"""Attack stories on the market: each would pay on a naive build."""

from typing import Any

import boa
import pytest

from tests.contracts.market_world import (
    CLOSED,
    PAGE_PRICE,
    POKE,
    TRUSTED,
    WITHHELD,
    MarketWorld,
    budget_of,
    fee_of,
)
from tests.contracts.paged_job import INPUT, ITEMS, OUTPUT, proof_of, with_data
from tests.contracts.unit.test_escrow import INCOME, JOB, NO_PERMIT, escrow_world
from tests.contracts.worlds import USD, deployer, fund, role


@pytest.mark.parametrize("mode", [0, 1, 2, 3])
def test_share_that_burns_gas_reverts_lies_or_calls_back__turns_into_a_credit(mode: int) -> None:
    evil = deployer("GasBurner").deploy()
    here = escrow_world(factory=evil.address)
    evil.set_mode(mode, here.escrow.address)
    honest = role("honest")
    here.fund(100)
    here.distribute((evil.address, 60, INCOME), (honest, 40, INCOME))
    assert here.escrow.credit_of(evil) == 60
    assert here.escrow.credit_of(honest) == 40
    assert here.usd.balanceOf(here.escrow) == 100 == here.escrow.liabilities_usd6()
    assert here.escrow.withdraw(evil) == 60


def test_poke_with_too_little_gas__cannot_starve_a_share_into_a_credit() -> None:
    here = escrow_world()
    here.fund(100)
    with pytest.raises(boa.BoaError), boa.env.prank(here.market):
        here.escrow.distribute(JOB, [(here.share.address, 100, INCOME)], 0, 0, 0, gas=250_000)
    here.distribute((here.share.address, 100, INCOME))
    assert here.share.total_income_usd6() == 100


def escrow_of(token: Any, board: str) -> Any:
    """An Escrow of this token that takes a job's money at the call of `board`."""
    others = [role(name) for name in ("market", "availability", "vault", "factory", "recipient")]
    return deployer("Escrow").deploy(token.address, board, *others)


def test_token_that_keeps_a_fee__is_refused_on_the_way_in() -> None:
    token, board = deployer("OddToken").deploy(), role("board")
    escrow = escrow_of(token, board)
    payer = role("payer")
    token.mint(payer, 100)
    with boa.env.prank(payer):
        token.approve(escrow.address, 100)
    token.set_fee(1)
    with boa.env.prank(board):
        with boa.reverts("escrow: the amount did not arrive"):
            escrow.fund_with_permit(JOB, payer, 100, *NO_PERMIT)
        token.set_fee(0)
        token.set_refuses(True)
        with boa.reverts("escrow: the token refused the transfer"):
            escrow.fund_with_permit(JOB, payer, 100, *NO_PERMIT)


def test_reentrant_token__finds_every_door_locked() -> None:
    token = deployer("OddToken").deploy()
    board = role("board")
    escrow = escrow_of(token, board)
    payer = role("payer")
    token.mint(payer, 100)
    with boa.env.prank(payer):
        token.approve(escrow.address, 100)
    for call in (
        escrow.withdraw.prepare_calldata(payer),
        escrow.withdraw_fees.prepare_calldata(),
        escrow.liabilities_usd6.prepare_calldata(),
        escrow.credit_of.prepare_calldata(payer),
    ):
        token.set_callback(escrow.address, call)
        with boa.env.prank(board):
            escrow.fund_with_permit(JOB, payer, 10, *NO_PERMIT)
        assert token.callback_tried()
        assert not token.callback_worked()


def test_token_without_return_value__works() -> None:
    token, board = deployer("SilentToken").deploy(), role("board")
    escrow = escrow_of(token, board)
    payer = role("payer")
    token.mint(payer, 100)
    with boa.env.prank(payer):
        token.approve(escrow.address, 100)
    with boa.env.prank(board):
        escrow.fund_with_permit(JOB, payer, 100, *NO_PERMIT)
    assert escrow.job_balance(JOB) == 100


def test_buyer_is_a_provider__gets_nothing_out_of_its_own_conviction(world: MarketWorld) -> None:
    buyer = world.providers[1]
    fund(world.usd, buyer.address, 1_000 * USD)
    honest_buyer, world.buyer = world.buyer, buyer.address
    with boa.env.prank(buyer.address):
        world.usd.approve(world.escrow.address, 2**200)
    try:
        job = world.post(lots=1, seats=2, spares=0)
        job.draw_now()
        job.agree(0)
        own = next(place for place in (0, 1) if job.holder(0, place) == buyer.address)
        other = 1 - own
        with boa.env.prank(buyer.address):
            world.availability.request_page(job.job_id, job.award_list, 0, 0, OUTPUT, 0, 0)
        boa.env.time_travel(seconds=21)
        with boa.env.prank(world.stranger):
            world.availability.close_request(job.job_id, job.award_list, 0)
        assert job.lot(0).reason == WITHHELD
        bonds = {place: job.price(0, place) for place in (own, other)}
        # half as the requester, the buyer's quarter of the other's bond only
        got = sum(bond // 2 for bond in bonds.values()) + bonds[other] // 4
        assert world.escrow.credit_of(buyer.address) == budget_of(job.terms) - POKE + PAGE_PRICE + got
    finally:
        world.buyer = honest_buyer


def test_winner_crowds_out_the_buyers_request__in_vain(world: MarketWorld) -> None:
    job = with_data(world)
    job.draw_now()
    job.agree(0)
    winner = job.holder(0, 0)
    job.request(OUTPUT, 1, 0, place=0)
    before = world.escrow.credit_of(winner)
    job.request(OUTPUT, 2, 1, caller=world.buyer)
    assert world.escrow.credit_of(winner) - before == PAGE_PRICE
    assert world.availability.request_of(job.job_id, 0).requester == world.buyer
    with boa.reverts("availability: a request is open on this lot"):
        job.request(OUTPUT, 1, 0, place=1)
    job.answer(proof_of(ITEMS, 2, 1))
    assert world.escrow.job_balance(job.job_id) == budget_of(job.terms)


def test_seat_leaves_an_input_request_open_over_the_window__the_buyer_may_still_ask(
    world: MarketWorld,
) -> None:
    job = with_data(world)
    job.draw_now()
    job.request(INPUT, 1, 0)
    job.agree(0)
    job.request(OUTPUT, 0, 0, caller=world.buyer)
    boa.env.time_travel(seconds=21)
    job.close()
    assert job.lot(0).reason == WITHHELD


@pytest.mark.parametrize(("ceiling", "per_hour", "lot_seconds"), [(1, 1, 1), (10**9, 10**12, 3)])
def test_extremes_of_price__settle_to_the_last_unit(
    world: MarketWorld, ceiling: int, per_hour: int, lot_seconds: int
) -> None:
    for one in world.providers:
        with boa.env.prank(one.address):
            world.auction.post_ask(one.device_id, per_hour, 4096)
    job = world.post(
        lots=1, lot_seconds=lot_seconds, ceiling_usd6=ceiling, grade=TRUSTED, seats=1, spares=1
    ).draw_now()
    job.settle(0)
    assert job.state().state == CLOSED
    assert world.escrow.job_balance(job.job_id) == 0
    assert world.escrow.fees_usd6() == fee_of(job.price(0, 0))


def test_largest_ceiling__does_not_overflow_a_lot(world: MarketWorld) -> None:
    for _ in range(21):
        fund(world.usd, world.buyer, 100 * 10**6 * USD)
    job = world.post(lots=1, ceiling_usd6=10**15, grade=TRUSTED, seats=1, spares=1).draw_now()
    job.settle(0)
    assert job.state().state == CLOSED
    assert world.escrow.job_balance(job.job_id) == 0


def test_inv_07__nobody_ever_moves__a_stranger_frees_every_unit(world: MarketWorld) -> None:
    job = world.post(lots=2).draw_now()
    for _ in range(2):
        job.pass_deadline(0)
        job.poke(0, 1)
    assert job.state().state == CLOSED
    world.escrow.withdraw(world.buyer)
    world.escrow.withdraw(world.stranger)
    assert world.usd.balanceOf(world.escrow) == world.escrow.kitty_usd6()
    world.vault.release(job.job_id, [one.provider for one in job.awardees])
    assert all(world.vault.locked_of(one.address) == 0 for one in world.providers)


def test_inv_07__guardian_pauses_for_ever__nothing_that_runs_is_touched(world: MarketWorld) -> None:
    job = world.post(lots=1).draw_now()
    with boa.env.prank(world.guardian):
        world.board.pause_new_jobs()
    job.settle(0)
    world.escrow.withdraw(world.buyer)
    assert job.state().state == CLOSED


def test_spare_called_twice__is_not_possible(world: MarketWorld) -> None:
    job = world.post(lots=1).draw_now()
    job.pass_deadline(0)
    job.poke(0)
    with boa.reverts("market: nothing due"):
        job.poke(0)
    assert job.lot(0).active == 4

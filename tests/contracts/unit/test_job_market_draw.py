"""draw_seed and cancel_job."""

import boa
import pytest
from eth_utils.crypto import keccak

from tests.contracts.history import HISTORY_REACH, install_history
from tests.contracts.market_world import (
    CANCELLED,
    CANCELLED_BUYER,
    CLOSED,
    POKE,
    RUNNING,
    SEALING,
    MarketWorld,
    PostedJob,
    budget_of,
)
from tests.contracts.worlds import logs_of


def to_block(number: int) -> None:
    boa.env.time_travel(blocks=number - boa.env.evm.patch.block_number, block_delta=1)


def draw(job: PostedJob) -> None:
    with boa.env.prank(job.world.stranger):
        job.world.market.draw_seed(job.job_id)


def test_draw_seed__first_block_after_the_seed_block__stores_the_seed_and_pays_the_poke(
    world: MarketWorld,
) -> None:
    job = world.post()
    seed_block = job.state().seed_block
    to_block(seed_block + 1)
    block_hash = world.draw.block_hash(seed_block)
    before = world.escrow.credit_of(world.stranger)
    draw(job)
    event = logs_of(world.market, "SeedDrawn")[0]
    now = boa.env.evm.patch.timestamp
    state = job.state()
    assert (state.state, state.seed) == (RUNNING, keccak(block_hash + job.job_id))
    assert (event.seed, event.seed_block, event.seal_deadline) == (state.seed, seed_block, now + 30)
    assert world.escrow.credit_of(world.stranger) - before == POKE
    lot = job.lot(0)
    assert (lot.phase, lot.active, lot.deadline) == (SEALING, 2, now + 30)


@pytest.mark.parametrize("early", [0, 1, 2])
def test_draw_seed__seed_block_not_past__reverts(world: MarketWorld, early: int) -> None:
    job = world.post()
    to_block(job.state().seed_block - early)
    with boa.reverts("market: the seed block is not past yet"):
        draw(job)


def test_draw_seed__twice__reverts(world: MarketWorld) -> None:
    job = world.post().draw_now()
    with boa.reverts("market: not waiting for a draw"):
        draw(job)


def test_draw_seed__unknown_job__reverts(world: MarketWorld) -> None:
    with boa.reverts("market: not waiting for a draw"):
        world.market.draw_seed(b"\x01" * 32)


@pytest.mark.parametrize("age", [2, 256, 257, HISTORY_REACH - 1, HISTORY_REACH])
def test_draw_seed__late_but_within_the_history__draws_from_it(world: MarketWorld, age: int) -> None:
    job = world.post()
    history = install_history()
    seed_block = job.state().seed_block
    block_hash = history.write(seed_block)
    to_block(seed_block + age)
    draw(job)
    assert job.state().seed == keccak(block_hash + job.job_id)


def test_draw_seed__one_block_beyond_the_history__fixes_a_new_block_unpaid(world: MarketWorld) -> None:
    job = world.post()
    history = install_history()
    missed = job.state().seed_block
    history.write(missed)
    to_block(missed + HISTORY_REACH + 1)
    draw(job)
    event = logs_of(world.market, "SeedMissed")[0]
    assert (event.missed_block, event.seed_block) == (missed, boa.env.evm.patch.block_number + 2)
    assert world.escrow.credit_of(world.stranger) == 0
    job.draw_now()
    assert job.state().state == RUNNING


def test_draw_seed__two_jobs_of_one_block__have_independent_seeds(world: MarketWorld) -> None:
    one, other = world.post(), world.post()
    one.draw_now()
    draw(other)
    assert one.state().seed != other.state().seed


@pytest.mark.parametrize("blocks", [0, 1, 2])
def test_cancel_job__until_the_seed_block__returns_everything(world: MarketWorld, blocks: int) -> None:
    job = world.post()
    escrow = world.escrow.job_balance(job.job_id)
    boa.env.time_travel(blocks=blocks, block_delta=1)
    with boa.env.prank(world.buyer):
        world.market.cancel_job(job.job_id)
    assert (job.state().state, job.state().reason) == (CANCELLED, CANCELLED_BUYER)
    assert world.escrow.credit_of(world.buyer) == escrow
    assert world.escrow.job_balance(job.job_id) == 0
    assert world.market.is_closed(job.job_id)
    world.vault.release(job.job_id, [one.provider for one in job.awardees])
    assert all(world.vault.bond_of(one.provider, job.job_id) == 0 for one in job.awardees)


def test_cancel_job__seed_block_past_but_not_drawn__must_draw_first(world: MarketWorld) -> None:
    job = world.post()
    to_block(job.state().seed_block + 1)
    with boa.env.prank(world.buyer), boa.reverts("market: seed block passed, draw first"):
        world.market.cancel_job(job.job_id)
    draw(job)
    with boa.env.prank(world.buyer):
        world.market.cancel_job(job.job_id)
    assert job.state().cancelled_at == boa.env.evm.patch.timestamp


def test_cancel_job__twice_or_by_a_stranger_or_unknown__reverts(world: MarketWorld) -> None:
    job = world.post()
    with boa.env.prank(world.stranger), boa.reverts("market: only the buyer"):
        world.market.cancel_job(job.job_id)
    with boa.env.prank(world.buyer), boa.reverts("market: only the buyer"):
        world.market.cancel_job(b"\x01" * 32)
    with boa.env.prank(world.buyer):
        world.market.cancel_job(job.job_id)
        with boa.reverts("market: the job is cancelled"):
            world.market.cancel_job(job.job_id)


def test_cancel_job__running__ends_unsealed_lots_with_a_fee_and_lets_the_others_go_on(
    world: MarketWorld,
) -> None:
    job = world.post().draw_now()
    job.seal(0, 0)
    with boa.env.prank(world.buyer):
        world.market.cancel_job(job.job_id)
    with boa.reverts("market: the job is cancelled"):
        job.seal(1, 0)
    before = world.escrow.credit_of(world.stranger)
    job.poke(1)
    fees = [job.price(1, place) * 1_000 // 10_000 for place in range(2)]
    lot = job.lot(1)
    assert lot.reason == CANCELLED_BUYER
    assert world.escrow.credit_of(world.buyer) == budget_of(job.terms) - POKE - sum(fees)
    assert world.escrow.credit_of(world.stranger) - before == POKE
    assert world.escrow.fees_usd6() == 0
    job.seal(0, 1)
    for place in (0, 1):
        job.tag(0, place)
    job.reveal(0, 0)
    job.pass_deadline(0)
    job.poke(0)
    assert (job.state().state, job.state().reason, job.state().lots_paid) == (CLOSED, CANCELLED_BUYER, 1)
    with boa.env.prank(world.buyer), boa.reverts("market: the job is cancelled"):
        world.market.cancel_job(job.job_id)


def test_cancel_job__closed__reverts(world: MarketWorld) -> None:
    job = world.post(lots=1).draw_now()
    job.settle(0)
    with boa.env.prank(world.buyer), boa.reverts("market: the job is not running"):
        world.market.cancel_job(job.job_id)

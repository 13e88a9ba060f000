"""poke_lots: every reason a lot can end for, with its money to the last unit."""

import boa
import pytest

from tests.contracts.market_world import (
    CLOSED,
    DEFAULTED,
    LOT_CLOSED,
    NO_AGREEMENT,
    NO_REVEAL,
    NO_SEAL,
    NO_SPARE,
    PAID,
    POKE,
    REVEALING,
    SEALING,
    SETTLED_AGREED,
    SETTLED_QUIET,
    TAGGING,
    TRUSTED,
    UNPAID,
    MarketWorld,
    PostedJob,
    budget_of,
    fee_of,
)
from tests.contracts.worlds import logs_of


def bonds(job: PostedJob) -> dict[str, int]:
    return {one.provider: job.world.vault.bond_of(one.provider, job.job_id) for one in job.awardees}


def income(job: PostedJob, lot: int, place: int) -> int:
    """What has reached the payee of a place: a credit, or tokens in its share."""
    payee = job.awardees[job.ring.seat(lot, place)].payee
    world = job.world
    if world.factory.is_share(payee):
        return int(world.usd.balanceOf(payee))
    return int(world.escrow.credit_of(payee))


@pytest.fixture
def job(world: MarketWorld) -> PostedJob:
    """One lot, two seats, two spares, running."""
    return world.post(lots=1).draw_now()


def tag_all(job: PostedJob, lies: dict[int, int]) -> None:
    for place, lie in lies.items():
        job.seal(0, place, lie)
    for place, lie in lies.items():
        job.tag(0, place, lie)


def test_poke_lots__window_over__pays_price_fee_poke_and_refund_to_the_last_unit(job: PostedJob) -> None:
    world = job.world
    job.agree(0)
    job.pass_deadline(0)
    poker = world.escrow.credit_of(world.stranger)
    job.poke(0)
    closed, done = logs_of(world.market, "LotClosed")[0], logs_of(world.market, "JobClosed")[0]
    prices = [job.price(0, place) for place in (0, 1)]
    fee = sum(fee_of(price) for price in prices)
    refund = budget_of(job.terms) - sum(prices) - fee - POKE
    assert (closed.paid_usd6, closed.fee_usd6, closed.poke_usd6, closed.refund_usd6) == (
        sum(prices), fee, POKE, refund,
    )  # fmt: skip
    assert (done.reason, done.lots_paid, done.lots, done.refund_usd6) == (SETTLED_AGREED, 1, 1, refund)
    assert [income(job, 0, place) for place in (0, 1)] == prices
    assert world.escrow.fees_usd6() == fee
    assert world.escrow.credit_of(world.stranger) - poker == POKE
    assert world.escrow.credit_of(world.buyer) == refund
    assert world.escrow.job_balance(job.job_id) == 0
    assert (job.state().state, job.state().reason) == (CLOSED, SETTLED_AGREED)
    assert [job.status(0, place) for place in (0, 1)] == [PAID, PAID]


def test_poke_lots__trusted__settles_quietly(world: MarketWorld) -> None:
    job = world.post(lots=2, grade=TRUSTED, seats=1, spares=1).draw_now()
    for lot in (0, 1):
        job.settle(lot)
    assert (job.state().reason, job.state().lots_paid) == (SETTLED_QUIET, 2)


@pytest.mark.parametrize("beyond", [-1, 0])
def test_poke_lots__window_not_over__reverts(job: PostedJob, beyond: int) -> None:
    job.agree(0)
    job.pass_deadline(0, beyond)
    with boa.reverts("market: nothing due"):
        job.poke(0)


def test_poke_lots__closed_lot_or_same_lot_twice__pays_once(world: MarketWorld) -> None:
    job = world.post().draw_now()
    job.agree(0)
    job.pass_deadline(0)
    before = world.escrow.credit_of(world.stranger)
    job.poke(0, 0, 0)
    assert world.escrow.credit_of(world.stranger) - before == POKE
    assert job.state().lots_closed == 1
    with boa.reverts("market: nothing due"):
        job.poke(0)


def test_poke_lots__lot_out_of_range__reverts(job: PostedJob) -> None:
    with boa.reverts("market: no such lot"):
        job.poke(0, 1)


def test_poke_lots__several_lots__pays_each_account_once(world: MarketWorld) -> None:
    job = world.post().draw_now()
    job.agree(0)
    job.agree(1)
    job.pass_deadline(1)
    job.poke(0, 1)
    credits = logs_of(world.escrow, "CreditAdded") or [
        one for one in world.market.get_logs() if type(one).__name__ == "CreditAdded"
    ]
    keys = [(one.account, one.kind) for one in credits]
    assert len(keys) == len(set(keys))
    assert job.state().state == CLOSED


def test_poke_lots__foreign_award_list__reverts(job: PostedJob) -> None:
    job.agree(0)
    job.pass_deadline(0)
    job.awardees[0], job.awardees[1] = job.awardees[1], job.awardees[0]
    with boa.reverts("draw: another award list"):
        job.poke(0)


def test_poke_lots__missed_seal__slashes_a_tenth_and_calls_a_spare_with_a_fresh_window(
    job: PostedJob,
) -> None:
    world = job.world
    job.seal(0, 0)
    job.pass_deadline(0)
    before, poker = bonds(job), world.escrow.credit_of(world.stranger)
    job.poke(0)
    absent, slash = job.holder(0, 1), -(-job.price(0, 1) // 10)
    event = logs_of(world.market, "SeatDefaulted")[0]
    assert (event.provider, event.phase, event.slashed_usd6) == (absent, SEALING, slash)
    assert before[absent] - bonds(job)[absent] == slash
    assert world.escrow.credit_of(world.stranger) - poker == POKE
    assert world.escrow.kitty_usd6() == slash - POKE
    lot = job.lot(0)
    assert (lot.phase, lot.active, lot.deadline) == (SEALING, 3, boa.env.evm.patch.timestamp + 30)
    job.seal(0, 2)
    assert job.lot(0).phase == TAGGING


def test_poke_lots__tiny_bond__the_slash_never_pays_more_than_it_took(world: MarketWorld) -> None:
    job = world.post(lots=1, lot_seconds=1, grade=TRUSTED, seats=1, spares=1).draw_now()
    price = job.price(0, 0)
    job.pass_deadline(0)
    before = world.escrow.credit_of(world.stranger)
    job.poke(0)
    bond = -(-price // 10)
    slash = -(-bond // 10)
    assert world.escrow.credit_of(world.stranger) - before == min(POKE, slash)


def test_poke_lots__nobody_ever_seals__no_seal_and_everything_back(job: PostedJob) -> None:
    world = job.world
    for _ in range(2):
        job.pass_deadline(0)
        job.poke(0)
    assert (job.lot(0).reason, job.lot(0).phase) == (NO_SEAL, LOT_CLOSED)
    assert world.escrow.credit_of(world.buyer) == budget_of(job.terms) - POKE
    assert [job.status(0, place) for place in range(4)] == [DEFAULTED] * 4
    assert world.escrow.job_balance(job.job_id) == 0


@pytest.mark.parametrize(("other_is_public", "bps"), [(True, 10_000), (False, 1_000)])
def test_poke_lots__missed_tag__slashes_all_once_another_is_public(
    job: PostedJob, other_is_public: bool, bps: int
) -> None:
    job.seal(0, 0)
    job.seal(0, 1)
    if other_is_public:
        job.tag(0, 0)
    job.pass_deadline(0)
    before = bonds(job)
    job.poke(0)
    fled = job.holder(0, 1)
    assert before[fled] - bonds(job)[fled] == -(-job.price(0, 1) * bps // 10_000)
    lot = job.lot(0)
    assert (lot.phase, lot.active) == (SEALING, 3 if other_is_public else 4)


def test_poke_lots__missed_tag__the_others_tag_stays_and_the_spare_completes_it(job: PostedJob) -> None:
    job.seal(0, 0)
    job.seal(0, 1)
    job.tag(0, 0)
    job.pass_deadline(0)
    job.poke(0)
    job.seal(0, 2)
    job.tag(0, 2)
    job.reveal(0, 2)
    job.pass_deadline(0)
    job.poke(0)
    assert job.lot(0).reason == SETTLED_AGREED
    assert [job.status(0, place) for place in range(3)] == [PAID, DEFAULTED, PAID]


def test_poke_lots__missed_tags_and_no_spare__no_reveal(world: MarketWorld) -> None:
    job = world.post(lots=1, spares=0).draw_now()
    job.seal(0, 0)
    job.seal(0, 1)
    job.pass_deadline(0)
    job.poke(0)
    assert job.lot(0).reason == NO_REVEAL


def test_poke_lots__three_seats_one_flees__quorum_decides_without_a_spare(world: MarketWorld) -> None:
    job = world.post(lots=1, seats=3, spares=1).draw_now()
    for place in range(3):
        job.seal(0, place)
    for place in range(2):
        job.tag(0, place)
    job.pass_deadline(0)
    job.poke(0)
    assert (job.lot(0).phase, job.lot(0).active) == (REVEALING, 3)


def test_poke_lots__tie__is_broken_by_a_spare(job: PostedJob) -> None:
    tag_all(job, {0: 0, 1: 7})
    lot = job.lot(0)
    assert (lot.phase, lot.active) == (SEALING, 3)
    job.seal(0, 2)
    job.tag(0, 2)
    job.reveal(0, 0)
    job.pass_deadline(0)
    job.poke(0)
    assert [job.status(0, place) for place in range(3)] == [PAID, UNPAID, PAID]
    assert job.lot(0).reason == SETTLED_AGREED
    # a wrong digest goes unpaid, not slashed: native results may differ honestly
    assert job.world.escrow.kitty_usd6() == 0


def test_poke_lots__never_equal__halves_to_those_who_reveal(job: PostedJob) -> None:
    world = job.world
    tag_all(job, {0: 0, 1: 1})
    for place in (2, 3):
        job.seal(0, place, lie=place)
        job.tag(0, place, lie=place)
    assert job.lot(0).phase == REVEALING
    for place in range(3):
        job.reveal(0, place, lie=place)
    with boa.reverts("market: nothing due"):
        job.poke(0)
    job.pass_deadline(0)
    before = bonds(job)
    job.poke(0)
    assert job.lot(0).reason == NO_AGREEMENT
    halves = [job.price(0, place) // 2 for place in range(3)]
    assert [income(job, 0, place) for place in range(3)] == halves
    silent = job.holder(0, 3)
    assert before[silent] - bonds(job)[silent] == -(-job.price(0, 3) // 10)
    fee = sum(fee_of(job.price(0, place)) // 2 for place in range(3))
    assert world.escrow.fees_usd6() == fee
    assert world.escrow.credit_of(world.buyer) == budget_of(job.terms) - sum(halves) - fee - POKE
    assert world.escrow.job_balance(job.job_id) == 0


def test_poke_lots__never_equal_and_all_revealed__is_due_at_once(world: MarketWorld) -> None:
    job = world.post(lots=1, spares=0).draw_now()
    tag_all(job, {0: 0, 1: 1})
    for place in (0, 1):
        job.reveal(0, place, lie=place)
    job.poke(0)
    assert job.lot(0).reason == NO_AGREEMENT


def test_poke_lots__one_tag_and_no_spare_left__no_spare(world: MarketWorld) -> None:
    job = world.post(lots=1, spares=0).draw_now()
    job.seal(0, 0)
    job.pass_deadline(0)
    job.poke(0)
    job.tag(0, 0)
    job.reveal(0, 0)
    job.poke(0)
    assert job.lot(0).reason == NO_SPARE
    assert income(job, 0, 0) == job.price(0, 0) // 2


def test_poke_lots__agreed_but_no_root__slashes_the_agreed_and_spares_the_rest(world: MarketWorld) -> None:
    job = world.post(lots=1, seats=3, spares=0).draw_now()
    tag_all(job, {0: 0, 1: 0, 2: 9})
    job.pass_deadline(0)
    before = bonds(job)
    job.poke(0)
    assert job.lot(0).reason == NO_REVEAL
    assert [job.status(0, place) for place in range(3)] == [DEFAULTED, DEFAULTED, UNPAID]
    for place in range(2):
        holder = job.holder(0, place)
        assert before[holder] - bonds(job)[holder] == -(-job.price(0, place) // 10)
    assert bonds(job)[job.holder(0, 2)] == before[job.holder(0, 2)]


def test_poke_lots__mixed_lots__job_takes_the_first_other_reason(world: MarketWorld) -> None:
    job = world.post(lots=2, spares=0).draw_now()
    job.agree(1)
    job.pass_deadline(0)
    job.poke(0, 1)
    assert (job.state().state, job.state().reason, job.state().lots_paid) == (CLOSED, NO_SEAL, 1)


def test_poke_lots__shared_device__income_arrives_in_the_share(world: MarketWorld) -> None:
    job = world.post(lots=2).draw_now()
    job.settle(0)
    job.settle(1)
    share = world.providers[0].share
    earned = sum(
        job.price(lot, place)
        for lot in range(2)
        for place in range(2)
        if job.holder(lot, place) == world.providers[0].address
    )
    assert share.total_income_usd6() == earned == world.usd.balanceOf(share)


def test_is_closed__release__frees_the_bonds_after_the_end_only(job: PostedJob) -> None:
    world = job.world
    providers = [one.provider for one in job.awardees]
    with pytest.raises(boa.BoaError):
        world.vault.release(job.job_id, providers)
    job.settle(0)
    world.vault.release(job.job_id, providers)
    assert sum(bonds(job).values()) == 0
    for one in world.providers:
        assert world.vault.locked_of(one.address) == 0

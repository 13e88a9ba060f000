"""The grade sampled: after a seal a draw says whether another provider computes the lot too, and what then happens."""

from typing import Any

import boa
import pytest

from assay.protocol.draw import is_audited
from tests.contracts.broken import Patch, broken
from tests.contracts.exact_job import BY_LEAF, exact_job
from tests.contracts.market_world import (
    CONVICTED,
    DECLINED,
    DEFAULTED,
    LEAF,
    LOT_CLOSED,
    NO_AGREEMENT,
    PAID,
    REVEALING,
    SAMPLED,
    SEALED,
    SEALING,
    SETTLED_AGREED,
    SETTLED_QUIET,
    SETTLED_UPHELD,
    TAGGED,
    TAGGING,
    UNPAID,
    WINDOW,
    MarketWorld,
    PostedJob,
    budget_of,
    market_world,
)

ALL = 10_000
DELIVERY = 10


def sampled(world: MarketWorld, *, exact: bool = False, audit_bps: int = ALL, **changes: Any) -> Any:
    """Drawn: one lot with one seat and two that may audit, all of its lots audited unless told otherwise."""
    wanted = {"spares": 2, "lots": 1, "audit_bps": audit_bps} | changes
    if exact:
        return exact_job(world, SAMPLED, 1, **wanted)
    return world.post(grade=SAMPLED, seats=1, **wanted).draw_now()


def audited(job: PostedJob, lie: int = 0, auditor: int | None = None) -> None:
    """The seat seals `lie`, the audit is drawn, the auditor seals (None: does not)."""
    job.seal(0, 0, lie)
    assert job.pass_audit_block(0)
    job.draw_audits(0)
    if auditor is not None:
        job.seal(0, 1, auditor)


def bond(job: PostedJob, place: int = 0) -> int:
    """The law: 2 P (1/q - 1), never under P."""
    price, q = job.price(0, place), job.terms.audit_bps
    return max(price, -(-2 * price * (ALL - q) // q))


# --- terms, bonds, budget ---


@pytest.mark.parametrize(
    ("changes", "good"),
    [
        ({"audit_bps": 100}, True),
        ({"audit_bps": 10_000}, True),
        ({"audit_bps": 99}, False),
        ({"audit_bps": 10_001}, False),
        ({"audit_bps": 0}, False),
        ({"spares": 1}, True),
        ({"spares": 3}, True),
        ({"spares": 0}, False),
        ({"spares": 4}, False),
        ({"seats": 2}, False),
        ({"grade": 3, "seats": 2, "audit_bps": 1}, False),
        ({"grade": 1, "spares": 0, "audit_bps": 1}, False),
    ],
)
def test_award__sampled_terms_at_each_bound__as_the_readme_says(
    world: MarketWorld, changes: dict[str, Any], good: bool
) -> None:
    wanted = {"grade": SAMPLED, "seats": 1, "spares": 1, "lots": 1, "audit_bps": 500} | changes
    terms = world.terms(**wanted)
    picks = world.even_picks(terms)
    if good:
        assert world.award(picks, terms)
        return
    with boa.reverts():
        world.award(picks, terms)


@pytest.mark.parametrize("q", [100, 101, 333, 5_000, 6_667, 9_999, 10_000])
def test_post_job__sampled__locks_the_bond_of_the_law_and_takes_two_prices(
    world: MarketWorld, q: int
) -> None:
    job = sampled(world, audit_bps=q)
    for awardee in job.awardees:
        law = max(awardee.price_usd6, -(-2 * awardee.price_usd6 * (ALL - q) // q))
        assert world.vault.bond_of(awardee.provider, job.job_id) == awardee.units * law
    assert world.escrow.job_balance(job.job_id) == budget_of(job.terms)


# --- a lot that is not audited, and one that is ---


def test_lot__not_drawn__waits_for_its_block_and_then_takes_the_tag(world: MarketWorld) -> None:
    for _ in range(40):
        job = sampled(world, audit_bps=100)
        job.seal(0, 0)
        assert job.lot(0).audit_due
        assert job.lot(0).audit_block == boa.env.evm.patch.block_number + 2
        with boa.reverts("market: an audit is due: draw_audits first"):
            job.tag(0, 0)
        if not job.pass_audit_block(0):
            break
    job.tag(0, 0)
    job.reveal(0, 0)
    job.pass_deadline(0)
    job.poke(0)
    assert (job.lot(0).reason, job.status(0, 0), job.lot(0).active) == (SETTLED_QUIET, PAID, 1)
    # the auditor's part of the budget came back
    assert world.escrow.job_balance(job.job_id) == 0


def test_lot__audited_and_equal__both_are_paid_after_the_window(world: MarketWorld) -> None:
    job = sampled(world, exact=True)
    audited(job, 0, 0)
    assert job.lot(0).phase == TAGGING
    job.tag(0, 0)
    job.tag(0, 1)
    job.reveal(0, 1)
    assert job.lot(0).deadline == boa.env.evm.patch.timestamp + job.state().window_seconds
    job.pass_deadline(0)
    job.poke(0)
    assert (job.lot(0).reason, job.status(0, 0), job.status(0, 1)) == (SETTLED_AGREED, PAID, PAID)


def test_lot__audited_native_and_different__a_third_decides_and_nobody_is_slashed(world: MarketWorld) -> None:
    job = sampled(world)
    audited(job, 1, 0)
    job.tag(0, 0, 1)
    job.tag(0, 1, 0)
    assert (job.lot(0).phase, job.lot(0).active) == (SEALING, 3)
    job.seal(0, 2, 0)
    job.tag(0, 2, 0)
    job.reveal(0, 1)
    assert job.lot(0).phase == WINDOW
    job.pass_deadline(0)
    job.poke(0)
    assert [job.status(0, place) for place in range(3)] == [UNPAID, PAID, PAID]


def test_lot__audited_native_and_three_results__each_gets_half(world: MarketWorld) -> None:
    job = sampled(world)
    audited(job, 1, 2)
    job.tag(0, 0, 1)
    job.tag(0, 1, 2)
    job.seal(0, 2, 0)
    job.tag(0, 2, 0)
    assert job.lot(0).phase == REVEALING
    for place, lie in ((0, 1), (1, 2), (2, 0)):
        job.reveal(0, place, lie)
    job.poke(0)
    assert job.lot(0).reason == NO_AGREEMENT
    assert [job.status(0, place) for place in range(3)] == [PAID, PAID, PAID]


def test_lot__audited_exact_and_different__the_game_decides(world: MarketWorld) -> None:
    job = sampled(world, exact=True)
    audited(job, 1, 0)
    job.tag(0, 0, 1)
    job.tag(0, 1, 0)
    assert job.lot(0).phase == REVEALING
    job.reveal(0, 0, 1)
    job.reveal(0, 1, 0)
    assert job.lot(0).phase == WINDOW
    auditor = job.holder(0, 1)
    claim = job.challenge(0, 0, 1)
    job.rule(claim, BY_LEAF, challenger=auditor)
    before = world.vault.stake_of(job.holder(0, 0))
    job.enforce(claim)
    assert before - world.vault.stake_of(job.holder(0, 0)) == bond(job)
    assert job.status(0, 0) == CONVICTED
    job.pass_deadline(0)
    job.poke(0)
    assert (job.lot(0).reason, job.status(0, 1)) == (SETTLED_UPHELD, PAID)


def test_lot__auditor_that_agreed_with_a_wrong_claim__loses_its_bond_too(world: MarketWorld) -> None:
    job = sampled(world, exact=True)
    audited(job, 1, 1)
    job.tag(0, 0, 1)
    job.tag(0, 1, 1)
    job.reveal(0, 0, 1)
    claim = job.challenge(0, 0, 1)
    job.rule(claim, BY_LEAF)
    job.enforce(claim)
    assert [job.status(0, place) for place in range(2)] == [CONVICTED, CONVICTED]
    assert job.lot(0).reason == LEAF


# --- who stays away ---


def test_lot__claimant_flees_from_its_audit__loses_all_and_a_late_auditor_a_tenth(world: MarketWorld) -> None:
    job = sampled(world)
    audited(job, 0, 0)
    stakes = [world.vault.stake_of(job.holder(0, place)) for place in range(2)]
    job.pass_deadline(0)
    job.poke(0)
    lost = [stake - world.vault.stake_of(job.holder(0, place)) for place, stake in enumerate(stakes)]
    assert lost == [bond(job), -(-bond(job, 1) // 10)]
    assert [job.status(0, place) for place in range(2)] == [DEFAULTED, DEFAULTED]
    # the last one is called to do it afresh, and its work is drawn for an audit as well
    assert (job.lot(0).phase, job.lot(0).active) == (SEALING, 3)


def test_lot__claimant_flees_and_the_auditor_stays__the_auditors_result_is_paid(world: MarketWorld) -> None:
    job = sampled(world)
    audited(job, 1, 0)
    job.tag(0, 1, 0)
    job.pass_deadline(0)
    job.poke(0)
    job.reveal(0, 1, 0)
    job.pass_deadline(0)
    job.poke(0)
    assert [job.status(0, place) for place in range(2)] == [DEFAULTED, PAID]


def test_lot__auditors_decline_or_stay_away__the_claim_goes_on_without(world: MarketWorld) -> None:
    job = sampled(world)
    audited(job)
    job.decline(0, 1)
    assert job.lot(0).active == 3
    job.pass_deadline(0)
    job.poke(0)
    assert [job.status(0, place) for place in range(3)] == [SEALED, DECLINED, DEFAULTED]
    # nobody is left to audit: it is drawn once more and stands alone
    job.pass_audit_block(0)
    job.tag(0, 0)
    job.reveal(0, 0)
    job.pass_deadline(0)
    job.poke(0)
    assert (job.lot(0).phase, job.status(0, 0)) == (LOT_CLOSED, PAID)


def test_poke__audit_block_out_of_reach__a_new_block_and_a_fresh_deadline(world: MarketWorld) -> None:
    job = sampled(world)
    job.seal(0, 0)
    first = job.lot(0)
    boa.env.time_travel(blocks=9_000)
    job.poke(0)
    second = job.lot(0)
    assert second.audit_due
    assert second.audit_block > first.audit_block
    assert second.deadline > boa.env.evm.patch.timestamp
    assert job.status(0, 0) == SEALED


def test_poke__before_the_audit_block__nothing_is_due_however_late(world: MarketWorld) -> None:
    job = sampled(world)
    job.seal(0, 0)
    late = job.lot(0).deadline + 1
    boa.env.time_travel(seconds=late - boa.env.evm.patch.timestamp, block_delta=10**9)
    assert boa.env.evm.patch.block_number <= job.lot(0).audit_block
    with boa.reverts("market: nothing due"):
        job.poke(0)
    assert job.status(0, 0) == SEALED


@pytest.mark.parametrize("phase", [SEALING, TAGGED])
def test_draw_audits__where_none_is_due__refused(world: MarketWorld, phase: int) -> None:
    job = sampled(world)
    if phase != SEALING:
        audited(job, 0, 0)
    with boa.reverts("market: the lot is in another phase"):
        job.draw_audits(0)


# --- attacks, and what each needs ---


def test_inv_09__auditor_copies_the_seal__cannot_open_it(world: MarketWorld) -> None:
    job = sampled(world)
    audited(job)
    copied = job.seal_digest(0, 0, job.holder(0, 0))
    auditor = job.holder(0, 1)
    with boa.env.prank(auditor):
        world.market.seal_lots(job.job_id, job.award_list, [0], [1], [copied])
    with boa.reverts("market: does not open the caller's seal"):
        job.tag(0, 1, 0)


SKIP = Patch(
    "modules/moves.vy",
    "causes._require(lot.flags & (lot_store.AUDIT_DUE | lot_store.AUDITED) == 0, causes.AUDIT_FIRST)",
    "lot.flags &= lot_store.ALL - lot_store.AUDIT_DUE",
)
FREE_FLIGHT = Patch(
    "modules/strikes.vy", "lot_rules.FLED_BPS, reason\n        )", "slash_bps, reason\n        )"
)
KNOWN_BEFORE = Patch(
    "modules/lots.vy",
    "lot.audit_block = block.number + parts.PARAMS.seed_delay",
    "lot.audit_block = block.number - 1",
)


def test_attack__tag_before_the_audit_is_drawn__skips_it_only_without_the_check(world: MarketWorld) -> None:
    with boa.reverts("market: an audit is due: draw_audits first"):
        job = sampled(world)
        job.seal(0, 0)
        job.tag(0, 0)
    variant = market_world(variants={"JobMarket": broken("JobMarket", SKIP)})
    job = sampled(variant)
    job.seal(0, 0)
    job.tag(0, 0)
    assert job.lot(0).phase == REVEALING  # never audited, though all lots are


def test_attack__flee_from_a_drawn_audit__is_cheap_only_without_the_whole_bond(world: MarketWorld) -> None:
    def loss(of: MarketWorld) -> tuple[int, int]:
        job = sampled(of)
        audited(job, 1, 0)
        stake = of.vault.stake_of(job.holder(0, 0))
        job.pass_deadline(0)
        job.poke(0)
        return int(stake - of.vault.stake_of(job.holder(0, 0))), bond(job)

    lost, whole = loss(world)
    assert lost == whole
    lost, whole = loss(market_world(variants={"JobMarket": broken("JobMarket", FREE_FLIGHT)}))
    assert lost == -(-whole // 10)


def test_attack__grind_the_seals_salt_for_a_draw__works_only_when_the_block_is_known(
    world: MarketWorld,
) -> None:
    variant = market_world(variants={"JobMarket": broken("JobMarket", KNOWN_BEFORE)})
    job = sampled(variant, audit_bps=5_000)
    # the block is past when the seal comes: the claimant knows whether it is worth lying
    block = boa.env.evm.patch.block_number - 1
    foreseen = is_audited(variant.draw.block_hash(block), job.job_id, 0, 5_000)
    job.seal(0, 0)
    job.draw_audits(0)
    assert job.lot(0).audited == foreseen
    sound = sampled(world, audit_bps=5_000)
    sound.seal(0, 0)
    assert sound.lot(0).audit_block > boa.env.evm.patch.block_number


# --- the bond law ---


@pytest.mark.parametrize("q", [100, 500, 1_000, 2_500, 5_000, 9_000, 10_000])
def test_bond_law__cheating_in_every_lot__gains_nothing_even_with_half_of_the_slash_back(q: int) -> None:
    price = 1_000_000
    law = max(price, -(-2 * price * (ALL - q) // q))
    kept, lost = price * (ALL - q), (law - law // 2) * q
    assert kept <= lost


def test_draw__ten_thousand_lots__as_many_audited_as_stated() -> None:
    for q in (100, 2_500, 9_900):
        found = sum(is_audited(lot.to_bytes(32, "big"), b"\x07" * 32, lot, q) for lot in range(10_000))
        # five standard deviations of a binomial
        assert abs(found - q) <= 5 * (10_000 * q / ALL * (1 - q / ALL)) ** 0.5

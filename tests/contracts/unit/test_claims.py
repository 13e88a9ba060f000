"""Claims: stating, holding, ruling, enforcing; each refusal, and what may never be refused."""

from dataclasses import replace

import boa
import pytest

from assay.protocol.clients.claims import ClaimState
from contracts.scripts.params import DEVNET
from tests.contracts.exact_job import BY_CLOCK, BY_LEAF, DEFENDED, EXACT, ExactJob, exact_job
from tests.contracts.market_world import CLOCK, LEAF, POKE, REPLICATED, TRUSTED, WINDOW, MarketWorld, plain
from tests.contracts.worlds import ZERO, deployer, logs_of, role

GARBAGE = b"\x6b" * 32
NO_FACTS = (b"\0" * 32, 0, 0, b"\0" * 32, b"\0" * 32, ZERO, 0, 0)


@pytest.fixture
def job(world: MarketWorld) -> ExactJob:
    """One lot of three items, one seat, in its window."""
    job = exact_job(world)
    job.show(0)
    return job


def state_of(job: ExactJob, claim: bytes) -> ClaimState:
    return ClaimState(job.world.claims.ruling_of(claim)[1])


# --- state_claim ---


def test_state_claim__in_the_window__stores_and_logs_the_facts(job: ExactJob) -> None:
    claims, terms = job.world.claims, job.terms
    claim = job.state_claim(0, 0)
    stated = logs_of(claims, "ClaimStated")[0]
    assert claim == job.claim_id(0, 0) == claims.claim_id_of(job.job_id, 0, 0, job.root(0))
    assert tuple(claims.facts_of(claim)) == (
        job.root(0), 3, 0, terms.program_root, terms.inputs_root, job.holder(0, 0), job.lot(0).deadline, 20,
    )  # fmt: skip
    assert (stated.claim_id, stated.job_id, stated.defender) == (claim, job.job_id, job.holder(0, 0))
    assert (stated.lot, stated.place, stated.root, stated.items) == (0, 0, job.root(0), 3)
    assert (stated.first_item, stated.program_root, stated.inputs_root, stated.move_seconds) == (
        0, terms.program_root, terms.inputs_root, 20,
    )  # fmt: skip
    assert state_of(job, claim) is ClaimState.STATED


def test_state_claim__last_lot_with_fewer_items__counts_them_from_its_first(world: MarketWorld) -> None:
    job = exact_job(world, lots=3, items_per_lot=4, items=9, lot_seconds=7, ceiling_usd6=4_000_000)
    job.show(0, lot=2)
    facts = world.claims.facts_of(job.state_claim(2, 0))
    assert (facts.items, facts.first_item, facts.move_seconds) == (1, 8, 28)


def test_state_claim__again__changes_and_logs_nothing(job: ExactJob) -> None:
    claim = job.challenge(0, 0)
    job.rule(claim, BY_LEAF)
    assert job.state_claim(0, 0) == claim
    assert logs_of(job.world.claims, "ClaimStated") == []
    assert state_of(job, claim) is ClaimState.CONVICTED_LEAF


def test_state_claim__other_terms_or_salt__reverts(job: ExactJob) -> None:
    for changes in (
        {"terms": plain(replace(job.terms, items_per_lot=job.terms.items_per_lot + 1))},
        {"terms": plain(replace(job.terms, program_root=GARBAGE))},
        {"salt": GARBAGE},
    ):
        with boa.reverts("claims: other terms"):
            job.state_claim(0, 0, **changes)


def test_state_claim__award_list_of_another__reverts(world: MarketWorld, job: ExactJob) -> None:
    forged = [plain(replace(one, provider=world.stranger)) for one in job.awardees]
    with boa.reverts("draw: another award list"):
        job.state_claim(0, 0, awardees=forged)


@pytest.mark.parametrize(("place", "root"), [(0, GARBAGE), (1, None), (255, None)])
def test_state_claim__root_or_place_that_is_none__reverts(
    job: ExactJob, place: int, root: bytes | None
) -> None:
    with boa.reverts("claims: no such root of this place, or not in its window"):
        job.state_claim(0, place, root=root or job.root(0))


def test_state_claim__lot_out_of_range_or_unknown_job__reverts(job: ExactJob) -> None:
    with boa.reverts("market: no such lot"):
        job.state_claim(1, 0)
    with boa.reverts("claims: other terms"):
        job.state_claim(0, 0, job_id=GARBAGE)


def test_state_claim__before_and_after_the_window__reverts(world: MarketWorld) -> None:
    job = exact_job(world)
    job.seal(0, 0)
    job.tag(0, 0)
    with boa.reverts("claims: no such root of this place, or not in its window"):
        job.state_claim(0, 0)
    job.reveal(0, 0)
    job.pass_deadline(0)
    job.poke(0)
    with boa.reverts("claims: no such root of this place, or not in its window"):
        job.state_claim(0, 0)


def test_state_claim__native_or_trusted_job__reverts(world: MarketWorld) -> None:
    trusted = exact_job(world, TRUSTED)
    trusted.agree(0)
    native = world.post(lots=1).draw_now()
    native.agree(0)
    for job in (trusted, native):
        with boa.reverts("claims: roots of this job cannot be challenged"):
            ExactJob.state_claim(job, 0, 0)  # type: ignore[arg-type]


# --- facts_of ---


def test_facts_of__claim_that_nobody_stated__is_empty(job: ExactJob) -> None:
    assert tuple(job.world.claims.facts_of(job.claim_id(0, 0))) == NO_FACTS


def test_facts_of__paid_or_convicted_claim__has_no_defender(world: MarketWorld, job: ExactJob) -> None:
    claim = job.challenge(0, 0)
    job.rule(claim, BY_CLOCK)
    assert world.claims.facts_of(claim).defender == ZERO
    paid = exact_job(world)
    paid.show(0)
    claim = paid.state_claim(0, 0)
    paid.pass_deadline(0)
    paid.poke(0)
    assert world.claims.facts_of(claim).defender == ZERO


# --- hold and release ---


def test_hold_release_convict__by_others_than_the_game__revert(job: ExactJob) -> None:
    claim = job.state_claim(0, 0)
    world = job.world
    for caller in (world.stranger, world.buyer, world.guardian, job.holder(0, 0), world.market.address):
        with boa.env.prank(caller):
            for act in (
                lambda: world.claims.hold(claim),
                lambda: world.claims.release(claim),
                lambda: world.claims.convict(claim, world.stranger, BY_LEAF),
            ):
                with boa.reverts("claims: only the game"):
                    act()


def test_hold__open_game__keeps_the_lot_from_settling_until_it_is_defended(job: ExactJob) -> None:
    claims = job.world.claims
    claim = job.challenge(0, 0)
    assert (job.lot(0).contested, claims.held_of(job.job_id, 0)) == (True, 1)
    job.pass_deadline(0)
    with boa.reverts("market: nothing due"):
        job.poke(0)
    job.rule(claim, DEFENDED)
    assert [one.held for one in logs_of(job.world.game, "LotHeld")] == [False]
    assert (job.lot(0).contested, claims.held_of(job.job_id, 0)) == (False, 0)
    job.poke(0)
    assert job.lot(0).phase != WINDOW


def test_hold__two_claims_of_a_lot__free_only_after_both(world: MarketWorld) -> None:
    job = exact_job(world, seats=2)
    job.show(0, 1)
    first, second = job.challenge(0, 0), job.challenge(0, 1, 1)
    assert world.claims.held_of(job.job_id, 0) == 0b11
    job.rule(first, DEFENDED)
    assert (job.lot(0).contested, world.claims.held_of(job.job_id, 0)) == (True, 0b10)
    job.rule(second, DEFENDED)
    assert not job.lot(0).contested


def test_hold__window_runs_on__deadline_stays(job: ExactJob) -> None:
    end = job.lot(0).deadline
    job.challenge(0, 0)
    assert job.lot(0).deadline == end


def test_release__after_the_lot_has_ended__does_not_revert(world: MarketWorld) -> None:
    """A claim that falls with another's keeps its game, whose bond must move all the same."""
    job = exact_job(world, seats=2)
    job.show(0, 0)
    fallen, other = job.challenge(0, 0), job.challenge(0, 1)
    job.rule(fallen, BY_LEAF)
    job.enforce(fallen)
    assert job.state().state == 4
    job.rule(other, DEFENDED)
    assert world.claims.held_of(job.job_id, 0) == 0


# --- convict and enforce ---


@pytest.mark.parametrize(("verdict", "reason"), [(BY_LEAF, LEAF), (BY_CLOCK, CLOCK)])
def test_convict__ruling__is_kept_and_logged_and_holds_the_lot(
    job: ExactJob, verdict: int, reason: int
) -> None:
    claim = job.challenge(0, 0)
    accuser = role("accuser")
    job.rule(claim, verdict, accuser)
    logged = logs_of(job.world.game, "ClaimConvicted")
    assert [(one.challenger, one.lot, one.place, one.reason) for one in logged] == [(accuser, 0, 0, reason)]
    assert job.world.claims.ruling_of(claim) == (accuser, 2 if verdict == BY_LEAF else 3)
    job.pass_deadline(0)
    with boa.reverts("market: nothing due"):
        job.poke(0)
    job.enforce(claim)
    assert job.lot(0).reason == reason


@pytest.mark.parametrize("before", ["unknown", "stated", "defended", "enforced"])
def test_enforce__without_a_ruling_or_twice__reverts(job: ExactJob, before: str) -> None:
    claim = job.claim_id(0, 0)
    if before != "unknown":
        job.state_claim(0, 0)
    if before in ("defended", "enforced"):
        job.world.game.open_game(claim)
        job.rule(claim, DEFENDED if before == "defended" else BY_LEAF)
    if before == "enforced":
        job.enforce(claim)
    with boa.reverts("claims: no ruling to enforce"):
        job.enforce(claim)


def test_enforce__award_list_of_another__reverts_and_can_be_done_again(job: ExactJob) -> None:
    claim = job.challenge(0, 0)
    job.rule(claim, BY_LEAF)
    rightful = list(job.awardees)
    job.awardees[0] = replace(rightful[0], payee=job.world.stranger)
    with boa.reverts("draw: another award list"):
        job.enforce(claim)
    job.awardees = rightful
    job.enforce(claim)
    assert job.lot(0).reason == LEAF


def test_enforce__place_that_fell_with_another__reverts(world: MarketWorld) -> None:
    job = exact_job(world, seats=3)
    job.show(0, 0, 1)
    first, second = job.challenge(0, 0), job.challenge(0, 1)
    job.rule(first, BY_LEAF)
    job.rule(second, BY_LEAF)
    job.enforce(first)
    assert world.claims.held_of(job.job_id, 0) == 0
    with boa.reverts("claims: this place does not stand any more"):
        job.enforce(second)


def test_enforce__caller__is_paid_the_poke_price_out_of_the_slash(world: MarketWorld) -> None:
    job = exact_job(world, REPLICATED, 2)
    job.show(0, 0)
    claim = job.challenge(0, 1)
    job.rule(claim, BY_CLOCK)
    closer = role("closer")
    job.enforce(claim, closer)
    assert world.escrow.credit_of(closer) == POKE
    logged = logs_of(world.claims, "ClaimEnforced")[0]
    assert (logged.claim_id, logged.closer, logged.standing) == (claim, closer, 0b01)


def test_claims__deployment__without_a_move_clock_is_refused() -> None:
    with boa.reverts("claims: the move clock is zero"):
        deployer("Claims").deploy(ZERO, ZERO, ZERO, 0)


def test_claims__addresses__read_back(world: MarketWorld) -> None:
    assert (world.claims.market(), world.claims.game()) == (world.market.address, world.game.address)
    assert DEVNET.min_move_seconds == 20


# --- what only Claims may ask of the market, and pages ---


def test_request_page__exact_job__is_refused_in_words(world: MarketWorld) -> None:
    for grade in (TRUSTED, 4):
        job = exact_job(world, grade)
        with (
            boa.env.prank(job.holder(0, 0)),
            boa.reverts("availability: pages of exact jobs cannot be proven, decline instead"),
        ):
            world.availability.request_page(job.job_id, job.award_list, 0, 0, 1, 0, 0)


def test_rule_lot__claims_with_reasons_of_availability_and_the_other_way_round__revert(
    world: MarketWorld, job: ExactJob
) -> None:
    market = world.market
    for caller, reasons in ((world.claims, (12, 13)), (world.availability, (10, 11))):
        for reason in reasons:
            with boa.env.prank(caller.address), boa.reverts("market: only Availability or Claims"):
                market.rule_lot(
                    job.job_id, job.award_list, 0, reason, 1, False, caller.address, caller.address
                )


def test_exact__class__is_the_empty_one(job: ExactJob) -> None:
    assert job.terms.runtime_class == EXACT and job.state().window_seconds == 30

"""request_page, answer_page, close_request."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

import boa
import pytest

from assay.commitment import artifact_id, list_proof, list_root
from tests.contracts.market_world import (
    CONVICTED,
    INPUTS_UNAVAILABLE,
    PAGE_PRICE,
    PAID,
    POKE,
    SEALING,
    SETTLED_AGREED,
    UNPAID,
    WITHHELD,
    MarketWorld,
    budget_of,
    to_time,
)
from tests.contracts.paged_job import (
    BLOBS,
    IDS,
    INPUT,
    ITEMS,
    OUTPUT,
    PAGE,
    PROGRAM,
    WithData,
    program_proof,
    proof_of,
    with_data,
)
from tests.contracts.worlds import logs_of


@pytest.fixture
def job(world: MarketWorld) -> WithData:
    posted = with_data(world)
    posted.draw_now()
    return posted


@pytest.mark.parametrize(
    ("list_index", "page_index", "in_range"),
    [
        (1, 0, True),
        (2, 0, True),
        (3, 0, True),
        (3, 1, True),
        (4, 4, True),
        (0, 0, False),
        (3, 2, False),
        (4, 2**256 - 1, False),
        (5, 0, False),
        (2**256 - 1, 2**256 - 1, False),
    ],
)
def test_answer_page__any_input_page__is_paid_and_frees_the_lot(
    job: WithData, list_index: int, page_index: int, in_range: bool
) -> None:
    world = job.world
    job.request(INPUT, list_index, page_index)
    job.answer(proof_of(BLOBS, list_index, page_index))
    event = logs_of(world.availability, "PageAnswered")[0]
    assert event.in_range is in_range
    if in_range:
        assert event.page == BLOBS[list_index][page_index * PAGE :][:PAGE]
    assert world.escrow.credit_of(world.stranger) == PAGE_PRICE + POKE
    assert world.availability.request_of(job.job_id, 0).id == b"\0" * 32
    with boa.reverts("availability: no request is open on this lot"):
        job.answer(proof_of(BLOBS, list_index, page_index))


def test_answer_page__program__is_proven_to_its_own_root(job: WithData) -> None:
    job.request(PROGRAM, 0, 1)
    job.answer(program_proof(1))
    job.request(PROGRAM, 0, 99)
    job.answer(program_proof(99))


LIES: dict[str, dict[str, Any]] = {
    "another page": {"page": b"\x09"},
    "no page": {"page": b""},
    "page count": {"page_count": 9},
    "length": {"byte_length": 5},
    "artifact": {"artifact_id": IDS[1]},
    "list count": {"list_count": 6},
    "shorter list, so that the index is out of range": {"list_count": 3, "page": b""},
    "no pages, so that the index is out of range": {"page_count": 1, "page": b"", "page_proof": ()},
    "list proof cut": {"list_proof": ()},
    "page proof cut": {"page_proof": ()},
    "list proof too long": {"list_proof": (b"\0" * 32,) * 16},
    "page proof too long": {"page_proof": (b"\0" * 32,) * 32},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_answer_page__lying_proof__reverts(job: WithData, lie: dict[str, Any]) -> None:
    job.request(INPUT, 3, 1)
    honest = proof_of(BLOBS, 3, 1)
    with pytest.raises(boa.BoaError):
        job.answer(replace(honest, **lie))
    job.answer(honest)


def test_answer_page__lying_lists_about_empty_artifacts__reverts(job: WithData) -> None:
    job.request(INPUT, 0, 0)
    with pytest.raises(boa.BoaError):
        job.answer(replace(proof_of(BLOBS, 0, 0), page_count=2**64))
    job.answer(proof_of(BLOBS, 0, 0))


FORGED = [
    (0, 1),
    (0, PAGE),
    (1, 0),
    (1, PAGE + 1),
    (2, PAGE),
    (3, PAGE + 1),
    (1, 2**64 - 1),
    (2**64 - 1, PAGE),
]


@pytest.mark.parametrize(("pages", "length"), FORGED)
def test_answer_page__artifact_whose_pages_and_bytes_disagree__denies_no_page(
    world: MarketWorld, pages: int, length: int
) -> None:
    """An id made over too few pages would let its maker prove that a page it owes is not there."""
    top = b"\x05" * 32
    lengths = pages.to_bytes(8, "big") + length.to_bytes(8, "big")
    forged = sha256(b"\x02assay/artifact/1" + lengths + top).digest()
    job = with_data(world, ids=[forged])
    job.draw_now()
    page_index = pages  # the first that the forged count denies
    job.request(INPUT, 0, page_index)
    honest = list_proof([forged], 0)
    lie = replace(
        proof_of([b""], 0, page_index),
        list_proof=honest.siblings,
        list_top=honest.top,
        page_count=pages,
        byte_length=length,
        artifact_top=top,
        artifact_id=forged,
    )
    with boa.reverts("page: count and length disagree"):
        job.answer(lie)
    boa.env.time_travel(seconds=21)
    job.close()
    assert job.lot(0).reason == INPUTS_UNAVAILABLE


def test_output__forged_item_without_pages__is_withheld_all_the_same(world: MarketWorld) -> None:
    """The winners agreed on an item of "no pages, but bytes": asked for its bytes they have no answer."""
    top, count = b"\x05" * 32, (0).to_bytes(8, "big")
    forged = sha256(b"\x02assay/artifact/1" + count + (9_000).to_bytes(8, "big") + top).digest()
    items = [artifact_id(ITEMS[0]), forged, artifact_id(ITEMS[2])]
    job = with_data(world)
    job.result = list_root(items)
    job.draw_now()
    job.agree(0)
    job.request(OUTPUT, 1, 0, caller=world.buyer)
    listed = list_proof(items, 1)
    lie = replace(
        proof_of(ITEMS, 1, 9),
        list_proof=listed.siblings,
        list_top=listed.top,
        page_count=0,
        byte_length=9_000,
        page_index=0,
        artifact_top=top,
        artifact_id=forged,
    )
    with boa.reverts("page: count and length disagree"):
        job.answer(lie, root=job.result)
    boa.env.time_travel(seconds=21)
    job.close()
    assert job.lot(0).reason == WITHHELD


def test_answer_page__other_page_terms_or_lot__reverts(job: WithData) -> None:
    job.request(INPUT, 3, 1)
    with boa.reverts("availability: another page was asked for"):
        job.answer(proof_of(BLOBS, 3, 0))
    honest, terms = proof_of(BLOBS, 3, 1), job.terms
    job.terms = replace(terms, inputs_root=b"\x01" * 32)
    with boa.reverts("availability: other terms"):
        job.answer(honest)


@pytest.mark.parametrize("late", [0, 1])
def test_answer_page__clock__is_inclusive_and_closing_comes_after(job: WithData, late: int) -> None:
    job.request(INPUT, 3, 1)
    deadline = job.world.availability.request_of(job.job_id, 0).deadline
    assert deadline == boa.env.evm.patch.timestamp + 20
    to_time(deadline + late)
    if late:
        with boa.reverts("availability: the page clock has run out"):
            job.answer(proof_of(BLOBS, 3, 1))
        job.close()
    else:
        with boa.reverts("availability: the page clock still runs"):
            job.close()
        job.answer(proof_of(BLOBS, 3, 1))


def test_request_page__input__moves_the_seal_deadline_once(job: WithData) -> None:
    first = job.lot(0).deadline
    for page in (0, 1):
        job.request(INPUT, 3, page)
        job.answer(proof_of(BLOBS, 3, page))
        assert job.lot(0).deadline == first + 20


@pytest.mark.parametrize("subject", [0, 4, 255])
def test_request_page__unknown_subject__reverts(job: WithData, subject: int) -> None:
    with boa.reverts("availability: no such subject"):
        job.request(subject, 0, 0)


def test_request_page__program_with_a_list_index__reverts(job: WithData) -> None:
    with boa.reverts("availability: the program is no list"):
        job.request(PROGRAM, 1, 0)


def test_request_page__input_by_others__reverts(job: WithData) -> None:
    for caller in (job.world.buyer, job.world.stranger, job.holder(0, 1)):
        with boa.reverts("availability: the caller does not hold this place"):
            job.request(INPUT, 0, 0, caller=caller)
    with boa.reverts("availability: this place is not called"):
        job.request(INPUT, 0, 0, place=2)
    job.seal(0, 0)
    with boa.reverts("availability: this place has sealed or is out"):
        job.request(INPUT, 0, 0)


def test_request_page__second_while_one_is_open__reverts(job: WithData) -> None:
    job.request(INPUT, 0, 0)
    with boa.reverts("availability: a request is open on this lot"):
        job.request(INPUT, 1, 0, place=1)


def test_request_page__without_allowance__reverts(job: WithData) -> None:
    with boa.env.prank(job.holder(0, 0)):
        job.world.usd.approve(job.world.escrow.address, PAGE_PRICE - 1)
    with pytest.raises(boa.BoaError):
        job.request(INPUT, 0, 0)
    assert job.world.availability.request_of(job.job_id, 0).id == b"\0" * 32


def test_request_page__before_the_draw_or_after_the_deadline__reverts(world: MarketWorld) -> None:
    job = with_data(world)
    with boa.env.prank(job.awardees[0].provider), boa.reverts("availability: the job is not running"):
        world.availability.request_page(job.job_id, job.award_list, 0, 0, INPUT, 0, 0)
    job.draw_now()
    job.pass_deadline(0, beyond=0)
    job.request(INPUT, 1, 0)
    job.answer(proof_of(BLOBS, 1, 0))
    job.pass_deadline(0)
    with boa.reverts("availability: too late to request"):
        job.request(INPUT, 1, 0)


def test_request_page__open__nothing_is_poked(job: WithData) -> None:
    job.pass_deadline(0, beyond=0)
    job.request(INPUT, 1, 0)
    job.pass_deadline(0, beyond=0)
    with boa.reverts("market: nothing due"):
        job.poke(0)


def test_close_request__inputs_unavailable__pays_the_fee_and_gives_the_price_back(job: WithData) -> None:
    world, holder = job.world, job.holder(0, 0)
    before = world.usd.balanceOf(holder)
    job.request(INPUT, 1, 0)
    assert before - world.usd.balanceOf(holder) == PAGE_PRICE
    boa.env.time_travel(seconds=21)
    poker = world.escrow.credit_of(world.stranger)
    job.close()
    assert job.lot(0).reason == INPUTS_UNAVAILABLE
    fees = [job.price(0, place) // 10 for place in (0, 1)]
    assert world.escrow.credit_of(world.buyer) == budget_of(job.terms) - POKE - sum(fees)
    assert world.escrow.credit_of(world.stranger) - poker == POKE
    assert [job.status(0, place) for place in (0, 1)] == [PAID, PAID]
    assert world.escrow.job_balance(job.job_id) == 0
    assert world.escrow.credit_of(holder) >= PAGE_PRICE
    with boa.reverts("availability: no request is open on this lot"):
        job.close()


def test_close_request__requester_has_sealed_meanwhile__is_moot(job: WithData) -> None:
    job.request(INPUT, 1, 0)
    job.seal(0, 0)
    boa.env.time_travel(seconds=21)
    job.close()
    assert job.lot(0).phase == SEALING
    assert job.world.escrow.credit_of(job.holder(0, 0)) == PAGE_PRICE
    job.seal(0, 1)


def test_output__buyer__gets_any_page_inside_the_window(job: WithData) -> None:
    job.agree(0)
    end = job.lot(0).deadline
    job.request(OUTPUT, 2, 1, caller=job.world.buyer)
    assert job.lot(0).deadline == end + 20
    job.answer(proof_of(ITEMS, 2, 1))
    job.pass_deadline(0)
    job.poke(0)
    assert job.lot(0).reason == SETTLED_AGREED


def test_output__before_the_window_or_by_a_stranger__reverts(job: WithData) -> None:
    with boa.reverts("availability: outputs are requested inside the window"):
        job.request(OUTPUT, 0, 0, caller=job.world.buyer)
    job.agree(0)
    with boa.reverts("availability: the caller does not hold this place"):
        job.request(OUTPUT, 0, 0, caller=job.world.stranger)
    job.pass_deadline(0)
    with boa.reverts("availability: too late to request"):
        job.request(OUTPUT, 0, 0, caller=job.world.buyer)


def test_output__another_root__reverts(job: WithData) -> None:
    job.agree(0)
    job.request(OUTPUT, 1, 0, caller=job.world.buyer)
    with boa.reverts("availability: not the lot's root"):
        job.answer(proof_of(BLOBS, 1, 0), root=list_root(IDS))


def test_output__withheld__convicts_the_winners_and_splits_their_bonds(job: WithData) -> None:
    world = job.world
    job.agree(0)
    bonds = [job.price(0, place) for place in (0, 1)]
    job.request(OUTPUT, 1, 0, caller=world.buyer)
    boa.env.time_travel(seconds=21)
    before = world.escrow.credit_of(world.buyer)
    job.close()
    assert job.lot(0).reason == WITHHELD
    assert [job.status(0, place) for place in (0, 1)] == [CONVICTED, CONVICTED]
    half, quarter, tenth = (sum(bond // k for bond in bonds) for k in (2, 4, 10))
    refund = budget_of(job.terms) - POKE
    assert world.escrow.credit_of(world.buyer) - before == refund + half + quarter + PAGE_PRICE
    assert world.escrow.burned_usd6() == tenth
    assert world.escrow.kitty_usd6() == sum(bonds) - half - quarter - tenth
    assert world.escrow.job_balance(job.job_id) == 0


def test_output__withheld_minority__is_only_unpaid(world: MarketWorld) -> None:
    job = with_data(world, seats=3, spares=0)
    job.draw_now()
    for place, lie in ((0, 0), (1, 0), (2, 4)):
        job.seal(0, place, lie)
    for place, lie in ((0, 0), (1, 0), (2, 4)):
        job.tag(0, place, lie)
    job.reveal(0, 0)
    minority = job.holder(0, 2)
    before = world.escrow.credit_of(minority)
    job.request(OUTPUT, 0, 0, place=2)
    boa.env.time_travel(seconds=21)
    job.close()
    assert [job.status(0, place) for place in range(3)] == [CONVICTED, CONVICTED, UNPAID]
    half = sum(job.price(0, place) // 2 for place in (0, 1))
    assert world.escrow.credit_of(minority) - before == half + PAGE_PRICE


def test_hold_lot_rule_lot__others__revert(job: WithData) -> None:
    market = job.world.market
    for caller in (job.world.buyer, job.world.stranger, job.holder(0, 0), job.world.guardian):
        with boa.env.prank(caller):
            with boa.reverts("market: only Availability or Claims"):
                market.hold_lot(job.job_id, 0, True, 1)
            with boa.reverts("market: only Availability or Claims"):
                market.rule_lot(job.job_id, job.award_list, 0, WITHHELD, 0, False, caller, caller)

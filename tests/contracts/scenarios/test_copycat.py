"""INV-09: copying any visible seal, tag or root earns nothing."""

import boa
import pytest

from assay.protocol.digests import tag_of
from tests.contracts.market_world import (
    DEFAULTED,
    NO_AGREEMENT,
    NO_SPARE,
    PAID,
    REVEALING,
    SETTLED_AGREED,
    UNPAID,
    WINDOW,
    MarketWorld,
    PostedJob,
)

OWN_SALT = b"\x66" * 32


def copy_seal(job: PostedJob, victim: int, thief: int) -> None:
    stolen = job.world.market.seat(job.job_id, 0, victim).digest
    with boa.env.prank(job.holder(0, thief)):
        job.world.market.seal_lots(job.job_id, job.award_list, [0], [thief], [stolen])


def test_inv_09__copied_seal__opens_for_nobody_and_defaults(world: MarketWorld) -> None:
    job = world.post(lots=1).draw_now()
    job.seal(0, 0)
    copy_seal(job, 0, 1)
    job.tag(0, 0)
    thief, tag = job.holder(0, 1), tag_of(job.job_id, 0, job.root(0))
    with boa.env.prank(thief), boa.reverts("market: does not open the caller's seal"):
        world.market.tag_lots(job.job_id, [0], [1], [tag], [job.mark(0, 0)])
    job.pass_deadline(0)
    job.poke(0)
    assert job.status(0, 1) == DEFAULTED
    # it saw another's tag and could not follow: its whole bond of this seat is gone
    assert world.vault.bond_of(thief, job.job_id) == 0


def late_spare(world: MarketWorld, seats: int = 2) -> PostedJob:
    """Place 0 has tagged, the others fled: the called spares see its tag."""
    job = world.post(lots=1, seats=seats, spares=2).draw_now()
    for place in range(seats):
        job.seal(0, place)
    job.tag(0, 0)
    job.pass_deadline(0)
    job.poke(0)
    return job


def test_inv_09__late_spare_copies_a_tag__nobody_is_paid_for_a_copy_and_the_copier_loses_its_bond(
    world: MarketWorld,
) -> None:
    job = late_spare(world)
    thief = job.holder(0, 2)
    bond = world.vault.bond_of(thief, job.job_id)
    # it knows the tag of place 0, not the root, so it cannot make the mark
    job.seal(0, 2, salt=OWN_SALT)
    job.tag(0, 2, salt=OWN_SALT)
    assert job.lot(0).phase == REVEALING
    job.reveal(0, 0)
    lot = job.lot(0)
    assert (lot.phase, lot.winning_tag) == (REVEALING, b"\0" * 32)
    with pytest.raises(boa.BoaError):
        job.reveal(0, 2)
    job.pass_deadline(0)
    job.poke(0)
    assert job.lot(0).reason in (NO_AGREEMENT, NO_SPARE)
    assert [job.status(0, place) for place in range(3)] == [PAID, DEFAULTED, DEFAULTED]
    assert world.escrow.credit_of(thief) == 0
    assert bond - world.vault.bond_of(thief, job.job_id) == job.price(0, 2)


def test_inv_09__late_spare_that_worked__is_paid(world: MarketWorld) -> None:
    job = late_spare(world)
    job.seal(0, 2)
    job.tag(0, 2)
    job.reveal(0, 0)
    assert job.lot(0).phase == WINDOW
    job.pass_deadline(0)
    job.poke(0)
    assert job.lot(0).reason == SETTLED_AGREED
    assert job.status(0, 2) == PAID


def test_inv_09__one_late_spare_copies_another__fails_on_its_own_place(world: MarketWorld) -> None:
    job = late_spare(world, seats=3)
    # place 3 works; place 4 repeats the salt that place 3 has just shown
    job.seal(0, 3)
    job.seal(0, 4, salt=job.mark(0, 3))
    job.tag(0, 3)
    job.tag(0, 4, salt=job.mark(0, 3))
    job.reveal(0, 0)
    # two honest equal tags are a quorum of three seats
    assert job.lot(0).phase == WINDOW
    job.pass_deadline(0)
    job.poke(0)
    assert [job.status(0, place) for place in (0, 3, 4)] == [PAID, PAID, UNPAID]


def test_inv_09__half_pay_for_a_copied_tag__is_refused(world: MarketWorld) -> None:
    job = world.post(lots=1, seats=3, spares=1).draw_now()
    for place, lie in ((0, 0), (1, 1), (2, 2)):
        job.seal(0, place, lie)
    for place, lie in ((0, 0), (1, 1)):
        job.tag(0, place, lie)
    job.pass_deadline(0)
    job.poke(0)
    # a late place that cannot make the mark has no claim to a half either
    job.seal(0, 3, lie=3, salt=OWN_SALT)
    job.tag(0, 3, lie=3, salt=OWN_SALT)
    assert job.lot(0).phase == REVEALING
    with boa.reverts("market: this place had copied its tag"):
        job.reveal(0, 3, lie=3)


def test_inv_09__opening_replayed_from_another_lot__does_not_open(world: MarketWorld) -> None:
    job = world.post(lots=2).draw_now()
    for lot in (0, 1):
        for place in (0, 1):
            job.seal(lot, place)
    tag = tag_of(job.job_id, 0, job.root(0))
    for place in (0, 1):
        with boa.env.prank(job.holder(1, place)), boa.reverts("market: does not open the caller's seal"):
            world.market.tag_lots(job.job_id, [1], [place], [tag], [job.mark(0, place)])


def test_inv_09__seal_of_another_job_of_the_same_provider__does_not_open(world: MarketWorld) -> None:
    one, other = world.post(lots=1).draw_now(), world.post(lots=1)
    other.draw_now()
    holder = other.holder(0, 0)
    place = next(p for p in range(4) if one.holder(0, p) == holder)
    seal = one.seal_digest(0, place, holder)
    with boa.env.prank(holder):
        world.market.seal_lots(other.job_id, other.award_list, [0], [0], [seal])
    other.seal(0, 1)
    with boa.env.prank(holder), boa.reverts("market: does not open the caller's seal"):
        tag = tag_of(other.job_id, 0, other.root(0))
        world.market.tag_lots(other.job_id, [0], [0], [tag], [one.mark(0, place)])


def test_inv_09__front_run_reveal__the_pay_stays_with_the_seats(world: MarketWorld) -> None:
    job = world.post(lots=1).draw_now()
    for place in (0, 1):
        job.seal(0, place)
    for place in (0, 1):
        job.tag(0, place)
    before = world.escrow.credit_of(world.stranger)
    job.reveal(0, 0, caller=world.stranger)
    assert world.escrow.credit_of(world.stranger) == before
    job.pass_deadline(0)
    job.poke(0)
    assert [job.status(0, place) for place in (0, 1)] == [PAID, PAID]

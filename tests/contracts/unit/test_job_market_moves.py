"""seal_lots, decline_lots, tag_lots, reveal_lots."""

import boa
import pytest

from assay.protocol.digests import tag_of
from tests.contracts.market_world import (
    DECLINED,
    DRAWN,
    NO_SEAL,
    REVEALING,
    SEALED,
    SEALING,
    TAGGED,
    TAGGING,
    TRUSTED,
    WINDOW,
    MarketWorld,
    PostedJob,
    to_time,
)
from tests.contracts.worlds import logs_of


@pytest.fixture
def job(world: MarketWorld) -> PostedJob:
    return world.post().draw_now()


def test_seal_lots__holder__stores_the_seal(job: PostedJob) -> None:
    job.seal(0, 0)
    event = logs_of(job.world.market, "SeatSealed")[0]
    seal = job.seal_digest(0, 0, job.holder(0, 0))
    assert (event.provider, event.lot, event.place, event.seal) == (job.holder(0, 0), 0, 0, seal)
    assert job.status(0, 0) == SEALED
    assert job.world.market.seat(job.job_id, 0, 0).digest == seal
    assert job.lot(0).phase == SEALING


def test_seal_lots__last_called_place__opens_tagging_with_a_fresh_deadline(job: PostedJob) -> None:
    job.seal(0, 0)
    boa.env.time_travel(seconds=7)
    job.seal(0, 1)
    event = logs_of(job.world.market, "LotTagging")[0]
    lot = job.lot(0)
    assert (lot.phase, lot.deadline) == (TAGGING, boa.env.evm.patch.timestamp + 30)
    assert event.deadline == lot.deadline
    assert job.lot(1).phase == SEALING


def test_seal_lots__batch__is_all_or_nothing(job: PostedJob) -> None:
    holder = job.holder(0, 0)
    own = [(lot, place) for lot in range(2) for place in range(2) if job.holder(lot, place) == holder]
    seals = [job.seal_digest(lot, place, holder) for lot, place in own]
    lots, places = [lot for lot, _ in own], [place for _, place in own]
    with boa.env.prank(holder):
        with boa.reverts("market: this place is done or out"):
            job.world.market.seal_lots(
                job.job_id, job.award_list, [*lots, lots[0]], [*places, places[0]], [*seals, seals[0]]
            )
        assert all(job.status(*one) == DRAWN for one in own)
        job.world.market.seal_lots(job.job_id, job.award_list, lots, places, seals)
    assert all(job.status(*one) == SEALED for one in own)


def test_seal_lots__twice__reverts(job: PostedJob) -> None:
    job.seal(0, 0)
    with boa.reverts("market: this place is done or out"):
        job.seal(0, 0)


@pytest.mark.parametrize("place", [0, 1])
def test_seal_lots__non_holder__reverts(job: PostedJob, place: int) -> None:
    for caller in (job.world.stranger, job.world.buyer, job.holder(0, 1 - place)):
        with boa.reverts("market: the caller does not hold it"):
            job.seal(0, place, caller=caller)


def test_seal_lots__spare_not_called__reverts(job: PostedJob) -> None:
    with boa.reverts("market: this place is not called"):
        job.seal(0, 2)


@pytest.mark.parametrize(("lot", "cause"), [(2, "no such lot"), (2**32 - 1, "no such lot")])
def test_seal_lots__lot_out_of_range__reverts(job: PostedJob, lot: int, cause: str) -> None:
    with boa.env.prank(job.holder(0, 0)), boa.reverts("market: " + cause):
        job.world.market.seal_lots(job.job_id, job.award_list, [lot], [0], [b"\x01" * 32])


def test_seal_lots__place_255__reverts(job: PostedJob) -> None:
    with boa.env.prank(job.holder(0, 0)), boa.reverts("market: this place is not called"):
        job.world.market.seal_lots(job.job_id, job.award_list, [0], [255], [b"\x01" * 32])


def test_seal_lots__deadline__is_inclusive(job: PostedJob) -> None:
    job.pass_deadline(0, beyond=0)
    job.seal(0, 0)
    to_time(boa.env.evm.patch.timestamp + 1)
    with boa.reverts("market: the deadline has passed"):
        job.seal(0, 1)


def test_seal_lots__before_the_draw__reverts(world: MarketWorld) -> None:
    job = world.post()
    with boa.env.prank(job.awardees[0].provider), boa.reverts("market: the job is not running"):
        world.market.seal_lots(job.job_id, job.award_list, [0], [0], [b"\x01" * 32])


def test_seal_lots__swapped_award_list__reverts(job: PostedJob) -> None:
    swapped = [job.award_list[1], job.award_list[0], *job.award_list[2:]]
    for awardees in (swapped, job.award_list[:-1], []):
        with boa.env.prank(job.holder(0, 0)), boa.reverts("draw: another award list"):
            job.world.market.seal_lots(job.job_id, awardees, [0], [0], [b"\x01" * 32])


@pytest.mark.parametrize("lengths", [(1, 2, 1), (1, 1, 2), (2, 1, 1), (0, 1, 0)])
def test_moves__lists_of_different_length__revert(job: PostedJob, lengths: tuple[int, int, int]) -> None:
    lots, places, words = ([0] * lengths[0], [0] * lengths[1], [b"\x01" * 32] * lengths[2])
    market = job.world.market
    with boa.reverts("market: lists of different length"):
        market.seal_lots(job.job_id, job.award_list, lots, places, words)
    with boa.reverts("market: lists of different length"):
        market.reveal_lots(job.job_id, lots, places, words)
    with boa.reverts("market: lists of different length"):
        market.tag_lots(job.job_id, lots, places, words, words)
    if lengths[0] != lengths[1]:
        with boa.reverts("market: lists of different length"):
            market.decline_lots(job.job_id, job.award_list, lots, places)


def test_tag_lots__salts_of_another_length__reverts(job: PostedJob) -> None:
    with boa.reverts("market: lists of different length"):
        job.world.market.tag_lots(job.job_id, [0], [0], [b"\x01" * 32], [])


@pytest.mark.parametrize("late", [0, 1])
def test_decline_lots__first_third__is_inclusive(job: PostedJob, late: int) -> None:
    to_time(job.state().drawn_at + 10 + late)
    if late:
        with boa.reverts("market: too late to decline"):
            job.decline(0, 0)
        return
    job.decline(0, 0)
    called = logs_of(job.world.market, "SpareCalled")[0]
    lot = job.lot(0)
    now = boa.env.evm.patch.timestamp
    assert job.status(0, 0) == DECLINED
    assert (lot.active, lot.phase, lot.deadline) == (3, SEALING, now + 30)
    assert (called.place, called.seal_deadline) == (2, lot.deadline)
    job.seal(0, 2)


def test_decline_lots__costs_nothing(job: PostedJob) -> None:
    holder = job.holder(0, 0)
    bond = job.world.vault.bond_of(holder, job.job_id)
    job.decline(0, 0)
    assert job.world.vault.bond_of(holder, job.job_id) == bond
    with boa.reverts("market: this place is done or out"):
        job.decline(0, 0)
    with boa.reverts("market: this place is done or out"):
        job.seal(0, 0)


def test_decline_lots__sealed_place_or_stranger__reverts(job: PostedJob) -> None:
    with boa.reverts("market: the caller does not hold it"):
        job.decline(0, 0, caller=job.world.stranger)
    job.seal(0, 0)
    with boa.reverts("market: this place is done or out"):
        job.decline(0, 0)


def test_decline_lots__everybody__ends_the_lot_at_a_poke_without_a_slash(job: PostedJob) -> None:
    for place in range(4):
        job.decline(0, place)
    job.poke(0)
    assert job.lot(0).reason == NO_SEAL
    assert job.world.escrow.kitty_usd6() == 0


def test_decline_lots__last_open_place__lets_the_sealed_one_tag(world: MarketWorld) -> None:
    job = world.post(spares=0).draw_now()
    job.seal(0, 0)
    job.decline(0, 1)
    assert job.lot(0).phase == TAGGING


def test_tag_lots__own_seal__shows_the_tag(job: PostedJob) -> None:
    job.seal(0, 0)
    job.seal(0, 1)
    job.tag(0, 0)
    assert job.status(0, 0) == TAGGED
    assert job.world.market.seat(job.job_id, 0, 0).digest == tag_of(job.job_id, 0, job.root(0))
    assert job.lot(0).phase == TAGGING
    job.tag(0, 1)
    lot = job.lot(0)
    assert (lot.phase, lot.winning_tag) == (REVEALING, tag_of(job.job_id, 0, job.root(0)))


def test_tag_lots__before_every_place_has_sealed__reverts(job: PostedJob) -> None:
    job.seal(0, 0)
    with boa.reverts("market: the lot is in another phase"):
        job.tag(0, 0)


def test_tag_lots__wrong_salt_tag_caller_or_place__reverts(job: PostedJob) -> None:
    job.seal(0, 0)
    job.seal(0, 1)
    wrong = "market: does not open the caller's seal"
    with boa.reverts(wrong):
        job.tag(0, 0, salt=b"\x01" * 32)
    with boa.reverts(wrong):
        job.tag(0, 0, lie=1)
    with boa.reverts(wrong):
        job.tag(0, 0, caller=job.world.stranger)
    with boa.reverts(wrong):
        job.tag(0, 1, caller=job.holder(0, 0))


def test_tag_lots__twice_or_uncalled__reverts(job: PostedJob) -> None:
    job.seal(0, 0)
    job.seal(0, 1)
    job.tag(0, 0)
    with boa.reverts("market: this place is done or out"):
        job.tag(0, 0)
    with boa.reverts("market: this place is not called"):
        job.tag(0, 2)


def test_tag_lots__deadline__is_inclusive(job: PostedJob) -> None:
    job.seal(0, 0)
    job.seal(0, 1)
    job.pass_deadline(0, beyond=0)
    job.tag(0, 0)
    to_time(boa.env.evm.patch.timestamp + 1)
    with boa.reverts("market: the deadline has passed"):
        job.tag(0, 1)


def test_reveal_lots__agreed__opens_the_window_once(job: PostedJob) -> None:
    job.agree(0)
    event = logs_of(job.world.market, "RootRevealed")[0]
    lot = job.lot(0)
    assert (event.agreed, event.window_end, event.root) == (True, lot.deadline, job.root(0))
    assert (lot.phase, lot.deadline) == (WINDOW, boa.env.evm.patch.timestamp + 10)
    with boa.reverts("market: the lot is in another phase"):
        job.reveal(0, 1)


def test_reveal_lots__stranger_with_the_root__is_enough(job: PostedJob) -> None:
    for place in (0, 1):
        job.seal(0, place)
    for place in (0, 1):
        job.tag(0, place)
    job.reveal(0, 1, caller=job.world.stranger)
    assert job.lot(0).phase == WINDOW


def test_reveal_lots__before_the_tags_decide__reverts(job: PostedJob) -> None:
    job.seal(0, 0)
    with boa.reverts("market: the lot is in another phase"):
        job.reveal(0, 0)
    job.seal(0, 1)
    job.tag(0, 0)
    with boa.reverts("market: the lot is in another phase"):
        job.reveal(0, 0)


def test_reveal_lots__wrong_root__reverts(job: PostedJob) -> None:
    for place in (0, 1):
        job.seal(0, place)
    for place in (0, 1):
        job.tag(0, place)
    with boa.reverts("market: the root does not open the tag"):
        job.reveal(0, 0, lie=1)


def test_reveal_lots__root_of_a_minority__reverts(world: MarketWorld) -> None:
    job = world.post(seats=3, spares=0).draw_now()
    for place, lie in ((0, 0), (1, 0), (2, 5)):
        job.seal(0, place, lie)
    for place, lie in ((0, 0), (1, 0), (2, 5)):
        job.tag(0, place, lie)
    with boa.reverts("market: not the winning root"):
        job.reveal(0, 2, lie=5)
    job.reveal(0, 0)


def test_reveal_lots__deadline__is_inclusive(job: PostedJob) -> None:
    for lot in (0, 1):
        for place in (0, 1):
            job.seal(lot, place)
        for place in (0, 1):
            job.tag(lot, place)
    job.pass_deadline(0, beyond=0)
    job.reveal(0, 0)
    to_time(boa.env.evm.patch.timestamp + 1)
    with boa.reverts("market: the deadline has passed"):
        job.reveal(1, 0)


def test_reveal_lots__not_agreed__each_place_once(world: MarketWorld) -> None:
    job = world.post(spares=0).draw_now()
    job.seal(0, 0)
    job.seal(0, 1, lie=1)
    job.tag(0, 0)
    job.tag(0, 1, lie=1)
    assert job.lot(0).phase == REVEALING
    job.reveal(0, 0)
    assert not logs_of(world.market, "RootRevealed")[0].agreed
    with boa.reverts("market: this place has revealed"):
        job.reveal(0, 0)
    job.reveal(0, 1, lie=1)


def test_trusted__one_seat__goes_all_the_way(world: MarketWorld) -> None:
    job = world.post(grade=TRUSTED, seats=1, spares=1).draw_now()
    job.agree(0)
    assert job.lot(0).phase == WINDOW

"""Whole disputes on a real chain: who is wrong loses, whoever is killed, whatever is taken back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from assay.disputes.runs import LotRun
from assay.disputes.states import Verdict
from assay.protocol.reasons import Reason
from assay.worker.disputing.modes import Mode
from tests.worker.daemon.world import USD
from tests.worker.disputing.fragile import Fragile
from tests.worker.disputing.stage import (
    INPUTS,
    PROGRAM,
    REPLICATED,
    Stage,
    convicted,
    failed_transactions,
    game_on,
    lying,
    stage,
)

RIGHT = LotRun(PROGRAM, INPUTS).root
WRONG = lying(PROGRAM, INPUTS).root
LONGER_THAN_A_CLOCK = 1_400


@pytest.fixture(scope="module")
def whole_stage(tmp_path_factory: pytest.TempPathFactory, accounts: dict[str, Any]) -> Iterator[Stage]:
    """One market for all games of this file."""
    with stage(tmp_path_factory.mktemp("games"), accounts) as made:
        yield made


@pytest.fixture
def market(whole_stage: Stage) -> Iterator[Stage]:
    """The market without daemons, before and after."""
    yield whole_stage
    for name in list(whole_stage.daemons):
        whole_stage.stop_daemon(name)


def test_dispute__a_faulty_provider__convicted_by_the_leaf_and_the_buyer_refunded(market: Stage) -> None:
    challenger, first = market.accounts["challenger"].address, market.w3.eth.block_number
    job = market.shown([WRONG])
    market.play("north", Mode.PROVIDER, lying)
    market.play("challenger", Mode.CHALLENGER)
    before = market.usd.balance_of(challenger)
    ended = market.until_ended(job.job_id)
    assert ended.reason == Reason.CONVICTED_LEAF
    assert convicted(ended) == [0]
    assert ended.lots[0].refund_usd6 > 0
    game = game_on(market.book(), job)
    assert (game.verdict, game.paid) == (Verdict.CONVICTED_LEAF, challenger)
    bond = ended.lots[0].seats[0].slashed_usd6
    deadline = time.monotonic() + 20
    while market.usd.balance_of(challenger) < before + bond // 2 and time.monotonic() < deadline:
        time.sleep(0.1)  # bond and share are withdrawn by the daemon itself
    assert market.usd.balance_of(challenger) >= before + bond // 2
    assert failed_transactions(market, first) == []


def test_dispute__both_sides_die_after_every_move__played_to_the_end_once(market: Stage) -> None:
    first = market.w3.eth.block_number
    job = market.shown([WRONG])
    sides = [
        Fragile(market, "north", Mode.PROVIDER, lying),
        Fragile(market, "challenger", Mode.CHALLENGER),
    ]
    for side in sides:
        side.start()
    try:
        ended = market.until_ended(job.job_id, seconds=90)
    finally:
        for side in sides:
            side.stop()
    assert ended.reason == Reason.CONVICTED_LEAF
    assert all(side.deaths >= 5 for side in sides), [side.deaths for side in sides]
    assert failed_transactions(market, first) == []


def test_dispute__moves_are_taken_back_by_a_reorg__played_again(market: Stage) -> None:
    job = market.shown([WRONG])
    daemons = [market.play("north", Mode.PROVIDER, lying), market.play("challenger", Mode.CHALLENGER)]

    def depth(number: int) -> Any:
        return lambda book: any(
            len(book.journal.positions[game.game_id]) >= number for game in book.open_games()
        )

    market.until_book(depth(2))
    snapshot = market.chain.rpc("evm_snapshot")
    market.until_book(depth(5))
    assert market.chain.rpc("evm_revert", snapshot)
    ended = market.until_ended(job.job_id, seconds=60)
    assert ended.reason == Reason.CONVICTED_LEAF
    assert all(daemon.parts.follower.reorgs >= 1 for daemon in daemons)


def test_dispute__fees_jump_in_the_middle__moves_are_sent_again_with_more(market: Stage) -> None:
    job = market.shown([WRONG])
    daemons = [market.play("north", Mode.PROVIDER, lying), market.play("challenger", Mode.CHALLENGER)]
    market.until_book(lambda book: bool(book.open_games()))

    def attempts() -> int:
        query = "SELECT COUNT(*) FROM attempts GROUP BY intent"
        return max(row[0] for d in daemons for row in d.parts.sender._outbox._db.execute(query))

    for step in range(13):  # each time more than any offer made so far
        if attempts() > 1:
            break
        market.chain.rpc("anvil_setNextBlockBaseFeePerGas", hex(int(20 * 1.35**step * 10**9)))
        time.sleep(0.3)
    ended = market.until_ended(job.job_id, seconds=60)
    assert ended.reason == Reason.CONVICTED_LEAF
    assert attempts() > 1


def test_dispute__a_silent_defender__time_is_called_and_the_claim_falls(market: Stage) -> None:
    job = market.shown([WRONG])
    market.play("challenger", Mode.CHALLENGER)
    market.until_book(
        lambda book: any(book.claims[g.claim_id].job_id == job.job_id for g in book.open_games())
    )
    market.chain.advance(LONGER_THAN_A_CLOCK)
    ended = market.until_ended(job.job_id)
    assert ended.reason == Reason.CONVICTED_CLOCK
    assert game_on(market.book(), job).verdict is Verdict.CONVICTED_CLOCK


def test_dispute__an_honest_claim_challenged_wrongly__upheld_and_the_bond_is_the_defenders(
    market: Stage,
) -> None:
    job = market.shown([RIGHT])
    provider = job.lots[0].seats[0].provider
    market.play(market.role_of(provider), Mode.PROVIDER)
    market.play("challenger", Mode.CHALLENGER, lying)  # believes in its own fault
    book = market.until_book(
        lambda book: any(
            book.claims[g.claim_id].job_id == job.job_id
            and len(book.journal.positions[g.game_id]) >= 4
            and not book.journal.defender_to_move(g.game_id)
            for g in book.open_games()
        )
    )
    time.sleep(2)  # the challenger has nothing to name any more
    market.chain.advance(LONGER_THAN_A_CLOCK)
    ended = market.until_ended(job.job_id)
    assert ended.reason == Reason.SETTLED_UPHELD
    assert ended.lots[0].paid_usd6 > 0
    game = game_on(market.book(), job)
    assert (game.verdict, game.paid) == (Verdict.DEFENDED_CLOCK, provider)
    assert book.open_games()


def test_dispute__two_challengers__one_convicts_and_the_other_gets_its_bond_back(market: Stage) -> None:
    second = market.accounts["investor_one"].address
    market.send("deployer", market.usd.mint(second, 10 * USD))
    job = market.shown([WRONG])
    market.play("challenger", Mode.CHALLENGER)
    market.play("investor_one", Mode.CHALLENGER)
    market.until_book(
        lambda book: sum(book.claims[g.claim_id].job_id == job.job_id for g in book.open_games()) == 2
    )
    market.play("north", Mode.PROVIDER, lying)
    ended = market.until_ended(job.job_id)
    assert ended.reason == Reason.CONVICTED_LEAF
    book = market.until_book(lambda book: not book.open_games())
    games = [game_on(book, job, market.accounts[role].address) for role in ("challenger", "investor_one")]
    assert {game.verdict for game in games} == {Verdict.CONVICTED_LEAF, Verdict.CLOSED}
    assert all(game.paid == game.challenger for game in games)


def test_dispute__seats_that_differ__the_later_right_one_convicts_the_earlier_and_is_paid(
    market: Stage,
) -> None:
    job = market.shown([WRONG, RIGHT], grade=REPLICATED)
    first, second = (seat.provider for seat in job.lots[0].seats)
    market.play(market.role_of(first), Mode.PROVIDER, lying)
    market.play(market.role_of(second), Mode.PROVIDER)
    ended = market.until_ended(job.job_id)
    assert ended.reason == Reason.SETTLED_UPHELD
    assert convicted(ended) == [0]
    assert ended.lots[0].root == RIGHT
    assert ended.lots[0].seats[1].amount_usd6 > 0

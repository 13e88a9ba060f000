"""Claims and games on the logs of real contracts, judged by what the contracts say."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Max, Model
from django.test import Client

from assay.disputes.positions import Position
from assay.disputes.states import State, Verdict
from assay.protocol.generated.events import LotContested
from assay.protocol.ids import to_hex
from assay.protocol.reasons import Reason
from assay.stack.anvil import Anvil
from backend.chain.models import Block, Change, Cursor, Log, Undo, Watch
from backend.disputes.models import (
    Claim,
    ClaimState,
    Contest,
    Conviction,
    Game,
    GameCredit,
    GameState,
    GameStep,
    Turn,
)
from backend.indexer.projection import HANDLERS, AssayProjection
from backend.indexer.replay import rebuild
from backend.indexer.source import source_of
from backend.market.models import Job, JobEvent, Lot, Payment, Seat, SeatStatus, Totals
from backend.providers.models import Provider
from tests.backend.indexer.dispute_life import CLOCK_SECONDS, DisputeLife, Playing
from tests.backend.indexer.test_reorg import everything
from tests.backend.indexer.truth import assert_rows_equal_contracts

pytestmark = pytest.mark.django_db(transaction=True)
DISPUTED = ("Claims", "DisputeGame", "FrameMoves", "TraceMoves", "ValueMoves")


@pytest.fixture
def life(anvil: Anvil, deployment: Any, accounts: dict[str, Any]) -> DisputeLife:
    """The contracts with providers, devices and challengers."""
    found = DisputeLife(anvil, deployment, accounts)
    found.set_up()
    found.prepare()
    return found


def assert_games_equal_contracts(life: DisputeLife) -> None:
    """Every number that Claims and DisputeGame can be asked for."""
    for claim in Claim.objects.all():
        key = bytes.fromhex(claim.id[2:])
        challenger, state = life.read("Claims", "ruling_of", key)
        assert (int(challenger, 16) > 0) == (claim.convicted_by != "")
        assert claim.convicted_by in ("", challenger)
        assert (state == 1) <= (claim.state != ClaimState.CONVICTED)
        assert (state == 4) <= (claim.state == ClaimState.ENFORCED)
        defender, clock, open_games, game_state = life.read("DisputeGame", "claim_of", key)
        assert len(claim.open_games) == open_games
        assert (game_state == 2) == (claim.convicted_at > 0)
        if claim.games:
            assert defender == claim.defender
            assert clock == CLOCK_SECONDS
    for game in Game.objects.all():
        step = GameStep.objects.get(game=game, index=game.steps - 1)
        fields = Contest.objects.get(key=step.contest_id).fields
        position = Position(
            **{
                name: bytes.fromhex(value[2:])
                if name in {"frame", "root", "head", "agreed"}
                else value
                if isinstance(value, bool)
                else int(value)
                for name, value in fields.items()
            }
            | {"state": State(fields["state"])}
        )
        assert to_hex(position.key(bytes.fromhex(game.claim_id[2:]))) == step.contest_id
        place = (bytes.fromhex(game.claim_id[2:]), position.packed(), game.challenger)
        stands, started, defender_used, challenger_used, moves = life.read(
            "DisputeGame", "game_of", game.id, *place
        )
        assert stands == (game.standing == step.contest_id) == (game.state == GameState.OPEN)
        if game.state == GameState.OPEN:
            assert moves == game.moves
            used = (step.defender_used, step.challenger_used)
            assert (started, defender_used, challenger_used) == (step.named_at, *used)
            assert game.named_at == step.named_at
    for contest in Contest.objects.all():
        _, game_id, time = life.read("DisputeGame", "answer_of", bytes.fromhex(contest.key[2:]))
        assert (contest.answered_at, contest.answer_game or 0) == (time, game_id)
        assert contest.games == sorted(
            Game.objects.filter(standing=contest.key).values_list("id", flat=True), key=contest.games.index
        )
    for credit in GameCredit.objects.all():
        assert credit.balance_usd6 == life.read("DisputeGame", "credit_of", credit.account)
    for lot in Lot.objects.all():
        assert lot.held == (life.read("Claims", "held_of", bytes.fromhex(lot.job_id[2:]), lot.lot) > 0)


def check(life: DisputeLife, index: Callable[..., Any]) -> None:
    """Brings the index to the head and compares all of it."""
    index()
    assert_rows_equal_contracts(life)
    assert_games_equal_contracts(life)


def test_disputes__every_kind_of_game__rows_equal_contracts(
    life: DisputeLife, index: Callable[..., Any], client: Client
) -> None:
    first, second = life.convicted_job()
    check(life, index)
    _convicted_by_leaf(life, first, second)
    _told_by_the_api(client, life, first, second)
    upheld = life.upheld_job()
    check(life, index)
    _upheld(life, upheld)
    silent = life.silent_job()
    check(life, index)
    _convicted_by_clock(life, silent)
    life.fled_job()
    check(life, index)
    _fled(life)
    seen = {topics.split(",")[0] for topics in Log.objects.values_list("topics", flat=True)}
    told = [e for e in HANDLERS if e.CONTRACT in DISPUTED or e is LotContested]
    never = [e.__name__ for e in told if "0x" + e.TOPIC0.hex() not in seen]
    assert not never, f"no story makes {never}"
    _every_slash_is_split()
    totals = Totals.objects.get()
    assert (totals.games, totals.convictions) == (Game.objects.count(), Conviction.objects.count()) == (4, 4)
    before = everything()
    rebuild(AssayProjection(), source_of(life.deployment), "default")
    assert everything() == before


def _convicted_by_leaf(life: DisputeLife, first: Playing, second: Playing) -> None:
    lot = Lot.objects.get(job_id=to_hex(life.jobs["lie"]))
    assert (lot.reason, lot.root, lot.held) == (Reason.CONVICTED_LEAF, "", False)
    games = {game.id: game for game in Game.objects.all()}
    assert [games[one.id].verdict for one in (first, second)] == [Verdict.CONVICTED_LEAF, Verdict.CLOSED]
    assert all(game.turn == Turn.NOBODY and not game.standing for game in games.values())
    assert games[first.id].steps == len(first.positions)
    # the second came first to three positions, whose answers were made for it and served the first too
    shared = Contest.objects.filter(steps__game_id=first.id, answer_game=second.id)
    assert shared.count() == 2
    assert games[first.id].moves == len(first.positions) - 2
    assert games[second.id].defender_used > 0
    assert games[first.id].paid == life.who["challenger"]
    claims = list(Claim.objects.order_by("place"))
    # the other place fell with it, though no game was opened on its claim
    assert [claim.state for claim in claims] == [ClaimState.ENFORCED] * 2
    assert [claim.convicted_by for claim in claims] == [life.who["challenger"], ""]
    assert claims[0].enforced_tx == claims[1].enforced_tx != ""
    assert Conviction.objects.count() == 2
    assert sum(p.seats_convicted for p in Provider.objects.all()) == 2
    job = Job.objects.get(id=lot.job_id)
    assert (job.lots_paid, job.reason, job.paid_usd6) == (0, Reason.CONVICTED_LEAF, 0)
    lines = JobEvent.objects.filter(job=job).values_list("event", "lot")
    named = [event for event, lot in lines if lot == 0]
    assert named.count("GameOpened") == named.count("GameEnded") == 2
    assert {"ClaimStated", "LotHeld", "ClaimConvicted", "ClaimEnforced"} <= set(named)


def _told_by_the_api(client: Client, life: DisputeLife, first: Playing, second: Playing) -> None:
    """The descent and the final move as the page gets them, from rows and from the node."""
    game = client.get(f"/api/v1/disputes/{first.id}").json()
    assert [level["position"]["state"] for level in game["descent"]] == [
        position.state.name for position in first.positions
    ]
    assert [level["position"]["root"] for level in game["descent"]] == [
        to_hex(position.root) for position in first.positions
    ]
    assert all(level["answer"]["args"] is not None for level in game["descent"])
    assert [level["answer"]["shared"] for level in game["descent"]][:3] == [True, True, False]
    terms = game["descent"][-1]
    assert terms["position"]["state"] == "TERMS"
    assert terms["answer"]["args"]["partials"] == [str(one) for one in first.history[-1][1].partials]  # type: ignore[attr-defined]
    assert {level["contract"] for level in game["descent"]} == {"DisputeGame", "FrameMoves", "ValueMoves"}
    ruling = game["ruling"]
    assert (ruling["contract"], ruling["function"]) == ("ValueMoves", "name_term")
    sent = life.w3.eth.get_transaction(ruling["tx"])
    assert ruling["calldata"] == to_hex(bytes(sent["input"]))
    assert ruling["args"]["game_id"] == str(first.id)
    assert len(bytes.fromhex(ruling["args"]["evidence"][2:])) > 100
    assert game["claim"]["state"] == "ENFORCED"
    kinds = {line["kind"]: int(line["amount_usd6"]) for line in game["claim"]["split"]}
    assert set(kinds) == {"reward", "compensation", "burned", "kitty", "poke"}
    closed = client.get(f"/api/v1/disputes/{second.id}").json()
    assert (closed["verdict"], closed["ruling"]["function"]) == ("CLOSED", "close_game")
    (lot,) = client.get(f"/api/v1/jobs/{game['job_id']}/lots").json()["results"]
    assert [claim["convicted"] for claim in lot["claims"]] == [True, True]
    assert [claim["standing"] for claim in lot["claims"]] == [False, False]
    assert [len(claim["claim_id"]) for claim in lot["claims"]] == [66, 66]
    assert lot["claims"][0]["claim_id"] == to_hex(first.claim)
    provider = client.get(f"/api/v1/providers/{game['defender']}").json()
    assert provider["convictions"][0]["reason"] == "CONVICTED_LEAF"


def _upheld(life: DisputeLife, played: Playing) -> None:
    lot = Lot.objects.get(job_id=to_hex(life.jobs["upheld"]))
    assert (lot.reason, lot.contested) == (Reason.SETTLED_UPHELD, True)
    assert lot.root == to_hex(played.claimed.root)
    game = Game.objects.get(id=played.id)
    assert game.verdict == Verdict.DEFENDED_CLOCK
    assert game.challenger_used > CLOCK_SECONDS >= game.defender_used
    assert game.paid == game.defender
    fallen = Seat.objects.get(lot=lot, place=1)
    assert fallen.slashed_usd6 > 0
    assert Conviction.objects.get(job_key=lot.job_id).reason == Reason.CONVICTED_CLOCK
    job = Job.objects.get(id=lot.job_id)
    assert (job.lots_paid, job.reason) == (1, Reason.SETTLED_UPHELD)


def _convicted_by_clock(life: DisputeLife, played: Playing) -> None:
    lot = Lot.objects.get(job_id=to_hex(life.jobs["silent"]))
    assert (lot.reason, lot.contested) == (Reason.SETTLED_UPHELD, True)
    # only the silent place fell; the other showed no root of its own and was paid for the same one
    assert lot.root == to_hex(played.claimed.root)
    assert Conviction.objects.get(job_key=lot.job_id).place == 0
    game = Game.objects.get(id=played.id)
    assert game.verdict == Verdict.CONVICTED_CLOCK
    assert game.defender_used > CLOCK_SECONDS


def _fled(life: DisputeLife) -> None:
    lot = Lot.objects.get(job_id=to_hex(life.jobs["fled"]))
    assert (lot.reason, lot.contested) == (Reason.SETTLED_UPHELD, True)
    seats = {seat.place: seat for seat in Seat.objects.filter(lot=lot)}
    assert (seats[0].status, seats[1].status) == (SeatStatus.PAID, SeatStatus.DEFAULTED)
    assert (lot.root, seats[1].root) == (seats[0].root, "")
    assert not Conviction.objects.filter(job_key=lot.job_id).exists()


def _every_slash_is_split() -> None:
    """What convicted seats lost is what the ledger gave on, to the last unit, for each job and transaction."""
    for job in Job.objects.filter(closed_at__gt=0):
        lines = Payment.objects.filter(job_key=job.id)
        funded = sum(line.amount_usd6 for line in lines if line.kind == "funded")
        paid = sum(line.amount_usd6 for line in lines if line.kind != "funded")
        assert paid == funded + job.slashed_usd6, f"job {job}"
        convictions = Conviction.objects.filter(job_key=job.id)
        fled = Seat.objects.filter(job=job, status=SeatStatus.DEFAULTED)
        slashed = [*(one.slashed_usd6 for one in convictions), *(seat.slashed_usd6 for seat in fled)]
        assert sum(slashed) == job.slashed_usd6


def test_disputes__a_reorg_in_the_middle_of_a_game__rows_follow(
    life: DisputeLife, anvil: Anvil, index: Callable[..., Any]
) -> None:
    lie = life.wrong_dot()
    life.claimed_job("lie", lie)
    claim = life.state("lie", 0, lie)
    first = life.open_game(claim, 0, "challenger", lie)
    life.play(first, 1)
    index()
    before = everything()
    snapshot = anvil.rpc("evm_snapshot")
    kept = (list(first.positions), list(first.history))

    # a second challenger comes, answers come, the first is ruled on: then none of it ever was
    second = life.open_game(claim, 0, "investor_one", lie)
    life.play(second, 3)
    life.play(first)
    check(life, index)
    assert Game.objects.get(id=first.id).verdict == Verdict.CONVICTED_LEAF
    anvil.rpc("evm_revert", snapshot)
    first.positions, first.history, first.over = *kept, False
    index()
    assert everything() == before
    assert Game.objects.get().turn == Turn.DEFENDER

    # another future: the defender answers once and the challenger is silent
    life.answer(first)
    anvil.advance(CLOCK_SECONDS + 1)
    life.call_time(first)
    check(life, index)
    assert Game.objects.get().verdict == Verdict.DEFENDED_CLOCK
    again = everything()
    filled: list[type[Model]] = [*AssayProjection().tables, Block, Log, Undo, Watch, Cursor]
    for model in filled:
        model._default_manager.all().delete()
    index(fresh=True)
    assert everything() == again


def test_disputes__an_answer_serves_all_games_of_a_claim__each_clock_is_its_own(
    life: DisputeLife, index: Callable[..., Any]
) -> None:
    right = life.honest()
    life.claimed_job("right", right)
    claim = life.state("right", 0, right)
    games = [life.open_game(claim, 0, role, right) for role in ("challenger", "investor_one", "challenger")]
    life.anvil.advance(20)
    check(life, index)
    told = Change.objects.aggregate(last=Max("seq"))["last"]
    assert set(Game.objects.values_list("turn", flat=True)) == {Turn.DEFENDER}
    assert Claim.objects.get().open_games == [game.id for game in games]
    assert Lot.objects.get().held
    life.answer(games[1])
    check(life, index)
    ids = {str(game.id) for game in games}
    changes = {(c.kind, c.topic, c.ref) for c in Change.objects.filter(seq__gt=told)}
    assert {("dispute", f"dispute:{one}", one) for one in ids} <= changes
    assert {("dispute", "disputes", one) for one in ids} <= changes
    key = to_hex(life.jobs["right"])
    assert ("lot", f"job:{key}", f"{key}:0") in changes
    assert ("account", f"account:{life.who['investor_one']}", life.who["investor_one"]) in changes
    rows = list(Game.objects.order_by("id"))
    assert {row.turn for row in rows} == {Turn.CHALLENGER}
    assert len({row.turn_since for row in rows}) == 1
    opened = [row.opened_at for row in rows]
    assert [row.defender_used for row in rows] == [rows[0].turn_since - at for at in opened]
    # a fourth comes to an answer that is there already
    late = life.open_game(claim, 0, "investor_one", right)
    check(life, index)
    row = Game.objects.get(id=late.id)
    assert (row.turn, row.defender_used, row.turn_since) == (Turn.CHALLENGER, 0, row.opened_at)

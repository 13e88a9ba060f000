"""Disputes over HTTP: lists, filters, a descent, claims of lots, convictions, calldata from the node."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assay.disputes.moves import NameStep
from assay.disputes.positions import Position
from assay.disputes.states import State
from assay.protocol.keccak import keccak256
from backend.disputes import calldata
from backend.disputes.calldata import Called, called_by
from backend.disputes.calls import answer_of, call_of, head_of
from backend.disputes.models import Claim, Game
from backend.market.models import Job, Seat
from tests.backend.api import factories as make
from tests.backend.api.test_lists import get, walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def job() -> Job:
    """A refereed exact job with one lot in its window."""
    make.make_cursor(100)
    found = make.make_job(7, runtime_class="", grade=4)
    make.make_lot(found, 0, phase=3, window_end=2_000, contested=True, held=True)
    return found


# --- games ---


def test_disputes__empty_index__empty_page(client: Client) -> None:
    for path in ("/disputes", "/claims", "/convictions"):
        assert get(client, path) == {"results": [], "next": None}


def test_disputes__game_under_way__clock_of_its_turn(client: Client, job: Job) -> None:
    game = make.make_game(make.make_claim(job), 0)
    (row,) = get(client, "/disputes")["results"]
    assert (row["id"], row["turn"], row["turn_since"], row["clock_ends"]) == (
        "0",
        "DEFENDER",
        1_600,
        1_600 + 4_800 - 30,
    )
    assert (row["verdict"], row["verdict_text"], row["ended_at"], row["paid"]) == (None, None, None, None)
    Game.objects.filter(pk=game.pk).update(turn=2, turn_since=1_640, challenger_used=5)
    (row,) = get(client, "/disputes")["results"]
    assert (row["turn"], row["clock_ends"]) == ("CHALLENGER", 1_640 + 4_800 - 5)
    Game.objects.filter(pk=game.pk).update(state=2, turn=0, verdict=4, ended_at=1_700)
    (row,) = get(client, "/disputes")["results"]
    assert (row["turn"], row["turn_since"], row["clock_ends"]) == (None, None, None)
    assert (row["state"], row["verdict"]) == ("ENDED", "DEFENDED_PROGRAM")
    assert "malformed" in row["verdict_text"]


def test_disputes__many__pages_and_filters(client: Client, job: Job) -> None:
    first, second = make.make_claim(job, 0, 0), make.make_claim(job, 0, 1)
    for number in range(11):
        ended = number % 3 == 0
        make.make_game(
            second if number % 2 else first,
            number,
            challenger=make.address(41 + number % 2),
            state=2 if ended else 1,
            verdict=1 if ended else 0,
            position=job.position + 5_000 + number,
        )
    ids = [str(number) for number in range(10, -1, -1)]
    assert [row["id"] for row in walk(client, "/disputes?limit=4")] == ids
    for query, expected in (
        (f"job={job.id}", ids),
        (f"job={make.bytes32(9)}", []),
        (f"claim={first.id}", ids[::2]),
        (f"provider={make.address(12)}", ids[1::2]),
        (f"challenger={make.address(42)}", ids[1::2]),
        ("state=ended", ["9", "6", "3", "0"]),
        ("verdict=CONVICTED_LEAF", ["9", "6", "3", "0"]),
        ("verdict=CLOSED", []),
        (f"state=OPEN&claim={first.id}", ["10", "8", "4", "2"]),
    ):
        assert [row["id"] for row in walk(client, f"/disputes?limit=2&{query}")] == expected, query


@pytest.mark.parametrize(
    "path",
    [
        "/disputes?state=LOST",
        "/disputes?verdict=9",
        "/disputes?claim=0x12",
        "/disputes?challenger=0xzz",
        "/disputes?limit=0",
        "/disputes?job=" + "0" * 66,
        "/disputes?lot=1",
        "/disputes/x",
        "/disputes/-1",
        "/disputes/0x1",
        "/disputes/99999999999999999999",
        "/disputes/1?a=1",
        "/claims/7",
        "/claims?state=held",
        "/convictions?reason=10",
    ],
)
def test_disputes__bad_parameter__problem(client: Client, path: str) -> None:
    problem = get(client, path, 400)
    assert problem["code"] in ("bad_parameter", "unknown_parameter")


def test_disputes__unknown__404(client: Client) -> None:
    for path in ("/disputes/7", f"/claims/{make.bytes32(1)}", f"/disputes/{2**63 - 1}"):
        assert get(client, path, 404)["code"] == "not_found"


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_disputes__written_over_http__not_allowed(client: Client, job: Job, method: str) -> None:
    make.make_game(make.make_claim(job), 0)
    for path in ("/disputes", "/disputes/0", "/claims", "/convictions"):
        response = getattr(client, method)(f"/api/v1{path}", {}, content_type="application/json")
        assert response.status_code == 405
    assert Game.objects.get().state == 1


def test_disputes__long_game__a_constant_number_of_queries(client: Client, job: Job) -> None:
    from django.db import connection

    claim = make.make_claim(job)
    counts = []
    for number, steps in ((1, 1), (2, 9)):
        game = make.make_game(claim, number, steps=steps)
        for index in range(steps):
            make.make_step(game, index)
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert len(get(client, f"/disputes/{number}")["descent"]) == steps
        counts.append(len(found))
    assert counts[0] == counts[1]


# --- the descent ---


def test_dispute__descent__positions_answers_and_words(client: Client, job: Job) -> None:
    game = make.make_game(make.make_claim(job), 3, steps=2)
    row = "0x" + f"{32:064x}{2:064x}" + "11" * 32 + "22" * 32
    make.make_step(game, 0, answer=row)
    head = "0x0402" + f"{128:016x}{64:016x}"
    make.make_step(game, 1, state=10, head=head, value=str(-(2**200)), element=str(2**60), first=3, last=9)
    detail = get(client, "/disputes/3")
    first, second = detail["descent"]
    assert first["position"]["state"] == "ITEMS"
    assert first["answer"]["move"] == "reveal_row"
    assert first["answer"]["args"] == {"children": ["0x" + "11" * 32, "0x" + "22" * 32]}
    assert (first["answer"]["shared"], first["answer"]["game_id"]) == (False, "3")
    assert second["answer"] is None
    position = second["position"]
    assert position["tensor"] == {"dtype": 4, "dims": [128, 64]}
    assert (position["value"], position["element"]) == (str(-(2**200)), str(2**60))
    assert (position["first"], position["last"], position["level"]) == ("3", "9", 3)
    assert detail["claim"]["open_games"] == ["3"]
    assert detail["ruling"] is None
    assert detail["program"] == {
        "root": make.bytes32(2),
        "artifact": None,
        "kind": None,
        "title": None,
        "spec_hash": make.bytes32(4),
    }


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("data", ["0x", "0x12", "0x" + "ff" * 64, "0x" + "00" * 2_496])
def test_answer_of__bytes_that_do_not_decode__shown_as_they_are(state: State, data: str) -> None:
    answer = answer_of(state, data)
    assert answer["data"] == data
    assert answer["move"].startswith("reveal_")
    assert answer["args"] is None or isinstance(answer["args"], dict)


@pytest.mark.parametrize("head", ["0x", "0x04", "0x0402", "0x0401" + "00" * 7, "0x0400" + "00" * 8])
def test_head_of__no_tensor__null(head: str) -> None:
    assert head_of(head) is None


def test_head_of__scalar__no_dimensions() -> None:
    assert head_of("0x0400") == {"dtype": 4, "dims": []}


# --- how it ended ---


def ruled(job: Job, **changes: Any) -> Game:
    """Game 5, ended by a transaction of its own."""
    ended = {"state": 2, "turn": 0, "verdict": 1, "ended_at": 1_700, "ended_tx": make.bytes32(77)}
    game = make.make_game(make.make_claim(job), 5, **(ended | changes))
    make.make_step(game)
    return game


def calldata_of(move: NameStep) -> str:
    from eth_abi.abi import encode

    position = Position(State.LOOP, bytes(32), b"\x01" * 32, first=2, last=40)
    types = ["uint256", "bytes32", "bytes", "uint256", "bytes32[]", "bytes32[]"]
    selector = keccak256(f"name_step({','.join(types)})".encode())[:4]
    values = [5, b"\x07" * 32, position.packed(), move.index, list(move.group), list(move.others)]
    return "0x" + (selector + encode(types, values)).hex()


def test_dispute__ruled__function_and_arguments_of_the_last_transaction(
    client: Client, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruled(job)
    data = calldata_of(NameStep(2**70, (b"\x09" * 32,), ()))
    asked: list[str] = []

    def ask(tx: str) -> Called:
        asked.append(tx)
        return Called(make.address(8).lower(), data)

    monkeypatch.setattr(calldata, "_ask", ask)
    for _ in range(2):
        ruling = get(client, "/disputes/5")["ruling"]
    assert asked == [make.bytes32(77)], "asked once, then kept"
    assert (ruling["tx"], ruling["calldata"]) == (make.bytes32(77), data)
    assert (ruling["contract"], ruling["function"]) == ("DisputeGame", "name_step")
    assert ruling["args"]["index"] == str(2**70)
    assert ruling["text"].startswith("The contract recomputed")


def test_call_of__a_move__arguments_by_name() -> None:
    call = call_of("DisputeGame", calldata_of(NameStep(2**70, (b"\x09" * 32,), ())))
    assert call["function"] == "name_step"
    assert call["args"]["group"] == ["0x" + "09" * 32]
    assert (call["args"]["index"], call["args"]["position"]["last"]) == (str(2**70), "40")
    assert call["args"]["position"]["rooted"] is False


@pytest.mark.parametrize("contract", [None, "DisputeGame", "JobMarket", "FrameMoves"])
@pytest.mark.parametrize("data", ["0x", "0x1234", "0x" + "ab" * 500])
def test_call_of__another_s_or_malformed__nulls(contract: str | None, data: str) -> None:
    assert call_of(contract, data) == {"function": None, "args": None}


def test_dispute__node_away__calldata_null_and_asked_again_later(
    client: Client, job: Job, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ASSAY_RPC_URL = "http://127.0.0.1:9"
    ruled(job)
    ruling = get(client, "/disputes/5")["ruling"]
    assert (ruling["calldata"], ruling["function"], ruling["args"], ruling["contract"]) == (None,) * 4
    assert ruling["verdict"] == "CONVICTED_LEAF"
    monkeypatch.setattr(calldata, "_ask", lambda tx: Called("", "0x12"))
    assert called_by(make.bytes32(77)) is None, "a node that was away is not asked at every look"
    cache.clear()
    assert called_by(make.bytes32(77)) == Called("", "0x12")


@pytest.mark.parametrize("said", [None, [], "0x", {"input": 5}, {"input": "12"}, {"to": "0x1"}])
def test_called_by__node_talks_nonsense__none(monkeypatch: pytest.MonkeyPatch, said: Any) -> None:
    monkeypatch.setattr("backend.disputes.calldata.Rpc.call", lambda *_: said)
    assert called_by(make.bytes32(1)) is None


# --- claims ---


def test_lots__claims__standing_stated_and_equal_roots(client: Client, job: Job) -> None:
    claim = make.make_claim(job, 0, 0)
    # place 1 has the same tag and has shown no root of its own: its claim has the same root
    tag = Seat.objects.get(pk=f"{job.id}:0:0").tag
    Seat.objects.filter(pk=f"{job.id}:0:1").update(tag=tag, status=2)
    (lot,) = get(client, f"/jobs/{job.id}/lots")["results"]
    assert (lot["held"], lot["contested"]) == (True, True)
    first, second = lot["claims"]
    assert (first["claim_id"], first["stated"], first["standing"]) == (claim.id, True, True)
    assert (second["place"], second["root"], second["stated"]) == (1, claim.root, False)
    assert second["claim_id"] != claim.id
    Claim.objects.update(state=2, reason=10, convicted_by=make.address(41))
    (lot,) = get(client, f"/jobs/{job.id}/lots")["results"]
    assert [one["standing"] for one in lot["claims"]] == [False, True]
    assert lot["claims"][0]["reason"] == "CONVICTED_LEAF"


@pytest.mark.parametrize("changes", [{"grade": 1}, {"runtime_class": make.bytes32(5)}])
def test_lots__job_without_claims__none(client: Client, job: Job, changes: dict[str, Any]) -> None:
    Seat.objects.filter(job=job).update(root=make.bytes32(5), tag=make.bytes32(6), status=2)
    Job.objects.update(**changes)
    (lot,) = get(client, f"/jobs/{job.id}/lots")["results"]
    assert lot["claims"] == []


def test_jobs__exact__runtime_class_is_zero_not_empty(client: Client, job: Job) -> None:
    assert get(client, f"/jobs/{job.id}")["terms"]["runtime_class"] == "0x" + "00" * 32


def test_claims__enforced__split_to_the_last_unit(client: Client, job: Job) -> None:
    claim = make.make_claim(job)
    conviction = make.make_conviction(job, 11, reason=10, claim_key=claim.id)
    make.make_conviction(job, 12, 2)
    enforced = {"state": 3, "reason": 10, "enforced_tx": conviction.tx, "slashed_usd6": 2_000_000}
    Claim.objects.update(**enforced)
    for found in (get(client, f"/claims/{claim.id}"), get(client, "/claims?state=ENFORCED")["results"][0]):
        assert sum(int(line["amount_usd6"]) for line in found["split"]) == 2_000_000
        assert found["split"][0] == {
            "kind": "reward",
            "account": make.address(41),
            "amount_usd6": "1000000",
        }
        assert found["split"][2]["account"] is None
        assert found["reason_text"].startswith("The contract recomputed")
    assert get(client, "/claims?state=STANDING")["results"] == []
    convictions = get(client, f"/convictions?provider={make.address(11)}")["results"]
    assert [one["claim_id"] for one in convictions] == [claim.id]
    assert len(get(client, f"/convictions?job={job.id}")["results"]) == 2


def test_provider__convicted__latest_convictions(client: Client, job: Job) -> None:
    make.make_provider(11)
    for number in range(25):
        make.make_conviction(job, 11, number)
    provider = get(client, f"/providers/{make.address(11)}")
    assert len(provider["convictions"]) == 20
    assert provider["convictions"][0]["tx"] == make.bytes32(34_024)
    assert {one["reason"] for one in provider["convictions"]} == {"CONVICTED_WITHHELD"}


def test_account__bonds_of_games__its_own_credit(client: Client) -> None:
    from backend.disputes.models import GameCredit

    GameCredit.objects.create(
        account=make.address(41),
        position=1,
        block=1,
        balance_usd6=40_000,
        added_usd6=80_000,
        withdrawn_usd6=40_000,
    )
    account = get(client, f"/accounts/{make.address(41)}")
    assert (account["game_credit_usd6"], account["credit_usd6"]) == ("40000", "0")

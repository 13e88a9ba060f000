"""Keyset lists over HTTP: pages, filters, cursors, bad parameters, finality, a constant number of queries."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.backend.api import factories as make

pytestmark = pytest.mark.django_db


def get(client: Client, path: str, status: int = 200, **headers: str) -> Any:
    response = client.get(f"/api/v1{path}", headers=headers)
    assert response.status_code == status, response.content
    return response.json()


def walk(client: Client, path: str) -> list[dict[str, Any]]:
    """Every row of a list, page by page."""
    rows: list[dict[str, Any]] = []
    after: str | None = ""
    while after is not None:
        joint = "&" if "?" in path else "?"
        page = get(client, path + (f"{joint}after={after}" if after else ""))
        rows += page["results"]
        after = page["next"]
    return rows


def test_jobs__empty_index__empty_page(client: Client) -> None:
    assert get(client, "/jobs") == {"results": [], "next": None}


def test_jobs__one__all_members_of_the_contract(client: Client) -> None:
    make.make_cursor(100)
    make.make_job(7, ceiling_usd6=2**200, closed_at=0)
    (job,) = get(client, "/jobs")["results"]
    assert job == {
        "id": make.bytes32(7),
        "buyer": make.address(1),
        "kind": None,
        "grade": 3,
        "state": "RUNNING",
        "reason": None,
        "lots": 2,
        "lots_closed": 0,
        "lots_paid": 0,
        "items": 10,
        "seats": 2,
        "spares": 1,
        "lot_seconds": 30,
        "ceiling_usd6": str(2**200),
        "audit_bps": 0,
        "escrow_usd6": "200000",
        "posted_at": 1_007,
        "closed_at": None,
        "block": 7,
        "tx": make.bytes32(10_007),
        "spec_hash": make.bytes32(4),
        "finality": "finalized",
    }


def test_jobs__several_pages__every_row_once_newest_first(client: Client) -> None:
    for number in range(1, 24):
        make.make_job(number)
    rows = walk(client, "/jobs?limit=5")
    assert [row["id"] for row in rows] == [make.bytes32(number) for number in range(23, 0, -1)]


def test_jobs__page_full_to_the_last_row__no_next(client: Client) -> None:
    for number in range(1, 6):
        make.make_job(number)
    assert get(client, "/jobs?limit=5")["next"] is None
    assert get(client, "/jobs?limit=4")["next"] is not None


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        (f"buyer={make.address(2)}", [4, 2]),
        (f"buyer={make.address(2).lower()}", [4, 2]),
        ("state=closed", [3]),
        (f"provider={make.address(12)}", [4, 1]),
        (f"provider={make.address(12)}&state=RUNNING", [4, 1]),
        (f"provider={make.address(12)}&buyer={make.address(2)}", [4]),
        (f"provider={make.address(99)}", []),
    ],
)
def test_jobs__filters__only_what_was_asked(client: Client, query: str, numbers: list[int]) -> None:
    for number in range(1, 5):
        job = make.make_job(
            number, buyer=make.address(2 if number % 2 == 0 else 1), state=4 if number == 3 else 3
        )
        make.make_award(job, 0, 11, 21)
        if number in (1, 4):
            make.make_award(job, 1, 12, 22)
    rows = walk(client, f"/jobs?limit=1&{query}")
    assert [row["id"] for row in rows] == [make.bytes32(number) for number in numbers]


def test_jobs__finality__follows_head_and_finalized(client: Client) -> None:
    make.make_cursor(100, head=100, finalized=98)
    for number in (98, 99, 100):
        make.make_job(number)
    found = [row["finality"] for row in get(client, "/jobs")["results"]]
    assert found == ["pending", "confirmed", "finalized"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("after=nonsense", "bad_cursor"),
        ("after=WyJkZXZpY2VzIiw1XQ", "bad_cursor"),  # of another list
        ("after=WyJqb2JzIiwiNSJd", "bad_cursor"),  # a text key
        ("after=WyJqb2JzIix0cnVlXQ", "bad_cursor"),  # true is no number
        ("after=WyJqb2JzIiwxMDAwMDAwMDAwMDAwMDAwMDAwMDAwMF0", "bad_cursor"),  # past 64 bits
        ("after=" + "A" * 5_000, "bad_cursor"),
        ("after=%F0%9F%92%A9", "bad_cursor"),
        ("limit=0", "bad_parameter"),
        ("limit=201", "bad_parameter"),
        ("limit=-1", "bad_parameter"),
        ("limit=ten", "bad_parameter"),
        ("limit=" + "9" * 400, "bad_parameter"),
        ("limit=%D9%A3", "bad_parameter"),  # an Arabic digit
        ("buyer=0x12", "bad_parameter"),
        ("buyer=0xF39fd6e51aad88F6F4ce6aB8827279cffFb92266", "bad_parameter"),  # checksum
        ("state=OPENED", "bad_parameter"),
        ("buyr=0x12", "unknown_parameter"),
        ("offset=50", "unknown_parameter"),
    ],
)
def test_jobs__bad_parameter__problem_with_the_way_out(client: Client, query: str, code: str) -> None:
    response = client.get(f"/api/v1/jobs?{query}")
    problem = response.json()
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert problem["code"] == code
    assert problem["title"] == "Bad Request"
    assert len(problem["detail"]) < 300


@pytest.mark.parametrize("path", ["/jobs", "/devices", "/providers"])
def test_lists__more_rows__same_number_of_queries(
    client: Client, path: str, django_assert_max_num_queries: Any
) -> None:
    def rows(first: int, last: int) -> None:
        for number in range(first, last):
            make.make_job(number)
            make.make_provider(number)
            make.make_share(make.make_device(number, number))

    rows(1, 3)
    with django_assert_max_num_queries(10) as few:
        get(client, path)
    rows(3, 30)
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert len(get(client, path)["results"]) == 29


def test_lots__pages_in_order__seats_attached(client: Client) -> None:
    job = make.make_job(7)
    for number in range(5):
        make.make_lot(job, number, phase=4 if number == 0 else 0, reason=2 if number == 0 else 0)
    rows = walk(client, f"/jobs/{job.id}/lots?limit=2")
    assert [row["lot"] for row in rows] == [0, 1, 2, 3, 4]
    assert rows[0]["phase"] == "CLOSED"
    assert rows[0]["reason"] == "SETTLED_AGREED"
    assert [seat["place"] for seat in rows[3]["seats"]] == [0, 1, 2]
    assert [seat["spare"] for seat in rows[3]["seats"]] == [False, False, True]
    assert rows[3]["seats"][0]["status"] == "DRAWN"
    assert rows[3]["seats"][0]["seal"] is None


def test_events__of_one_job__oldest_first_with_args(client: Client) -> None:
    job, other = make.make_job(7), make.make_job(8)
    for number in (3, 1, 2):
        make.make_event(job, number)
    make.make_event(other, 1)
    rows = walk(client, f"/jobs/{job.id}/events?limit=2")
    assert [row["log_index"] for row in rows] == [1, 2, 3]
    assert rows[0]["args"] == {"escrow_usd6": "200000"}


def test_devices__with_ask_and_share__nested(client: Client) -> None:
    make.make_share(make.make_device(1, 11))
    make.make_device(2, 12, price=None)
    with_none, with_both = get(client, "/devices")["results"]
    assert with_none["ask"] is None
    assert with_none["share"] is None
    assert with_both["ask"] == {"price_per_hour_usd6": "3600000", "max_units": 4_096}
    assert with_both["share"]["supply"] == str(10**21)
    assert with_both["shared"] is False


def test_devices__shared_filter__only_those_either_way(client: Client) -> None:
    shared = make.make_device(1, 11)
    type(shared).objects.filter(pk=shared.pk).update(shared=True)
    make.make_device(2, 12)
    # in this order and twice: the SQL of each combination of filters is kept
    for _ in range(2):
        assert [row["shared"] for row in get(client, "/devices?shared=true")["results"]] == [True]
        assert [row["shared"] for row in get(client, "/devices?shared=false")["results"]] == [False]
    assert get(client, f"/devices?shared=true&provider={make.address(12)}")["results"] == []


def test_devices__withdrawn_ask__null(client: Client) -> None:
    device = make.make_device(1, 11)
    type(device.ask).objects.update(open=False)
    assert get(client, "/devices")["results"][0]["ask"] is None


def test_income_and_holders__of_one_device__paged(client: Client) -> None:
    share = make.make_share(make.make_device(1, 11), holders=5)
    income = walk(client, f"/devices/{make.bytes32(1)}/income?limit=2")
    assert [row["lot"] for row in income] == [4, 3, 2, 1, 0]
    assert income[0]["holders_usd6"] == "27000"
    holders = walk(client, f"/shares/{share.address}/holders?limit=2")
    assert [row["holder"] for row in holders] == sorted(make.address(31 + index) for index in range(5))


@pytest.mark.parametrize(
    "path",
    [
        f"/jobs/{make.bytes32(9)}",
        f"/jobs/{make.bytes32(9)}/lots",
        f"/jobs/{make.bytes32(9)}/events",
        f"/devices/{make.bytes32(9)}",
        f"/devices/{make.bytes32(9)}/income",
        f"/shares/{make.address(9)}/holders",
        f"/providers/{make.address(9)}",
        "/nothing",
        "/jobs/",
    ],
)
def test_unknown_object__404_problem(client: Client, path: str) -> None:
    assert get(client, path, 404)["code"] == "not_found"


@pytest.mark.parametrize(
    "path", ["/jobs/7", "/jobs/0xzz/lots", "/devices/x/income", "/providers/me", "/accounts/0x", "/jobs/%00"]
)
def test_malformed_id__400_problem(client: Client, path: str) -> None:
    assert get(client, path, 400)["code"] == "bad_parameter"


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_reads__other_method__405_names_get(client: Client, method: str) -> None:
    response = getattr(client, method)("/api/v1/jobs")
    assert response.status_code == 405
    assert "GET" in response["Allow"]
    assert response.json()["code"] == "method_not_allowed"


def test_etag__unchanged_then_changed__304_then_200(client: Client) -> None:
    make.make_job(1)
    first = client.get("/api/v1/jobs")
    again = client.get("/api/v1/jobs", headers={"If-None-Match": f'"x", W/{first["ETag"]}'})
    assert again.status_code == 304
    assert again.content == b""
    make.make_job(2)
    assert client.get("/api/v1/jobs", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_head__same_headers_without_body(client: Client) -> None:
    make.make_job(1)
    full, head = client.get("/api/v1/jobs"), client.head("/api/v1/jobs")
    assert head.status_code == 200
    assert head["ETag"] == full["ETag"]
    assert head.content == b""

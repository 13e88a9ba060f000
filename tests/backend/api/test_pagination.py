"""Keyset pagination as a property: whatever is inserted while a client pages, it sees each old row exactly once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from backend.web.cursors import decode_cursor, encode_cursor
from backend.web.errors import Problem
from tests.backend.api import factories as make


class Pages(TestCase):
    """hypothesis.extra.django's TestCase gives each example a transaction of its own."""

    @settings(max_examples=25)
    @given(
        before=st.sets(st.integers(1, 400), min_size=1, max_size=40),
        during=st.lists(st.sets(st.integers(1, 400), max_size=5), max_size=30),
        limit=st.integers(1, 9),
        provider=st.booleans(),
    )
    def test_page__rows_inserted_while_paging__none_lost_none_twice(
        self, before: set[int], during: list[set[int]], limit: int, provider: bool
    ) -> None:
        known: set[int] = set()

        def insert(numbers: set[int]) -> None:
            for number in numbers - known:
                make.make_award(make.make_job(number), 0, 11, 21)
                known.add(number)

        insert(before)
        query = f"limit={limit}" + (f"&provider={make.address(11)}" if provider else "")
        seen: list[int] = []
        after = ""
        pages = iter(during)
        while True:
            page = Client().get(f"/api/v1/jobs?{query}{after}").json()
            seen += [int(row["id"], 16) for row in page["results"]]
            if page["next"] is None:
                break
            after = f"&after={page['next']}"
            insert(next(pages, set()))
        assert seen == sorted(set(seen), reverse=True)
        assert set(seen) >= before


@given(key=st.one_of(st.integers(-(2**63), 2**63 - 1), st.text(st.characters(codec="utf-8"), max_size=30)))
def test_cursor__any_key__round_trip_or_refused(key: int | str) -> None:
    text = encode_cursor("list", key)
    try:
        assert decode_cursor("list", text, type(key)) == key
    except Problem:
        assert "\x00" in str(key) or len(text) > 200
    with pytest.raises(Problem):
        decode_cursor("other", text, type(key))


@given(text=st.text(max_size=300))
def test_cursor__any_text__key_or_problem(text: str) -> None:
    try:
        assert isinstance(decode_cursor("list", text, int), int)
    except Problem as problem:
        assert problem.code == "bad_cursor"


@pytest.mark.django_db
def test_deep_page__plan__index_search_not_a_scan(client: Client, django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for number in range(1, 200):
        make.make_award(make.make_job(number), 0, 11, 21)
    cursor = encode_cursor("jobs", 20 << 20)
    for query in ("", f"&buyer={make.address(1)}", "&state=RUNNING", f"&provider={make.address(11)}"):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(f"/api/v1/jobs?limit=10&after={cursor}{query}").status_code == 200
        (listing,) = [q["sql"] for q in captured.captured_queries if 'FROM "market_job"' in q["sql"]]
        with connection.cursor() as database:
            database.execute("EXPLAIN QUERY PLAN " + listing.replace("%", "%%"))
            steps = [row[3] for row in database.fetchall()]
        assert not [step for step in steps if step.startswith("SCAN")], (query, steps)
        assert not [step for step in steps if "TEMP B-TREE" in step], (query, steps)

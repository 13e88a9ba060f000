"""The plain-row layer: what goes in comes out, on this database, at the edges of every type."""

import json
from typing import Any

import pytest
from django.db import transaction

from backend.chain import tables
from backend.chain.models import Log, Undo
from backend.chain.node import RawLog
from backend.chain.rows import Rows
from backend.chain.tables import table_of
from backend.devices.models import Share, ShareBalance, ShareIncome
from backend.market.models import JobEvent

pytestmark = pytest.mark.django_db(transaction=True)
BIG = 2**256 - 1


def balance(key: str, **values: Any) -> dict[str, Any]:
    return table_of(ShareBalance).full(
        {"id": key, "position": 1, "block": 0, "share_id": "0xs", "holder": key, **values}
    )


@pytest.mark.parametrize("count", [1, 63, 64, 300])
def test_insert_and_upsert__around_the_copy_threshold__rows_come_back(count: int) -> None:
    values = [0, 1, 2**63 - 1, 2**63, 2**64, BIG]
    rows = [balance(f"h{i:04}", balance=values[i % 6], claimed_usd6=i) for i in range(count)]
    with transaction.atomic():
        tables.insert("default", ShareBalance, rows)
    assert list(tables.scan("default", ShareBalance, chunk=50)) == rows
    for row in rows:
        row["balance"] += -1 if row["balance"] else BIG
    with transaction.atomic():
        tables.upsert("default", ShareBalance, [*rows, balance("z", balance=7)])
        tables.upsert("default", ShareBalance, rows)
    assert list(tables.scan("default", ShareBalance, chunk=50)) == [*rows, balance("z", balance=7)]
    assert ShareBalance.objects.get(pk="h0000").balance == BIG


def test_uint_field__numbers_below_and_above_64_bits__sort_and_filter_as_numbers() -> None:
    values = [2**63, 5, BIG, 0, 2**63 - 1, 10**20]
    tables.insert("default", ShareBalance, [balance(f"h{i}", balance=v) for i, v in enumerate(values)])
    ordered = ShareBalance.objects.order_by("balance").values_list("balance", flat=True)
    assert list(ordered) == sorted(values)
    assert ShareBalance.objects.filter(balance=BIG).count() == 1
    assert ShareBalance.objects.filter(balance__gt=2**63 - 1).count() == 3


@pytest.mark.parametrize("text", ["", "\\N", "a\tb\nc\rd", 'quote " and \\', "☀ \U0001f600", "'; DROP TABLE"])
def test_insert__text_of_strangers__comes_back_unchanged(text: str) -> None:
    row = table_of(Share).full(
        {
            "address": "0x1",
            "position": 1,
            "block": 1,
            "tx": "",
            "device_id": "0xd",
            "operator": "0xo",
            "operator_cut_bps": 1,
            "supply": BIG,
            "name": text,
            "symbol": "S",
            "created_at": 1,
        }
    )
    many = [{**row, "address": f"0x{i}", "position": i, "device_id": str(i)} for i in range(70)]
    tables.insert("default", Share, many)
    assert set(Share.objects.values_list("name", flat=True)) == {text}


def test_append__json_arguments__come_back(count: int = 80) -> None:
    rows = [
        {
            "position": i,
            "block": 1,
            "timestamp": 1,
            "tx": "",
            "log_index": i,
            "job_id": "0xj",
            "lot": None if i % 2 else i,
            "contract": "C",
            "event": "E",
            "args": {"n": [1, {"deep": "☀\t"}], "none": None},
        }
        for i in range(count)
    ]
    tables.insert("default", JobEvent, rows)
    assert list(tables.scan("default", JobEvent)) == rows
    assert JobEvent.objects.filter(args__none=None).count() == count


def test_full__misspelt_or_missing_column__named() -> None:
    with pytest.raises(KeyError, match="balanse"):
        balance("h", balanse=1)
    with pytest.raises(KeyError, match="holder"):
        table_of(ShareBalance).full({"id": "h", "position": 1, "block": 1, "share_id": "s"})


def test_raw_log__fields__are_the_columns_of_log_in_order() -> None:
    assert list(RawLog._fields) == table_of(Log).columns


def test_rows__edit_in_two_blocks__first_state_of_each_block_is_kept() -> None:
    rows = Rows()
    rows.begin_block(1, journal=True)
    rows.put(ShareBalance, "h", position=1 << 20, share_id="s", holder="h", balance=1)
    rows.begin_block(2, journal=True)
    rows.edit(ShareBalance, "h")["balance"] = 2
    rows.edit(ShareBalance, "h")["balance"] = 3
    rows.begin_block(3, journal=True)
    rows.put(ShareBalance, "h", position=99, balance=BIG)
    with transaction.atomic():
        rows.flush()
    kept = Undo.objects.order_by("id").values_list("block", "before")
    assert [(block, json.loads(before)["balance"]) for block, before in kept] == [(2, 1), (3, 3)]
    stored = ShareBalance.objects.get()
    assert (stored.position, stored.block, stored.balance) == (1 << 20, 3, BIG)


def test_rows__far_below_the_head__no_undo_and_no_change_is_kept() -> None:
    rows = Rows()
    rows.begin_block(1, journal=False)
    rows.put(
        ShareIncome,
        5,
        timestamp=1,
        tx="",
        share_id="s",
        device_key="d",
        payer="p",
        operator="o",
        lots=[1],
        amount_usd6=1,
        operator_usd6=0,
        holders_usd6=1,
    )
    rows.edit(ShareIncome, 5)["amount_usd6"] = 2
    rows.change("job", "jobs", "x")
    with transaction.atomic():
        assert rows.flush() == []
    assert Undo.objects.count() == 0
    assert ShareIncome.objects.get().lots == [1]


def test_rows__table_too_large_to_read_whole__rows_are_found_by_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.chain.rows.WHOLE_TABLE_ROWS", 3)
    tables.insert("default", ShareBalance, [balance(str(i)) for i in range(10)])
    rows = Rows()
    assert rows.get(ShareBalance, "9") == balance("9")
    assert rows.get(ShareBalance, "10") is None

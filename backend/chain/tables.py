"""Plain rows (dicts by column) of Django models, and how to get them in and out of SQLite and PostgreSQL fast.

Django's models own the schema and serve the readers; the indexer writes through here, because an ORM object per row
costs more than decoding the log it came from. Called by backend.chain.rows, commit, reorg and the reindex and verify
commands.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from django.db import connections, models
from django.db.models.fields import NOT_PROVIDED

from backend.chain.fields import SQLITE_INT_MAX, UintField, sqlite_uint

Row = dict[str, Any]
COPY_FROM_ROWS = 64  # fewer rows go faster as one executemany
COPY_CHUNK = 1_000
KEYS_PER_QUERY = 500


class Table:
    """The columns of one model and the conversions its values need."""

    def __init__(self, model: type[models.Model]) -> None:
        """Reads everything off the model once."""
        self.model = model
        self.name: str = model._meta.db_table
        fields = [
            field for field in model._meta.concrete_fields if not isinstance(field, models.BigAutoField)
        ]
        self.columns = [_column(field) for field in fields]
        primary = model._meta.pk
        assert primary is not None
        self.key = _column(primary)
        self.defaults: Row = {
            _column(f): f.default for f in fields if f.default is not NOT_PROVIDED and not callable(f.default)
        }
        self.defaults |= {_column(f): None for f in fields if f.null and f.default is NOT_PROVIDED}
        self.values: Callable[[Row], tuple[Any, ...]] = itemgetter(*self.columns)
        self._uints = [_column(f) for f in fields if isinstance(f, UintField)]
        self._jsons = [_column(f) for f in fields if isinstance(f, models.JSONField)]
        self._bools = [_column(f) for f in fields if isinstance(f, models.BooleanField)]

    def full(self, given: Row) -> Row:
        """`given` with the model's defaults; KeyError names a column that is missing or does not exist."""
        row = {**self.defaults, **given}
        if len(row) != len(self.columns) or any(column not in row for column in self.columns):
            wrong = set(row) ^ set(self.columns)
            raise KeyError(f"{self.name}: wrong or missing columns {sorted(wrong)}")
        return row

    def adapt(self, rows: Iterable[Row], vendor: str) -> list[tuple[Any, ...]]:
        """Tuples in the order of the columns, as this database takes them."""
        uints = self._uints if vendor == "sqlite" else []
        if not uints and not self._jsons:
            return list(map(self.values, rows))
        adapted = []
        for row in rows:
            out = row
            if self._jsons or any(row[column] > SQLITE_INT_MAX for column in uints):
                out = dict(row)
                for column in uints:
                    out[column] = sqlite_uint(row[column])
                for column in self._jsons:
                    out[column] = json.dumps(row[column])
            adapted.append(self.values(out))
        return adapted

    def row(self, values: Sequence[Any]) -> Row:
        """The row dict of a fetched tuple."""
        row = dict(zip(self.columns, values, strict=True))
        for column in self._uints:
            if row[column] is not None:
                row[column] = int(row[column])
        for column in self._bools:
            if row[column] is not None:
                row[column] = bool(row[column])
        for column in self._jsons:
            if isinstance(row[column], str):
                row[column] = json.loads(row[column])
        return row


@cache
def table_of(model: type[models.Model]) -> Table:
    """The one Table of a model."""
    return Table(model)


def _column(field: Any) -> str:
    name = field.column
    assert isinstance(name, str)
    return name


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def insert(using: str, model: type[models.Model], rows: Sequence[Row]) -> None:
    """Adds new rows."""
    if rows:
        insert_values(using, model, table_of(model).adapt(rows, connections[using].vendor))


def insert_values(using: str, model: type[models.Model], values: Sequence[tuple[Any, ...]]) -> None:
    """Adds new rows given as adapted tuples in column order: COPY on PostgreSQL, executemany elsewhere."""
    if not values:
        return
    table, connection = table_of(model), connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(values) >= COPY_FROM_ROWS:
            copy_sql = f'COPY "{table.name}" ({_quoted(table.columns)}) FROM STDIN'
            with cursor.copy(copy_sql) as copy:
                _copy_rows(copy, values)
            return
        marks = ", ".join(["%s"] * len(table.columns))
        cursor.executemany(
            f'INSERT INTO "{table.name}" ({_quoted(table.columns)}) VALUES ({marks})',  # noqa: S608
            values,
        )


def _copy_rows(copy: Any, values: Sequence[tuple[Any, ...]]) -> None:
    """COPY text a thousand rows at a time; rows with NULLs or characters that need escaping go through psycopg."""
    for start in range(0, len(values), COPY_CHUNK):
        some = values[start : start + COPY_CHUNK]
        text = "\n".join(["\t".join(map(str, row)) for row in some]) + "\n"
        tabs = len(some) * (len(some[0]) - 1)
        nulls = "None" in text and any(cell is None for row in some for cell in row)
        if nulls or "\\" in text or "\r" in text or text.count("\n") != len(some) or text.count("\t") != tabs:
            for row in some:
                copy.write_row(row)
        else:
            copy.write(text)


def upsert(using: str, model: type[models.Model], rows: Sequence[Row]) -> None:
    """Adds rows or replaces those with the same key."""
    if not rows:
        return
    table, connection = table_of(model), connections[using]
    values = table.adapt(rows, connection.vendor)
    updates = ", ".join(f'"{c}" = excluded."{c}"' for c in table.columns if c != table.key)
    conflict = f'ON CONFLICT ("{table.key}") DO UPDATE SET {updates}'
    columns = _quoted(table.columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(values) >= COPY_FROM_ROWS:
            scratch = f"scratch_{table.name}"
            cursor.execute(
                f'CREATE TEMP TABLE IF NOT EXISTS "{scratch}" (LIKE "{table.name}") ON COMMIT DELETE ROWS'
            )
            cursor.execute(f'TRUNCATE "{scratch}"')
            with cursor.copy(f'COPY "{scratch}" ({columns}) FROM STDIN') as copy:
                _copy_rows(copy, values)
            cursor.execute(
                f'INSERT INTO "{table.name}" ({columns}) SELECT {columns} FROM "{scratch}" {conflict}'  # noqa: S608
            )
            return
        marks = ", ".join(["%s"] * len(table.columns))
        cursor.executemany(
            f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks}) {conflict}',  # noqa: S608
            values,
        )


def delete(using: str, model: type[models.Model], keys: Sequence[Any]) -> None:
    """Removes rows by key."""
    table = table_of(model)
    with connections[using].cursor() as cursor:
        for start in range(0, len(keys), KEYS_PER_QUERY):
            some = list(keys[start : start + KEYS_PER_QUERY])
            marks = ", ".join(["%s"] * len(some))
            cursor.execute(f'DELETE FROM "{table.name}" WHERE "{table.key}" IN ({marks})', some)  # noqa: S608


def delete_from(using: str, model: type[models.Model], column: str, first: int) -> None:
    """Removes rows whose `column` is `first` or more."""
    with connections[using].cursor() as cursor:
        cursor.execute(f'DELETE FROM "{table_of(model).name}" WHERE "{column}" >= %s', [first])  # noqa: S608


def fetch(using: str, model: type[models.Model], key: Any) -> Row | None:
    """One row by key."""
    table = table_of(model)
    with connections[using].cursor() as cursor:
        cursor.execute(
            f'SELECT {_quoted(table.columns)} FROM "{table.name}" WHERE "{table.key}" = %s',  # noqa: S608
            [key],
        )
        found = cursor.fetchone()
    return None if found is None else table.row(found)


def fetch_first(using: str, model: type[models.Model], limit: int) -> list[Row]:
    """Up to `limit` rows in no order."""
    table = table_of(model)
    with connections[using].cursor() as cursor:
        cursor.execute(f'SELECT {_quoted(table.columns)} FROM "{table.name}" LIMIT %s', [limit])  # noqa: S608
        return [table.row(values) for values in cursor.fetchall()]


def scan(using: str, model: type[models.Model], chunk: int = 5_000) -> Iterator[Row]:
    """Every row in order of key, read in chunks by key so that memory stays flat."""
    table = table_of(model)
    collate = ' COLLATE "C"' if connections[using].vendor == "postgresql" and _is_text(table) else ""
    columns, last = _quoted(table.columns), None
    at = table.columns.index(table.key)
    while True:
        where = "" if last is None else f'WHERE "{table.key}"{collate} > %s'
        sql = f'SELECT {columns} FROM "{table.name}" {where} ORDER BY "{table.key}"{collate} LIMIT {chunk}'  # noqa: S608
        with connections[using].cursor() as cursor:
            cursor.execute(sql, [] if last is None else [last])
            found = cursor.fetchall()
        for values in found:
            yield table.row(values)
        if len(found) < chunk:
            return
        last = found[-1][at]


def _is_text(table: Table) -> bool:
    primary = table.model._meta.pk
    while isinstance(primary, models.ForeignKey):
        primary = primary.target_field
    return isinstance(primary, models.CharField)

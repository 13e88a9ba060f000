"""Lists by keyset: a page costs the same however deep it lies, and no row is lost or repeated while rows are
inserted.

A list is declared once (its queryset, columns, filters, key); the SQL of each combination of filters is
compiled by Django's ORM once and kept, rows go straight from the driver into JSON values. Called by the
domain apps' selectors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connections
from django.db.models import QuerySet

from backend.web.cursors import Key, decode_cursor, encode_cursor
from backend.web.errors import Problem
from backend.web.params import Parse, integer

Convert = Callable[[Any], Any]
DEFAULT_LIMIT = 50
MAX_LIMIT = 200
_MAX_PLANS = 256  # combinations of filters kept compiled per list


@dataclass(frozen=True)
class Column:
    """One JSON member: the ORM path it is read from and how the driver's value becomes JSON."""

    source: str
    convert: Convert | None = None


@dataclass(frozen=True)
class Filter:
    """One query parameter: ORM lookup, parser, and the key to page by when it is used (another index may
    serve it).
    """

    lookup: str
    parse: Parse
    description: str
    key: str | None = None


@dataclass
class Page:
    """Rows as JSON objects and the cursor of the next page, if there is one."""

    results: list[dict[str, Any]]
    next: str | None


@dataclass(frozen=True)
class _Plan:
    """Compiled SQL and, for each of its parameters, the name of the argument that fills it (or a constant)."""

    sql: str
    slots: tuple[tuple[str, Any], ...]


@dataclass
class KeysetList:
    """A declared list. key: the ORM path of a unique, indexed column; descending: newest first."""

    name: str
    queryset: Callable[[], QuerySet[Any]]
    columns: Mapping[str, Column]
    filters: Mapping[str, Filter] = field(default_factory=dict)
    key: str = "position"
    key_type: type[Key] = int
    descending: bool = True
    default_limit: int = DEFAULT_LIMIT
    max_limit: int = MAX_LIMIT

    def __post_init__(self) -> None:
        self._names = tuple(self.columns)
        self._converters = tuple(column.convert for column in self.columns.values())
        self._plans: dict[tuple[Any, ...], _Plan] = {}

    def page(self, params: Mapping[str, str], **scope: Key) -> Page:
        """One page for the request's query parameters; `scope` holds fixed lookups (the job of its lots, for
        example).

        Raises Problem for an unknown or malformed parameter, a foreign cursor or a limit out of range.
        """
        values: dict[str, Key] = dict(scope)
        key, limit, after = self.key, self.default_limit, None
        for name, text in params.items():
            if name == "after":
                after = decode_cursor(self.name, text, self.key_type)
            elif name == "limit":
                limit = int(integer(1, self.max_limit)("limit", text))
            elif name in self.filters:
                chosen = self.filters[name]
                values[chosen.lookup] = chosen.parse(name, text)
                key = chosen.key or key
            else:
                known = ", ".join([*self.filters, "after", "limit"])
                detail = f"{name[:60]!r} is not a parameter of this list."
                raise Problem(400, "unknown_parameter", detail, f"It takes: {known}.", parameter=name[:60])
        if after is not None:
            values[f"{key}__{'lt' if self.descending else 'gt'}"] = after
        rows = self._fetch(values, key, limit + 1)
        following = encode_cursor(self.name, rows[limit - 1][-1]) if len(rows) > limit else None
        return Page(self._items(rows[:limit]), following)

    def one(self, **scope: Key) -> dict[str, Any] | None:
        """The only row with these lookups, or None."""
        rows = self._fetch(scope, self.key, 1)
        return self._items(rows)[0] if rows else None

    def all(self, **scope: Key | Sequence[str]) -> list[dict[str, Any]]:
        """Every row with these lookups, in key order: only where the caller bounds their number."""
        order = f"-{self.key}" if self.descending else self.key
        sources = [column.source for column in self.columns.values()]
        rows = self.queryset().filter(**scope).order_by(order).values_list(*sources)
        return self._items(list(rows))

    def _items(self, rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
        """Rows as JSON objects. Converting column by column costs half of converting row by row."""
        names = self._names
        columns = [
            column if convert is None else map(convert, column)
            for column, convert in zip(
                zip(*rows, strict=True), self._converters, strict=False
            )  # cursor's key: last
        ]
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]

    def _fetch(self, values: Mapping[str, Key], key: str, limit: int) -> list[tuple[Any, ...]]:
        queryset = self.queryset()
        # a true or false is part of the SQL, not a parameter of it
        shape = (
            queryset.db,
            key,
            *((name, v if isinstance(v, bool) else None) for name, v in values.items()),
        )
        plan = self._plans.get(shape)
        if plan is None:
            plan = self._compile(queryset, values, key)
            if len(self._plans) < _MAX_PLANS:
                self._plans[shape] = plan
        arguments = [values[name] if name else constant for name, constant in plan.slots]
        with connections[queryset.db].cursor() as cursor:
            cursor.execute(plan.sql, [*arguments, limit])
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def _compile(self, queryset: QuerySet[Any], values: Mapping[str, Key], key: str) -> _Plan:
        """The SQL for these lookups, with a recognisable mark in the place of each value."""
        marks: dict[Key, str] = {}
        lookups: dict[str, Key] = {}
        for index, (name, value) in enumerate(values.items()):
            if isinstance(value, bool):
                lookups[name] = value
                continue
            mark: Key = 31_001 + index if isinstance(value, int) else f"mark:{index}"
            marks[mark], lookups[name] = name, mark
        order = f"-{key}" if self.descending else key
        sources = [column.source for column in self.columns.values()]
        query = queryset.filter(**lookups).order_by(order).values_list(*sources, key).query
        sql, params = query.get_compiler(using=queryset.db).as_sql()
        slots = tuple((marks[value], None) if value in marks else ("", value) for value in params)
        if sorted(name for name, _ in slots if name) != sorted(marks.values()):
            raise AssertionError(f"list {self.name}: {list(values)} did not compile to one parameter each")
        return _Plan(f"{sql} LIMIT %s", slots)

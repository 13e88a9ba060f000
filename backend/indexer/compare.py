"""Row by row, table by table: what differs between two databases. Called by `verify_index`."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models

from backend.chain.tables import Row, scan, table_of


@dataclass(frozen=True)
class Difference:
    """One row: what the index holds and what the logs say; None where it is missing."""

    table: str
    key: str
    indexed: Row | None
    rebuilt: Row | None

    def __str__(self) -> str:
        """One line for the operator."""
        if self.indexed is None:
            return f"{self.table} {self.key}: missing from the index"
        if self.rebuilt is None:
            return f"{self.table} {self.key}: in the index, but no log makes it"
        columns = [name for name in self.indexed if self.indexed[name] != self.rebuilt[name]]
        wrong = ", ".join(
            f"{name} is {self.indexed[name]!r}, logs say {self.rebuilt[name]!r}" for name in columns
        )
        return f"{self.table} {self.key}: {wrong}"


def differences(model: type[models.Model], indexed: str, rebuilt: str) -> Iterator[Difference]:
    """Walks both tables in order of key, in step; memory stays flat."""
    table = table_of(model)
    left, right = scan(indexed, model), scan(rebuilt, model)
    ours, theirs = next(left, None), next(right, None)
    while ours is not None or theirs is not None:
        if theirs is None or (ours is not None and ours[table.key] < theirs[table.key]):
            assert ours is not None
            yield Difference(table.name, str(ours[table.key]), ours, None)
            ours = next(left, None)
        elif ours is None or theirs[table.key] < ours[table.key]:
            yield Difference(table.name, str(theirs[table.key]), None, theirs)
            theirs = next(right, None)
        else:
            if ours != theirs:
                yield Difference(table.name, str(ours[table.key]), ours, theirs)
            ours, theirs = next(left, None), next(right, None)

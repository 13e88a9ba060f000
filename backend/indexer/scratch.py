"""A second, empty database beside the real one, for a rebuild to compare with: a file for SQLite, a schema for
PostgreSQL.
"""

import copy
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connections

from backend.config.settings.base import database

SCRATCH, SNAPSHOT = "scratch", "snapshot"


@contextmanager
def scratch_database(using: str = "default") -> Iterator[str]:
    """The alias of a migrated, empty database that is gone afterwards."""
    connection = connections[using]
    settings: dict[str, Any] = copy.deepcopy(connection.settings_dict)
    settings["OPTIONS"].pop("pool", None)
    if connection.vendor == "postgresql":
        schema = f"verify_{secrets.token_hex(4)}"
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE SCHEMA "{schema}"')
        settings["OPTIONS"]["options"] = f"-c search_path={schema}"
        try:
            with _alias(SCRATCH, settings):
                yield SCRATCH
        finally:
            with connection.cursor() as cursor:
                cursor.execute(f'DROP SCHEMA "{schema}" CASCADE')
        return
    with tempfile.TemporaryDirectory(prefix="assay-verify-") as folder:
        entry = database("sqlite:///" + os.path.join(folder, "scratch.sqlite3"))
        with _alias(SCRATCH, {**settings, **entry}):
            yield SCRATCH


@contextmanager
def snapshot(using: str = "default") -> Iterator[str]:
    """The alias of a connection that sees the database as it is now, whatever the indexer writes meanwhile."""
    connection = connections[using]
    settings: dict[str, Any] = copy.deepcopy(connection.settings_dict)
    settings["OPTIONS"].pop("pool", None)
    settings["OPTIONS"].pop("transaction_mode", None)
    if connection.vendor == "sqlite" and not Path(str(settings["NAME"])).exists():
        raise RuntimeError(f"there is no database file {settings['NAME']}")
    connections.settings[SNAPSHOT] = settings
    try:
        with connections[SNAPSHOT].cursor() as cursor:
            isolation = (
                " ISOLATION LEVEL REPEATABLE READ, READ ONLY" if connection.vendor == "postgresql" else ""
            )
            cursor.execute("BEGIN" + isolation)
            cursor.execute("SELECT count(*) FROM chain_cursor")  # from here on it sees this moment
            cursor.fetchall()
            yield SNAPSHOT
            cursor.execute("ROLLBACK")
    finally:
        _drop(SNAPSHOT)


@contextmanager
def _alias(name: str, settings: dict[str, Any]) -> Iterator[None]:
    connections.settings[name] = settings
    try:
        call_command("migrate", database=name, verbosity=0)
        yield
    finally:
        _drop(name)


def _drop(name: str) -> None:
    connections[name].close()
    del connections[name]
    del connections.settings[name]

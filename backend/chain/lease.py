"""One writer: a lock that the operating system or PostgreSQL gives back by itself when the indexer dies."""

import fcntl
import os
import zlib
from pathlib import Path
from types import TracebackType
from typing import Any

from django.db import connections

from backend.chain.errors import LeaseTaken


class Lease:
    """Context manager: holds the index of one database, or raises LeaseTaken.

    SQLite: flock on `<file>.indexer.lock`. PostgreSQL: a session advisory lock on a connection of its own. Should that
    connection be lost, the compare-and-set of the cursor (backend.chain.sync) still keeps two writers apart.
    """

    def __init__(self, using: str = "default") -> None:
        """`using`: the database alias."""
        self._using = using
        self._file: int | None = None
        self._session: Any = None

    def __enter__(self) -> "Lease":
        """Takes the lock at once or not at all."""
        connection = connections[self._using]
        taken = (
            self._lock_postgresql()
            if connection.vendor == "postgresql"
            else self._lock_file(connection.settings_dict)
        )
        if not taken:
            raise LeaseTaken(
                "another indexer is writing this database: stop it first, or leave this one out."
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Gives the lock back."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if self._session is not None:
            self._session.close()
            self._session = None

    def _lock_file(self, settings: dict[str, Any]) -> bool:
        path = Path(f"{settings['NAME']}.indexer.lock")
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            self._file = None
            return False
        return True

    def _lock_postgresql(self) -> bool:
        import psycopg

        connection = connections[self._using]
        parameters = connection.get_connection_params()
        for ours in ("pool", "cursor_factory", "context", "server_side_binding", "assume_role"):
            parameters.pop(ours, None)
        self._session = psycopg.connect(**parameters, autocommit=True)
        key = zlib.crc32(b"assay indexer")
        row = self._session.execute("SELECT pg_try_advisory_lock(%s)", [key]).fetchone()
        if row is not None and row[0]:
            return True
        self._session.close()
        self._session = None
        return False

"""One object on its way into a store: written apart, verified, flushed to disk, then renamed into place."""

import os
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from assay.artifacts.faults import store_error
from assay.artifacts.kinds import Verifier


class Writer:
    """Made by ArtifactStore.writer. Use as a context manager; only `commit` makes the object visible."""

    def __init__(
        self, filesystem: Any, verifier: Verifier, *, final: str, temporary: str, where: str
    ) -> None:
        """final, temporary: paths on the file system; where: the store's address for messages."""
        self._fs, self._verifier = filesystem, verifier
        self._final, self._temporary, self._where = final, temporary, where
        self._file: Any = None
        self._done = False

    def __enter__(self) -> Self:
        try:
            self._fs.makedirs(self._temporary.rsplit("/", 1)[0], exist_ok=True)
            self._fs.makedirs(self._final.rsplit("/", 1)[0], exist_ok=True)
            self._file = self._fs.open(self._temporary, "wb")
        except OSError as error:
            raise store_error(error, self._where) from error
        return self

    @property
    def received(self) -> int:
        """Bytes taken so far."""
        return self._verifier.received

    def write(self, block: bytes) -> None:
        """Takes the next bytes; raises as soon as they are too many, or the disk is full."""
        self._verifier.update(block)
        try:
            self._file.write(block)
        except OSError as error:
            raise store_error(error, self._where) from error

    def commit(self) -> None:
        """Verifies the whole and makes it visible, durably. Raises ArtifactCorrupt, StoreFull."""
        self._verifier.finish()
        try:
            self._file.flush()
            with suppress(AttributeError, ValueError):  # only real files have a descriptor
                os.fsync(self._file.fileno())
            self._file.close()
            self._fs.mv(self._temporary, self._final)
        except OSError as error:
            raise store_error(error, self._where) from error
        self._done = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._done:
            return
        with suppress(Exception):  # closing flushes: on a full disk it fails again
            self._file.close()
        with suppress(OSError):
            self._fs.rm_file(self._temporary)

"""One writer per key on a machine: two processes that number transactions of one account would fight over
nonces.
"""

import fcntl
import os
import tempfile
import time
from pathlib import Path

from assay.protocol.errors import AssayError


class KeyInUse(AssayError):
    """Another process sends with this key."""


def lock_folder() -> Path:
    """The user's own folder for locks; made if missing. Raises KeyInUse when somebody else owns it."""
    folder = Path(tempfile.gettempdir()) / f"assay-locks-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise KeyInUse(f"{folder} belongs to another user.", "Remove it, or set TMPDIR to a folder of yours.")
    return folder


class KeyLock:
    """Held from construction to `release`, or to the end of the process however it ends."""

    def __init__(self, name: str, *, wait_seconds: float = 0.0) -> None:
        """name: what is locked, as a file name. Raises KeyInUse when it is not free within `wait_seconds`."""
        self.path = lock_folder() / f"{name}.lock"
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + wait_seconds
        while not self._try():
            if time.monotonic() >= deadline:
                holder = os.pread(self._file, 32, 0).decode("ascii", "replace").strip() or "unknown"
                os.close(self._file)
                raise KeyInUse(
                    f"Another process ({holder}) sends transactions with this key.",
                    "Stop it, or use another account.",
                )
            time.sleep(0.05)
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"pid {os.getpid()}".encode(), 0)

    def release(self) -> None:
        """Lets the next one in; doing so twice changes nothing."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _try(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

"""File system failures in plain words."""

import errno

from assay.artifacts.errors import StoreError, StoreFull

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def full(detail: str, where: str) -> StoreFull:
    return StoreFull(
        f"No space left at {where}: {detail}.", "Free disk space; nothing half-written was kept."
    )


def store_error(error: OSError, where: str) -> StoreError:
    if error.errno in _FULL:
        return full(error.strerror or str(error), where)
    return StoreError(f"The store {where} failed: {error}.", "Check that it exists and may be written.")

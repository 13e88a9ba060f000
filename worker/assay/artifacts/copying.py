"""Bringing an object of any store into a local file."""

import uuid
from pathlib import Path

from assay.artifacts.base import Store
from assay.artifacts.faults import store_error
from assay.artifacts.kinds import GIB, Kind


def copy_to(store: Store, kind: Kind, identity: bytes, target: Path, *, max_bytes: int = GIB) -> int:
    """Writes an object to a local file, verified, whole or not at all; returns its bytes."""
    partial = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    total = 0
    try:
        with partial.open("wb") as file:
            for block in store.stream(kind, identity, max_bytes=max_bytes):
                file.write(block)
                total += len(block)
        partial.replace(target)
    except OSError as error:
        raise store_error(error, str(target)) from error
    finally:
        partial.unlink(missing_ok=True)
    return total

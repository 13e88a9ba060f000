"""Job specs by their hash, read from the store and kept in memory: they never change, so they never grow
stale.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import Any

from assay.artifacts import Kind, StoreError
from assay.protocol.errors import AssayError
from assay.protocol.spec import parse_spec
from backend.artifacts.store import artifact_store

KEPT = 4_096
ASK_AGAIN_SECONDS = 3.0  # for a spec the store does not have yet

_lock = Lock()
_found: OrderedDict[str, dict[str, Any]] = OrderedDict()
_missing: OrderedDict[str, float] = OrderedDict()


def spec_of(spec_hash: str) -> dict[str, Any] | None:
    """The spec with this hash, or None while the store does not have it (or what it has is not a spec)."""
    with _lock:
        if spec_hash in _found:
            _found.move_to_end(spec_hash)
            return _found[spec_hash]
        if time.monotonic() - _missing.get(spec_hash, float("-inf")) < ASK_AGAIN_SECONDS:
            return None
    spec = _read(spec_hash)
    with _lock:
        if spec is None:
            _missing[spec_hash] = time.monotonic()
            _missing.move_to_end(spec_hash)
        else:
            _missing.pop(spec_hash, None)
            _found[spec_hash] = spec
        for kept in (_found, _missing):
            while len(kept) > KEPT:
                kept.popitem(last=False)
    return spec


def specs_of(hashes: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The specs that are known, by hash."""
    found = {spec_hash: spec_of(spec_hash) for spec_hash in hashes}
    return {spec_hash: spec for spec_hash, spec in found.items() if spec is not None}


def forget_specs() -> None:
    """Empties the memory: for tests that change the store."""
    with _lock:
        _found.clear()
        _missing.clear()


def _read(spec_hash: str) -> dict[str, Any] | None:
    try:
        data = artifact_store().get(Kind.SPEC, bytes.fromhex(spec_hash.removeprefix("0x")))
        return parse_spec(data)
    except (StoreError, AssayError, ValueError):
        return None

"""The committed catalogue of native programs: names, ids and bytes. Reads files only, imports no JAX.

Called by plans, quotes, `assay up` (which puts the bytes in the store) and workers (which accept these ids).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("catalogue")
INDEX = FOLDER / "catalogue.json"


@dataclass(frozen=True)
class CatalogueEntry:
    """One program. `artifact_id` is 0x-hex bytes32; `inputs` and `outputs` are [{dtype, shape}]."""

    name: str
    kind: str
    file: str
    artifact_id: str
    sha256: str
    size: int
    bucket: dict[str, int]
    inputs: list[dict[str, Any]]
    outputs: list[dict[str, Any]]
    platforms: list[str]
    jax_version: str

    def read(self) -> bytes:
        """The program's bytes as committed."""
        return (FOLDER / self.file).read_bytes()


@cache
def entries() -> tuple[CatalogueEntry, ...]:
    """All programs, in the order of the index."""
    return tuple(
        CatalogueEntry(**entry) for entry in json.loads(INDEX.read_text(encoding="utf-8"))["programs"]
    )


def by_name(name: str) -> CatalogueEntry:
    """The program called `name`; raises KeyError."""
    for entry in entries():
        if entry.name == name:
            return entry
    raise KeyError(f"the catalogue has no program {name!r}")


def by_id(artifact_id: str) -> CatalogueEntry | None:
    """The program with this artifact id (0x-hex, any case), None when it is not in the catalogue."""
    return next((entry for entry in entries() if entry.artifact_id == artifact_id.lower()), None)

"""Writes the JSON Schema of each job kind to `assay/protocol/specs/`. Run `python -m assay.jobs.schemas`.

The files are committed; a test fails when one is out of date.
"""

from __future__ import annotations

import json
from pathlib import Path

import assay.protocol
from assay.jobs.registry import KINDS

FOLDER = Path(next(iter(assay.protocol.__path__))) / "specs"


def documents() -> dict[Path, str]:
    """The text of each schema file."""
    return {
        FOLDER / f"{kind.name}.json": json.dumps(kind.schema(), indent=2) + "\n" for kind in KINDS.values()
    }


def main() -> None:
    """Write all schema files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path, text in documents().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

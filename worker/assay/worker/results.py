"""Finished lots on disk: written whole and flushed before anything is sealed, so that a seal can always be opened.

`<folder>/<job hex>/<lot>/<k>.bin` are the items in order, `lot.json` their ids, form and root. A lot is written to a
hidden folder, flushed, then renamed: it is there whole or not at all. Reading hashes everything again.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assay.commitment.listing import list_root
from assay.protocol.errors import AssayError
from assay.worker.forms import Form, id_of_item


class DiskFull(AssayError):
    """There is no room for a lot's result."""


@dataclass(frozen=True, slots=True)
class LotResult:
    """What a seat seals: ids of the items in order and their list root."""

    root: bytes
    item_ids: tuple[bytes, ...]
    form: Form = Form.ARTIFACTS


class ResultStore:
    """The results of one worker. One writer (the workbench), any readers."""

    def __init__(self, folder: Path, *, min_free_bytes: int) -> None:
        """min_free_bytes: room that must stay free on the disk; below it no lot is started."""
        self._folder = folder
        self._min_free_bytes = min_free_bytes
        folder.mkdir(parents=True, exist_ok=True)

    def check_room(self, extra_bytes: int = 0) -> None:
        """Raises DiskFull when less than min_free_bytes would stay free."""
        free = shutil.disk_usage(self._folder).free
        if free - extra_bytes < self._min_free_bytes:
            raise DiskFull(
                f"only {free / 1e6:.0f} MB are free under {self._folder}, "
                f"{self._min_free_bytes / 1e6:.0f} MB must stay free",
                "Free some space or set ASSAY_RUN to a larger disk; the worker goes on by itself.",
            )

    def save(self, job_id: bytes, lot: int, items: Sequence[bytes], form: Form = Form.ARTIFACTS) -> LotResult:
        """Writes a lot's items durably; returns what to seal. Raises DiskFull; an existing result is kept."""
        held = self.load(job_id, lot)
        if held is not None:
            return held
        ids = tuple(id_of_item(form, item) for item in items)
        result = LotResult(list_root(ids), ids, form)
        final = self._path(job_id, lot)
        draft = final.parent / f".{lot}.draft"
        try:
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(parents=True)
            for index, item in enumerate(items):
                _write_flushed(draft / f"{index}.bin", item)
            named = [item.hex() for item in ids]
            manifest = {"root": result.root.hex(), "form": form.value, "items": named}
            _write_flushed(draft / "lot.json", json.dumps(manifest).encode())
            _flush_folder(draft)
            shutil.rmtree(final, ignore_errors=True)
            os.rename(draft, final)
            _flush_folder(final.parent)
        except OSError as error:
            shutil.rmtree(draft, ignore_errors=True)
            raise DiskFull(
                f"the result of lot {lot} could not be saved under {self._folder}: {error.strerror}",
                "Free some space; the lot is run again while there is time.",
            ) from error
        return result

    def has(self, job_id: bytes, lot: int) -> bool:
        """Whether a result was written (cheap: nothing is hashed)."""
        return (self._path(job_id, lot) / "lot.json").is_file()

    def load(self, job_id: bytes, lot: int) -> LotResult | None:
        """The result on disk, after hashing every item again; None when it is missing or damaged."""
        path = self._path(job_id, lot)
        try:
            manifest = json.loads((path / "lot.json").read_bytes())
            ids = tuple(bytes.fromhex(item) for item in manifest["items"])
            root = bytes.fromhex(manifest["root"])
            form = Form(manifest.get("form", Form.ARTIFACTS))
            found = (id_of_item(form, (path / f"{k}.bin").read_bytes()) for k in range(len(ids)))
            whole = all(here == stated for here, stated in zip(found, ids, strict=True))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return LotResult(root, ids, form) if whole and list_root(ids) == root else None

    def items(self, job_id: bytes, lot: int) -> list[bytes]:
        """The bytes of a lot's items in order. Raises OSError when it is not there."""
        path = self._path(job_id, lot)
        count = len(json.loads((path / "lot.json").read_bytes())["items"])
        return [(path / f"{k}.bin").read_bytes() for k in range(count)]

    def forget_job(self, job_id: bytes) -> None:
        """Deletes a job's results: call it when the job has closed and nobody can ask for a page any more."""
        shutil.rmtree(self._folder / job_id.hex(), ignore_errors=True)

    def _path(self, job_id: bytes, lot: int) -> Path:
        return self._folder / job_id.hex() / str(lot)


def _write_flushed(path: Path, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(path: Path) -> None:
    """Makes names in a folder durable, which flushing the files alone does not."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

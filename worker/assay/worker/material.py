"""Fetches what a job names by hash (spec, program, inputs) and publishes results; the store verifies every byte."""

from __future__ import annotations

from typing import Any

from assay.artifacts import (
    ArtifactCorrupt,
    ArtifactMissing,
    ArtifactStore,
    ArtifactTooLarge,
    HttpMirror,
    Kind,
    MultiStore,
)
from assay.artifacts.base import Store
from assay.commitment.listing import list_bytes, list_ids
from assay.jobs.errors import JobError
from assay.jobs.exact.loading import is_exact, load_job
from assay.protocol.errors import AssayError, BadInput
from assay.protocol.generated.structs import Terms
from assay.protocol.spec import parse_spec
from assay.protocol.states import Subject
from assay.worker.forms import put_item
from assay.worker.results import LotResult
from assay.worker.running import JobRefused, Material
from assay.worker.settings import WorkerSettings

MAX_INPUTS = 64


class MissingArtifact(AssayError):
    """No store has an input or the program: it can be asked for on chain, page by page."""

    def __init__(self, subject: Subject, list_index: int, text: str) -> None:
        super().__init__(text, "The buyer must upload it; meanwhile the worker asks for it on chain.")
        self.subject, self.list_index = subject, list_index


class Materials:
    """Reads jobs' material from one store (usually a MultiStore) and puts results there."""

    def __init__(self, store: Store, *, max_bytes: int, path_moves: int | None = None) -> None:
        """max_bytes: largest program or input this worker takes. path_moves: answers that a game's bond covers."""
        self._store, self._max_bytes, self._path_moves = store, max_bytes, path_moves

    def fetch(self, terms: Terms) -> Material:
        """Everything a job needs. Raises MissingArtifact, JobRefused (malformed or too large), StoreError.

        Pages of an exact job cannot be asked for on chain: what of it is missing is a StoreError, to be tried again.
        """
        try:
            spec = parse_spec(self._store.get(Kind.SPEC, terms.spec_hash))
            if is_exact(terms):
                return self._exact(spec, terms)
            program = self._bytes(terms.program_root, Subject.PROGRAM, 0)
            ids = self._input_ids(terms.inputs_root)
            inputs = {item: self._bytes(item, Subject.INPUT, index) for index, item in enumerate(ids)}
        except (BadInput, ArtifactTooLarge) as error:
            raise JobRefused(str(error)) from error
        return Material(spec, program, inputs)

    def publish(self, result: LotResult, items: list[bytes]) -> None:
        """Puts a lot's items, then its list: whoever finds the list finds the items. Raises StoreError."""
        for item_id, item in zip(result.item_ids, items, strict=True):
            put_item(self._store, result.form, item_id, item)
        if not self._store.has(Kind.LIST, result.root):
            self._store.put(Kind.LIST, result.root, list_bytes(result.item_ids))

    def _exact(self, spec: dict[str, Any], terms: Terms) -> Material:
        try:
            job = load_job(
                spec, self._store, terms, path_moves=self._path_moves, max_input_bytes=self._max_bytes
            )
        except JobError as error:
            raise JobRefused(str(error)) from error
        return Material(spec, exact=job)

    def _input_ids(self, root: bytes) -> tuple[bytes, ...]:
        try:
            ids = list_ids(self._store.get(Kind.LIST, root))
        except ArtifactMissing as error:
            raise MissingArtifact(
                Subject.INPUT, 0, f"no store has the list of inputs 0x{root.hex()}"
            ) from error
        if len(ids) > MAX_INPUTS:
            raise JobRefused(f"the job names {len(ids)} inputs; this worker takes at most {MAX_INPUTS}")
        return ids

    def _bytes(self, identity: bytes, subject: Subject, index: int) -> bytes:
        try:
            return self._store.get(Kind.BYTES, identity, max_bytes=self._max_bytes)
        except (ArtifactMissing, ArtifactCorrupt) as error:
            what = "the program" if subject == Subject.PROGRAM else f"input {index}"
            raise MissingArtifact(subject, index, f"no store has {what}, 0x{identity.hex()}") from error


def open_stores(settings: WorkerSettings, account: object, chain_id: int) -> MultiStore:
    """The worker's stores, local ones first, then HTTP mirrors (uploads signed by `account`)."""
    stores: list[Store] = [ArtifactStore(url) for url in settings.store_urls]
    stores += [HttpMirror(url, account=account, chain_id=chain_id) for url in settings.api_urls]  # type: ignore[arg-type]
    return MultiStore(stores)

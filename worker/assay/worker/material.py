"""Fetches what a job names by hash (spec, program, inputs) and publishes results; the store verifies every byte."""

from __future__ import annotations

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
from assay.protocol.errors import AssayError, BadInput
from assay.protocol.generated.structs import Terms
from assay.protocol.spec import parse_spec
from assay.protocol.states import Subject
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

    def __init__(self, store: Store, *, max_bytes: int) -> None:
        """max_bytes: largest program or input this worker takes."""
        self._store, self._max_bytes = store, max_bytes

    def fetch(self, terms: Terms) -> Material:
        """Everything a job needs. Raises MissingArtifact, JobRefused (malformed or too large), StoreError."""
        try:
            spec = parse_spec(self._store.get(Kind.SPEC, terms.spec_hash))
            program = self._bytes(terms.program_root, Subject.PROGRAM, 0)
            ids = self._input_ids(terms.inputs_root)
            inputs = {item: self._bytes(item, Subject.INPUT, index) for index, item in enumerate(ids)}
        except (BadInput, ArtifactTooLarge) as error:
            raise JobRefused(str(error)) from error
        return Material(spec, program, inputs)

    def publish(self, item_ids: tuple[bytes, ...], items: list[bytes], root: bytes) -> None:
        """Puts a lot's items, then its list: whoever finds the list finds the items. Raises StoreError."""
        for item_id, item in zip(item_ids, items, strict=True):
            if not self._store.has(Kind.BYTES, item_id):
                self._store.put(Kind.BYTES, item_id, item)
        if not self._store.has(Kind.LIST, root):
            self._store.put(Kind.LIST, root, list_bytes(item_ids))

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

"""The two forms of a lot's result: artifacts of a native job, tensors with traces of an exact one.

Either way the root of a lot is the list root of its items' ids.
"""

from __future__ import annotations

from enum import StrEnum

from assay.artifacts import Kind
from assay.artifacts.base import Store
from assay.commitment.artifact import artifact_id
from assay.commitment.listing import list_bytes
from assay.jobs.exact.loading import is_exact
from assay.jobs.exact.results import ItemResult, root_of
from assay.protocol.generated.structs import Terms


class Form(StrEnum):
    """How the bytes of an item give its id."""

    ARTIFACTS = "artifacts"
    EXACT = "exact"


def form_of(terms: Terms) -> Form:
    """The form of a job's results."""
    return Form.EXACT if is_exact(terms) else Form.ARTIFACTS


def id_of_item(form: Form, item: bytes) -> bytes:
    """The id of an item: its artifact id, or the root of its outputs and traces. Raises ValueError when malformed."""
    return root_of(item) if form is Form.EXACT else artifact_id(item)


def put_item(store: Store, form: Form, identity: bytes, item: bytes) -> None:
    """Puts what the id leads to, the innermost first: whoever finds the id finds the rest. Raises StoreError."""
    if form is Form.ARTIFACTS:
        _put(store, Kind.BYTES, identity, item)
        return
    result = ItemResult.decode(item)
    for root, data in zip(result.tensor_roots, result.objects, strict=True):
        _put(store, Kind.TENSOR, root, data)
    _put(store, Kind.LIST, result.outputs_root, list_bytes(result.tensor_roots))
    _put(store, Kind.LIST, identity, list_bytes(result.entries))


def _put(store: Store, kind: Kind, identity: bytes, data: bytes) -> None:
    if not store.has(kind, identity):
        store.put(kind, identity, data)

"""The result of an item as bytes: its outputs and the roots of its state traces. Pure, no JAX.

    "ASSAYRES", u16be version (1), u16be traces, traces · 32 bytes, u32be outputs, (u64be length, tensor object)...

Anyone who holds it recomputes the item root, and from a lot's items the lot root that was sealed: what a buyer checks.
That the outputs are right is another question; `assay verify` and disputes answer it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from assay.commitment.errors import CommitmentError
from assay.commitment.tensor_object import object_root
from assay.commitment.traces import MAX_MEMBERS, item_root, tuple_root
from assay.jobs.errors import ResultError
from assay.jobs.exact.tensors import array_of, object_of

MAGIC = b"ASSAYRES"
VERSION = 1
MAX_TRACES = 65_535


@dataclass(frozen=True)
class ItemResult:
    """objects: the outputs as objects of a store, in order; traces: 32-byte roots in node order."""

    objects: tuple[bytes, ...]
    traces: tuple[bytes, ...]

    @classmethod
    def of(cls, outputs: Sequence[np.ndarray[Any, Any]], traces: Sequence[bytes]) -> ItemResult:
        """The result of a run."""
        return cls(tuple(object_of(array) for array in outputs), tuple(traces))

    @cached_property
    def tensor_roots(self) -> tuple[bytes, ...]:
        """Root of each output."""
        return tuple(object_root(data) for data in self.objects)

    @property
    def outputs_root(self) -> bytes:
        """Root of the tuple of outputs."""
        return tuple_root(self.tensor_roots)

    @property
    def entries(self) -> tuple[bytes, ...]:
        """What the item root is the list root of."""
        return (self.outputs_root, *self.traces)

    @property
    def root(self) -> bytes:
        """The item root."""
        return item_root(self.outputs_root, self.traces)

    @property
    def arrays(self) -> list[np.ndarray[Any, Any]]:
        """The outputs."""
        return [array_of(data) for data in self.objects]

    def encode(self) -> bytes:
        """The bytes of the result."""
        parts = [MAGIC, VERSION.to_bytes(2, "big"), len(self.traces).to_bytes(2, "big"), *self.traces]
        parts.append(len(self.objects).to_bytes(4, "big"))
        for data in self.objects:
            parts += (len(data).to_bytes(8, "big"), data)
        return b"".join(parts)

    @classmethod
    def decode(cls, data: bytes) -> ItemResult:
        """The result in its bytes; raises ResultError unless they are exactly one."""
        reader = _Reader(data)
        if reader.take(len(MAGIC)) != MAGIC or reader.number(2) != VERSION:
            raise ResultError(f"the bytes are no result of version {VERSION} of an exact item")
        traces = tuple(reader.take(32) for _ in range(reader.number(2)))
        count = reader.number(4)
        if not 1 <= count <= MAX_MEMBERS:
            raise ResultError(f"an item has 1..{MAX_MEMBERS} outputs, not {count}")
        objects = tuple(reader.take(reader.number(8)) for _ in range(count))
        if reader.at != len(data):
            raise ResultError("bytes follow the last output of the result")
        found = cls(objects, traces)
        try:
            found.tensor_roots  # noqa: B018  (hashes them: a malformed object is found here)
        except CommitmentError as error:
            raise ResultError(f"an output of the result is no tensor: {error.message}") from error
        return found


def root_of(data: bytes) -> bytes:
    """The item root of a result's bytes; raises ResultError."""
    return ItemResult.decode(data).root


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        if count > len(self.data) - self.at:
            raise ResultError(f"the result ends at byte {len(self.data)}, before all of it has come")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "big")

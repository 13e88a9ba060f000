"""Roots and openings of NumPy arrays: hashed a stretch of pages at a time, whatever their strides and byte order.

Called by the program's reference and executor (roots of outputs and states) and by the dispute players (openings).
Memory beside the array: about a MiB for a root, 1/64 of the array for a `PageTree`.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import numpy as np

from assay.commitment.errors import CommitmentError
from assay.commitment.openings import TensorOpening
from assay.commitment.tensor_spec import PAGE_BYTES, TensorSpec
from assay.commitment.tree import HASH_BYTES, Tree, raised

Array = np.ndarray[Any, Any]

STRETCH_PAGES = 4_096
_STRETCH_HEIGHT = 12
_KEPT_HEIGHT = 4
DTYPES = tuple(
    np.dtype(name) for name in ("?", "<i1", "<i2", "<i4", "<i8", "<u1", "<u2", "<u4", "<u8")
)  # by dtype code
_CODES = {dtype.name: code for code, dtype in enumerate(DTYPES)}


def dtype_code(dtype: Any) -> int:
    """The format's code of a NumPy (or JAX) dtype. Raises CommitmentError on floats and the rest."""
    name = np.dtype(dtype).name
    if name not in _CODES:
        raise CommitmentError(
            f"a tensor of a program is bool or integers of 8 to 64 bits, not {name}",
            "Encode floating point numbers as exact numbers first.",
        )
    return _CODES[name]


def spec_of(array: Any) -> TensorSpec:
    """dtype and dimensions of anything that has `.dtype` and `.shape`."""
    return TensorSpec(dtype_code(array.dtype), tuple(int(dim) for dim in array.shape))


def tensor_root(array: Any) -> bytes:
    """The 32-byte root of an integer or bool array of any strides and byte order; rank 0 is one element."""
    source = np.asarray(array)
    spec = spec_of(source)
    # Whole stretches are subtrees of one height; the last is padded to it, so that all join as equals.
    height = min(_STRETCH_HEIGHT, spec.height)
    tops = [
        raised(_leaves(source, spec, start, min(start + STRETCH_PAGES, spec.page_count)), 0, height)
        for start in range(0, spec.page_count, STRETCH_PAGES)
    ]
    return spec.root_from_top(raised(b"".join(tops), height, spec.height))


class PageTree:
    """The page tree of one array, for openings and descents. The array must not change while it is used."""

    def __init__(self, array: Any) -> None:
        self._array: Array = np.asarray(array)
        self.spec = spec_of(self._array)
        base = min(_KEPT_HEIGHT, self.spec.height)
        kept = []
        for start in range(0, self.spec.page_count, STRETCH_PAGES):
            leaves = self._leaves(start, min(start + STRETCH_PAGES, self.spec.page_count))
            kept.append(raised(leaves, 0, base))
        self.tree = Tree(self.spec.page_count, base, b"".join(kept), self._leaves)

    def _leaves(self, start: int, stop: int) -> bytes:
        return _leaves(self._array, self.spec, start, stop)

    @property
    def root(self) -> bytes:
        """The tensor root."""
        return self.spec.root_from_top(self.tree.top)

    def page(self, index: int) -> bytes:
        """The 256 bytes of a page. Raises CommitmentError when there is none such."""
        if not 0 <= index < self.spec.page_count:
            raise CommitmentError(f"there is no page {index} in {self.spec.page_count} pages")
        data = _bytes_of(self._array, self.spec, index, index + 1).tobytes()
        return data + bytes(PAGE_BYTES - len(data))

    def open(self, pages: Iterable[int]) -> TensorOpening:
        """An opening of some pages, their shared siblings once."""
        chosen = sorted(set(pages))
        siblings = self.tree.siblings(chosen)
        return TensorOpening(self.spec, tuple((index, self.page(index)) for index in chosen), siblings)

    def open_elements(self, elements: Iterable[int]) -> TensorOpening:
        """An opening of the pages in which these elements (row-major numbers) lie."""
        return self.open(self.spec.place_of(element)[0] for element in elements)


def open_pages(array: Any, pages: Iterable[int]) -> TensorOpening:
    """An opening of some pages of an array; keep a PageTree instead when opening the same array again."""
    return PageTree(array).open(pages)


def _bytes_of(array: Array, spec: TensorSpec, start: int, stop: int) -> Array:
    """The little-endian bytes of pages start..stop - 1, without padding; no copy where the array allows it."""
    per_page = PAGE_BYTES // spec.item_bytes
    dtype = DTYPES[spec.dtype]
    first, last = start * per_page, min(stop * per_page, spec.size)
    flat = array.reshape(-1) if array.flags.c_contiguous else array.flat
    part = np.asarray(flat[first:last])
    if spec.dtype == 0:
        part = part.view(np.uint8) != 0  # a bool is written 0 or 1, whatever byte stood for it
    return np.ascontiguousarray(part.astype(dtype, copy=False)).view(np.uint8)


def _leaves(array: Array, spec: TensorSpec, start: int, stop: int) -> bytes:
    """Concatenated leaf hashes of pages start..stop - 1."""
    data = _bytes_of(array, spec, start, stop)
    whole = len(data) // PAGE_BYTES
    # One row a page, led by the leaf's zero byte: slices of it are hashed without being copied.
    rows = np.zeros((stop - start, PAGE_BYTES + 1), np.uint8)
    rows[:whole, 1:] = data[: whole * PAGE_BYTES].reshape(whole, PAGE_BYTES)
    if whole < len(rows):
        rows[whole, 1 : 1 + len(data) - whole * PAGE_BYTES] = data[whole * PAGE_BYTES :]
    view, step = rows.reshape(-1).data, PAGE_BYTES + 1
    hashes = b"".join([sha256(view[at : at + step]).digest() for at in range(0, len(view), step)])
    assert len(hashes) == (stop - start) * HASH_BYTES
    return hashes

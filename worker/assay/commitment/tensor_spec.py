"""What a tensor's descriptor fixes about its commitment: bytes, pages, depth, where an element lies. No NumPy, no I/O.

root = sha256(0x02 || "assay/tensor/1" || u8 dtype || u8 rank || u64be dimension... || top of the row of pages). Pages
have 256 bytes, the last one is padded with zero bytes. Nothing here is revealed by a prover: all of it follows from
(dtype, dims), so a lie about a length or a depth has no place to stand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from assay.commitment.errors import CommitmentError
from assay.commitment.row import height_of

PAGE_BYTES = 256
TENSOR_DOMAIN = b"assay/tensor/1"
MAX_RANK = 8
MAX_TENSOR_BYTES = (
    PAGE_BYTES << 40
)  # a page index, and its path of at most 40 siblings, fit every part's integers
ITEM_BYTES = (1, 1, 2, 4, 8, 1, 2, 4, 8)  # by dtype code: bool, i8, i16, i32, i64, u8, u16, u32, u64
DTYPE_NAMES = ("bool", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64")


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """dtype code (0..8, the program format's table) and dimensions (0..8 of them, each at least 1).

    Raises CommitmentError on anything else, and on tensors over MAX_TENSOR_BYTES.
    """

    dtype: int
    dims: tuple[int, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.dtype < len(ITEM_BYTES):
            raise CommitmentError(f"dtype code {self.dtype} is outside 0..{len(ITEM_BYTES) - 1}")
        if len(self.dims) > MAX_RANK:
            raise CommitmentError(
                f"a tensor has at most {MAX_RANK} dimensions, not {len(self.dims)}", "Reshape it to fewer."
            )
        size = self.item_bytes
        for axis, dim in enumerate(self.dims):
            if dim < 1:
                raise CommitmentError(
                    f"dimension {axis} of a tensor is {dim}, the least is 1", "Leave empty tensors out."
                )
            size *= dim
        if size > MAX_TENSOR_BYTES:
            raise CommitmentError(
                f"a tensor of {size} bytes is over the limit of {MAX_TENSOR_BYTES}", "Split it over several."
            )

    @property
    def item_bytes(self) -> int:
        """Bytes of one element."""
        return ITEM_BYTES[self.dtype]

    @property
    def size(self) -> int:
        """Number of elements; 1 for rank 0."""
        count = 1
        for dim in self.dims:
            count *= dim
        return count

    @property
    def byte_length(self) -> int:
        """Bytes of the elements, without the last page's padding."""
        return self.size * self.item_bytes

    @property
    def page_count(self) -> int:
        """Pages, at least 1."""
        return -(-self.byte_length // PAGE_BYTES)

    @property
    def height(self) -> int:
        """Siblings on the path of a page."""
        return height_of(self.page_count)

    def flat_index(self, index: Sequence[int]) -> int:
        """Row-major number of the element at a multi-index. Raises CommitmentError when it lies outside."""
        if len(index) != len(self.dims) or any(
            not 0 <= i < dim for i, dim in zip(index, self.dims, strict=True)
        ):
            raise CommitmentError(f"there is no element {tuple(index)} in a tensor of shape {self.dims}")
        flat = 0
        for i, dim in zip(index, self.dims, strict=True):
            flat = flat * dim + i
        return flat

    def place_of(self, element: int) -> tuple[int, int]:
        """(page, byte offset inside it) of element number `element` in row-major order."""
        if not 0 <= element < self.size:
            raise CommitmentError(f"there is no element {element} in a tensor of {self.size}")
        return divmod(element * self.item_bytes, PAGE_BYTES)

    def value_in(self, page: bytes, element: int) -> int:
        """The element's value, read from its page: bool as 0 or 1 (any byte that is not 0 is true)."""
        _, offset = self.place_of(element)
        raw = page[offset : offset + self.item_bytes]
        if len(raw) != self.item_bytes:
            raise CommitmentError(f"a page has {PAGE_BYTES} bytes, not {len(page)}")
        if self.dtype == 0:
            return int(raw != b"\x00")
        return int.from_bytes(raw, "little", signed=self.dtype <= 4)

    def root_from_top(self, top: bytes) -> bytes:
        """The tensor root, from the top of its row of pages."""
        if len(top) != 32:
            raise CommitmentError(f"a top has 32 bytes, not {len(top)}")
        return sha256(self.header() + top).digest()

    def header(self) -> bytes:
        """What precedes the top in the hash of the root."""
        dims = b"".join(dim.to_bytes(8, "big") for dim in self.dims)
        return b"\x02" + TENSOR_DOMAIN + bytes((self.dtype, len(self.dims))) + dims

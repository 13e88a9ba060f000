# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Tensors: their roots, pages and elements; twin of assay.commitment.tensor
@notice root = sha256(0x02 ‖ "assay/tensor/1" ‖ head ‖ top), head = u8 dtype ‖ u8 rank ‖ u64be dimension…; 256-byte pages,
        the last one padded with zero bytes; elements in row-major order, little-endian two's complement.
        Dtypes: 0 bool, 1..4 i8..i64, 5..8 u8..u64. Values are int256 in the value's own range, a bool is 0 or 1.
"""

from contracts.modules import merkle_row
from contracts.modules import packed

PAGE_BYTES: constant(uint256) = 256
TENSOR_DOMAIN: constant(Bytes[15]) = b"\x02assay/tensor/1"
MAX_RANK: constant(uint256) = 8
MAX_ELEMENTS: constant(uint256) = 2**60  # a pebibyte: no such tensor can exist, and no product of sizes overflows
BYTES_OF_2: constant(uint256) = (2**64 - 1) // (2**8 + 1)   # the low byte of every two
BYTES_OF_4: constant(uint256) = (2**64 - 1) // (2**16 + 1)  # the low two of every four
BOOL: constant(uint256) = 0
I32: constant(uint256) = 3
I64: constant(uint256) = 4
U64: constant(uint256) = 8


@pure
@internal
def _width(dtype: uint256) -> uint256:
    """
    @notice Bytes of an element.
    """
    if dtype == BOOL:
        return 1
    return 1 << ((dtype - 1) & 3)


@pure
@internal
def _is_signed(dtype: uint256) -> bool:
    return dtype != BOOL and dtype <= I64


@pure
@internal
def _size(rank: uint256, dims: uint256[MAX_RANK]) -> uint256:
    """
    @notice Elements of a tensor of these dimensions; 0 when a dimension is 0 or there are more than any tensor has.
    """
    size: uint256 = 1
    for axis: uint256 in range(rank, bound=MAX_RANK):
        size *= min(dims[axis], MAX_ELEMENTS + 1)
        if size > MAX_ELEMENTS:
            return 0
    return size


@pure
@internal
def _height(size: uint256, dtype: uint256) -> uint256:
    """
    @notice Levels of the page tree.
    """
    return merkle_row._height((size * self._width(dtype) + PAGE_BYTES - 1) // PAGE_BYTES)


@pure
@internal
def _root(head: Bytes[packed.MAX_BYTES], top: bytes32) -> bytes32:
    return sha256(concat(TENSOR_DOMAIN, head, top))


@pure
@internal
def _whole(data: Bytes[packed.MAX_BYTES]) -> Bytes[PAGE_BYTES]:
    """
    @notice A page whose trailing zero bytes were not sent.
    """
    assert len(data) <= PAGE_BYTES, "tensor: a page has 256 bytes"
    zeros: Bytes[PAGE_BYTES] = abi_encode(empty(uint256[8]))
    return slice(concat(data, zeros), 0, PAGE_BYTES)


@pure
@internal
def _page_leaf(page: Bytes[PAGE_BYTES]) -> bytes32:
    return sha256(concat(0x00, page))


@pure
@internal
def _swapped(word: uint256) -> uint256:
    """
    @notice Eight bytes the other way round.
    """
    swapped: uint256 = ((word >> 8) & BYTES_OF_2) | ((word & BYTES_OF_2) << 8)
    swapped = ((swapped >> 16) & BYTES_OF_4) | ((swapped & BYTES_OF_4) << 16)
    return (swapped >> 32) | ((swapped & (2**32 - 1)) << 32)


@pure
@internal
def _written(page: Bytes[PAGE_BYTES], dtype: uint256, place: uint256) -> int256:
    """
    @notice What stands at an element's place in its page. Of a bool it is the byte: 0 and 1 are the only ones that may be
            written, any other is read as 1 (see _number).
    """
    width: uint256 = self._width(dtype)
    # with a word behind it, so that every element is the beginning of a word
    data: Bytes[PAGE_BYTES + 32] = concat(page, empty(bytes32))
    first: uint256 = extract32(data, place * width, output_type=uint256) >> (256 - 8 * width)
    word: uint256 = self._swapped(first << (64 - 8 * width))
    number: int256 = convert(word, int256)
    if self._is_signed(dtype) and word >> (8 * width - 1) == 1:
        number -= 1 << (8 * width)
    return number


@pure
@internal
def _number(page: Bytes[PAGE_BYTES], dtype: uint256, place: uint256) -> int256:
    """
    @notice The value of an element in its page.
    """
    written: int256 = self._written(page, dtype, place)
    return min(written, 1) if dtype == BOOL else written


@pure
@internal
def _step_root(step: uint256) -> bytes32:
    """
    @notice Root of the step index as a tensor: i64, rank 0, one page.
    """
    little: uint256 = self._swapped(step)
    leaf: bytes32 = self._page_leaf(self._whole(merkle_row._u64(little)))
    return self._root(b"\x04\x00", leaf)

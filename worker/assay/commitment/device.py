"""Tensor roots on an accelerator: SHA-256 as vectorised uint32 operations over many pages at once.

A tensor is hashed where it lies, a *stretch* of pages at a time; each stretch is reduced to its subtree's top on the
device and only those 32 bytes come to the host, where hashlib joins the tops. The bits equal `tensor.tensor_root` for
every dtype and shape (tests). One kernel is compiled a device kind, a small repacking one a shape and dtype.

Called by the program executor for outputs and loop states. This module alone of the package imports JAX.
"""

from functools import lru_cache, partial
from math import isqrt
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from assay.commitment.row import PADDING
from assay.commitment.tensor import spec_of
from assay.commitment.tensor import tensor_root as host_tensor_root
from assay.commitment.tensor_spec import PAGE_BYTES
from assay.commitment.tree import raised

PAGE_WORDS = PAGE_BYTES // 4
# Pages hashed at once: enough to fill the vector units, few enough for a CPU's cache.
STRETCH_PAGES = {"cpu": 1_024}
STRETCH_PAGES_ELSEWHERE = 65_536
_NODE_LANES = {"cpu": 256}
_NODE_LANES_ELSEWHERE = 4_096
_IN_FLIGHT = 2

State = tuple[jax.Array, ...]


def _cube_root(n: int) -> int:
    """The integer cube root of n."""
    low, high = 0, 1 << (n.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= n else (low, middle - 1)
    return low


def _primes(count: int) -> list[int]:
    found: list[int] = []
    candidate = 2
    while len(found) < count:
        if all(candidate % prime for prime in found):
            found.append(candidate)
        candidate += 1
    return found


# FIPS 180-4: the first 32 fraction bits of square roots (start) and cube roots (rounds) of the first primes.
_START = np.array([isqrt(p << 64) & 0xFFFFFFFF for p in _primes(8)], np.uint32)
_ROUNDS = np.array([_cube_root(p << 96) & 0xFFFFFFFF for p in _primes(64)], np.uint32).reshape(4, 16)
_PADDING = np.array([np.frombuffer(top, ">u4") for top in PADDING[:48]]).astype(np.uint32)


def _rotr(x: jax.Array, amount: int) -> jax.Array:
    return (x >> np.uint32(amount)) | (x << np.uint32(32 - amount))


def _round(state: State, constant: jax.Array, word: jax.Array) -> State:
    a, b, c, d, e, f, g, h = state
    sum_e = _rotr(e, 6) ^ _rotr(e, 11) ^ _rotr(e, 25)
    sum_a = _rotr(a, 2) ^ _rotr(a, 13) ^ _rotr(a, 22)
    first = h + sum_e + ((e & f) ^ (~e & g)) + constant + word
    second = sum_a + ((a & b) ^ (a & c) ^ (b & c))
    return (first + second, a, b, c, d + first, e, f, g)


def _next_word(w: State) -> jax.Array:
    low = _rotr(w[1], 7) ^ _rotr(w[1], 18) ^ (w[1] >> np.uint32(3))
    high = _rotr(w[14], 17) ^ _rotr(w[14], 19) ^ (w[14] >> np.uint32(10))
    return w[0] + low + w[9] + high


def _compress(state: jax.Array, block: jax.Array) -> jax.Array:
    """One block: state uint32[8, n], block uint32[16, n] big-endian words -> uint32[8, n]."""
    constants = jnp.asarray(_ROUNDS)

    def sixteen(i: jax.Array, carry: tuple[State, State]) -> tuple[State, State]:
        # Sixteen rounds a step: a kernel of all 64 takes minutes to compile, one of a single round is memory-bound.
        inner, words = carry
        for j in range(16):
            inner = _round(inner, constants[i, j], words[0])
            words = (*words[1:], _next_word(words))
        return inner, words

    start = (tuple(state[i] for i in range(8)), tuple(block[i] for i in range(16)))
    done, _ = lax.fori_loop(jnp.int32(0), jnp.int32(4), sixteen, start)
    return jnp.stack(done) + state


def _hash(message: jax.Array) -> jax.Array:
    """SHA-256 of n padded messages: uint32[blocks, 16, n] -> uint32[8, n]."""
    start = jnp.broadcast_to(jnp.asarray(_START)[:, None], (8, message.shape[2]))
    return lax.scan(lambda state, block: (_compress(state, block), None), start, message)[0]


def _message(prefix: int, words: jax.Array) -> jax.Array:
    """prefix byte || words, padded as SHA-256 demands: uint32[w, n] -> uint32[blocks, 16, n]."""
    count, lanes = words.shape
    total = -(-(4 * count + 10) // 64) * 16
    before = jnp.concatenate([jnp.full((1, lanes), prefix, jnp.uint32), words])
    shifted = (before[:-1] << np.uint32(24)) | (words >> np.uint32(8))
    last = (words[-1:] << np.uint32(24)) | np.uint32(0x800000)
    zeros = jnp.zeros((total - count - 2, lanes), jnp.uint32)
    length = jnp.full((1, lanes), 8 * (4 * count + 1), jnp.uint32)
    return jnp.concatenate([shifted, last, zeros, length]).reshape(-1, 16, lanes)


@partial(jax.jit, static_argnames="lanes")
def _stretch_top(words: jax.Array, count: jax.Array, *, lanes: int) -> jax.Array:
    """Top over the first `count` of the pages uint32[pages, 64], padded to the least power of two: uint32[8]."""
    width = words.shape[0]
    leaves = _hash(_message(0, words.T))
    hashes = jnp.where(jnp.arange(width, dtype=jnp.int32) < count, leaves, np.uint32(0))
    hashes = jnp.concatenate([hashes, jnp.zeros((8, 2 * lanes), jnp.uint32)], 1)

    def level(carry: tuple[jax.Array, jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array, jax.Array]:
        hashes, count, height = carry
        here = lax.dynamic_slice_in_dim(hashes, count, 1, 1)
        padding = jnp.where(count % 2 == 1, jnp.asarray(_PADDING)[height][:, None], here)
        hashes = lax.dynamic_update_slice_in_dim(hashes, padding, count, 1)
        half = (count + 1) // 2

        def part(at: jax.Array, hashes: jax.Array) -> jax.Array:
            # A part writes at or before where it reads, and later parts read only what lies behind.
            pairs = lax.dynamic_slice_in_dim(hashes, 2 * lanes * at, 2 * lanes, 1).reshape(8, lanes, 2)
            children = jnp.concatenate([pairs[:, :, 0], pairs[:, :, 1]])
            return lax.dynamic_update_slice_in_dim(hashes, _hash(_message(1, children)), lanes * at, 1)

        hashes = lax.fori_loop(jnp.int32(0), (half + lanes - 1) // lanes, part, hashes)
        return hashes, half, height + 1

    top = lax.while_loop(lambda carry: carry[1] > 1, level, (hashes, count, jnp.int32(0)))[0]
    return top[:, 0]


def _swapped(words: jax.Array) -> jax.Array:
    """uint32 with its four bytes reversed."""
    inner = ((words & np.uint32(0xFF00)) << np.uint32(8)) | ((words >> np.uint32(8)) & np.uint32(0xFF00))
    return (words << np.uint32(24)) | inner | (words >> np.uint32(24))


def _words(flat: jax.Array) -> jax.Array:
    """Elements in order -> the big-endian words of their little-endian bytes, uint32[bytes / 4]."""
    if flat.dtype == jnp.bool_:
        flat = flat.astype(jnp.uint8)
    bits = flat.dtype.itemsize * 8
    raw = lax.bitcast_convert_type(flat, jnp.dtype(f"uint{bits}"))
    if bits == 64:
        low, high = raw.astype(jnp.uint32), (raw >> np.uint64(32)).astype(jnp.uint32)
        return _swapped(jnp.stack([low, high], 1).reshape(-1))
    parts = raw.astype(jnp.uint32).reshape(-1, 32 // bits)
    word = parts[:, 0]
    for i in range(1, 32 // bits):
        word = word | (parts[:, i] << np.uint32(bits * i))
    return _swapped(word)


@partial(jax.jit, static_argnames=("elements", "pages"))
def _packed(array: jax.Array, start: jax.Array, *, elements: int, pages: int) -> jax.Array:
    """`elements` elements from `start` as page words uint32[pages, 64], the rest zero."""
    flat = lax.dynamic_slice_in_dim(array.reshape(-1), start, elements)
    whole = pages * PAGE_BYTES // flat.dtype.itemsize
    return _words(jnp.pad(flat, (0, whole - elements))).reshape(pages, PAGE_WORDS)


@lru_cache
def _shape_on(platform: str) -> tuple[int, int]:
    """(pages of a stretch, lanes of a level) on a platform."""
    stretch = STRETCH_PAGES.get(platform, STRETCH_PAGES_ELSEWHERE)
    return stretch, _NODE_LANES.get(platform, _NODE_LANES_ELSEWHERE)


def device_tensor_root(array: jax.Array) -> bytes:
    """The tensor root of a concrete JAX array, hashed on the device it lies on. Raises CommitmentError as `spec_of`.

    An array spread over several devices is hashed on the host.
    """
    spec = spec_of(array)
    if len(array.devices()) > 1:
        return host_tensor_root(np.asarray(array))
    (platform,) = {device.platform for device in array.devices()}
    stretch, lanes = _shape_on(platform)
    per_page = PAGE_BYTES // spec.item_bytes
    tops = []
    with jax.enable_x64(True):
        for first in range(0, spec.page_count, stretch):
            start = first * per_page
            elements = min(stretch * per_page, spec.size - start)
            count = min(stretch, spec.page_count - first)
            words = _packed(array, jnp.int64(start), elements=elements, pages=stretch)
            tops.append(_stretch_top(words, jnp.int32(count), lanes=lanes))
            if len(tops) > _IN_FLIGHT:
                tops[-1 - _IN_FLIGHT].block_until_ready()  # so that no copy of the whole tensor queues up
    # A short last stretch of many is padded to the height of the others; a lone one is its own row.
    found = [np.asarray(top).astype(">u4").tobytes() for top in tops]
    height = min(stretch.bit_length() - 1, spec.height)
    if len(found) > 1:
        rest = spec.page_count - (len(found) - 1) * stretch
        found[-1] = raised(found[-1], (rest - 1).bit_length(), height)
    return spec.root_from_top(raised(b"".join(found), height, spec.height))


def tensor_root(array: Any) -> bytes:
    """The tensor root of a JAX or NumPy array by the faster way: on the accelerator, or by hashlib on a CPU."""
    if isinstance(array, jax.Array) and all(device.platform != "cpu" for device in array.devices()):
        return device_tensor_root(array)
    return host_tensor_root(np.asarray(array))

"""What commitments cost: hashing rates, and the share of a job's run time that hashing takes."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from assay.commitment import device
from assay.commitment.tensor import tensor_root
from assay.exact.dot import exact_dot
from tests.bench.exact_paired import paired, plain_row, ratio_row

WIDTH, BATCH, BITS = 2048, 512, 22
STEPS, STRIDE = 64, 16
MEBIBYTES = 16


def device_hashing() -> dict[str, Any]:
    """Our SHA-256 in JAX on this device against hashlib on one core: time ratio on a 16 MiB tensor."""
    array = np.random.default_rng(2).integers(0, 2**32, MEBIBYTES << 18, dtype=np.uint32)
    placed = jax.device_put(array)
    on_device, on_host = partial(device.device_tensor_root, placed), partial(tensor_root, array)
    assert on_device() == on_host()
    ratios, _, _ = paired(on_device, on_host)
    return ratio_row(f"tensor root on {jax.default_backend()} / by hashlib, time", ratios, None, "hashlib")


def host_hashing() -> dict[str, Any]:
    """MB a second of a tensor root by hashlib, pages of 256 bytes."""
    array = np.random.default_rng(3).integers(0, 2**32, MEBIBYTES << 18, dtype=np.uint32)
    _, seconds, _ = paired(partial(tensor_root, array), partial(tensor_root, array), 5)
    return plain_row("tensor root by hashlib", array.nbytes / seconds / 1e6, "MB/s", "hashlib")


@jax.jit
def _step(weights: jax.Array, batch: jax.Array) -> jax.Array:
    """The three products of one layer's training step on 22-bit mantissas, as integers."""
    dot = partial(exact_dot, p_a=BITS, p_b=BITS, out=jnp.int64)
    forward = (dot(batch[None], weights[None])[0] >> 28).astype(jnp.int32)
    back = (dot(forward[None], weights.T[None])[0] >> 28).astype(jnp.int32)
    change = (dot(back.T[None], batch.T[None])[0] >> 28).astype(jnp.int32)
    return weights - (change >> 4)


def _share(states: int, what: str) -> dict[str, Any]:
    random = np.random.default_rng(4)
    limit = (1 << (BITS - 1)) - 1
    with jax.enable_x64(True):
        weights = jnp.asarray(random.integers(-limit, limit, (WIDTH, WIDTH), dtype=np.int32))
        batch = jnp.asarray(random.integers(-limit, limit, (BATCH, WIDTH), dtype=np.int32))
        pairs, _, _ = paired(lambda: device.tensor_root(weights), lambda: _step(weights, batch), 5)
    shares = [states * ratio / (states * ratio + STEPS) for ratio in pairs]
    name = f"hashing / run time, {STEPS} steps of a {WIDTH}x{WIDTH} layer, batch {BATCH}, {BITS}-bit, {what}"
    return ratio_row(name, shares, 0.03, "the job's own run")


def share_of_outputs() -> dict[str, Any]:
    """Only the final weights are committed: the default, loops at stride 0."""
    return _share(1, "outputs only")


def share_of_strided_states() -> dict[str, Any]:
    """States of the loop at stride 16 as well."""
    return _share(1 + STEPS // STRIDE + 1, f"outputs and states at stride {STRIDE}")


ROWS = (host_hashing, device_hashing, share_of_outputs, share_of_strided_states)

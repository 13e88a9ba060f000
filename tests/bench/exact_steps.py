"""Exact training steps and inference against jitted float32, in time and in what is learned."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from assay.exact import Precision, exact
from tests.bench.exact_paired import COMMAND, paired, ratio_row
from tests.worker.exact import models

ready: Any = jax.block_until_ready  # untyped in JAX
TWENTY = Precision(dot=(20, 20))


def _step_ratio(name: str, sizes: tuple[int, ...], batch: int, goal: float) -> dict[str, Any]:
    """One SGD step of a dense network, state kept on the device on both sides."""
    optimizer = optax.sgd(0.1)
    parameters = models.dense_parameters(sizes)
    step = models.training_step(models.mlp_loss, optimizer)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((batch, sizes[0])).astype(np.float32)
    y = rng.integers(0, sizes[-1], batch).astype(np.int32)
    arguments = (parameters, optimizer.init(parameters), x, y)
    f = exact(step, precision=TWENTY)
    encoded = jax.tree.map(jnp.asarray, f.encode(*arguments))
    floats = jax.tree.map(jnp.asarray, arguments)
    compiled = jax.jit(step)
    ratios, _, _ = paired(
        lambda: ready(f.integers(*encoded)),
        lambda: ready(compiled(*floats)),
        21,
    )
    return ratio_row(name, ratios, goal, "jitted float32 step")


def small_step() -> dict[str, Any]:
    """The digits network."""
    return _step_ratio(
        "exact step, 20-bit, MLP 64-256-256-10, batch 128 / float32", (64, 256, 256, 10), 128, 2.2
    )


def large_step() -> dict[str, Any]:
    """Layers where the dots weigh."""
    return _step_ratio(
        "exact step, 20-bit, four 2048x2048 layers, batch 512 / float32", (2048,) * 5, 512, 2.6
    )


def _attention_block(p: dict[str, Any], x: Any) -> Any:
    def norm(h: Any) -> Any:
        return (h - h.mean(-1, keepdims=True)) / jnp.sqrt(h.var(-1, keepdims=True) + 1e-5)

    tokens, width = x.shape
    q, k, v = jnp.split(norm(x) @ p["qkv"], 3, -1)
    q, k, v = (t.reshape(tokens, 8, width // 8) for t in (q, k, v))
    x = x + models.causal_attention(q, k, v, -1e9).reshape(tokens, width) @ p["out"]
    return x + jax.nn.gelu(norm(x) @ p["up"]) @ p["down"]


def _block_parameters(width: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    shapes = {
        "qkv": (width, 3 * width),
        "out": (width, width),
        "up": (width, 4 * width),
        "down": (4 * width, width),
    }
    return {k: (rng.standard_normal(s) / np.sqrt(s[0])).astype(np.float32) for k, s in shapes.items()}


def transformer_inference() -> dict[str, Any]:
    """A pre-norm block, d = 512, 128 tokens, 8-bit dots."""
    parameters = _block_parameters(512)
    x = np.random.default_rng(2).standard_normal((128, 512)).astype(np.float32)
    f = exact(_attention_block, precision=Precision(wide=16, dot=(8, 8)))
    encoded = jax.tree.map(jnp.asarray, f.encode(parameters, x))
    compiled = jax.jit(_attention_block)
    floats = jax.tree.map(jnp.asarray, (parameters, x))
    ratios, _, _ = paired(
        lambda: ready(f.integers(*encoded)),
        lambda: ready(compiled(*floats)),
        15,
    )
    return ratio_row("exact transformer block, 8-bit, d = 512 / float32", ratios, 1.3, "jitted float32")


def _learned(name: str, step: Any, carried: Any, batches: Callable[[], Any], goal: float) -> dict[str, Any]:
    """How far the last losses of the same training lie apart, the mean of the last ten batches."""
    f, compiled = exact(step, precision=TWENTY), jax.jit(step)
    numbers = f.encode(*carried, *next(batches()))[:2]
    floats = carried
    losses: list[tuple[Any, Any]] = []
    for batch in batches():
        encoded = f.encode(*numbers, *batch)
        *numbers, ours = f.integers(*encoded)
        *floats, theirs = compiled(*floats, *batch)
        losses = [*losses[-9:], (ours, theirs)]
    pairs = [(float(f.decode(a)), float(b)) for a, b in losses]
    apart = abs(sum(a for a, _ in pairs) / sum(b for _, b in pairs) - 1)
    return {
        "name": name, "value": round(apart, 6), "unit": "relative difference", "goal": goal, "holds": apart <= goal,
        "peer": "the same training in float32", "command": COMMAND,
    }  # fmt: skip


def loss_after_sgd() -> dict[str, Any]:
    """200 steps on the digits."""
    optimizer = optax.sgd(0.1)
    parameters = models.dense_parameters((64, 256, 256, 10))
    step = models.training_step(models.mlp_loss, optimizer)
    carried = (parameters, optimizer.init(parameters))
    return _learned("loss after 200 SGD steps, exact against float32", step, carried,
                    lambda: models.batches(128, 200), 0.001)  # fmt: skip


def loss_after_adam() -> dict[str, Any]:
    """1,000 steps of a causal attention block that reads the digits row by row."""

    def loss(p: Any, x: Any, y: Any) -> Any:
        h = jax.vmap(lambda rows: _attention_block(p["block"], rows @ p["in"]))(x.reshape(-1, 8, 8))
        logits = h.mean(1) @ p["head"]
        return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()

    rng = np.random.default_rng(3)
    parameters = {
        "block": _block_parameters(32),
        "in": (rng.standard_normal((8, 32)) * 0.35).astype(np.float32),
        "head": (rng.standard_normal((32, 10)) * 0.1).astype(np.float32),
    }
    optimizer = optax.adam(1e-3)
    carried = (parameters, optimizer.init(parameters))
    step = models.training_step(loss, optimizer)
    return _learned("loss after 1,000 Adam steps with causal attention, exact against float32", step, carried,
                    lambda: models.batches(32, 1000), 0.01)  # fmt: skip


ROWS = (small_step, large_step, transformer_inference, loss_after_sgd, loss_after_adam)

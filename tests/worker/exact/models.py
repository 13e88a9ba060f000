"""Models that people write, small: what the transformation must run unchanged."""

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax


@lru_cache(maxsize=1)
def digits() -> tuple[np.ndarray, np.ndarray]:
    """Scikit-learn's bundled digits of 8 by 8 pixels: float32[1797, 64] in 0..1 and int32 labels, shuffled."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(images))
    return (images[order] / 16).astype(np.float32), labels[order].astype(np.int32)


def batches(size: int, steps: int) -> Any:
    """Batches of the first 1,400 digits, in order, again and again."""
    images, labels = digits()
    for i in range(steps):
        start = (i * size) % (1400 - size)
        yield images[start : start + size], labels[start : start + size]


def dense_parameters(sizes: tuple[int, ...], seed: int = 0) -> list[tuple[np.ndarray, np.ndarray]]:
    """Weights and biases of a dense network."""
    rng = np.random.default_rng(seed)
    return [
        ((rng.standard_normal((n, m)) * np.sqrt(2 / n)).astype(np.float32), np.zeros(m, np.float32))
        for n, m in pairwise(sizes)
    ]


def mlp_logits(parameters: Any, x: Any) -> Any:
    for w, b in parameters[:-1]:
        x = jax.nn.relu(x @ w + b)
    w, b = parameters[-1]
    return x @ w + b


def mlp_loss(parameters: Any, x: Any, y: Any) -> Any:
    return optax.softmax_cross_entropy_with_integer_labels(mlp_logits(parameters, x), y).mean()


def training_step(loss: Callable[..., Any], optimizer: Any) -> Callable[..., Any]:
    """One optax step: (parameters, state, *batch) to (parameters, state, loss)."""

    def step(parameters: Any, state: Any, *batch: Any) -> Any:
        value, gradients = jax.value_and_grad(loss)(parameters, *batch)
        updates, state = optimizer.update(gradients, state, parameters)
        return optax.apply_updates(parameters, updates), state, value

    return step


def cnn_parameters(seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {
        "one": (rng.standard_normal((3, 3, 1, 8)) * 0.4).astype(np.float32),
        "two": (rng.standard_normal((3, 3, 8, 16)) * 0.15).astype(np.float32),
        "scale": np.ones(16, np.float32),
        "out": (rng.standard_normal((64, 10)) * 0.1).astype(np.float32),
    }


def cnn_loss(p: dict[str, Any], x: Any, y: Any) -> Any:
    def conv(h: Any, w: Any) -> Any:
        return lax.conv_general_dilated(h, w, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))

    h = jax.nn.relu(conv(x.reshape(-1, 8, 8, 1), p["one"]))
    h = lax.reduce_window(h, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    h = jax.nn.gelu(conv(h, p["two"]) * p["scale"])
    h = lax.reduce_window(h, 0.0, lax.add, (1, 2, 2, 1), (1, 2, 2, 1), "VALID") / 4
    return optax.softmax_cross_entropy_with_integer_labels(h.reshape(h.shape[0], -1) @ p["out"], y).mean()


class Block(eqx.Module):
    """A pre-norm transformer block with causal attention."""

    norm_one: eqx.nn.LayerNorm
    norm_two: eqx.nn.LayerNorm
    attention: eqx.nn.MultiheadAttention
    up: eqx.nn.Linear
    down: eqx.nn.Linear

    def __init__(self, width: int, heads: int, key: jax.Array) -> None:
        keys = jax.random.split(key, 3)
        self.norm_one, self.norm_two = eqx.nn.LayerNorm(width), eqx.nn.LayerNorm(width)
        self.attention = eqx.nn.MultiheadAttention(heads, width, key=keys[0])
        self.up = eqx.nn.Linear(width, 2 * width, key=keys[1])
        self.down = eqx.nn.Linear(2 * width, width, key=keys[2])

    def __call__(self, x: jax.Array) -> jax.Array:
        mask = jnp.tril(jnp.ones((x.shape[0], x.shape[0]), bool))
        h = jax.vmap(self.norm_one)(x)
        x = x + self.attention(h, h, h, mask=mask)
        h = jax.vmap(self.up)(jax.vmap(self.norm_two)(x))
        return x + jax.vmap(self.down)(jax.nn.gelu(h))


def causal_attention(q: Any, k: Any, v: Any, fill: float) -> Any:
    """Attention of [tokens, heads, depth] with a mask of `fill` above the diagonal."""
    scores = jnp.einsum("qhd,khd->hqk", q, k) / np.sqrt(q.shape[-1]).astype(np.float32)
    allowed = jnp.tril(jnp.ones(scores.shape[-2:], bool))
    return jnp.einsum("hqk,khd->qhd", jax.nn.softmax(jnp.where(allowed, scores, fill), -1), v)


def lora_loss(adapters: Any, frozen: Any, x: Any, y: Any) -> Any:
    """A frozen dense network with low-rank updates of each weight."""
    for i, ((w, b), (down, up)) in enumerate(zip(frozen, adapters, strict=True)):
        x = x @ w + (x @ down) @ up * 2.0 + b
        x = jax.nn.relu(x) if i + 1 < len(frozen) else x
    return optax.softmax_cross_entropy_with_integer_labels(x, y).mean()


def sampler_step(parameters: Any, x: Any, key: Any, t: Any) -> Any:
    """One step of ancestral diffusion sampling with a small denoiser."""
    betas = jnp.linspace(1e-4, 0.02, 50)
    alpha, beta = jnp.cumprod(1 - betas)[t], betas[t]
    time = jnp.stack([jnp.sin(t / 10.0), jnp.cos(t / 10.0)])
    noise = mlp_logits(parameters, jnp.concatenate([x, jnp.broadcast_to(time, (x.shape[0], 2))], -1))
    mean = (x - beta / jnp.sqrt(1 - alpha) * noise) / jnp.sqrt(1 - beta)
    return jnp.where(t > 0, mean + jnp.sqrt(beta) * jax.random.normal(key, x.shape), mean)


def path_tracer(key: Any, pixels: int) -> Any:
    """Radiance of a diffuse sphere on a floor under a sky, two bounces, uniform hemisphere sampling."""
    centre = jnp.array([0.0, 0.5, 3.0])

    def hit(origin: Any, way: Any) -> Any:
        offset = origin - centre
        b = (offset * way).sum(-1)
        root = b * b - (offset * offset).sum(-1) + 0.25
        sphere = jnp.where(root > 0, -b - jnp.sqrt(jnp.maximum(root, 0)), jnp.inf)
        sphere = jnp.where(sphere > 1e-3, sphere, jnp.inf)
        floor = jnp.where(way[:, 1] < -1e-4, -origin[:, 1] / jnp.minimum(way[:, 1], -1e-4), jnp.inf)
        near = jnp.minimum(sphere, floor)
        return near, sphere < floor

    def bounce(state: Any, key: Any) -> Any:
        origin, way, weight, light = state
        near, is_sphere = hit(origin, way)
        missed = near == jnp.inf
        sky = 0.5 + 0.5 * jnp.maximum(way[:, 1], 0)
        light = light + jnp.where(missed, weight * sky, 0.0)
        point = origin + way * jnp.where(missed, 0.0, near)[:, None]
        outwards = (point - centre) / 0.5
        normal = jnp.where(is_sphere[:, None], outwards, jnp.array([0.0, 1.0, 0.0]))
        u = jax.random.uniform(key, (2, origin.shape[0]))
        radius, angle = jnp.sqrt(u[0]), 2 * np.float32(np.pi) * u[1]
        helper = jnp.where(
            jnp.abs(normal[:, :1]) > 0.5, jnp.array([0.0, 1.0, 0.0]), jnp.array([1.0, 0.0, 0.0])
        )
        tangent = jnp.cross(helper, normal)
        tangent = tangent / jnp.sqrt((tangent * tangent).sum(-1, keepdims=True))
        other = jnp.cross(normal, tangent)
        local = (radius * jnp.cos(angle), radius * jnp.sin(angle), jnp.sqrt(jnp.maximum(1 - u[0], 0)))
        way = local[0][:, None] * tangent + local[1][:, None] * other + local[2][:, None] * normal
        weight = jnp.where(missed, 0.0, weight * jnp.where(is_sphere, 0.8, 0.5))
        return (point + normal * 1e-3, way, weight, light), None

    x = (jnp.arange(pixels) + 0.5) / pixels * 2 - 1
    way = jnp.stack([x, jnp.full(pixels, -0.1), jnp.full(pixels, 1.5)], -1)
    way = way / jnp.linalg.norm(way, axis=-1, keepdims=True)
    start = (jnp.zeros((pixels, 3)) + jnp.array([0.0, 0.7, 0.0]), way, jnp.ones(pixels), jnp.zeros(pixels))
    (_, _, _, light), _ = lax.scan(bounce, start, jax.random.split(key, 3))
    return light

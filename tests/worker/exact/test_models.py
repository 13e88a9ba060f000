"""Whole models and training loops, exact against float: the same learning, not the same bits."""

import os
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from assay.exact import exact
from tests.worker.exact import models


def train(step: Any, parameters: Any, optimizer: Any, steps: int, size: int) -> tuple[Any, float]:
    state = optimizer.init(parameters)
    value = np.float32(0)
    for batch in models.batches(size, steps):
        parameters, state, value = step(parameters, state, *batch)
    return parameters, float(value)


def train_exactly(f: Any, parameters: Any, optimizer: Any, steps: int, size: int) -> tuple[Any, float]:
    """State stays encoded from step to step."""
    carried = f.encode(parameters, optimizer.init(parameters), *next(models.batches(size, 1)))[:2]
    value = None
    for batch in models.batches(size, steps):
        x, y = f.encode(*carried, *batch)[2:]
        *carried, value = f.integers(*carried, x, y)
    return f.decode(carried[0]), float(f.decode(value))


OPTIMIZERS = {
    "sgd": lambda: optax.sgd(0.1),
    "momentum": lambda: optax.sgd(0.03, momentum=0.9, nesterov=True),
    "adam": lambda: optax.adam(2e-3),
    "adamw_clipped": lambda: optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(2e-3)),
}


IN_SHORT = ("sgd", "adamw_clipped")
"""The others cost as much time and differ in few equations: they run in `make test-long`."""


@pytest.mark.parametrize("name", OPTIMIZERS if os.environ.get("HYPOTHESIS_PROFILE") == "long" else IN_SHORT)
def test_exact__mlp_trained_on_digits__loss_and_accuracy_as_float32(name: str) -> None:
    optimizer = OPTIMIZERS[name]()
    steps = 200 if name == "sgd" else 60
    parameters = models.dense_parameters((64, 48, 32, 10))
    step = models.training_step(models.mlp_loss, optimizer)
    floats, loss = train(jax.jit(step), parameters, optimizer, steps, 64)
    numbers, exact_loss = train_exactly(exact(step), parameters, optimizer, steps, 64)
    assert exact_loss == pytest.approx(loss, rel=1e-3)
    images, labels = models.digits()
    right = [
        np.mean(np.argmax(np.asarray(models.mlp_logits(p, images[1400:])), 1) == labels[1400:])
        for p in (floats, numbers)
    ]
    assert abs(right[0] - right[1]) <= 0.003


def test_exact__cnn_trained_with_adam__loss_as_float32() -> None:
    optimizer = optax.adam(3e-3)
    parameters = models.cnn_parameters()
    step = models.training_step(models.cnn_loss, optimizer)
    _, loss = train(jax.jit(step), parameters, optimizer, 20, 32)
    _, exact_loss = train_exactly(exact(step), parameters, optimizer, 20, 32)
    assert exact_loss == pytest.approx(loss, rel=1e-3)


def test_exact__equinox_transformer_block__forward_and_backward_as_float32() -> None:
    block = models.Block(32, 4, jax.random.key(0))
    x = np.random.default_rng(0).standard_normal((12, 32)).astype(np.float32)
    arrays, static = eqx.partition(block, eqx.is_array)

    def loss(arrays: Any, x: Any) -> Any:
        return (eqx.combine(arrays, static)(x) ** 2).mean()

    wanted, gradients = jax.value_and_grad(loss)(arrays, x)
    found, exact_gradients = exact(jax.value_and_grad(loss))(arrays, x)
    assert float(found) == pytest.approx(float(wanted), rel=1e-5)
    for f, w in zip(jax.tree.leaves(exact_gradients), jax.tree.leaves(gradients), strict=True):
        np.testing.assert_allclose(f, w, rtol=1e-3, atol=1e-5 * float(np.abs(w).max()) + 1e-7)


def test_exact__equinox_module_as_argument__its_functions_are_constants() -> None:
    network = eqx.nn.MLP(5, 3, 8, 2, key=jax.random.key(1))
    x = jnp.linspace(-1, 1, 5)
    found = exact(lambda network, x: network(x))(network, x)
    np.testing.assert_allclose(found, network(x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("fill", [-1e9, -np.inf])
def test_exact__causal_attention__masks_do_not_wipe_the_logits(fill: float) -> None:
    rng = np.random.default_rng(3)
    q, k, v = (rng.standard_normal((9, 2, 8)).astype(np.float32) for _ in range(3))

    def loss(q: Any, k: Any, v: Any) -> Any:
        return (models.causal_attention(q, k, v, fill) ** 2).sum()

    wanted = jax.grad(loss, argnums=(0, 1, 2))(q, k, v)
    found = exact(jax.grad(loss, argnums=(0, 1, 2)))(q, k, v)
    for f, w in zip(found, wanted, strict=True):
        np.testing.assert_allclose(f, w, rtol=1e-4, atol=1e-5)


def test_exact__lora_step__adapters_as_float32() -> None:
    frozen = models.dense_parameters((64, 32, 10))
    rng = np.random.default_rng(5)
    adapters = [
        (
            (rng.standard_normal((w.shape[0], 4)) * 0.1).astype(np.float32),
            np.zeros((4, w.shape[1]), np.float32),
        )
        for w, _ in frozen
    ]
    optimizer = optax.adam(1e-2)

    def step(adapters: Any, state: Any, frozen: Any, x: Any, y: Any) -> Any:
        value, gradients = jax.value_and_grad(models.lora_loss)(adapters, frozen, x, y)
        updates, state = optimizer.update(gradients, state)
        return optax.apply_updates(adapters, updates), state, value

    x, y = next(models.batches(64, 1))
    f, state = exact(step), optimizer.init(adapters)
    wanted, found = (adapters, state), (adapters, state)
    for _ in range(5):
        *wanted, loss = jax.jit(step)(*wanted, frozen, x, y)
        *found, exact_loss = f(*found, frozen, x, y)
    assert float(exact_loss) == pytest.approx(float(loss), rel=1e-4)
    for a, b in zip(jax.tree.leaves(found[0]), jax.tree.leaves(wanted[0]), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-2, atol=1e-4)


def test_exact__diffusion_sampler_step__as_float32() -> None:
    parameters = models.dense_parameters((66, 32, 64), seed=2)
    x = np.random.default_rng(1).standard_normal((4, 64)).astype(np.float32)
    key = jax.random.key(7)
    for t in (np.int32(20), np.int32(0)):
        wanted = models.sampler_step(parameters, x, key, t)
        found = exact(models.sampler_step)(parameters, x, key, t)
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


def test_exact__path_tracer__radiance_as_float32() -> None:
    key = jax.random.key(11)
    wanted = models.path_tracer(key, 64)
    found = exact(lambda key: models.path_tracer(key, 64))(key)
    assert (
        np.mean(np.abs(found - np.asarray(wanted)) < 1e-4) > 0.97
    )  # a ray at an edge may fall on the other side
    assert float(jnp.mean(wanted)) == pytest.approx(float(np.mean(found)), rel=0.02)

"""The program: steps of value_and_grad and optax's momentum, in one strided loop. Imports JAX."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax

from assay.exact import exact
from assay.jobs.exact.submission import Submission, submission_of
from assay.jobs.finetune.digits import TRAINED, start_weights, training

STEPS, BATCH, WIDTH = 200, 64, 64
RATE, MOMENTUM = 0.1, 0.9
STATES = 8  # committed along the way
SHIFT = 5

Weights = Any


def logits(weights: Weights, images: Any) -> Any:
    """float32 [n, 10] of float32 [n, 64]."""
    hidden = jnp.maximum(images @ weights["w1"] + weights["b1"], 0)
    return hidden @ weights["w2"] + weights["b2"]


def loss(weights: Weights, images: Any, labels: Any) -> Any:
    """Mean cross entropy."""
    found = optax.softmax_cross_entropy_with_integer_labels(logits(weights, images), labels)
    return jnp.mean(found)


def fine_tune(weights: Weights, images: Any, labels: Any, item: Any, *, steps: int, batch: int) -> Weights:
    """The weights after `steps` steps of gradient descent with momentum: batches in order and round again, each item
    beginning SHIFT batches after the one before.
    """
    optimiser = optax.sgd(RATE, momentum=MOMENTUM)

    def step(t: Any, state: Any) -> Any:
        now, memory = state
        first = lax.rem(t + SHIFT * item, images.shape[0] // batch) * batch
        some = lax.dynamic_slice_in_dim(images, first, batch)
        theirs = lax.dynamic_slice_in_dim(labels, first, batch)
        updates, memory = optimiser.update(jax.grad(loss)(now, some, theirs), memory, now)
        return optax.apply_updates(now, updates), memory

    return lax.fori_loop(0, steps, step, (weights, optimiser.init(weights)))[0]


def finetune_program(steps: int = STEPS, batch: int = BATCH, width: int = WIDTH) -> Submission:
    """The program, its inputs and the names of its outputs. Raises ValueError for sizes that cannot be."""
    if not (1 <= steps <= 100_000 and 1 <= batch <= TRAINED and 1 <= width <= 4_096):
        raise ValueError(
            f"steps {steps} must be 1..100,000, batch {batch} 1..{TRAINED}, width {width} 1..4,096"
        )
    data = training()
    weights = start_weights(width)
    tuned = exact(partial(fine_tune, steps=steps, batch=batch))
    arguments = (weights, data.images, data.labels, np.int32(0))
    return submission_of(tuned, arguments, stride=max(1, -(-steps // STATES)), index=3)

"""The data: scikit-learn's digits (1,797 images of 8 x 8 pixels from the UCI repository), and a network that knows half
of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Weights = dict[str, Array]

PIXELS, CLASSES = 64, 10
TRAINED, SHOWN = 1_408, 1_500  # images to train on; those from 1,500 on are for testing
KNOWN_CLASSES = 5  # what the network was trained on before: the digits 0 to 4
GRID = 1_024  # start weights are multiples of 1/1024, so that no last bit of a machine's floats is in them


@dataclass(frozen=True)
class Digits:
    """images: float32 [n, 64] from 0 to 1; labels: int32 [n]."""

    images: Array
    labels: Array


@cache
def training() -> Digits:
    """The images to train on, in an order of their own."""
    return _part(slice(0, TRAINED))


@cache
def testing() -> Digits:
    """Images that no training sees."""
    return _part(slice(SHOWN, None))


def _part(chosen: slice) -> Digits:
    from sklearn.datasets import load_digits

    found = load_digits()
    order = np.random.default_rng(8).permutation(len(found.target))[chosen]
    return Digits((found.data[order] / 16).astype(np.float32), found.target[order].astype(np.int32))


def start_weights(width: int, *, steps: int = 300, rate: float = 0.5) -> Weights:
    """A network 64-width-10 trained in NumPy on the digits 0 to 4 alone, float32."""
    random = np.random.default_rng(width)
    weights = {
        "w1": random.standard_normal((PIXELS, width)) / np.sqrt(PIXELS),
        "b1": np.zeros(width),
        "w2": random.standard_normal((width, CLASSES)) / np.sqrt(width),
        "b2": np.zeros(CLASSES),
    }
    data = training()
    known = data.labels < KNOWN_CLASSES
    x, y = data.images[known].astype(np.float64), np.eye(CLASSES)[data.labels[known]]
    for _ in range(steps):
        hidden = np.maximum(x @ weights["w1"] + weights["b1"], 0)
        error = (_softmax(hidden @ weights["w2"] + weights["b2"]) - y) / len(x)
        back = (error @ weights["w2"].T) * (hidden > 0)
        weights["w2"] -= rate * hidden.T @ error
        weights["b2"] -= rate * error.sum(0)
        weights["w1"] -= rate * x.T @ back
        weights["b1"] -= rate * back.sum(0)
    return {name: (np.round(value * GRID) / GRID).astype(np.float32) for name, value in weights.items()}


@dataclass(frozen=True)
class Score:
    """On the test images: mean cross entropy, and how many of them are told right."""

    loss: float
    accuracy: float


def score(weights: Weights) -> Score:
    """How well a network does on the test images, in float64."""
    data = testing()
    hidden = np.maximum(data.images @ weights["w1"].astype(np.float64) + weights["b1"], 0)
    chances = _softmax(hidden @ weights["w2"].astype(np.float64) + weights["b2"])
    told = np.maximum(chances[np.arange(len(data.labels)), data.labels], 1e-300)
    right = chances.argmax(1) == data.labels
    return Score(float(-np.log(told).mean()), float(right.mean()))


def _softmax(logits: Array) -> Array:
    raised = np.exp(logits - logits.max(1, keepdims=True))
    found: Array = raised / raised.sum(1, keepdims=True)
    return found

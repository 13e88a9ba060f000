"""Choosing lights: one table row per light, drawn by power with Walker's alias method.

Called by `prepare`. Row layout, float32 [16]:

    kind 0 (emissive triangle): 0-2 corner, 3-5 edge a, 6-8 edge b, 9-11 emitted RGB
    kinds 1-3 (point, directional, spot): 0-2 position, 3-5 direction, 6 cos(outer), 7 1/(cos(inner) -
    cos(outer)), 9-11 intensity RGB
    always: 12 chance of being picked (for kind 0 divided by its area), 13 alias threshold, 14 alias index, 15 kind

Indices are stored as floats; they are whole numbers below 2^24, so exact.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assay.jobs.render.nodes import DIRECTIONAL, POINT, Punctual

ROW = 16
LUMINANCE = (0.2126, 0.7152, 0.0722)


def light_table(
    positions: NDArray[np.float32], emitted: NDArray[np.float32], punctual: list[Punctual], radius: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(rows float32 [lights, 16], light_pdf float32 [triangles]) for emissive triangles and punctual lights.

    positions float32 [triangles, 3, 3], emitted float32 [triangles, 3], radius of the scene in its own units. A
    scene without lights gets one dark row that is never picked.
    """
    corner = positions[:, 0].astype(np.float64)
    edge_a, edge_b = positions[:, 1] - corner, positions[:, 2] - corner
    normal = np.cross(edge_a, edge_b)
    area = 0.5 * np.sqrt(normal[:, 0] ** 2 + normal[:, 1] ** 2 + normal[:, 2] ** 2)
    power = np.pi * area * _luminance(emitted.astype(np.float64))
    lit = np.flatnonzero(power > 0)
    rows = np.zeros((len(lit) + len(punctual), ROW))
    rows[: len(lit), 0:9] = np.concatenate([corner[lit], edge_a[lit], edge_b[lit]], axis=1)
    rows[: len(lit), 9:12] = emitted[lit]
    weights = np.concatenate([power[lit], np.zeros(len(punctual))])
    for index, light in enumerate(punctual, len(lit)):
        soft = max(light.cos_inner - light.cos_outer, 1e-4)
        rows[index, 0:12] = [
            *light.position,
            *light.direction,
            light.cos_outer,
            1 / soft,
            0.0,
            *light.intensity,
        ]
        rows[index, 15] = light.kind
        solid = {POINT: 4 * np.pi, DIRECTIONAL: np.pi * radius * radius}.get(
            light.kind, 2 * np.pi * (1 - light.cos_outer)
        )
        weights[index] = float(_luminance(light.intensity[None])[0]) * solid
    light_pdf = np.zeros(len(positions), np.float32)
    total = _total(weights)
    if total <= 0:
        return np.zeros((1, ROW), np.float32), light_pdf
    chance = weights / total
    rows[:, 12] = chance
    rows[: len(lit), 12] /= area[lit]
    rows[:, 13], rows[:, 14] = _alias(chance)
    light_pdf[lit] = rows[: len(lit), 12]
    return rows.astype(np.float32), light_pdf


def _luminance(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    return rgb[:, 0] * LUMINANCE[0] + rgb[:, 1] * LUMINANCE[1] + rgb[:, 2] * LUMINANCE[2]


def _total(weights: NDArray[np.float64]) -> float:
    # cumsum adds left to right on every machine; np.sum may not.
    return float(np.cumsum(weights)[-1]) if len(weights) else 0.0


def _alias(chance: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Thresholds and aliases: pick i = floor(u·n), keep it when the fraction of u·n is below threshold[i], else
    alias[i]."""
    count = len(chance)
    scaled = (chance * count).tolist()
    threshold, alias = [1.0] * count, list(range(count))
    small = [i for i in range(count) if scaled[i] < 1.0]
    large = [i for i in range(count) if scaled[i] >= 1.0]
    while small and large:
        low, high = small.pop(), large[-1]
        threshold[low], alias[low] = scaled[low], high
        scaled[high] -= 1.0 - scaled[low]
        if scaled[high] < 1.0:
            small.append(large.pop())
    return np.array(threshold), np.array(alias, np.float64)

"""The surface of glTF: a diffuse base under a GGX reflection (metallic-roughness model).

Evaluation with Smith's height-correlated masking and Schlick's Fresnel; sampling of visible normals (Heitz, JCGT
7(4), 2018). All directions are in the local frame whose z is the shading normal, and point away from the surface.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array, lax

from assay.jobs.render.tracer.vec import Keep, Vec, add, dot, larger, scale, smaller, unit

PI = 3.14159265358979
TINY = 1e-6


class Surface(NamedTuple):
    """diffuse: albedo of the base; f0: reflectance at normal incidence; alpha: roughness²; gloss: chance to sample
    GGX."""

    diffuse: Vec
    f0: Vec
    alpha: Array
    gloss: Array


def surface(keep: Keep, base: Vec, metallic: Array, roughness: Array, cos_out: Array) -> Surface:
    """The surface seen at cos_out = cosine between normal and view."""
    dielectric = 1.0 - metallic
    diffuse = scale(base, dielectric)
    f0 = add(scale(base, metallic), (0.04 * dielectric,) * 3)
    fresnel = _luminance(_schlick(f0, cos_out))
    weight = fresnel + (1.0 - fresnel) * _luminance(diffuse)
    gloss = jnp.where(metallic >= 1.0, 1.0, smaller(larger(fresnel / larger(weight, TINY), 0.15), 0.95))
    return Surface(keep.vec(diffuse), keep.vec(f0), roughness * roughness, keep(gloss))


def evaluate(keep: Keep, s: Surface, out: Vec, into: Vec) -> tuple[Vec, Array]:
    """(reflected fraction x cosine, density of `sample` choosing `into`); both zero below the surface."""
    above = (into[2] > 0) & (out[2] > 0)
    cos_in, cos_out = larger(into[2], TINY), larger(out[2], TINY)
    half = add(out, into)
    inverse = lax.rsqrt(dot(half, half) + 1e-30)
    cos_half = keep(larger(dot(out, half) * inverse, 0.0))
    a2 = s.alpha * s.alpha
    cos_tilt = half[2] * inverse
    tail = cos_tilt * cos_tilt * (a2 - 1.0) + 1.0
    normal_density = a2 / (PI * tail * tail)
    root_in = lax.sqrt(a2 + (1.0 - a2) * cos_in * cos_in)
    root_out = lax.sqrt(a2 + (1.0 - a2) * cos_out * cos_out)
    masking = 0.5 / (cos_in * root_out + cos_out * root_in)
    fresnel = _schlick(s.f0, cos_half)
    shine = keep(normal_density * masking * cos_in)
    matte = cos_in * (1.0 / PI)
    value = [s.diffuse[k] * (1.0 - fresnel[k]) * matte + fresnel[k] * shine for k in range(3)]
    density = s.gloss * normal_density / (2.0 * (cos_out + root_out)) + (1.0 - s.gloss) * matte
    zero = jnp.zeros_like(density)
    return (
        (
            jnp.where(above, value[0], zero),
            jnp.where(above, value[1], zero),
            jnp.where(above, value[2], zero),
        ),
        jnp.where(above, density, zero),
    )


def sample(  # noqa: PLR0917
    keep: Keep, s: Surface, out: Vec, choose: Array, u: Array, v: Array
) -> Vec:
    """A direction drawn from the mixture; it may point below the surface (then `evaluate` gives zero)."""
    angle = 2.0 * PI * v
    radius = lax.sqrt(u)
    x, y = keep(radius * jnp.cos(angle)), keep(radius * jnp.sin(angle))
    matte = (x, y, lax.sqrt(larger(1.0 - u, 0.0)))
    stretched = keep.vec(unit((s.alpha * out[0], s.alpha * out[1], larger(out[2], TINY))))
    flat2 = stretched[0] * stretched[0] + stretched[1] * stretched[1]
    inverse = lax.rsqrt(larger(flat2, 1e-14))
    level = flat2 > 1e-14
    tangent_x = jnp.where(level, -stretched[1] * inverse, 1.0)
    tangent_y = jnp.where(level, stretched[0] * inverse, 0.0)
    lean = 0.5 * (1.0 + stretched[2])
    y = keep((1.0 - lean) * lax.sqrt(larger(1.0 - x * x, 0.0)) + lean * y)
    z = lax.sqrt(larger(1.0 - x * x - y * y, 0.0))
    other = (
        -stretched[2] * tangent_y,
        stretched[2] * tangent_x,
        stretched[0] * tangent_y - stretched[1] * tangent_x,
    )
    half = keep.vec(unit((
        s.alpha * (x * tangent_x + y * other[0] + z * stretched[0]),
        s.alpha * (x * tangent_y + y * other[1] + z * stretched[1]),
        larger(y * other[2] + z * stretched[2], 0.0),
    )))  # fmt: skip
    twice = keep(2.0 * dot(out, half))
    shiny = choose < s.gloss
    return (
        jnp.where(shiny, twice * half[0] - out[0], matte[0]),
        jnp.where(shiny, twice * half[1] - out[1], matte[1]),
        jnp.where(shiny, twice * half[2] - out[2], matte[2]),
    )


def _schlick(f0: Vec, cosine: Array) -> Vec:
    m = larger(1.0 - cosine, 0.0)
    m2 = m * m
    weight = m2 * m2 * m
    return f0[0] + (1.0 - f0[0]) * weight, f0[1] + (1.0 - f0[1]) * weight, f0[2] + (1.0 - f0[2]) * weight


def _luminance(a: Vec) -> Array:
    return 0.2126 * a[0] + 0.7152 * a[1] + 0.0722 * a[2]

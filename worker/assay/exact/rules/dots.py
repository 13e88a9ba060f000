"""Matrix products of numbers: operands take a shared exponent at the dot's border, the result is wide again."""

import math

import jax.numpy as jnp

from assay.exact import wide
from assay.exact.materialise import LEAST, keep
from assay.exact.rules.registry import Call, rule
from assay.exact.shared import Shared, product, read_in_blocks, share
from assay.exact.values import Value, reshape, transpose, zero_like
from assay.exact.wide import Wide


def as_wide(value: Value, call: Call) -> Wide:
    """An integer operand beside a float one becomes a number."""
    return value if isinstance(value, Wide) else wide.from_int(jnp.asarray(value), width=call.width)


@rule("dot_general")
def dot_general(call: Call, a: Value, b: Value) -> Wide:
    """Any contraction with batch axes, as one batched matrix product."""
    (contract_a, contract_b), (batch_a, batch_b) = call.params["dimension_numbers"]
    if math.prod(call.out.shape) == 0 or any(math.prod(t.shape) == 0 for t in call.ins):
        found: Wide = zero_like(call.out)
        return found
    p_a, p_b = call.precision.dot
    left, free_a = _matrices(as_wide(a, call), p_a, tuple(batch_a), tuple(contract_a), call)
    right, free_b = _matrices(as_wide(b, call), p_b, tuple(batch_b), tuple(contract_b), call)
    result = product(left, right, (p_a, p_b), call.width)
    batch = tuple(call.ins[0].shape[d] for d in batch_a)
    shaped: Wide = reshape(result, (*batch, *free_a, *free_b))
    return shaped


def _matrices(
    x: Wide, bits: int, batch: tuple[int, ...], contract: tuple[int, ...], call: Call
) -> tuple[Shared, tuple[int, ...]]:
    """x shared along what is contracted (or wholly), as [batch, free, contracted]; and the sizes of its free axes.

    Shared before it is moved: one array is transposed instead of two.
    """
    free = tuple(d for d in range(x.ndim) if d not in batch and d not in contract)
    whole = call.precision.exponents == "tensor"
    shared = share(x, bits, tuple(range(x.ndim)) if whole else contract, call.width)
    if (
        read_in_blocks(call.precision.dot, math.prod(x.shape[d] for d in contract))
        and math.prod(x.shape) >= LEAST
    ):
        shared = Shared(keep(shared.m), shared.e)
    order = (*batch, *free, *contract)
    count = [math.prod(x.shape[d] for d in group) for group in (batch, free, contract)]
    m = reshape(transpose(shared.m, order), tuple(count))
    e = reshape(transpose(shared.e, order), (1, 1, 1) if whole else (count[0], count[1], 1))
    return Shared(m, e), tuple(x.shape[d] for d in free)


@rule("ragged_dot", "ragged_dot_general", "scaled_dot")
def other_dots(call: Call, *_: Value) -> Value:
    """Named, so that the way out is said."""
    raise call.refuse("Use dot_general on padded groups with a mask.")

"""What rules are written with: a body under construction and the operations that many rules need."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from assay.program.builder import BodyBuilder, Ref
from assay.program.dtypes import DType, TensorSpec, row_major
from assay.program.errors import Untraceable
from assay.program.limits import MAX_BODY_NODES
from assay.program.ops import MAX_INPUTS, Op
from assay.program.tracing.registry import Options


class Lowering:
    """One body being traced; `main` is the one that runs once an item."""

    def __init__(self, options: Options, *, main: bool = False) -> None:
        self.options = options
        self.main = main
        self.body = BodyBuilder()

    def inner(self) -> Lowering:
        """The body of a loop inside this one."""
        return Lowering(self.options)

    def op(
        self,
        op: Op,
        *operands: Ref,
        dtype: DType | None = None,
        dims: Sequence[int] | None = None,
        params: Sequence[int] = (),
    ) -> Ref:
        """Appends one operation; see BodyBuilder.op."""
        if len(self.body.drafts) > MAX_BODY_NODES:
            raise Untraceable(
                f"One body grew past {MAX_BODY_NODES} operations.", "Write repeated work as lax.scan."
            )
        return self.body.op(op, *operands, dtype=dtype, dims=dims, params=params)

    def fill(self, value: int, dtype: DType, dims: Sequence[int] = ()) -> Ref:
        """A tensor of one value."""
        return self.body.fill(value, TensorSpec(dtype, tuple(dims)))

    def like(self, value: int, x: Ref) -> Ref:
        """One value in the shape and dtype of x."""
        return self.body.fill(value, x.spec)

    def convert(self, x: Ref, dtype: DType) -> Ref:
        """x in another dtype, wrapped."""
        return self.op(Op.CONVERT, x, dtype=dtype)

    def reshape(self, x: Ref, dims: Sequence[int]) -> Ref:
        """The same elements under other dimensions."""
        return self.body.reshape(x, tuple(dims))

    def spread(self, x: Ref, dims: Sequence[int], at: Sequence[int]) -> Ref:
        """x repeated to `dims`; dimension d of x becomes dimension at[d], those of size 1 are repeated."""
        strides = [0] * len(dims)
        for d, step in enumerate(x.spec.strides):
            if x.dims[d] > 1:
                strides[at[d]] = step
        return self.body.view(x, 0, strides, tuple(dims))

    def broadcast(self, x: Ref, dims: Sequence[int]) -> Ref:
        """A scalar, or dimensions of size 1, repeated to `dims`."""
        return x if x.dims == tuple(dims) else self.spread(x, dims, range(len(x.dims)))

    def transpose(self, x: Ref, order: Sequence[int]) -> Ref:
        """Dimensions in another order."""
        return self.body.view(x, 0, [x.spec.strides[d] for d in order], tuple(x.dims[d] for d in order))

    def part(
        self, x: Ref, starts: Sequence[int], dims: Sequence[int], steps: Sequence[int] | None = None
    ) -> Ref:
        """A static strided slice: its first index and its size along each dimension."""
        own = x.spec.strides
        moves = [a * b for a, b in zip(own, steps or (1,) * len(own), strict=True)]
        return self.body.view(x, sum(a * b for a, b in zip(own, starts, strict=True)), moves, tuple(dims))

    def reverse(self, x: Ref, axes: Sequence[int]) -> Ref:
        """x backwards along some dimensions."""
        own = x.spec.strides
        offset = sum(own[d] * (x.dims[d] - 1) for d in axes)
        strides = [-step if d in axes else step for d, step in enumerate(own)]
        return self.body.view(x, offset, strides, x.dims)

    def last(self, x: Ref, axes: Sequence[int]) -> Ref:
        """These dimensions moved to the end and joined into one."""
        kept = [d for d in range(len(x.dims)) if d not in axes]
        moved = self.transpose(x, (*kept, *axes))
        return self.reshape(moved, (*(x.dims[d] for d in kept), prod(x.dims[d] for d in axes)))

    def shifted(self, x: Ref, axis: int, by: int, filler: int) -> Ref:
        """x moved towards higher indices along an axis, `filler` where nothing comes from."""
        params = [0] * (2 * len(x.dims))
        params[2 * axis] = by
        return self.op(Op.PAD, x, self.fill(filler, x.dtype), dims=x.dims, params=params)

    def iota(self, dtype: DType, dims: Sequence[int], axis: int) -> Ref:
        """The index along an axis."""
        return self.op(Op.IOTA, dtype=dtype, dims=dims, params=(axis,))

    def concat(self, parts: Sequence[Ref], axis: int) -> Ref:
        """Any number of tensors joined along an axis."""
        joined = list(parts)
        while len(joined) > 1:
            groups = [joined[i : i + MAX_INPUTS] for i in range(0, len(joined), MAX_INPUTS)]
            joined = [
                group[0] if len(group) == 1 else self.op(Op.CONCAT, *group, params=(axis,))
                for group in groups
            ]
        return joined[0]

    def select(self, condition: Ref, yes: Ref, no: Ref) -> Ref:
        """Elementwise choice; a scalar condition is repeated."""
        flags = self.broadcast(condition, yes.dims)
        return yes if yes.id == no.id else self.op(Op.SELECT, flags, yes, no, dtype=yes.dtype, dims=yes.dims)

    def negate(self, flag: Ref) -> Ref:
        """Logical or bitwise not."""
        return self.op(Op.XOR, flag, self.like(1 if flag.dtype is DType.BOOL else -1, flag))

    def index(self, x: Ref) -> Ref:
        """x as i64 for use as an index; what does not fit is the greatest i64."""
        if x.dtype is DType.U64:
            x = self.op(Op.MIN, x, self.like(DType.I64.greatest, x))
        return self.convert(x, DType.I64)

    def starts(self, scalars: Sequence[Ref]) -> Ref:
        """Scalars of any integer dtypes as one i64 vector."""
        return self.concat([self.reshape(self.index(one), (1,)) for one in scalars], 0)

    def flat_index(self, positions: Sequence[Ref], dims: Sequence[int]) -> Ref:
        """Row-major index of i64 positions of one shape in a tensor of dimensions `dims`."""
        total: Ref | None = None
        for position, step in zip(positions, row_major(tuple(dims)), strict=True):
            term = position if step == 1 else self.op(Op.MUL, position, self.like(step, position))
            total = term if total is None else self.op(Op.ADD, total, term)
        if total is None:
            raise Untraceable("A scalar has no index.")
        return total

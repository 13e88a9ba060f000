"""Writing a body: operations are appended with inference and validation, equal ones once.

Loops and returns are written with lists of tensors; `canonical.py` makes packs, parts and the order of nodes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import numpy as np

from assay.program.dtypes import MAX_RANK, DType, TensorSpec, spec_of
from assay.program.errors import Malformed
from assay.program.node import Param
from assay.program.ops import TABLE, Op, Source
from assay.program.roots import tensor_root

I64_SCALAR = TensorSpec(DType.I64, ())


@dataclass(frozen=True, eq=False, slots=True)
class Ref:
    """A tensor of a body under construction."""

    body: BodyBuilder = field(repr=False)
    id: int
    spec: TensorSpec

    @property
    def dims(self) -> tuple[int, ...]:
        """Dimensions."""
        return self.spec.dims

    @property
    def dtype(self) -> DType:
        """Element type."""
        return self.spec.dtype


@dataclass(frozen=True, slots=True)
class Draft:
    """One appended operation; for a loop `inputs` are the carry's ids, then the invariants'."""

    op: Op
    spec: TensorSpec | None
    inputs: tuple[int, ...]
    params: tuple[Param, ...]
    digest: bytes
    loop: LoopDraft | None = None


@dataclass(frozen=True, slots=True)
class LoopDraft:
    """What a loop node says beside its operands."""

    body: BodyBuilder
    trips: int
    stride: int
    carried: int


class BodyBuilder:
    """One body under construction. Its methods return Refs; `build` (canonical.py) makes the program."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.returned: tuple[int, ...] | None = None
        self.constants: dict[bytes, Any] = {}
        self._known: dict[bytes, int] = {}

    def carry(self, k: int, spec: TensorSpec) -> Ref:
        """Tensor k of the carry (in the main body: input k of the job)."""
        return self._append(Op.PARAM, spec, (), (Source.CARRY, k))

    def invariant(self, k: int, spec: TensorSpec) -> Ref:
        """Tensor k of the invariants of the loop that this body belongs to."""
        return self._append(Op.PARAM, spec, (), (Source.INVARIANT, k))

    def step(self) -> Ref:
        """The step index, an i64 scalar (in the main body: the item's index in its job)."""
        return self._append(Op.PARAM, I64_SCALAR, (), (Source.STEP, 0))

    def const(self, array: Any) -> Ref:
        """A constant tensor; one whose elements are all equal becomes a fill."""
        values = np.asarray(array)
        spec = spec_of(values)
        if values.size and (values == values.flat[0]).all():
            return self.fill(int(values.flat[0]), spec)
        root = tensor_root(values)
        self.constants[root] = values
        return self._append(Op.CONST, spec, (), (root,))

    def fill(self, value: int, spec: TensorSpec) -> Ref:
        """A tensor of one value, wrapped to its dtype."""
        wrapped = DType.I64.wrap(spec.dtype.wrap(value))
        return self._append(Op.FILL, spec, (), (wrapped,))

    def op(
        self,
        op: Op,
        *operands: Ref,
        dtype: DType | None = None,
        dims: Sequence[int] | None = None,
        params: Sequence[int] = (),
    ) -> Ref:
        """Appends one tensor operation.

        dtype and dims state the result where the operation leaves it open (convert, view, pad, iota,
        slice_at, dot); by default they are the first operand's. Raises Malformed naming what does not fit.
        """
        info = TABLE[op]
        low, high = info.inputs
        if info.rule is None or not low <= len(operands) <= high:
            raise Malformed(f"{info.name} takes {low}..{high} operands, not {len(operands)}")
        self._own(operands)
        first = operands[0].spec if operands else None
        kind = dtype if dtype is not None else (first.dtype if first else None)
        shape = tuple(map(int, dims)) if dims is not None else (first.dims if first else None)
        stated = TensorSpec(kind, shape) if kind is not None and shape is not None else None
        try:
            spec = info.rule(stated, [operand.spec for operand in operands], tuple(params))
        except Malformed as error:
            raise Malformed(f"{info.name}: {error.message}", error.hint) from None
        return self._simple(op, spec, operands, tuple(map(int, params)))

    def view(self, x: Ref, offset: int, strides: Sequence[int], dims: Sequence[int]) -> Ref:
        """x at flat index offset + sum(stride * index)."""
        kept = [stride if size > 1 else 0 for stride, size in zip(strides, dims, strict=True)]
        return self.op(Op.VIEW, x, dims=dims, params=(offset, *kept))

    def reshape(self, x: Ref, dims: Sequence[int]) -> Ref:
        """The same elements in row-major order under other dimensions."""
        spec = TensorSpec(x.dtype, tuple(dims))
        if spec.size != x.spec.size:
            raise Malformed(f"{x.spec} has {x.spec.size} elements, {list(dims)} has {spec.size}")
        return self.view(x, 0, spec.strides, spec.dims)

    def broadcast(self, scalar: Ref, dims: Sequence[int]) -> Ref:
        """A one-element tensor repeated to these dimensions."""
        return self.view(scalar, 0, (0,) * len(dims), dims)

    def loop(
        self,
        body: BodyBuilder,
        carry: Sequence[Ref],
        invariants: Sequence[Ref] = (),
        *,
        trips: int,
        stride: int = 0,
    ) -> tuple[Ref, ...]:
        """The carry after `trips` steps of `body`, whose returned tensors must have the carry's specs."""
        self._own((*carry, *invariants))
        if body.returned is None or not carry:
            raise Malformed("a loop carries at least one tensor, and its body returns as many")
        given = [ref.spec for ref in carry]
        returned = [body.spec(ref) for ref in body.returned]
        if returned != given:
            raise Malformed(
                f"a loop carries {list(map(str, given))}; its body returns {list(map(str, returned))}"
            )
        body.check_params(given, [ref.spec for ref in invariants])
        inputs = tuple(ref.id for ref in (*carry, *invariants))
        inner = sha256(b"".join(body.drafts[ref].digest for ref in body.returned)).digest()
        digest = self._digest(Op.LOOP, None, inputs, (inner, trips, stride, len(carry)))
        made = self._remember(
            Draft(Op.LOOP, None, inputs, (), digest, LoopDraft(body, trips, stride, len(carry)))
        )
        self.constants |= body.constants
        return tuple(
            ref if body.passes_on(k) else self._append(Op.PART, ref.spec, (made,), (k,))
            for k, ref in enumerate(carry)
        )

    def returns(self, *refs: Ref) -> None:
        """States what the body returns: at least one tensor. Call once, last."""
        self._own(refs)
        if not refs:
            raise Malformed("a body returns at least one tensor")
        self.returned = tuple(ref.id for ref in refs)

    def spec(self, ref: int) -> TensorSpec:
        """The spec of an appended tensor."""
        found = self.drafts[ref].spec
        assert found is not None
        return found

    def passes_on(self, k: int) -> bool:
        """Whether the body returns tensor k of its carry unchanged."""
        assert self.returned is not None
        draft = self.drafts[self.returned[k]]
        return draft.op is Op.PARAM and draft.params == (Source.CARRY, k)

    def check_params(self, carry: Sequence[TensorSpec], invariants: Sequence[TensorSpec]) -> None:
        """Raises Malformed when the body reads a tensor that it is not given."""
        for draft in self.drafts:
            if draft.op is Op.PARAM and draft.params[0] != Source.STEP:
                given = carry if draft.params[0] == Source.CARRY else invariants
                k = int(draft.params[1])
                if k >= len(given) or given[k] != draft.spec:
                    raise Malformed(f"the body reads {draft.spec} as tensor {k} of {list(map(str, given))}")

    def _own(self, refs: Sequence[Ref]) -> None:
        if any(ref.body is not self for ref in refs):
            raise Malformed("a tensor of another body is used here; pass it as carry or invariant")

    def _simple(self, op: Op, spec: TensorSpec, operands: Sequence[Ref], params: tuple[int, ...]) -> Ref:
        source = operands[0] if operands else None
        if source is not None and op in (Op.VIEW, Op.CONVERT):
            if spec == source.spec and (op is Op.CONVERT or params == (0, *_kept(spec))):
                return source
            draft = self.drafts[source.id]
            if draft.op is Op.FILL:
                return self.fill(source.dtype.wrap(int(draft.params[0])), spec)
        return self._append(op, spec, tuple(operand.id for operand in operands), params)

    def _append(self, op: Op, spec: TensorSpec, inputs: tuple[int, ...], params: tuple[Param, ...]) -> Ref:
        if len(spec.dims) > MAX_RANK or 0 in spec.dims:
            raise Malformed(
                f"{spec} has {len(spec.dims)} dimensions; a tensor has at most {MAX_RANK} dimensions, each 1 or more",
                "Join dimensions by a reshape.",
            )
        params = tuple(param if isinstance(param, bytes) else int(param) for param in params)
        draft = Draft(op, spec, inputs, params, self._digest(op, spec, inputs, params))
        return Ref(self, self._remember(draft), spec)

    def _digest(
        self, op: Op, spec: TensorSpec | None, inputs: tuple[int, ...], params: tuple[Param, ...]
    ) -> bytes:
        text = f"{int(op)}|{spec and (int(spec.dtype), spec.dims)}|{params}|{len(inputs)}|".encode()
        return sha256(text + b"".join(self.drafts[i].digest for i in inputs)).digest()

    def _remember(self, draft: Draft) -> int:
        found = self._known.setdefault(draft.digest, len(self.drafts))
        if found == len(self.drafts):
            self.drafts.append(draft)
        return found


def _kept(spec: TensorSpec) -> tuple[int, ...]:
    return tuple(step if size > 1 else 0 for step, size in zip(spec.strides, spec.dims, strict=True))

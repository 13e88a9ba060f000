"""Nodes and bodies: the plain data a program is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from assay.program.dtypes import DType, TensorSpec
from assay.program.ops import TABLE, Op, OpInfo

Param = int | bytes


@dataclass(frozen=True, slots=True)
class Node:
    """One operation. `dtype` is None for a tuple-valued node, whose `dims` is (number of tensors,).

    `params` follow the layout of the operation (`ops.TABLE`), flat, in the descriptor's order.
    """

    op: Op
    dtype: DType | None
    dims: tuple[int, ...]
    inputs: tuple[int, ...] = ()
    params: tuple[Param, ...] = ()

    @property
    def info(self) -> OpInfo:
        """The operation's row."""
        return TABLE[self.op]

    @property
    def spec(self) -> TensorSpec:
        """Dtype and dimensions of a tensor-valued node."""
        if self.dtype is None:
            raise TypeError(f"{self.op.name.lower()} makes a tuple, not a tensor")
        return TensorSpec(self.dtype, self.dims)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The parameters of an operation that has no hash among them."""
        return cast(tuple[int, ...], self.params)

    def param(self, name: str) -> int:
        """A fixed integer parameter by name."""
        return cast(int, self._fixed(name))

    def root(self, name: str) -> bytes:
        """A fixed 32-byte parameter by name."""
        return cast(bytes, self._fixed(name))

    def _fixed(self, name: str) -> Param:
        names = [field for field, _ in self.info.fixed]
        return self.params[names.index(name)]


@dataclass(frozen=True, slots=True)
class Body:
    """Nodes in order, the last one the pack that the body returns; `root` binds each to its index."""

    nodes: tuple[Node, ...]
    root: bytes

    def entries(self, pack: int) -> range:
        """Node ids that the pack at index `pack` holds."""
        first = self.nodes[pack].param("first")
        return range(first, first + self.nodes[pack].dims[0])

    @property
    def returned(self) -> tuple[TensorSpec, ...]:
        """Specs of the tensors that the body returns."""
        return tuple(self.nodes[entry].spec for entry in self.entries(len(self.nodes) - 1))

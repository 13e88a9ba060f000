"""A node as bytes: what the body root binds and the contract decodes.

`u8 op | u8 dtype | u8 rank | u8 inputs | u64be dimension... | u32be input id... | parameters`.
"""

from __future__ import annotations

from assay.program.dtypes import MAX_RANK, TUPLE, DType
from assay.program.errors import Malformed
from assay.program.node import Node, Param
from assay.program.ops import MAX_INPUTS, TABLE, Op

_WIDTH = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "i64": 8, "bytes32": 32}
HEADER_BYTES = 4
MAX_DESCRIPTOR_BYTES = HEADER_BYTES + 8 * MAX_RANK + 4 * MAX_INPUTS + 16 * MAX_RANK


def encode_node(node: Node) -> bytes:
    """The descriptor. Raises Malformed for what does not fit its field."""
    dtype = TUPLE if node.dtype is None else int(node.dtype)
    layout = node.info.layout(len(node.dims))
    if len(layout) != len(node.params):
        raise Malformed(f"{node.info.name} has {len(layout)} parameters, not {len(node.params)}")
    try:
        return b"".join(
            (
                bytes((node.op, dtype, len(node.dims), len(node.inputs))),
                *(size.to_bytes(8, "big") for size in node.dims),
                *(i.to_bytes(4, "big") for i in node.inputs),
                *(_encode(kind, value) for (_, kind), value in zip(layout, node.params, strict=True)),
            )
        )
    except (OverflowError, ValueError) as error:
        raise Malformed(f"{node.info.name}: a number does not fit its field ({error})") from error


def _encode(kind: str, value: Param) -> bytes:
    if isinstance(value, bytes):
        if kind != "bytes32" or len(value) != 32:
            raise Malformed(f"{len(value)} bytes as a parameter of kind {kind}")
        return value
    return int(value).to_bytes(_WIDTH[kind], "big", signed=kind == "i64")


def decode_node(data: bytes) -> Node:
    """The node of a descriptor. Raises Malformed naming what is wrong; operand types are not looked at."""
    if len(data) < HEADER_BYTES:
        raise Malformed(f"a descriptor has at least {HEADER_BYTES} bytes, not {len(data)}")
    code, dtype_code, rank, count = data[:HEADER_BYTES]
    try:
        op = Op(code)
        dtype = None if dtype_code == TUPLE else DType(dtype_code)
    except ValueError as error:
        raise Malformed(f"unknown operation or dtype: {error}") from error
    if rank > MAX_RANK or count > MAX_INPUTS:
        raise Malformed(f"{rank} dimensions and {count} inputs; at most {MAX_RANK} and {MAX_INPUTS}")
    layout = TABLE[op].layout(rank)
    widths = [8] * rank + [4] * count + [_WIDTH[kind] for _, kind in layout]
    if len(data) != HEADER_BYTES + sum(widths):
        raise Malformed(f"this {op.name.lower()} has {HEADER_BYTES + sum(widths)} bytes, not {len(data)}")
    fields, at = [], HEADER_BYTES
    for width in widths:
        fields.append(data[at : at + width])
        at += width
    params: list[Param] = []
    for (_, kind), field in zip(layout, fields[rank + count :], strict=True):
        params.append(field if kind == "bytes32" else int.from_bytes(field, "big", signed=kind == "i64"))
    return Node(
        op,
        dtype,
        tuple(int.from_bytes(field, "big") for field in fields[:rank]),
        tuple(int.from_bytes(field, "big") for field in fields[rank : rank + count]),
        tuple(params),
    )

"""The rows of `tensor.json`: tensor roots, openings of pages, descents by 16, traces, items and lots.

Element i of a case is (i * 2654435761 + seed) * 40503 wrapped to its dtype (bool: the wrapped u8 is odd); the bytes are
written out whenever there are at most 1,024 of them, so that a reader needs no rule.
"""

from typing import Any

import numpy as np

from assay.commitment.tensor import DTYPES, PageTree
from assay.commitment.tensor_spec import DTYPE_NAMES, TensorSpec
from assay.commitment.traces import StateTrace, Trace, item_root, lot_root, tuple_root

SHAPES: tuple[tuple[int, ...], ...] = ((), (1,), (7,), (16, 16), (5, 3, 29), (2, 1, 3, 1, 2, 1, 2, 40))
LARGE: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("i32", (64 * 17,)),
    ("i8", (256 * 256 + 1,)),
    ("u64", (33, 1000)),
)


def elements(name: str, dims: tuple[int, ...], seed: int) -> np.ndarray:
    """A tensor by the rule above."""
    spec = TensorSpec(DTYPE_NAMES.index(name), dims)
    index = np.arange(spec.size, dtype=np.uint64)
    values = (index * np.uint64(2654435761) + np.uint64(seed)) * np.uint64(40503)
    if name == "bool":
        return (values.astype(np.uint8) % 2 == 1).reshape(dims)
    return values.astype(DTYPES[spec.dtype]).reshape(dims)


def _case(name: str, dims: tuple[int, ...], seed: int) -> dict[str, Any]:
    array = elements(name, dims, seed)
    tree, spec = PageTree(array), PageTree(array).spec
    last = spec.page_count - 1
    row = {
        "dtype": name, "code": spec.dtype, "dims": list(dims), "seed": seed, "bytes": spec.byte_length,
        "pages": spec.page_count, "height": spec.height, "top": tree.tree.top, "root": tree.root,
        "data": array.tobytes() if spec.byte_length <= 1024 else None,
    }  # fmt: skip
    sets = sorted(
        {(0,), (last,), (last // 2,), tuple(sorted({0, last})), tuple(sorted({last // 3, last // 2, last}))}
    )
    row["openings"] = [_opening(tree, chosen) for chosen in sets]
    if spec.height:
        row["children_of_top"] = tree.tree.children(spec.height, 0)
    return row


def _opening(tree: PageTree, chosen: tuple[int, ...]) -> dict[str, Any]:
    opening = tree.open(chosen)
    first = chosen[-1] * (256 // tree.spec.item_bytes)
    return {
        "pages": [{"index": index, "page": page} for index, page in opening.pages],
        "siblings": opening.siblings,
        "element": first,
        "value": opening.value(first),
    }


def _traces() -> list[dict[str, Any]]:
    roots = [PageTree(elements("i32", (index + 1,), index)).root for index in range(35)]
    rows = []
    for count in (1, 2, 3, 16, 17, 35):
        trace = Trace(tuple(roots[:count]))
        proofs = [
            {"index": i, "siblings": trace.proof(i).siblings} for i in sorted({0, count // 2, count - 1})
        ]
        rows.append({"roots": trace.roots, "root": trace.root, "proofs": proofs})
    return rows


def _states() -> list[dict[str, Any]]:
    rows = []
    for trips, stride in ((1, 1), (5, 2), (6, 2), (8, 100)):
        count = len(range(0, trips, stride)) + 1
        roots = tuple(PageTree(elements("i64", (2,), seed)).root for seed in range(count))
        rows.append(
            {"trips": trips, "stride": stride, "roots": roots, "root": StateTrace(roots, trips, stride).root}
        )
    return rows


def tensor() -> dict[str, Any]:
    """Everything that `tensor.json` holds."""
    cases = [_case(name, dims, seed) for seed, dims in enumerate(SHAPES) for name in ("bool", "i32", "u64")]
    cases += [_case(name, (3, 67), 41) for name in DTYPE_NAMES]
    cases += [_case(name, dims, 99) for name, dims in LARGE]
    roots = [case["root"] for case in cases[:6]]
    outputs, traces = tuple_root(roots[:3]), [Trace(tuple(roots[3:5])).root, Trace(tuple(roots[5:])).root]
    items = [item_root(outputs), item_root(outputs, traces)]
    above = {
        "members": roots[:3],
        "outputs_root": outputs,
        "state_traces": traces,
        "items": items,
        "lot_root": lot_root(items),
    }
    rule = "element i = ((i * 2654435761 + seed) mod 2^64 * 40503) mod 2^bits, little-endian; bool: its lowest bit"
    return {"rule": rule, "tensors": cases, "traces": _traces(), "states": _states(), "above": above}

"""Tensors in a store: found by the root of their elements, refused when anything of them is changed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assay.artifacts import ArtifactCorrupt, ArtifactStore, ArtifactTooLarge, Kind, id_of
from assay.commitment.errors import CommitmentError
from assay.commitment.tensor import tensor_root
from assay.commitment.tensor_object import TensorHasher, check_object, head_bytes, object_root
from assay.commitment.tensor_spec import TensorSpec
from assay.program import spec_of, tensor_bytes

ARRAYS: list[Any] = [
    np.array(5, np.int64),
    np.array([True, False]),
    np.arange(64, dtype=np.int32),  # one page exactly
    np.arange(65, dtype=np.int32),
    np.arange(3 * 5 * 97, dtype=np.uint16).reshape(3, 5, 97),
    np.zeros((1,) * 8, np.uint8),
]


def stored(array: Any) -> bytes:
    spec = spec_of(array)
    return head_bytes(TensorSpec(spec.dtype, spec.dims)) + tensor_bytes(array)


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{array.dtype}{array.shape}")
def test_put__tensor__found_by_its_root(array: Any, tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path.as_uri())
    data = stored(array)
    assert id_of(Kind.TENSOR, data) == tensor_root(array)
    assert store.put_bytes(data, Kind.TENSOR) == tensor_root(array)
    assert store.get(Kind.TENSOR, tensor_root(array)) == data
    with pytest.raises(ArtifactTooLarge):
        store.get(Kind.TENSOR, tensor_root(array), max_bytes=len(data) - 1)


@pytest.mark.parametrize("step", [1, 3, 255, 256, 257])
def test_hasher__blocks_of_any_size__same_root(step: int) -> None:
    data, hasher = stored(ARRAYS[4]), TensorHasher()
    for at in range(0, len(data), step):
        hasher.update(data[at : at + step])
    assert hasher.finish() == tensor_root(ARRAYS[4])


def test_put__truncated_longer_flipped_or_of_another_shape__refused(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path.as_uri())
    data, root = stored(ARRAYS[3]), tensor_root(ARRAYS[3])
    other_shape = head_bytes(TensorSpec(3, (5, 13))) + data[10:]
    for wrong in (b"", data[:1], data[:-1], data + b"\0", data[:-1] + b"\1", other_shape):
        with pytest.raises(ArtifactCorrupt):
            store.put(Kind.TENSOR, root, wrong)
    assert not store.has(Kind.TENSOR, root)


@pytest.mark.parametrize(
    "head",
    [bytes([9, 0]), bytes([3, 9]), bytes([3, 1]) + bytes(8), bytes([3, 2]) + b"\xff" * 16],
    ids=["dtype", "rank", "empty", "huge"],
)
def test_object_root__head_of_no_tensor__refused(head: bytes) -> None:
    with pytest.raises(CommitmentError):
        object_root(head + bytes(8))


def test_check_object__of_another_root__refused() -> None:
    assert check_object(stored(ARRAYS[0]), tensor_root(ARRAYS[0])).byte_length == 8
    with pytest.raises(CommitmentError, match="not the tensor"):
        check_object(stored(ARRAYS[0]), bytes(32))

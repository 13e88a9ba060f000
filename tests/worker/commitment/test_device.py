"""SHA-256 as JAX operations against hashlib, over every dtype and around every boundary of pages and stretches."""

import jax
import numpy as np
import pytest

from assay.commitment import CommitmentError, device
from assay.commitment.device import device_tensor_root
from assay.commitment.tensor import DTYPES, tensor_root

NAMES = [dtype.name for dtype in DTYPES]
STRETCH = device.STRETCH_PAGES["cpu"]


def some(shape: tuple[int, ...], name: str) -> np.ndarray:
    random = np.random.default_rng(len(shape))
    if name == "bool":
        return random.integers(0, 2, shape).astype(bool)
    info = np.iinfo(name)
    return random.integers(info.min, info.max, shape, dtype=name, endpoint=True)


def on_device(array: np.ndarray) -> bytes:
    with jax.enable_x64(True):
        placed = jax.device_put(array)
        assert placed.dtype == array.dtype
    return device_tensor_root(placed)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(), (255,), (3, 1, 67), (257, 9)])
def test_device_tensor_root__each_dtype_and_shape__equals_hashlib(name: str, shape: tuple[int, ...]) -> None:
    array = some(shape, name)
    assert on_device(array) == tensor_root(array) == device.tensor_root(array)


@pytest.mark.parametrize(
    "pages",
    [1, 2, 3, 5, 511, 512, 513, 1023, STRETCH, STRETCH + 1, 2 * STRETCH, 2 * STRETCH + 3, 5 * STRETCH - 1],
)
def test_device_tensor_root__around_pages_and_stretches__equals_hashlib(pages: int) -> None:
    for short in (0, 1):
        array = some((pages * 64 - short,), "int32")
        assert on_device(array) == tensor_root(array)


def test_device_tensor_root__extreme_values__equal_hashlib() -> None:
    for name in NAMES:
        ends = (False, True) if name == "bool" else (np.iinfo(name).min, np.iinfo(name).max, 0, 1)
        for value in ends:
            array = np.full((300,), value, name)
            assert on_device(array) == tensor_root(array)


def test_device_tensor_root__without_x64__32_bit_arrays_hash_the_same() -> None:
    array = some((1000,), "int32")
    with jax.enable_x64(False):
        assert device_tensor_root(jax.device_put(array)) == tensor_root(array)
        assert not jax.config.jax_enable_x64


def test_device_tensor_root__floats_and_empty__refused() -> None:
    with pytest.raises(CommitmentError, match="not float32"):
        device_tensor_root(jax.numpy.zeros(3, "float32"))
    with pytest.raises(CommitmentError, match="dimension 0"):
        device_tensor_root(jax.numpy.zeros(0, "int32"))


def test_constants__are_those_of_the_standard() -> None:
    assert [hex(x) for x in device._START[:2]] == ["0x6a09e667", "0xbb67ae85"]
    assert hex(device._ROUNDS[0, 0]) == "0x428a2f98" and hex(device._ROUNDS[3, 15]) == "0xc67178f2"


def test_device_tensor_root__under_a_callers_strict_settings__works() -> None:
    array = some((3000,), "int32")
    with jax.numpy_rank_promotion("raise"), jax.numpy_dtype_promotion("strict"):
        assert on_device(array) == tensor_root(array)

"""modules/merkle_row.vy and tensor_proof.vy against assay.commitment: heights, children, parents, roots, pages."""

import os

import boa
import numpy as np
import pytest

from assay.commitment.listing import list_root
from assay.commitment.row import height_of, leaf_hash
from assay.disputes.rows import list_root_of, row_levels
from assay.program.descriptor import encode_node
from assay.program.dtypes import DType, spec_of
from assay.program.node import Node
from assay.program.ops import Op
from assay.program.roots import tensor_bytes, tensor_root
from tests.contracts.leaf.leaf_world import contract
from tests.contracts.leaf.random_cases import edges

COUNTS = [1, 2, 3, 4, 5, 15, 16, 17, 31, 33, 255, 256, 257, 300]


@pytest.fixture
def mock():  # type: ignore[no-untyped-def]
    return contract("scalar_ops_mock")


@pytest.mark.parametrize("bits", range(64))
def test_height__around_each_power_of_two__as_committed(mock, bits: int) -> None:  # type: ignore[no-untyped-def]
    for count in {max(1, (1 << bits) + change) for change in (-1, 0, 1)}:
        assert mock.height(count) == height_of(count)


@pytest.mark.parametrize("count", COUNTS)
def test_parent_of__children_over_leaves__folds_to_the_parent_at_every_node(mock, count: int) -> None:  # type: ignore[no-untyped-def]
    levels = row_levels([leaf_hash(bytes([k % 256, k // 256])) for k in range(count)])
    for height in range(1, len(levels)):
        for index in {0, len(levels[height]) // 2, len(levels[height]) - 1}:
            shown, step = mock.children_of(count, height, index)
            first = index << step
            children = levels[height - step][first : first + shown]
            assert len(children) == shown
            assert mock.parent_of(children, height - step, step) == levels[height][index]


def test_children_of__behind_the_last_leaf__reverts(mock) -> None:  # type: ignore[no-untyped-def]
    for height, index in ((1, 9), (5, 1), (4, 2)):
        with boa.reverts("row: no such node"):
            mock.children_of(17, height, index)
    with boa.reverts("row: a leaf has no children"):
        mock.children_of(17, 0, 0)


def test_parent_of__wrong_number_of_children__reverts_or_is_another_node(mock) -> None:  # type: ignore[no-untyped-def]
    levels = row_levels([leaf_hash(bytes([k])) for k in range(5)])
    right = mock.parent_of(levels[0], 0, 3)
    assert right == levels[3][0]
    assert mock.parent_of(levels[0][:4], 0, 3) != right
    # padding that is shown is an ordinary child: it must be zero to be the same, and then nothing is gained
    assert mock.parent_of([*levels[0], b"\1" * 32], 0, 3) != right
    for children in ([], [b"\0" * 32] * 9):
        with boa.reverts("row: wrong number of children"):
            mock.parent_of(children, 0, 3)


@pytest.mark.parametrize("count", COUNTS)
def test_list_root__of_ids__as_committed(mock, count: int) -> None:  # type: ignore[no-untyped-def]
    ids = [os.urandom(32) for _ in range(count)]
    top = row_levels([leaf_hash(id) for id in ids])[-1][0]
    assert mock.list_root(count, top) == list_root(ids) == list_root_of(count, top)


@pytest.mark.parametrize("step", [0, 1, 255, 256, 2**31, 2**63 - 1])
def test_step_root__any_step__is_the_root_of_an_i64(mock, step: int) -> None:  # type: ignore[no-untyped-def]
    assert mock.step_root(step) == tensor_root(np.array(step, np.int64))


@pytest.mark.parametrize("dtype", DType, ids=lambda dtype: dtype.name)
def test_written__each_place_of_a_page__is_the_element(mock, dtype: DType) -> None:  # type: ignore[no-untyped-def]
    per_page = 256 // dtype.bytes
    values = np.resize(np.array(edges(dtype), dtype.numpy), per_page)
    page = tensor_bytes(values)
    for place in {*range(min(per_page, 24)), per_page - 1}:
        assert mock.written(page, int(dtype), place) == int(values[place])


def test_written__a_bool_byte_of_two__is_not_hidden(mock) -> None:  # type: ignore[no-untyped-def]
    assert mock.written(b"\2".ljust(256, b"\0"), int(DType.BOOL), 0) == 2


@pytest.mark.parametrize("dims", [(), (1,), (700,), (3, 1, 90), (2,) * 8])
def test_tensor_root__head_of_a_descriptor__as_committed(mock, dims: tuple[int, ...]) -> None:  # type: ignore[no-untyped-def]
    array = np.arange(np.prod(dims, dtype=int), dtype=np.int16).reshape(dims)
    data = tensor_bytes(array)
    pages = [data[start : start + 256].ljust(256, b"\0") for start in range(0, len(data), 256)]
    top = row_levels([leaf_hash(page) for page in pages])[-1][0]
    node = Node(Op.FILL, spec_of(array).dtype, dims, (), (0,))
    assert mock.tensor_root(encode_node(node), top) == tensor_root(array)

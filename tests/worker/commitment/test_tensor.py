"""Tensor roots and openings against the written definition, over every dtype, layout and tampering."""

import json
import tracemalloc
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.commitment import CommitmentError, ProofInvalid
from assay.commitment.openings import TensorOpening, verify_tensor_opening
from assay.commitment.row import climb, leaf_hash
from assay.commitment.tensor import DTYPES, PageTree, dtype_code, open_pages, spec_of, tensor_root
from assay.commitment.tensor_spec import DTYPE_NAMES, ITEM_BYTES, MAX_TENSOR_BYTES, TensorSpec
from assay.commitment.tree import Tree, climb_many, fold
from assay.program.roots import tensor_root as program_root
from tests.vectors.generate_tensor import elements

VECTORS = Path(__file__).parents[2] / "vectors"
NAMES = [dtype.name for dtype in DTYPES]


def model_root(array: np.ndarray) -> bytes:
    """The definition of the format page, as plainly as possible: one element after another, one hash after another."""
    code = NAMES.index(array.dtype.name)
    values = array.ravel(order="C").tolist()
    data = b"".join(
        [int(v).to_bytes(ITEM_BYTES[code], "little", signed=code in (1, 2, 3, 4)) for v in values]
    )
    data += bytes(-len(data) % 256)
    level = [sha256(b"\x00" + data[at : at + 256]).digest() for at in range(0, len(data), 256)]
    while len(level) & (len(level) - 1):
        level.append(bytes(32))
    while len(level) > 1:
        level = [sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level), 2)]
    dims = b"".join(dim.to_bytes(8, "big") for dim in array.shape)
    return sha256(b"\x02assay/tensor/1" + bytes([code, array.ndim]) + dims + level[0]).digest()


def test_vectors__each_tensor__root_by_the_definition_and_by_the_program_package() -> None:
    cases = json.loads((VECTORS / "tensor.json").read_text())["tensors"]
    assert len(cases) > 25 and {case["dtype"] for case in cases} == set(DTYPE_NAMES)
    for case in cases:
        array = elements(case["dtype"], tuple(case["dims"]), case["seed"])
        assert (
            tensor_root(array) == model_root(array) == program_root(array) == bytes.fromhex(case["root"][2:])
        )


def some(shape: tuple[int, ...], name: str, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    if name == "bool":
        return random.integers(0, 2, shape).astype(bool)
    info = np.iinfo(name)
    return random.integers(info.min, info.max, shape, dtype=name, endpoint=True)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "shape", [(), (1,), (255,), (256,), (257,), (32, 9), (3, 1, 5, 2, 1, 4, 1, 3), (4096, 3)]
)
def test_tensor_root__each_dtype_and_shape__is_the_written_definition(
    name: str, shape: tuple[int, ...]
) -> None:
    array = some(shape, name)
    assert tensor_root(array) == model_root(array)
    assert PageTree(array).root == model_root(array)


@pytest.mark.parametrize("pages", [4096, 4097, 8193])
def test_tensor_root__stretches_of_pages__join_as_one_row(pages: int) -> None:
    array = some((pages * 32 - 5,), "uint64")
    assert tensor_root(array) == model_root(array) == PageTree(array).root


@settings(max_examples=60)
@given(
    name=st.sampled_from(NAMES), dims=st.lists(st.integers(1, 7), max_size=5), seed=st.integers(0, 99),
    layout=st.sampled_from(["C", "F", "reversed", "strided", "swapped", "broadcast", "offset"]),
)  # fmt: skip
def test_tensor_root__any_layout__depends_on_values_only(name, dims, seed, layout) -> None:
    array = some(tuple(dims), name, seed)
    expected = model_root(array)
    if layout == "F" and dims:
        array = np.asfortranarray(array)
    elif layout == "reversed" and dims:
        array = array[::-1].copy()[::-1]
    elif layout == "strided" and dims:
        array = np.repeat(array, 2, axis=-1)[..., ::2]
    elif layout == "swapped":
        array = array.astype(array.dtype.newbyteorder(">"))
    elif layout == "broadcast" and dims:
        array = np.broadcast_to(array[:1], array.shape)
        expected = model_root(np.array(array))
    elif layout == "offset":
        array = np.concatenate([np.zeros(1, name), array.ravel()])[1:].reshape(array.shape)
    assert tensor_root(array) == expected
    assert PageTree(array).root == expected


def test_tensor_root__bool_of_any_byte__is_written_as_one() -> None:
    odd = np.array([0, 1, 2, 255, 128], np.uint8).view(bool)
    assert tensor_root(odd) == tensor_root(np.array([False, True, True, True, True]))


def test_tensor_root__same_bytes_under_another_descriptor__differs() -> None:
    base = np.arange(64, dtype=np.int32)
    views = [base, base.reshape(8, 8), base.reshape(1, 64), base.view(np.uint32), base.view(np.int64)]
    padded = np.concatenate([base, np.zeros(32, np.int32)])
    assert len({tensor_root(view) for view in [*views, padded, padded[:65]]}) == len(views) + 2


@pytest.mark.parametrize(
    "array, said",
    [
        (np.zeros(3, np.float32), "not float32"),
        (np.zeros(3, np.complex64), "not complex64"),
        (np.array(["x"]), "not str"),
        (np.array([None]), "not object"),
        (np.zeros((2, 0, 3), np.int8), "dimension 1 of a tensor is 0"),
        (np.zeros((1,) * 9, np.int8), "at most 8 dimensions, not 9"),
    ],
)
def test_tensor_root__arrays_outside_the_format__named(array: np.ndarray, said: str) -> None:
    with pytest.raises(CommitmentError, match=said):
        tensor_root(array)


def test_tensor_spec__sizes_at_the_limit__counted_and_one_more_refused() -> None:
    spec = TensorSpec(1, (MAX_TENSOR_BYTES,))
    assert (spec.page_count, spec.height) == (1 << 40, 40)
    with pytest.raises(CommitmentError, match="over the limit"):
        TensorSpec(1, (MAX_TENSOR_BYTES + 1,))
    with pytest.raises(CommitmentError, match="over the limit"):
        TensorSpec(8, (2**64 - 1,) * 8)
    for code in (-1, 9, 255):
        with pytest.raises(CommitmentError, match="dtype code"):
            TensorSpec(code, (1,))
    assert TensorSpec(4, ()).page_count == 1
    assert dtype_code(np.dtype(">i8")) == 4


@settings(max_examples=60)
@given(
    name=st.sampled_from(NAMES),
    size=st.integers(1, 5_000),
    seed=st.integers(0, 9),
    picks=st.lists(st.integers(0, 10**9), min_size=1, max_size=6),
)
def test_open_elements__any_elements__verify_and_give_their_values(name, size, seed, picks) -> None:
    array = some((size,), name, seed)
    elements = [pick % size for pick in picks]
    opening = PageTree(array).open_elements(elements)
    pages = verify_tensor_opening(tensor_root(array), opening)
    for element in elements:
        assert opening.value(element) == int(array[element])
        assert opening.spec.value_in(pages[opening.spec.place_of(element)[0]], element) == int(array[element])


def test_open_pages__one_page__siblings_are_the_path_contracts_fold() -> None:
    array = some((37 * 64,), "int32")
    tree = PageTree(array)
    for index in range(37):
        opening = open_pages(array, [index])
        top = climb(leaf_hash(opening.pages[0][1]), index, opening.siblings)
        assert tree.spec.root_from_top(top) == tree.root
        assert len(opening.siblings) == tree.spec.height == 6


def test_open_pages__all_pages__needs_no_sibling_but_padding() -> None:
    array = some((16 * 64,), "int32")
    assert open_pages(array, range(16)).siblings == ()
    apart = sum(len(open_pages(array, [index]).siblings) for index in (0, 1, 2, 3))
    together = len(open_pages(array, (3, 0, 2, 1, 1)).siblings)
    assert (apart, together) == (16, 2)


@pytest.mark.parametrize("pages", [[], [-1], [10], [0, 10]])
def test_open_pages__no_such_page__refused(pages: list[int]) -> None:
    with pytest.raises(CommitmentError, match=r"0\.\.9"):
        open_pages(np.zeros(640, np.int32), pages)


def tampered(opening: TensorOpening):
    """Every opening that differs from this one in a byte, a count, an order, a place or a descriptor."""
    for at, (index, page) in enumerate(opening.pages):
        for byte in range(len(page)):
            changed = page[:byte] + bytes([page[byte] ^ 1 << byte % 8]) + page[byte + 1 :]
            yield replace(opening, pages=(*opening.pages[:at], (index, changed), *opening.pages[at + 1 :]))
        for changed in (page[:-1], page + b"\x00", b""):
            yield replace(opening, pages=(*opening.pages[:at], (index, changed), *opening.pages[at + 1 :]))
        for other in (index + 1, index - 1, index + 8, -1, 2**40):
            yield replace(opening, pages=(*opening.pages[:at], (other, page), *opening.pages[at + 1 :]))
        yield replace(opening, pages=opening.pages[:at] + opening.pages[at + 1 :])
    yield replace(opening, pages=opening.pages[::-1])
    yield replace(opening, pages=opening.pages + opening.pages[-1:])
    for at, sibling in enumerate(opening.siblings):
        for byte in range(32):
            changed = sibling[:byte] + bytes([sibling[byte] ^ 0x80]) + sibling[byte + 1 :]
            yield replace(opening, siblings=(*opening.siblings[:at], changed, *opening.siblings[at + 1 :]))
        yield replace(opening, siblings=opening.siblings[:at] + opening.siblings[at + 1 :])
        yield replace(opening, siblings=(*opening.siblings[:at], sibling[:31], *opening.siblings[at + 1 :]))
    yield replace(opening, siblings=(*opening.siblings, bytes(32)))
    yield replace(opening, siblings=opening.siblings[::-1])
    for dtype, dims in (
        (6, (5, 200)),
        (2, (1000,)),
        (2, (5, 201)),
        (2, (5, 100)),
        (2, (200, 5)),
        (3, (5, 100)),
        (2, (2**30, 128)),
    ):
        yield replace(opening, spec=TensorSpec(dtype, dims))


def test_verify_tensor_opening__any_byte_count_place_or_descriptor_changed__refused() -> None:
    array = some((5, 200), "int16")
    root = tensor_root(array)
    opening = open_pages(array, [0, 3, 7])
    assert verify_tensor_opening(root, opening) == dict(opening.pages)
    cases = list(tampered(opening))
    assert len(cases) > 900
    for case in cases:
        with pytest.raises(ProofInvalid):
            verify_tensor_opening(root, case)
    for byte in range(32):
        with pytest.raises(ProofInvalid):
            verify_tensor_opening(root[:byte] + bytes([root[byte] ^ 4]) + root[byte + 1 :], opening)


def test_verify_tensor_opening__padding_that_is_not_zero__refused_though_it_hashes() -> None:
    spec = TensorSpec(1, (300,))
    pages = [bytes(256), bytes(44) + b"\x01" + bytes(211)]
    tree = Tree.of([leaf_hash(page) for page in pages])
    root = spec.root_from_top(tree.top)
    with pytest.raises(ProofInvalid, match="padding"):
        verify_tensor_opening(root, TensorOpening(spec, ((1, pages[1]),), tree.siblings([1])))
    assert verify_tensor_opening(root, TensorOpening(spec, ((0, pages[0]),), tree.siblings([0]))) == {
        0: pages[0]
    }


@pytest.mark.parametrize("count", [1, 2, 3, 15, 16, 17, 255, 257, 1000])
def test_children__every_node_of_a_descent__folds_to_its_parent(count: int) -> None:
    array = some((count * 256,), "uint8")
    pages, plain = (
        PageTree(array),
        Tree.of([leaf_hash(array[i * 256 : (i + 1) * 256].tobytes()) for i in range(count)]),
    )
    assert pages.tree.top == plain.top
    height, index = plain.height, 0
    while height:
        children = pages.tree.children(height, index)
        assert len(children) == 1 << min(height, 4) and children == plain.children(height, index)
        assert fold(children) == plain.node(height, index)
        down = min(height, 4)
        index = min((index << down) + 5 % (1 << down), (count - 1) >> (height - down))
        height -= down
    assert plain.node(0, index) == leaf_hash(pages.page(index))


@pytest.mark.parametrize("height, index", [(0, 8), (3, 1), (4, 0), (-1, 0), (0, -1)])
def test_node__outside_the_tree__refused(height: int, index: int) -> None:
    with pytest.raises(CommitmentError, match="no nodes"):
        Tree.of([bytes(32)] * 5).node(height, index)


@pytest.mark.parametrize("children", [[], [bytes(32)] * 3, [bytes(31)] * 2, [bytes(32)] * 15])
def test_fold__not_a_power_of_two_of_hashes__refused(children: list[bytes]) -> None:
    with pytest.raises(ProofInvalid):
        fold(children)


@settings(max_examples=80)
@given(count=st.integers(1, 70), picks=st.sets(st.integers(0, 10**6), min_size=1, max_size=12))
def test_climb_many__any_leaves_of_any_row__reach_its_top(count: int, picks: set[int]) -> None:
    hashes = [leaf_hash(bytes([index])) for index in range(count)]
    tree = Tree.of(hashes)
    chosen = sorted({pick % count for pick in picks})
    siblings = tree.siblings(chosen)
    assert climb_many({index: hashes[index] for index in chosen}, siblings, count) == tree.top
    with pytest.raises(ProofInvalid, match="too many"):
        climb_many({index: hashes[index] for index in chosen}, (*siblings, bytes(32)), count)
    if siblings:
        with pytest.raises(ProofInvalid, match="too few"):
            climb_many({index: hashes[index] for index in chosen}, siblings[:-1], count)


def test_tensor_spec__flat_index__row_major_and_bounded() -> None:
    spec = spec_of(np.zeros((3, 4, 5), np.int16))
    assert spec.flat_index((2, 3, 4)) == 59 and spec.flat_index((1, 0, 2)) == 22
    assert TensorSpec(2, ()).flat_index(()) == 0
    for index in ((3, 0, 0), (0, 0), (0, 0, -1), (0, 0, 0, 0)):
        with pytest.raises(CommitmentError, match="no element"):
            spec.flat_index(index)
    for element in (-1, 60):
        with pytest.raises(CommitmentError, match="no element"):
            spec.place_of(element)


def test_tensor_root__large_arrays_of_any_layout__are_not_copied() -> None:
    array = np.zeros((2048, 2048), np.int16)
    for view in (array, array.T, array[::-1], array.astype(">i2")):
        tracemalloc.start()
        root = tensor_root(view)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 3 << 20 < view.nbytes
        assert root == tensor_root(np.ascontiguousarray(view))
    assert tensor_root(np.broadcast_to(np.int8(7), (1 << 20,))) == tensor_root(np.full(1 << 20, 7, np.int8))

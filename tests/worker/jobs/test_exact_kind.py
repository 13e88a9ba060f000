"""Spec, plan, results and loading of exact jobs: what is taken, and what is refused with which words."""

import contextlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.artifacts import ArtifactMissing, ArtifactStore, Kind
from assay.commitment.artifact import artifact_id
from assay.commitment.listing import list_bytes, list_root
from assay.commitment.tensor import tensor_root
from assay.commitment.traces import tuple_root
from assay.disputes.runs import LotRun
from assay.jobs import registry
from assay.jobs.errors import JobError, ResultError, SpecError
from assay.jobs.exact.assemble import checked_item
from assay.jobs.exact.loading import ExactJob, load_job
from assay.jobs.exact.plan import plan
from assay.jobs.exact.results import ItemResult, root_of
from assay.jobs.exact.session import ExactSession
from assay.jobs.exact.spec import MAX_LOTS, ExactSpec, Output, json_schema
from assay.jobs.exact.tensors import array_of, object_of
from assay.program import Limits, Program
from assay.sandbox import SandboxError
from tests.worker.disputes.programs import everything, inputs

PROGRAM = everything()
ENCODED = PROGRAM.encode()
ID = "0x" + artifact_id(ENCODED).hex()


def valid(**changes: Any) -> dict[str, Any]:
    return ExactSpec(ID, 5, 2, "a job", (Output("x"), Output("y/0", "wide"))).to_json() | changes


@dataclass(frozen=True)
class FakeTerms:
    program_root: bytes = PROGRAM.root
    inputs_root: bytes = tuple_root([tensor_root(array) for array in inputs()])
    runtime_class: bytes = bytes(32)
    grade: int = 4
    lots: int = 3
    items: int = 5
    items_per_lot: int = 2
    lot_seconds: int = 20


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    """Everything of a job of five items."""
    made = ArtifactStore(tmp_path.as_uri())
    made.put_bytes(ENCODED)
    for array in (*inputs(), *PROGRAM.constants.values()):
        made.put_bytes(object_of(np.asarray(array)), Kind.TENSOR)
    made.put_bytes(list_bytes([tensor_root(array) for array in inputs()]), Kind.LIST)
    return made


# --- spec and plan ---


def test_from_json__what_to_json_gives__the_same_and_valid_by_the_schema() -> None:
    spec = ExactSpec.from_json(valid())
    assert spec.to_json() == valid() and ExactSpec.from_json(spec.to_json()) == spec
    jsonschema.Draft202012Validator(json_schema()).validate(spec.to_json())
    assert registry.kind_of(spec.to_json()).exact and not registry.get("render").exact


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "render"}, "kind"),
        ({"version": 2}, "kind"),
        ({"program": "0x12"}, "program"),
        ({"program": ID.upper()}, "program"),
        ({"items": 0}, "items"),
        ({"items": True}, "items"),
        ({"items": "5"}, "items"),
        ({"items": 1e300}, "items"),
        ({"items_per_lot": 65_536}, "items_per_lot"),
        ({"items": MAX_LOTS + 1, "items_per_lot": 1}, "items_per_lot"),
        ({"title": "x" * 81}, "title"),
        ({"title": 3}, "title"),
        ({"outputs": {}}, "outputs"),
        ({"outputs": [{"name": "../x y"}]}, "outputs"),
        ({"outputs": [{"name": "x", "form": "float"}]}, "outputs"),
        ({"outputs": [{"name": "x"}, {"name": "x"}]}, "outputs"),
        ({"outputs": [{"name": "x", "more": 1}]}, "outputs"),
        ({"outputs": [{"name": f"x{k}"} for k in range(257)]}, "outputs"),
        ({"more": 1}, "more"),
    ],
)
def test_from_json__a_wrong_field__named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(SpecError) as caught:
        ExactSpec.from_json(valid(**changes))
    assert caught.value.field == field


@pytest.mark.parametrize("name", ["program", "items", "items_per_lot", "kind", "version"])
def test_from_json__a_missing_field__named(name: str) -> None:
    value = valid()
    del value[name]
    with pytest.raises(SpecError, match=f"{name} is missing"):
        ExactSpec.from_json(value)


def test_plan__items_that_do_not_divide__last_lot_is_short() -> None:
    cut = plan(ExactSpec(ID, 5, 2), PROGRAM)
    assert [list(cut.lot_items(lot)) for lot in range(cut.lots)] == [[0, 1], [2, 3], [4]]
    with pytest.raises(IndexError, match="the job has 3 lots"):
        cut.lot_items(3)


def test_lot_seconds__by_operations_nodes_and_speed() -> None:
    cut = plan(ExactSpec(ID, 5, 2), PROGRAM)
    assert cut.lot_seconds(1e18) == cut.lot_seconds(1e15)  # starting and compiling
    slow = cut.operations * 2 / 100  # a lot's items take 100 s at this speed
    assert 125 < cut.lot_seconds(slow) < 140
    with pytest.raises(ValueError, match="must be above zero"):
        cut.lot_seconds(0)


# --- results ---


def results(items: range = range(2)) -> list[ItemResult]:
    lot = LotRun(PROGRAM, inputs(), items=len(items), first_item=items.start)
    made = []
    for item in items:
        run = lot.item(item)
        made.append(ItemResult.of(run.main.tuple(-1), run.entries[1:]))
    return made


def test_root__of_a_result__is_that_of_the_players() -> None:
    lot = LotRun(PROGRAM, inputs(), items=2)
    found = results()
    assert [root_of(result.encode()) for result in found] == lot.item_roots
    assert list_root([result.root for result in found]) == lot.root
    again = ItemResult.decode(found[0].encode())
    assert again == found[0]
    for array, expected in zip(again.arrays, lot.item(0).main.tuple(-1), strict=True):
        assert array.dtype == expected.dtype and np.array_equal(array, expected)


def test_decode__every_flipped_byte__refused_or_another_root() -> None:
    data, root = results()[0].encode(), results()[0].root
    random = np.random.default_rng(3)
    for at in {*range(80), *random.integers(0, len(data), 200).tolist()}:
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        try:
            found = root_of(changed)
        except ResultError:
            continue
        assert found != root


@given(st.binary(max_size=200))
def test_decode__any_bytes__a_result_or_refused(data: bytes) -> None:
    for given_bytes in (data, b"ASSAYRES\x00\x01" + data, b"ASSAYRES\x00\x01\x00\x00\x00\x00\x00\x01" + data):
        with contextlib.suppress(ResultError):
            assert ItemResult.decode(given_bytes).encode() == given_bytes


def test_decode__truncated_or_longer__refused() -> None:
    data = results()[0].encode()
    for wrong in (data[:-1], data + b"\0", data[:40], b""):
        with pytest.raises(ResultError):
            ItemResult.decode(wrong)


def test_checked_item__of_another_program__refused() -> None:
    data = results()[0].encode()
    assert checked_item(data, PROGRAM.outputs, 2, 0).root == results()[0].root
    with pytest.raises(ResultError, match="item 7 has other outputs"):
        checked_item(data, PROGRAM.outputs[1:], 2, 7)
    with pytest.raises(ResultError, match="2 state traces, its program 1"):
        checked_item(data, PROGRAM.outputs, 1, 7)


def test_array_of__a_bool_that_is_neither__refused() -> None:
    data = object_of(np.array([True, False]))
    assert array_of(data).tolist() == [True, False]
    with pytest.raises(ValueError, match="neither 0 nor 1"):
        array_of(data[:-1] + b"\x02")


# --- loading ---


def test_load_job__everything_there__runs_to_the_players_roots(store: ArtifactStore) -> None:
    job = load_job(valid(), store, FakeTerms(), path_moves=40)
    assert isinstance(job, ExactJob) and job.program.root == PROGRAM.root and not job.program.missing
    with ExactSession(job) as session:
        assert session.lot_root(1) == LotRun(PROGRAM, inputs(), items=2, first_item=2).root
        assert session.lot_root(2) == LotRun(PROGRAM, inputs(), items=1, first_item=4).root
        with pytest.raises(IndexError):
            session.run_lot(3)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"runtime_class": b"\1" * 32}, "must leave it empty"),
        ({"program_root": b"\1" * 32}, "not the one of the terms"),
        ({"lots": 2}, "the terms say lots 2, the spec 3"),
        ({"items": 6}, "items 6"),
        ({"items_per_lot": 1}, "items_per_lot 1"),
    ],
)
def test_load_job__terms_that_do_not_fit__refused(
    store: ArtifactStore, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(JobError, match=words):
        load_job(valid(), store, replace(FakeTerms(), **changes))


def test_load_job__run_time_that_nobody_reaches__refused(store: ArtifactStore) -> None:
    from assay.program import BodyBuilder, DType, TensorSpec, build
    from assay.program.ops import Op

    row = TensorSpec(DType.I64, (1024,))
    main, body = BodyBuilder(), BodyBuilder()
    body.returns(body.op(Op.ADD, body.carry(0, row), body.fill(1, row)))
    main.returns(*main.loop(body, [main.carry(0, row)], trips=1 << 45))
    endless = build(main, 1)
    identity = store.put_bytes(endless.encode())
    spec = ExactSpec("0x" + identity.hex(), 1, 1).to_json()
    terms = FakeTerms(endless.root, lots=1, items=1, items_per_lot=1)
    with pytest.raises(JobError, match="nobody runs them in the stated 20 s"):
        load_job(spec, store, terms)


def test_load_job__game_longer_than_a_bond_covers__refused_where_there_are_claims(
    store: ArtifactStore,
) -> None:
    with pytest.raises(JobError, match="cannot be disputed"):
        load_job(valid(), store, FakeTerms(), path_moves=5)
    assert load_job(valid(), store, FakeTerms(grade=1), path_moves=5).plan.lots == 3


def test_load_job__program_over_the_limits_or_malformed__refused(store: ArtifactStore) -> None:
    with pytest.raises(JobError, match="nodes"):
        load_job(valid(), store, FakeTerms(), limits=Limits(nodes=5))
    with pytest.raises(JobError, match="too large"):
        load_job(valid(), store, FakeTerms(), limits=Limits(file_bytes=100))
    junk = store.put_bytes(ENCODED[:-1])
    with pytest.raises(JobError, match="refused"):
        load_job(valid(program="0x" + junk.hex()), store, FakeTerms())


def test_load_job__inputs_of_another_number_shape_or_size__refused(store: ArtifactStore) -> None:
    roots = [tensor_root(array) for array in inputs()]
    wide = np.zeros((6, 6), np.int64)
    store.put_bytes(object_of(wide), Kind.TENSOR)
    cases = {
        "the terms name 2 inputs": roots[:2],
        "more inputs than the 3": [*roots, roots[0]],
        "larger than the program reads": [tensor_root(wide), *roots[1:]],
        "the program reads": [roots[1], *roots[1:]],
    }
    for words, listed in cases.items():
        store.put_bytes(list_bytes(listed), Kind.LIST)
        with pytest.raises(JobError, match=words):
            load_job(valid(), store, FakeTerms(inputs_root=list_root(listed)))
    with pytest.raises(JobError, match="which this worker takes"):
        load_job(valid(), store, FakeTerms(), max_input_bytes=100)


@pytest.mark.parametrize("kind", ["program", "input", "constant", "list"])
def test_load_job__something_no_store_has__to_be_tried_again(
    store: ArtifactStore, kind: str, tmp_path: Path
) -> None:
    constant = next(iter(PROGRAM.constant_specs))
    gone = {
        "program": (Kind.BYTES, artifact_id(ENCODED)),
        "input": (Kind.TENSOR, tensor_root(inputs()[2])),
        "constant": (Kind.TENSOR, constant),
        "list": (Kind.LIST, FakeTerms().inputs_root),
    }[kind]
    (tmp_path / gone[0] / gone[1].hex()[:2] / gone[1].hex()).unlink()
    with pytest.raises(ArtifactMissing):
        load_job(valid(), store, FakeTerms())


def test_session__program_the_child_refuses__said_with_its_stage(store: ArtifactStore) -> None:
    job = load_job(valid(), store, FakeTerms())
    with pytest.raises(SandboxError) as caught:
        ExactSession(job, decode_limits=Limits(nodes=3))
    assert caught.value.stage == "check"


def test_load_job__the_program_of_a_file__is_what_was_encoded(store: ArtifactStore) -> None:
    assert Program.decode(ENCODED).root == load_job(valid(), store, FakeTerms()).program.root

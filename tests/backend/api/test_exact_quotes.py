"""POST /quotes of exact jobs: any device, claims that can be disputed, and every way such an order is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from assay.artifacts import ArtifactStore, Kind
from assay.commitment import artifact_id, list_root
from assay.commitment.listing import list_bytes
from assay.commitment.tensor import tensor_root
from assay.disputes.rounds import rounds_of
from backend.devices.models import Device
from tests.backend.api import factories as make
from tests.backend.api.test_openapi import check
from tests.worker.disputes.programs import everything, inputs

pytestmark = pytest.mark.django_db
PROGRAM = everything()
DATA = PROGRAM.encode()
PROGRAM_ID = "0x" + artifact_id(DATA).hex()
ROOTS = [tensor_root(array) for array in inputs()]
INPUTS = "0x" + list_root(ROOTS).hex()
SPEC = {
    "kind": "exact",
    "version": 1,
    "program": PROGRAM_ID,
    "items": 7,
    "items_per_lot": 3,
    "title": "Small",
}


@pytest.fixture
def uploaded(served: Path) -> ArtifactStore:
    store = ArtifactStore(f"file://{served}")
    store.put_bytes(DATA)
    store.put(Kind.LIST, list_root(ROOTS), list_bytes(ROOTS))
    return store


@pytest.fixture(autouse=True)
def devices() -> None:
    """Three providers with devices of two classes, at 36 USD an hour: a cent a second."""
    for number in (11, 12, 13):
        make.make_provider(number)
        make.make_device(number + 10, number, price=36_000_000)
    Device.objects.filter(name="device 22").update(runtime_class=make.bytes32(99))


def ask(client: Client, status: int = 200, **changes: Any) -> Any:
    body = {
        "kind": "exact",
        "spec": SPEC,
        "grade": 4,
        "seats": 1,
        "spares": 1,
        "inputs_root": INPUTS,
    } | changes
    body = {name: value for name, value in body.items() if value is not ...}
    response = client.post("/api/v1/quotes", body, content_type="application/json")
    assert response.status_code == status, response.content
    return response.json()


def test_quotes__exact_refereed__any_device_and_what_a_lie_costs(
    client: Client, uploaded: ArtifactStore
) -> None:
    quote = ask(client)
    check("/quotes", quote, "post")
    terms = quote["terms"]
    assert terms["runtime_class"] == "0x" + "00" * 32
    assert (terms["program_root"], terms["inputs_root"]) == ("0x" + PROGRAM.root.hex(), INPUTS)
    assert (terms["lots"], terms["items"], terms["items_per_lot"], terms["grade"]) == (3, 7, 3, 4)
    assert quote["plan"]["program"] == {"name": "Small", "id": PROGRAM_ID}
    assert quote["plan"]["scalar_operations"] == str(7 * PROGRAM.cost().operations)
    assert len(quote["picks"]) == 3, "devices of both classes take part"
    price = 10_000 * terms["lot_seconds"]
    assert terms["ceiling_usd6"] == str(price)
    window = max(30, 2 * terms["lot_seconds"] + 10)
    expected = {"claim_bond_usd6": str(2 * price), "game_bond_usd6": "40000", "window_seconds": window}
    assert quote["dispute"] == expected


@pytest.mark.parametrize(("grade", "seats", "disputable"), [(1, 1, False), (3, 2, True), (4, 5, True)])
def test_quotes__exact_of_each_grade__dispute_terms_where_there_are_claims(
    client: Client, uploaded: ArtifactStore, grade: int, seats: int, disputable: bool
) -> None:
    if seats > 3:
        assert ask(client, 409, grade=grade, seats=seats, spares=0)["code"] == "not_enough_providers"
        return
    quote = ask(client, grade=grade, seats=seats, spares=0, lot_seconds=60)
    assert (quote["dispute"] is not None) == disputable


def test_quotes__exact_too_cheap__least_price_of_a_seat(client: Client, uploaded: ArtifactStore) -> None:
    lot_seconds = ask(client)["terms"]["lot_seconds"]
    for device in Device.objects.all():
        device.ask.price_per_hour_usd6 = 36_000
        device.ask.save()
    refused = ask(client, 409)
    assert (refused["code"], refused["least_price_usd6"]) == ("too_cheap", "40000")
    assert {one["code"] for one in refused["refused"]} == {"too_cheap"}
    assert "0.04 USD" in refused["refused"][0]["reason"]
    # a seat at 10 units a second comes to the least price after 4,000 s; trusted work has no claims
    assert lot_seconds < 3_999
    assert ask(client, 409, lot_seconds=3_999)["code"] == "too_cheap"
    assert ask(client, lot_seconds=4_000)["terms"]["ceiling_usd6"] == "40000"
    assert ask(client, grade=1)["dispute"] is None


def test_quotes__refereed_render_job__refused(client: Client) -> None:
    spec = {"kind": "render", "version": 1, "scene": PROGRAM_ID, "width": 32, "height": 32, "samples": 1}
    refused = ask(client, 400, kind="render", spec=spec)
    assert (refused["code"], refused["field"]) == ("bad_parameter", "inputs_root")


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"inputs_root": ...}, 400, "bad_parameter", "inputs_root"),
        ({"inputs_root": "0x" + "77" * 32}, 422, "inputs_missing", "inputs_root"),
        ({"inputs_root": "0x12"}, 400, None, "inputs_root"),
        ({"runtime_class": make.bytes32(5)}, 400, "bad_parameter", "runtime_class"),
        ({"spec": SPEC | {"program": make.bytes32(4)}}, 422, "program_missing", "spec.program"),
        ({"spec": SPEC | {"items": 0}}, 400, "bad_spec", "spec.items"),
        ({"spec": SPEC | {"items": 2**40}}, 400, "bad_spec", "spec.items"),
        ({"spec": SPEC | {"more": 1}}, 400, "bad_spec", "spec.more"),
        ({"spec": SPEC | {"outputs": [{"name": "<b>"}]}}, 400, "bad_spec", "spec.outputs"),
        ({"lot_seconds": 1}, 400, "bad_terms", "lot_seconds"),
        ({"lot_seconds": 86_401}, 400, "bad_terms", None),
        ({"lot_seconds": 2**32}, 400, None, "lot_seconds"),
        ({"grade": 2}, 400, "bad_terms", None),
    ],
)
def test_quotes__exact_wrong__problem_names_the_field(
    client: Client,
    uploaded: ArtifactStore,
    changes: dict[str, Any],
    status: int,
    code: str | None,
    field: str | None,
) -> None:
    problem = ask(client, status, **changes)
    assert code in (None, problem["code"])
    assert problem.get("field") == field or code is None


@pytest.mark.parametrize("data", [b"", b"no program", DATA[:-1], DATA + b"\0", b"\xff" * 4_096])
def test_quotes__program_malformed__refused_again_and_again(
    client: Client, uploaded: ArtifactStore, data: bytes
) -> None:
    identity = "0x" + uploaded.put_bytes(data).hex()
    for _ in range(2):
        assert ask(client, 422, spec=SPEC | {"program": identity})["code"] == "bad_program"


def test_quotes__inputs_of_another_number__refused(client: Client, uploaded: ArtifactStore) -> None:
    for roots in (ROOTS[:2], [*ROOTS, ROOTS[0]], [*ROOTS] * 9):
        uploaded.put(Kind.LIST, list_root(roots), list_bytes(roots))
        refused = ask(client, 422, inputs_root="0x" + list_root(roots).hex())
        assert (refused["code"], refused["field"]) == ("bad_inputs", "inputs_root")


def test_quotes__game_longer_than_a_bond_covers__refused_unless_trusted(
    client: Client, uploaded: ArtifactStore, monkeypatch: Any
) -> None:
    from backend.web.deployed import deployment

    least = rounds_of(PROGRAM, SPEC["items_per_lot"])  # type: ignore[arg-type]
    for path_moves, status in ((least, 200), (least - 1, 422)):
        monkeypatch.setitem(deployment().params, "path_moves", path_moves)
        answer = ask(client, status)
    assert answer["code"] == "not_disputable"
    assert ask(client, grade=1)["dispute"] is None


def test_import__of_the_whole_api__brings_no_jax() -> None:
    script = "import django; django.setup(); import backend.api.urls, sys; sys.exit('jax' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", script], env=_environment(), capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


def _environment() -> dict[str, str]:
    import os

    paths = os.pathsep.join(sys.path)
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "backend.config.settings.test", "PYTHONPATH": paths}

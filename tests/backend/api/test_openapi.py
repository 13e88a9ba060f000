"""The committed openapi.yaml is current, and what the server answers has the shapes it states."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from django.core.management import call_command
from django.test import Client

from backend.api.docs import DOCUMENT
from backend.disputes.lots import claim_id_of
from backend.disputes.models import Game
from backend.market.models import Job
from tests.backend.api import factories as make
from tests.backend.api.test_quotes import FULL, SCENE

pytestmark = pytest.mark.django_db


@cache
def document() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text())
    return found


def test_openapi__generated_again__equals_the_committed_file() -> None:
    out = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    hint = "run: .venv/bin/python backend/manage.py spectacular --file backend/api/openapi.yaml"
    assert out.getvalue().strip() == DOCUMENT.read_text().strip(), hint


def closed(schema: Any) -> Any:
    """The schema with no member allowed that it does not name: an undocumented member is a fault."""
    if isinstance(schema, dict):
        found = {name: closed(value) for name, value in schema.items()}
        if found.get("type") == "object" and "properties" in found and "additionalProperties" not in found:
            found["additionalProperties"] = False
        return found
    return [closed(entry) for entry in schema] if isinstance(schema, list) else schema


ROW = "0x" + f"{32:064x}{2:064x}" + "11" * 64


def fill_dispute(job: Job, game: Game) -> None:
    """Everything that can be there: an answer, a tensor, a verdict, an enforced conviction."""
    type(game.claim).objects.update(
        state=3,
        reason=12,
        convicted_by=game.challenger,
        convicted_at=1_690,
        convicted_tx=make.bytes32(5),
        enforced_at=1_700,
        enforced_tx=make.make_conviction(job, 11).tx,
        slashed_usd6=2_000_000,
    )
    make.make_step(game, 1, state=8, head="0x0402" + f"{128:016x}{64:016x}", value=str(-(2**200)), answer=ROW)
    type(game).objects.update(
        state=2, verdict=1, turn=0, ended_at=1_690, ended_tx=make.bytes32(6), paid=game.challenger, steps=2
    )


def check(template: str, answer: Any, method: str = "get") -> None:
    """Validates an answer against the document's schema of a path."""
    content = document()["paths"][f"/api/v1{template}"][method]["responses"]["200"]["content"]
    schema = closed({"components": document()["components"], **content["application/json"]["schema"]})
    jsonschema.Draft202012Validator(schema).validate(answer)


@pytest.mark.parametrize("filled", [False, True])
@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("/config", "/config"),
        ("/status", "/status"),
        ("/stats", "/stats"),
        ("/catalogue", "/catalogue"),
        ("/kinds", "/kinds"),
        ("/jobs", "/jobs"),
        ("/jobs/{job_id}", f"/jobs/{make.bytes32(7)}"),
        ("/jobs/{job_id}/lots", f"/jobs/{make.bytes32(7)}/lots"),
        ("/jobs/{job_id}/lots", f"/jobs/{make.bytes32(8)}/lots"),
        ("/jobs/{job_id}/events", f"/jobs/{make.bytes32(7)}/events"),
        ("/devices", "/devices"),
        ("/devices/{device_id}", f"/devices/{make.bytes32(1)}"),
        ("/devices/{device_id}/income", f"/devices/{make.bytes32(1)}/income"),
        ("/shares/{share}/holders", f"/shares/{make.address(501)}/holders"),
        ("/shares/{share}/book", f"/shares/{make.address(501)}/book"),
        ("/shares/{share}/orders", f"/shares/{make.address(501)}/orders"),
        ("/shares/{share}/candles/{interval}", f"/shares/{make.address(501)}/candles/1h"),
        ("/orders", "/orders"),
        ("/orders/{digest}", f"/orders/{make.bytes32(91)}"),
        ("/trades", "/trades"),
        ("/providers", "/providers"),
        ("/providers/{address}", f"/providers/{make.address(11)}"),
        ("/accounts/{address}", f"/accounts/{make.address(31)}"),
        ("/accounts/{address}/quota", f"/accounts/{make.address(31)}/quota"),
        ("/disputes", "/disputes"),
        ("/disputes/{game}", "/disputes/7"),
        ("/claims", "/claims"),
        ("/claims/{claim_id}", f"/claims/{claim_id_of(make.bytes32(8), 0, 0, make.bytes32(800))}"),
        ("/convictions", "/convictions"),
    ],
)
def test_answer__of_every_read__has_exactly_the_stated_shape(
    client: Client, template: str, path: str, filled: bool
) -> None:
    make.make_provider(11)
    make.make_share(make.make_device(1, 11))
    job = make.make_job(7)
    exact = make.make_job(8, runtime_class="", grade=4)
    make.make_lot(exact, 0, phase=3, window_end=2_000)
    game = make.make_game(make.make_claim(exact), 7)
    make.make_step(game)
    make.make_signed_order(91, make.address(501))
    if filled:
        make.make_trade(make.address(501))
        fill_dispute(exact, game)
        make.make_cursor(100)
        make.make_device(2, 11, price=None)
        type(job).objects.update(reason=2, closed_at=5, award_hash=make.bytes32(3), seed=make.bytes32(4))
        make.make_award(job, 0, 11, 1)
        make.make_event(job, 1)
        make.make_credit(31, 2**200)
        for number in range(2):
            make.make_lot(job, number, agreed=True, root=make.bytes32(8), reason=2)
    response = client.get(f"/api/v1{path}")
    assert response.status_code == 200, response.content
    check(template, response.json())


def test_answer__of_a_quote__has_exactly_the_stated_shape(client: Client, served: Path) -> None:
    from assay.artifacts import ArtifactStore

    ArtifactStore(f"file://{served}").put_bytes(SCENE)
    for number in (11, 12):
        make.make_provider(number)
        make.make_device(number, number)
    body = {"kind": "render", "spec": FULL, "grade": 3, "seats": 2, "spares": 0}
    response = client.post("/api/v1/quotes", body, content_type="application/json")
    check("/quotes", response.json(), "post")


def test_problem__any__has_the_stated_shape(client: Client) -> None:
    schema = closed({"components": document()["components"], "$ref": "#/components/schemas/Problem"})
    del schema["components"]["schemas"]["Problem"][
        "additionalProperties"
    ]  # members beyond the RFC's are allowed
    for path in ("/api/v1/jobs?limit=0", "/api/v1/nothing", f"/api/v1/jobs/{make.bytes32(1)}"):
        jsonschema.Draft202012Validator(schema).validate(client.get(path).json())

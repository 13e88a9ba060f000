"""POST /quotes on a real scene: terms, picks, prices, refusals; and every way it can be refused itself."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import assay.jobs.render
from assay.artifacts import ArtifactStore, Kind
from assay.commitment import artifact_id, list_root
from assay.jobs.catalogue_index import by_name
from assay.protocol.spec import canonical_bytes
from backend.artifacts.models import PreparedScene
from backend.artifacts.specs import forget_specs
from backend.devices.models import Device
from tests.backend.api import factories as make

pytestmark = pytest.mark.django_db
SCENE = (Path(next(iter(assay.jobs.render.__path__))) / "scenes" / "gallery.glb").read_bytes()
SCENE_ID = "0x" + artifact_id(SCENE).hex()
SPEC = {"kind": "render", "version": 1, "scene": SCENE_ID, "width": 320, "height": 180, "samples": 16}
FULL = SPEC | {"seed": 0, "exposure": 0.0}


@pytest.fixture
def uploaded(served: Path) -> ArtifactStore:
    store = ArtifactStore(f"file://{served}")
    store.put_bytes(SCENE)
    return store


def ask(client: Client, status: int = 200, **changes: Any) -> Any:
    body = {"kind": "render", "spec": FULL, "grade": 3, "seats": 2, "spares": 1} | changes
    response = client.post("/api/v1/quotes", body, content_type="application/json")
    assert response.status_code == status, response.content
    return response.json()


def three_devices() -> None:
    for number in (11, 12, 13):
        make.make_provider(number)
        make.make_device(number + 10, number)


def test_quotes__three_providers__terms_and_money_as_the_contracts(
    client: Client, uploaded: ArtifactStore
) -> None:
    make.make_cursor(100)
    three_devices()
    make.make_provider(14)
    make.make_device(24, 14, price=None)
    quote = ask(client)
    terms, price, plan = quote["terms"], quote["price"], quote["plan"]
    assert terms["spec_hash"] == "0x" + sha256(canonical_bytes(FULL)).hexdigest()
    assert terms["inputs_root"] == "0x" + list_root([artifact_id(SCENE)]).hex()
    assert terms["program_root"] == plan["program"]["id"] == by_name(plan["program"]["name"]).artifact_id
    assert terms["runtime_class"] == make.bytes32(5)
    assert "client_salt" not in terms
    assert sum(pick["units"] for pick in quote["picks"]) == terms["lots"] * 3
    ceiling = -(-3_600_000 * terms["lot_seconds"] // 3600)
    fee = -(-ceiling * 200 // 10_000)
    assert terms["ceiling_usd6"] == price["ceiling_usd6"] == str(ceiling)
    assert price["escrow_usd6"] == str(terms["lots"] * (2 * (ceiling + fee) + 1_000) + 1_000)
    assert quote["awardees_expected"][0]["name"].startswith("device 2")
    assert quote["awardees_expected"][0]["price_usd6"] == str(ceiling)
    assert [(refusal["name"], refusal["code"]) for refusal in quote["refused"]] == [("device 24", "no_ask")]
    assert quote["block"] == 100
    assert quote["spec"] == FULL


def test_quotes__devices_state_their_speed__run_time_is_the_slowest_one_s(
    client: Client, uploaded: ArtifactStore
) -> None:
    three_devices()
    cautious = ask(client)["terms"]["lot_seconds"]
    document = {
        "kind": "device",
        "version": 1,
        "name": "fast",
        "accelerator": "cpu",
        "memory_bytes": 1,
        "runtime": {},
        "benchmark": {"render": 10**9},
    }
    forget_specs()
    identity = uploaded.put_bytes(canonical_bytes(document), Kind.SPEC)
    Device.objects.filter(name__in=["device 21", "device 22"]).update(spec_hash="0x" + identity.hex())
    assert ask(client)["terms"]["lot_seconds"] == cautious
    Device.objects.update(spec_hash="0x" + identity.hex())
    assert ask(client)["terms"]["lot_seconds"] < cautious


def test_quotes__defaults_left_out__hash_is_of_the_whole_spec(
    client: Client, uploaded: ArtifactStore
) -> None:
    three_devices()
    assert ask(client, spec=SPEC)["terms"]["spec_hash"] == ask(client)["terms"]["spec_hash"]


def test_quotes__scene_twice__prepared_once(
    client: Client, uploaded: ArtifactStore, monkeypatch: Any
) -> None:
    three_devices()
    ask(client)
    monkeypatch.setattr("backend.market.scenes.scene_stats", None)
    ask(client)
    assert PreparedScene.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "status", "code", "part"),
    [
        ({"kind": "bake"}, 400, "unknown_kind", "render"),
        ({"spec": FULL | {"samples": 0}}, 400, "bad_spec", "samples"),
        ({"spec": FULL | {"width": 10**9}}, 400, "bad_spec", "7680"),
        ({"spec": FULL | {"size": 3}}, 400, "bad_spec", "size"),
        ({"spec": {}}, 400, "bad_spec", "missing"),
        ({"spec": [1]}, 400, "invalid", "spec"),
        ({"seats": 0}, 400, "invalid", "seats"),
        ({"seats": "two"}, 400, "invalid", "seats"),
        ({"seats": 6}, 400, "bad_terms", "2 to 5"),
        ({"grade": 2}, 400, "bad_terms", "grade"),
        ({"spares": 3}, 400, "bad_terms", "spares"),
        ({"max_price_per_hour_usd6": "-1"}, 400, "invalid", "max_price_per_hour_usd6"),
        ({"max_price_per_hour_usd6": "1"}, 409, "nothing_under_cap", "cap"),
        ({"spares": 2}, 409, "not_enough_providers", "4 distinct providers"),
        ({"runtime_class": make.bytes32(77)}, 409, "not_enough_providers", ""),
        ({"spec": FULL | {"scene": "0x" + "00" * 32}}, 422, "scene_missing", "Upload it"),
    ],
)
def test_quotes__impossible__problem_names_the_field_and_the_limit(
    client: Client, uploaded: ArtifactStore, changes: dict[str, Any], status: int, code: str, part: str
) -> None:
    three_devices()
    problem = ask(client, status, **changes)
    assert problem["code"] == code
    assert part in problem["detail"] + problem["hint"]
    if status == 409:
        assert len(problem["refused"]) == (
            3 if code != "not_enough_providers" or "runtime_class" in changes else 0
        )


@pytest.mark.parametrize("scene", [b"", b"not a scene", SCENE[:1_000], SCENE[:-1]])
def test_quotes__malformed_scene__kinds_own_sentence_and_remembered(
    client: Client, served: Path, scene: bytes
) -> None:
    three_devices()
    identity = ArtifactStore(f"file://{served}").put_bytes(scene)
    spec = FULL | {"scene": "0x" + identity.hex()}
    first, second = ask(client, 422, spec=spec), ask(client, 422, spec=spec)
    assert first["code"] == "bad_scene"
    assert first["detail"] == second["detail"]
    assert PreparedScene.objects.get().error == first["detail"]


def test_quotes__empty_market__says_so(client: Client, uploaded: ArtifactStore) -> None:
    assert ask(client, 409)["code"] == "not_enough_providers"


def test_quotes__stake_locked_elsewhere__refused_by_how_much(client: Client, uploaded: ArtifactStore) -> None:
    three_devices()
    make.make_provider(14, stake_usd6=10_000_000, locked_usd6=10_000_000)
    make.make_device(24, 14, price=1_000_000)
    (refusal,) = ask(client)["refused"]
    assert refusal["code"] == "stake_too_small"
    assert "USD short" in refusal["reason"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed"),
        (b"[]", 400, "invalid"),
        (b"null", 400, "invalid"),
        (b'{"kind": "' + b"x" * 200_000 + b'"}', 413, "too_large"),
        (b"\xff\xfe", 400, "malformed"),
        (b"[" * 50_000, 400, "malformed"),
    ],
)
def test_quotes__malformed_body__problem(client: Client, body: bytes, status: int, code: str) -> None:
    response = client.post("/api/v1/quotes", body, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_quotes__wrong_media_type_or_method__415_405(client: Client) -> None:
    assert client.post("/api/v1/quotes", b"<a/>", content_type="text/xml").status_code == 415
    assert client.get("/api/v1/quotes").json()["code"] == "method_not_allowed"

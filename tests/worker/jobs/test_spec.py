"""The spec of a render job: limits, errors, JSON, hash."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import jsonschema
import pytest

from assay.jobs import registry, schemas
from assay.jobs.render.spec import RenderSpec, SpecError
from assay.protocol import spec as protocol_spec

SCENE = "0x" + "ab" * 32


def valid(**changes: Any) -> dict[str, Any]:
    return RenderSpec(SCENE, 320, 180, 16).to_json() | changes


def test_from_json__all_fields__round_trips() -> None:
    spec = RenderSpec(SCENE, 7680, 1, 65_536, seed=2**32 - 1, exposure=-2.5)
    assert RenderSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("width", 0), ("width", 7681), ("height", -1), ("height", 7681), ("samples", 0), ("samples", 65_537),
        ("seed", -1), ("seed", 2**32), ("exposure", 10.5), ("exposure", float("nan")), ("width", 1.5), ("width", "320"),
        ("width", True), ("width", None), ("samples", float("inf")), ("scene", "0x12"), ("scene", SCENE.upper()),
        ("scene", 5), ("kind", "transcode"), ("version", 2),
    ],
)  # fmt: skip
def test_from_json__one_bad_field__error_names_it(field: str, value: Any) -> None:
    with pytest.raises(SpecError) as caught:
        RenderSpec.from_json(valid(**{field: value}))
    assert caught.value.field == ("kind" if field == "version" else field)
    assert str(caught.value).startswith(caught.value.field)


@pytest.mark.parametrize(
    ("field", "value"), [("width", 1), ("width", 7680), ("samples", 65_536), ("exposure", -10)]
)
def test_from_json__value_at_its_limit__accepted(field: str, value: Any) -> None:
    assert getattr(RenderSpec.from_json(valid(**{field: value})), field) == value


def test_from_json__limit_passed__error_states_limit_and_way_out() -> None:
    with pytest.raises(SpecError, match="samples is 0; it must be from 1 to 65536: raise it"):
        RenderSpec.from_json(valid(samples=0))


def test_from_json__unknown_field__refused() -> None:
    with pytest.raises(SpecError, match="denoise is not a field"):
        RenderSpec.from_json(valid(denoise=1))


@pytest.mark.parametrize("field", ["scene", "width", "height", "samples", "kind", "version"])
def test_from_json__required_field_missing__refused(field: str) -> None:
    spec = valid()
    del spec[field]
    with pytest.raises(SpecError, match=f"{field} is missing"):
        RenderSpec.from_json(spec)


@pytest.mark.parametrize("value", [None, [], "render", 3])
def test_from_json__not_an_object__refused(value: Any) -> None:
    with pytest.raises(SpecError):
        RenderSpec.from_json(value)


def test_from_json__whole_floats__become_integers() -> None:
    spec = RenderSpec.from_json(valid(width=320.0))
    assert isinstance(spec.width, int)
    assert spec.canonical_bytes() == RenderSpec(SCENE, 320, 180, 16).canonical_bytes()


def test_canonical_bytes__same_as_the_protocols_spec_hash() -> None:
    spec = RenderSpec(SCENE, 320, 180, 16, exposure=0.5)
    assert protocol_spec.spec_hash(spec.to_json()) == hashlib.sha256(spec.canonical_bytes()).digest()


def test_schemas__committed_files__are_current() -> None:
    for path, text in schemas.documents().items():
        assert path.read_text() == text, f"run python -m assay.jobs.schemas: {path.name} is out of date"


def test_schema__agrees_with_the_dataclass() -> None:
    assert protocol_spec.validate(valid()) == "render"
    checker = jsonschema.Draft202012Validator(registry.KINDS["render"].schema())
    for bad in (
        {"width": 0},
        {"samples": 65_537},
        {"scene": "0x"},
        {"exposure": 11},
        {"more": 1},
        {"width": "1"},
    ):
        assert list(checker.iter_errors(valid(**bad))), bad


def test_kind_of__unknown_kind__names_those_that_exist() -> None:
    with pytest.raises(registry.UnknownKind, match="render"):
        registry.kind_of({"kind": "mine"})
    assert registry.kind_of(valid()).name == "render"

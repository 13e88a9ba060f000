"""What a buyer asks for: the spec of a render job, its limits and its JSON Schema.

Used by the web form, the CLI, the API and workers alike. A spec is hashed as RFC 8785 bytes, so `to_json` gives
exactly the fields below, always all of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import rfc8785

from assay.jobs.errors import SpecError

__all__ = ["KIND", "VERSION", "RenderSpec", "SpecError", "json_schema"]

KIND = "render"
VERSION = 1
ARTIFACT_PATTERN = "^0x[0-9a-f]{64}$"
MAX_SEED = 2**32 - 1


def _number(title: str, help_text: str, low: float, high: float, **more: Any) -> Any:
    default = more.pop("default", None)
    metadata = {"title": title, "description": help_text, "minimum": low, "maximum": high, **more}
    return field(metadata=metadata) if default is None else field(default=default, metadata=metadata)


@dataclass(frozen=True)
class RenderSpec:
    """A picture of `scene` (artifact id of an uploaded .glb or .gltf), width x height pixels, `samples` paths a
    pixel.

    `seed` chooses the random numbers; `exposure` brightens the final picture in stops and costs nothing. Paths have
    at most six surfaces; the program fixes that.
    """

    scene: str = field(
        metadata={
            "title": "Scene",
            "description": "Artifact id of a glTF 2.0 file",
            "pattern": ARTIFACT_PATTERN,
        }
    )
    width: int = _number("Width", "Pixels", 1, 7680)
    height: int = _number("Height", "Pixels", 1, 7680)
    samples: int = _number(
        "Samples", "Light paths for each pixel; four times as many halve the noise", 1, 65_536
    )
    seed: int = _number("Seed", "Another seed gives other noise", 0, MAX_SEED, default=0)
    exposure: float = _number("Exposure", "Brightness in stops; +1 doubles it", -10, 10, default=0.0)
    kind: str = field(default=KIND, metadata={"const": KIND})
    version: int = field(default=VERSION, metadata={"const": VERSION})

    def __post_init__(self) -> None:
        if self.kind != KIND or self.version != VERSION:
            raise SpecError(
                "kind",
                f"and version are {str(self.kind)[:40]!r} {self.version!r}; this is {KIND!r} {VERSION}",
            )
        if not isinstance(self.scene, str) or not re.fullmatch(ARTIFACT_PATTERN, self.scene):
            raise SpecError(
                "scene", "must be an artifact id: 0x and 64 lower-case hex digits; upload the file to get it"
            )
        for entry in fields(self):
            if "minimum" in entry.metadata:
                _check_number(
                    entry.name, getattr(self, entry.name), entry.metadata, whole=entry.name != "exposure"
                )

    def to_json(self) -> dict[str, Any]:
        """The spec as a JSON object, all fields."""
        return asdict(self)

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> RenderSpec:
        """The checked spec of a JSON object; raises SpecError."""
        if not isinstance(value, Mapping):
            raise SpecError("spec", "must be a JSON object")
        known = {entry.name for entry in fields(RenderSpec)}
        unknown = sorted(str(name)[:40] for name in set(value) - known)
        if unknown:
            raise SpecError(
                unknown[0], f"is not a field of a render spec; the fields are {', '.join(sorted(known))}"
            )
        for name in ("kind", "version", "scene", "width", "height", "samples"):
            if name not in value:
                raise SpecError(name, "is missing")
        whole: dict[str, Any] = dict(value)
        for name in ("width", "height", "samples", "seed", "version"):
            if isinstance(whole.get(name), float) and whole[name].is_integer():
                whole[name] = int(whole[name])
        return RenderSpec(**whole)

    def canonical_bytes(self) -> bytes:
        """RFC 8785 bytes of the spec; their SHA-256 is the spec hash."""
        return rfc8785.dumps(self.to_json())


def _check_number(name: str, value: Any, limits: Mapping[str, Any], *, whole: bool) -> None:
    low, high = limits["minimum"], limits["maximum"]
    right_type = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
    if not right_type or not math.isfinite(value):
        raise SpecError(
            name,
            f"is {str(value)[:32]!r}; it must be a {'whole ' if whole else ''}number from {low} to {high}",
        )
    if not low <= value <= high:
        way_out = "lower it" if value > high else "raise it"
        raise SpecError(name, f"is {str(value)[:32]}; it must be from {low} to {high}: {way_out}")


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) generated from the dataclass."""
    types = {"str": "string", "int": "integer", "float": "number"}
    properties = {}
    for entry in fields(RenderSpec):
        default = {} if entry.name in ("scene", "width", "height", "samples") else {"default": entry.default}
        properties[entry.name] = {"type": types[str(entry.type)], **entry.metadata, **default}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Render a 3-D scene",
        "type": "object",
        "additionalProperties": False,
        "required": ["kind", "version", "scene", "width", "height", "samples"],
        "properties": properties,
    }

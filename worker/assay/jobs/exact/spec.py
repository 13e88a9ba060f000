"""What a buyer asks for: the spec of an exact job, its limits and its JSON Schema.

Inputs and constants are not in it: they lie in the store under their tensor roots, and those stand in the terms
(inputs_root) and in the program. So nothing is said twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import rfc8785

from assay.jobs.errors import SpecError

KIND = "exact"
VERSION = 1
ARTIFACT_PATTERN = "^0x[0-9a-f]{64}$"
NAME_PATTERN = "^[A-Za-z0-9_.\\-/]{1,64}$"
FORMS = ("tensor", "wide")
MAX_LOTS = 4_096
MAX_ITEMS_PER_LOT = 65_535
MAX_TITLE = 80
MAX_OUTPUTS = 256


@dataclass(frozen=True)
class Output:
    """How a result is read: `tensor` is one output as it is; `wide` is two, mantissas and exponents of floats."""

    name: str
    form: str = "tensor"

    @property
    def width(self) -> int:
        """Outputs of the program that it takes."""
        return 2 if self.form == "wide" else 1


@dataclass(frozen=True)
class ExactSpec:
    """Item k (0 ≤ k < items) of the job is the program with k as its index, on the inputs of the terms."""

    program: str = field(
        metadata={
            "title": "Program",
            "description": "Artifact id of an encoded program",
            "pattern": ARTIFACT_PATTERN,
        }
    )
    items: int = field(
        metadata={
            "title": "Items",
            "description": "How often the program runs, each time with another index",
            "minimum": 1,
            "maximum": MAX_LOTS * MAX_ITEMS_PER_LOT,
        }
    )
    items_per_lot: int = field(
        metadata={
            "title": "Items in a lot",
            "description": "A lot is sold, sealed and disputed as one",
            "minimum": 1,
            "maximum": MAX_ITEMS_PER_LOT,
        }
    )
    title: str = field(
        default="",
        metadata={"title": "Title", "description": "For people", "maxLength": MAX_TITLE},
    )
    outputs: tuple[Output, ...] = field(
        default=(),
        metadata={
            "title": "Outputs",
            "description": "Names of the results, and which of them are floats; empty: outputs as they are",
            "maxItems": MAX_OUTPUTS,
        },
    )
    kind: str = field(default=KIND, metadata={"const": KIND})
    version: int = field(default=VERSION, metadata={"const": VERSION})

    def __post_init__(self) -> None:
        if self.kind != KIND or self.version != VERSION:
            raise SpecError(
                "kind",
                f"and version are {str(self.kind)[:40]!r} {self.version!r}; this is {KIND!r} {VERSION}",
            )
        if not isinstance(self.program, str) or not re.fullmatch(ARTIFACT_PATTERN, self.program):
            raise SpecError("program", "must be an artifact id: 0x and 64 lower-case hex digits")
        if not isinstance(self.title, str) or len(self.title) > MAX_TITLE:
            raise SpecError("title", f"must be text of at most {MAX_TITLE} characters")
        for name, most in (("items", MAX_LOTS * MAX_ITEMS_PER_LOT), ("items_per_lot", MAX_ITEMS_PER_LOT)):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
                raise SpecError(name, f"is {str(value)[:32]!r}; it must be a whole number from 1 to {most}")
        if -(-self.items // self.items_per_lot) > MAX_LOTS:
            raise SpecError("items_per_lot", f"gives over {MAX_LOTS} lots: put more items in a lot")
        _check_outputs(self.outputs)

    def to_json(self) -> dict[str, Any]:
        """The spec as a JSON object, all fields."""
        return asdict(self) | {"outputs": [asdict(output) for output in self.outputs]}

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> ExactSpec:
        """The checked spec of a JSON object; raises SpecError."""
        if not isinstance(value, Mapping):
            raise SpecError("spec", "must be a JSON object")
        known = {entry.name for entry in fields(ExactSpec)}
        unknown = sorted(str(name)[:40] for name in set(value) - known)
        if unknown:
            raise SpecError(
                unknown[0], f"is not a field of an exact spec; the fields are {', '.join(sorted(known))}"
            )
        for name in ("kind", "version", "program", "items", "items_per_lot"):
            if name not in value:
                raise SpecError(name, "is missing")
        whole: dict[str, Any] = dict(value)
        for name in ("items", "items_per_lot", "version"):
            if isinstance(whole[name], float) and whole[name].is_integer():
                whole[name] = int(whole[name])
        whole["outputs"] = _read_outputs(value.get("outputs", []))
        return ExactSpec(**whole)

    def canonical_bytes(self) -> bytes:
        """RFC 8785 bytes of the spec; their SHA-256 is the spec hash."""
        return rfc8785.dumps(self.to_json())


def _read_outputs(value: Any) -> tuple[Output, ...]:
    if not isinstance(value, list) or len(value) > MAX_OUTPUTS:
        raise SpecError("outputs", f"must be a list of at most {MAX_OUTPUTS} results")
    found = []
    for entry in value:
        if not isinstance(entry, Mapping) or not set(entry) <= {"name", "form"} or "name" not in entry:
            raise SpecError("outputs", "must have entries of a name and a form")
        found.append(Output(entry["name"], entry.get("form", "tensor")))
    return tuple(found)


def _check_outputs(outputs: tuple[Output, ...]) -> None:
    if len(outputs) > MAX_OUTPUTS:
        raise SpecError("outputs", f"has {len(outputs)} entries; the limit is {MAX_OUTPUTS}")
    for output in outputs:
        if not isinstance(output.name, str) or not re.fullmatch(NAME_PATTERN, output.name):
            raise SpecError(
                "outputs", f"has the name {str(output.name)[:40]!r}; use letters, digits and _ . - /"
            )
        if output.form not in FORMS:
            raise SpecError(
                "outputs", f"has the form {str(output.form)[:40]!r}; the forms are {', '.join(FORMS)}"
            )
    names = [output.name for output in outputs]
    if len(set(names)) < len(names):
        raise SpecError("outputs", "has a name twice")


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) generated from the dataclass."""
    types = {"str": "string", "int": "integer", "tuple[Output, ...]": "array"}
    required = ["kind", "version", "program", "items", "items_per_lot"]
    properties: dict[str, Any] = {}
    for entry in fields(ExactSpec):
        default = {} if entry.name in required[2:] else {"default": entry.default or ""}
        properties[entry.name] = {"type": types[str(entry.type)], **entry.metadata, **default}
    properties["outputs"] |= {
        "default": [],
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": ["name"],
            "properties": {
                "name": {"type": "string", "pattern": NAME_PATTERN},
                "form": {"type": "string", "enum": list(FORMS), "default": "tensor"},
            },
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Run an exact program",
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": properties,
    }

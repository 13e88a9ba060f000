"""The job spec: JSON with one schema per kind, hashed over its RFC 8785 bytes.

The schemas are generated from the kinds' dataclasses (assay.jobs) and committed in specs/<kind>.json.
"""

import json
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any, cast

import jsonschema
import rfc8785

from assay.protocol.errors import BadInput
from assay.protocol.ids import SpecHash

MAX_SPEC_BYTES = 64 * 1024
MAX_BRACKETS = 1_000


def canonical_bytes(spec: Any) -> bytes:
    """RFC 8785 bytes. Raises BadInput for what JSON cannot hold exactly, or past 64 KiB."""
    try:
        data = bytes(rfc8785.dumps(spec))
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeError, TypeError) as error:
        raise BadInput(
            f"The spec has no canonical JSON: {error}.",
            "Use text, booleans, null, finite numbers and integers below 2^53.",
        ) from error
    if len(data) > MAX_SPEC_BYTES:
        raise BadInput(f"The spec has {len(data)} bytes; the limit is {MAX_SPEC_BYTES}.")
    return data


def spec_hash(spec: Any) -> SpecHash:
    """SHA-256 of the canonical bytes."""
    return SpecHash(sha256(canonical_bytes(spec)).digest())


def spec_hash_of_bytes(data: bytes) -> SpecHash:
    """SHA-256 of canonical bytes as stored."""
    return SpecHash(sha256(data).digest())


def parse_spec(data: bytes) -> dict[str, Any]:
    """The spec of stored bytes. Raises BadInput unless they are the canonical form of a JSON object."""
    if len(data) > MAX_SPEC_BYTES:
        raise BadInput(f"The spec has {len(data)} bytes; the limit is {MAX_SPEC_BYTES}.")
    brackets = data.count(b"[") + data.count(b"{")
    if brackets > MAX_BRACKETS:
        # json's parser overflows the stack on deep nesting where a library has raised the recursion limit
        raise BadInput(f"The spec opens {brackets} brackets; the limit is {MAX_BRACKETS}.")
    try:
        spec = json.loads(data, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"The spec is not JSON: {error}.") from error
    if not isinstance(spec, dict):
        raise BadInput("The spec is not a JSON object.")
    if canonical_bytes(spec) != data:
        raise BadInput("The spec is not in canonical form (RFC 8785).", "Upload its canonical bytes.")
    return cast(dict[str, Any], spec)


def kinds() -> tuple[str, ...]:
    """Job kinds that have a committed schema."""
    folder = resources.files(__package__).joinpath("specs")
    if not folder.is_dir():
        return ()
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".json") for name in names if name.endswith(".json")))


@cache
def schema_of(kind: str) -> dict[str, Any]:
    """The committed JSON Schema of a kind. Raises BadInput for a kind that does not exist."""
    known = kinds()
    if kind not in known:
        raise BadInput(f"There is no job kind {kind!r}.", f"Known: {', '.join(known) or 'none'}.")
    text = resources.files(__package__).joinpath("specs", f"{kind}.json").read_text()
    return cast(dict[str, Any], json.loads(text))


def validate(spec: Any) -> str:
    """Checks a spec against the schema of its `kind`; returns the kind. Raises BadInput naming each field
    that fails.
    """
    canonical_bytes(spec)
    kind = spec.get("kind") if isinstance(spec, dict) else None
    if not isinstance(kind, str):
        raise BadInput('The spec has no "kind".', f"Known: {', '.join(kinds()) or 'none'}.")
    checker = jsonschema.Draft202012Validator(schema_of(kind))
    faults = sorted(checker.iter_errors(spec), key=lambda fault: list(map(str, fault.path)))
    if faults:
        lines = [f"{'.'.join(map(str, fault.path)) or 'spec'}: {fault.message[:200]}" for fault in faults[:5]]
        raise BadInput(f"The {kind} spec is not valid: {'; '.join(lines)}.")
    return kind


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name appears twice in one object")
    return found

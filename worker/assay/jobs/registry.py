"""The job kinds that exist. Pure: importing it imports no JAX.

A kind is a package with five modules free of JAX (`spec`, `plan`, `prepare`, `preview`, `assemble`), which the
backend may import too, and `program`, which builds its native programs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from assay.jobs.render import spec as render_spec


class UnknownKind(ValueError):
    """No job kind has this name."""


@dataclass(frozen=True)
class JobKind:
    """One kind. `parse` checks a spec (dict) and returns its dataclass; `schema` gives its JSON Schema."""

    name: str
    version: int
    title: str
    package: str
    parse: Callable[[Mapping[str, Any]], render_spec.RenderSpec]
    schema: Callable[[], dict[str, Any]]


KINDS: dict[str, JobKind] = {
    "render": JobKind(
        name="render",
        version=render_spec.VERSION,
        title="Render a 3-D scene",
        package="assay.jobs.render",
        parse=render_spec.RenderSpec.from_json,
        schema=render_spec.json_schema,
    ),
}


def kind_of(spec: Mapping[str, Any]) -> JobKind:
    """The kind a spec names; raises UnknownKind."""
    return get(spec.get("kind"))


def get(name: object) -> JobKind:
    """The kind called `name`; raises UnknownKind naming those that exist."""
    if not isinstance(name, str) or name not in KINDS:
        raise UnknownKind(f"kind is {str(name)[:40]!r}; the kinds that exist are: {', '.join(sorted(KINDS))}")
    return KINDS[name]

"""The job kinds that exist. Pure: importing it imports no JAX.

A kind is a package with modules free of JAX (`spec`, `plan`, `assemble`; of render `prepare` and `preview` too), which
the backend may import. A kind is exact when its programs are of `assay.program`, and native otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from assay.jobs.exact import spec as exact_spec
from assay.jobs.render import spec as render_spec


class UnknownKind(ValueError):
    """No job kind has this name."""


@dataclass(frozen=True)
class JobKind:
    """One kind. `parse` checks a spec (dict) and returns its dataclass (to_json, canonical_bytes), raising
    errors.SpecError; `schema` gives its JSON Schema. exact: any device may take it, and its results can be disputed.
    """

    name: str
    version: int
    title: str
    package: str
    parse: Callable[[Mapping[str, Any]], Any]
    schema: Callable[[], dict[str, Any]]
    exact: bool = False


KINDS: dict[str, JobKind] = {
    "render": JobKind(
        name="render",
        version=render_spec.VERSION,
        title="Render a 3-D scene",
        package="assay.jobs.render",
        parse=render_spec.RenderSpec.from_json,
        schema=render_spec.json_schema,
    ),
    "exact": JobKind(
        name="exact",
        version=exact_spec.VERSION,
        title="Run an exact program",
        package="assay.jobs.exact",
        parse=exact_spec.ExactSpec.from_json,
        schema=exact_spec.json_schema,
        exact=True,
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

"""Two processes on one machine are of one runtime class."""

from __future__ import annotations

import subprocess
import sys

import rfc8785

from assay.jobs.runtime_class import RuntimeClass, runtime_class


def test_runtime_class__another_process__same_id() -> None:
    own = runtime_class()
    code = "from assay.jobs.runtime_class import runtime_class; print(runtime_class().id.hex())"
    other = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout.strip() == own.id.hex()
    assert len(own.id) == 32


def test_id__any_field_changed__another_class() -> None:
    fields = {
        "platform": "cpu", "device_kind": "cpu", "machine": "x86_64", "isa_cap": "AVX2", "jax": "1", "jaxlib": "1",
        "xla_flags": "", "self_test": "00",
    }  # fmt: skip
    ids = {RuntimeClass(**fields).id} | {RuntimeClass(**(fields | {name: "other"})).id for name in fields}
    assert len(ids) == len(fields) + 1
    assert rfc8785.dumps(RuntimeClass(**fields).to_json())

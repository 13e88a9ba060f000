"""`python -m assay.stack.machine`: what this machine's devices are, measured, and the programs put in the store.

Called by `assay up`. The measurement runs in the sandbox as a job does; it is kept in the run folder and made anew when
the processor, the versions or the catalogue change.
"""

import hashlib
import json
import os
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from assay.artifacts import ArtifactStore, Kind
from assay.jobs import catalogue_index
from assay.protocol.device_spec import DeviceSpec
from assay.protocol.errors import AssayError
from assay.protocol.spec import canonical_bytes, spec_hash
from assay.stack.economy import DeviceFacts
from assay.stack.paths import StackPaths
from assay.stack.roles import PROVIDERS

SHARE_OF_MACHINE = 3  # the demo's workers share one machine: each states a third of its speed


def processor() -> str:
    """The processor's name, at most 64 bytes: what a deed says its accelerator is."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        name = platform.processor() or platform.machine()
    return f"CPU {name}".encode()[:64].decode(errors="ignore")


def _fingerprint() -> str:
    """Changes when a measurement made before would no longer be true."""
    parts = [processor(), str(os.cpu_count()), version("jax"), version("jaxlib")]
    parts.append(hashlib.sha256(catalogue_index.INDEX.read_bytes()).hexdigest())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def measure(paths: StackPaths) -> dict[str, Any]:
    """{"fingerprint", "runtime_class" (0x bytes32), "runtime", "samples_per_second" of pictures,
    "operations_per_second" of exact programs}; from the file when still true.
    """
    path = paths.root / "machine.json"
    try:
        known: dict[str, Any] = json.loads(path.read_text())
        if known["fingerprint"] == _fingerprint() and known["operations_per_second"] > 0:
            return known
    except (OSError, ValueError, KeyError, TypeError):
        pass  # never measured, or the file was damaged: measure now
    from assay.jobs.exact.benchmark import benchmark as exact_benchmark
    from assay.jobs.runner import benchmark
    from assay.jobs.runtime_class import runtime_class

    found = runtime_class()
    measured = {
        "fingerprint": _fingerprint(),
        "runtime_class": "0x" + found.id.hex(),
        "runtime": found.to_json(),
        "samples_per_second": round(benchmark()),
        "operations_per_second": round(exact_benchmark()),
    }
    part = path.with_suffix(".part")
    part.write_text(json.dumps(measured, indent=2))
    part.replace(path)
    return measured


def device_specs(paths: StackPaths, providers: Sequence[str] = PROVIDERS) -> dict[str, DeviceSpec]:
    """The document of the demo device of each of these providers."""
    measured = measure(paths)
    memory = int(psutil.virtual_memory().total // SHARE_OF_MACHINE)
    rates = {"render": measured["samples_per_second"], "exact": measured["operations_per_second"]}
    speeds = {kind: float(round(max(1.0, rate / SHARE_OF_MACHINE))) for kind, rate in rates.items()}
    return {
        name: DeviceSpec(
            name=f"{name.capitalize()} one",
            accelerator=processor(),
            memory_bytes=memory,
            runtime=measured["runtime"],
            benchmark=speeds,
        )
        for name in providers
    }


def load_facts(paths: StackPaths) -> dict[str, DeviceFacts]:
    """What each provider registers on chain."""
    runtime_class = bytes.fromhex(measure(paths)["runtime_class"].removeprefix("0x"))
    return {
        name: DeviceFacts(
            spec.name, spec.accelerator, spec.memory_bytes, runtime_class, spec_hash(spec.to_json())
        )
        for name, spec in device_specs(paths).items()
    }


def fill_store(store: ArtifactStore, paths: StackPaths) -> None:
    """Puts the catalogue's programs and the devices' documents where buyers and workers look."""
    for entry in catalogue_index.entries():
        store.put_bytes(entry.read())
    for spec in device_specs(paths).values():
        store.put_bytes(canonical_bytes(spec.to_json()), Kind.SPEC)


def main() -> int:
    """Exit code 1 with a sentence when this machine cannot run jobs."""
    paths = StackPaths.default()
    try:
        measure(paths)
        fill_store(ArtifactStore(os.environ["ASSAY_STORE_URL"]), paths)
    except (AssayError, ValueError, OSError, RuntimeError) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

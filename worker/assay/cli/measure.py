"""This machine as a device document: its processor, memory, runtime class and measured speed."""

from __future__ import annotations

import platform
from collections.abc import Callable
from pathlib import Path

import psutil

from assay.jobs.exact.benchmark import benchmark as exact_benchmark
from assay.jobs.runner import benchmark
from assay.jobs.runtime_class import runtime_class
from assay.protocol.device_spec import DeviceSpec


def device_document(name: str, say: Callable[[str], None]) -> DeviceSpec:
    """Measures for about twenty seconds in the sandbox. Raises SandboxError when jobs cannot run here."""
    say("Measuring this machine in the sandbox …")
    found = runtime_class()
    return DeviceSpec(
        name=name,
        accelerator=processor(),
        memory_bytes=int(psutil.virtual_memory().total),
        runtime=found.to_json(),
        benchmark={"render": float(round(benchmark())), "exact": float(round(exact_benchmark()))},
    )


def processor() -> str:
    """The processor's name, at most 64 bytes."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.processor() or platform.machine()
    return f"CPU {model}".encode()[:64].decode(errors="ignore")

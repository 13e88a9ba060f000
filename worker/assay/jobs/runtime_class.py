"""The runtime class of this machine: who may be drawn together for a replicated native job.

Two workers of one class give equal bits. The class holds what the bits depend on, and the digest of a real run as a
witness. Registered in the device's deed as bytes32.
"""

from __future__ import annotations

import hashlib
import platform
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import rfc8785

from assay.jobs.runner import JobRunner, open_gallery
from assay.sandbox.program import ISA_CAP, PLATFORM, XLA_FLAGS

SELF_TEST_SIZE = (96, 54, 4)
SELF_TEST_VERSION = 1


@dataclass(frozen=True)
class RuntimeClass:
    """What bits depend on. `self_test`: SHA-256 of the item results of a small fixed picture."""

    platform: str
    device_kind: str
    machine: str
    isa_cap: str
    jax: str
    jaxlib: str
    xla_flags: str
    self_test: str
    self_test_version: int = SELF_TEST_VERSION

    def to_json(self) -> dict[str, Any]:
        """All fields."""
        return asdict(self)

    @property
    def id(self) -> bytes:
        """bytes32: SHA-256 over the RFC 8785 bytes of `to_json`."""
        return hashlib.sha256(rfc8785.dumps(self.to_json())).digest()


@cache
def runtime_class() -> RuntimeClass:
    """The class of this machine, measured once a process by a short run in the sandbox; raises SandboxError."""
    with JobRunner(threads=1) as runner:
        session = open_gallery(runner, SELF_TEST_SIZE)
        results = session.run_items(list(range(session.plan.items)))
        versions = session.versions
    return RuntimeClass(
        platform=PLATFORM,
        device_kind=versions["device_kind"],
        machine=platform.machine(),
        isa_cap=ISA_CAP,
        jax=versions["jax"],
        jaxlib=versions["jaxlib"],
        xla_flags=XLA_FLAGS,
        self_test=hashlib.sha256(b"".join(results)).hexdigest(),
    )

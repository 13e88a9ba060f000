"""Runs native programs where they can do no harm: a keyless bubblewrap child without network, files or environment.

The worker's own process never parses, deserializes or runs a program; it sends bytes and arrays to the child and
gets arrays back (`SandboxedProgram`). The child checks the module first (`check`), then compiles it once and runs
it many times. What bounds a hostile program: the checks, namespaces, no capabilities, resource limits, and the
parent's clock. Stopped by `close()` or by the parent's death.
"""

from assay.sandbox.errors import SandboxError
from assay.sandbox.program import Limits, SandboxedProgram

__all__ = ["Limits", "SandboxError", "SandboxedProgram"]

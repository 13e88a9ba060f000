"""The one error of the sandbox."""

from __future__ import annotations


class SandboxError(RuntimeError):
    """A program could not be run. `stage`: start, check, compile, run or wire; `reason`: one sentence."""

    def __init__(self, stage: str, reason: str) -> None:
        super().__init__(f"sandbox, {stage}: {reason}")
        self.stage = stage
        self.reason = reason

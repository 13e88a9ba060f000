"""Limits against hostile programs, enforced on declared sizes before anything of those sizes is allocated."""

from __future__ import annotations

from dataclasses import dataclass

from assay.program.errors import LimitExceeded

MAX_BODY_NODES = 65_535
MAX_TUPLE = 65_535
MAX_PROGRAM_INPUTS = 65_535
MAX_TRIPS = (1 << 63) - 1  # the step index is an i64


@dataclass(frozen=True, slots=True)
class Limits:
    """What a reader accepts. Every refusal names the field, so an operator can raise it.

    file_bytes: length of the encoded program. nodes: over all bodies. loop_depth: loops inside loops.
    tensor_bytes: one tensor. memory_bytes: values alive at once, loops included.
    operations: scalar operations of one item, loops multiplied out.
    """

    file_bytes: int = 32 << 20
    nodes: int = 262_144
    bodies: int = 4_096
    constants: int = 16_384
    loop_depth: int = 16
    tensor_bytes: int = 2 << 30
    memory_bytes: int = 16 << 30
    operations: int = 1 << 60

    def check(self, name: str, value: int, what: str, hint: str) -> None:
        """Raises LimitExceeded when `value` is over the field `name`. `what` names the thing measured."""
        most = int(getattr(self, name))
        if value > most:
            raise LimitExceeded(f"{what} is {value}; the limit ({name}) is {most}.", hint)


DEFAULT = Limits()

"""The specification document of a device: what its provider states about it, hashed into the deed.

The deed carries `spec_hash`, the SHA-256 of the document's RFC 8785 bytes; the document itself lies in the artifact
store under that hash (kind `spec`). Quotes read the benchmark from it to state a lot's run time. It is a statement, not
a proof: a device that overstates its speed misses deadlines and pays for them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from statistics import median_low
from typing import Any

from assay.protocol.errors import BadInput

KIND = "device"
VERSION = 1

CAUTIOUS_UNITS_PER_SECOND: Mapping[str, float] = {"render": 20_000.0, "exact": 2e8}
"""Work units a second assumed of devices that state nothing, by job kind (render: samples; exact: scalar operations):
slow on purpose."""


@dataclass(frozen=True, slots=True)
class DeviceSpec:
    """What a provider states. runtime: the parts of its runtime class; benchmark: job kind → work units a second
    of one lot at a time (render: samples a second).
    """

    name: str
    accelerator: str
    memory_bytes: int
    runtime: Mapping[str, Any]
    benchmark: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        """The document."""
        return {"kind": KIND, "version": VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "DeviceSpec":
        """Reads a document; raises BadInput naming the field that is wrong."""
        if document.get("kind") != KIND or document.get("version") != VERSION:
            raise BadInput(f"this is not a device specification of version {VERSION}")
        benchmark = document.get("benchmark")
        if not isinstance(benchmark, Mapping) or not all(
            isinstance(speed, int | float) and not isinstance(speed, bool) and 0 < speed < 1e18
            for speed in benchmark.values()
        ):
            raise BadInput("benchmark must give a speed above zero for each job kind")
        runtime = document.get("runtime")
        if not isinstance(runtime, Mapping):
            raise BadInput("runtime must be an object")
        memory = document.get("memory_bytes")
        if not isinstance(memory, int) or isinstance(memory, bool) or not 0 <= memory < 2**64:
            raise BadInput("memory_bytes must be a whole number of bytes")
        texts = {name: document.get(name) for name in ("name", "accelerator")}
        for name, text in texts.items():
            if not isinstance(text, str) or not 0 < len(text.encode()) <= 64:
                raise BadInput(f"{name} must be 1 to 64 bytes of text")
        return cls(str(texts["name"]), str(texts["accelerator"]), memory, dict(runtime), dict(benchmark))


def stated_speed(documents: Iterable[Mapping[str, Any] | None], kind: str) -> float:
    """Work units a second that the middle one of these devices states (the slower middle one of an even number).

    A run time reckoned from the slowest would let one device that states next to nothing raise everybody's price; the
    seal window leaves several run times to those slower than the middle. A document that is missing or malformed counts
    with the cautious speed of the kind.
    """
    cautious = CAUTIOUS_UNITS_PER_SECOND.get(kind, 1.0)
    speeds = []
    for document in documents:
        try:
            spec = DeviceSpec.from_json(document) if document is not None else None
        except BadInput:
            spec = None
        speeds.append(float(spec.benchmark.get(kind, cautious)) if spec else cautious)
    return median_low(speeds) if speeds else cautious

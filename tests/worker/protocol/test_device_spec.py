"""Device documents: strict on the way in, cautious where nothing is known."""

from typing import Any

import pytest

from assay.protocol.device_spec import CAUTIOUS_UNITS_PER_SECOND, DeviceSpec, stated_speed
from assay.protocol.errors import BadInput

GOOD = DeviceSpec("North", "cpu", 24 * 2**30, {"jax": "0.10.2"}, {"render": 120_000.0})


def with_field(name: str, value: Any) -> dict[str, Any]:
    return GOOD.to_json() | {name: value}


def test_from_json__what_was_written__comes_back() -> None:
    assert DeviceSpec.from_json(GOOD.to_json()) == GOOD


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "render"),
        ("version", 2),
        ("name", ""),
        ("name", "x" * 65),
        ("name", 7),
        ("accelerator", None),
        ("memory_bytes", -1),
        ("memory_bytes", 2**64),
        ("memory_bytes", True),
        ("memory_bytes", "1"),
        ("runtime", []),
        ("benchmark", {}.keys()),
        ("benchmark", {"render": 0}),
        ("benchmark", {"render": -1.0}),
        ("benchmark", {"render": float("inf")}),
        ("benchmark", {"render": float("nan")}),
        ("benchmark", {"render": True}),
    ],
)
def test_from_json__field_out_of_range__refused(name: str, value: Any) -> None:
    with pytest.raises(BadInput):
        DeviceSpec.from_json(with_field(name, value))


def at(speed: float) -> dict[str, Any]:
    return with_field("benchmark", {"render": speed})


@pytest.mark.parametrize(
    ("speeds", "middle"),
    [([120.0], 120.0), ([120.0, 50.0], 50.0), ([120.0, 1e-9, 100.0], 100.0), ([1.0, 2.0, 1e17], 2.0)],
)
def test_stated_speed__several_devices__the_middle_one(speeds: list[float], middle: float) -> None:
    assert stated_speed([at(speed) for speed in speeds], "render") == middle


@pytest.mark.parametrize("document", [None, {}, {"kind": "device"}])
def test_stated_speed__nothing_known__cautious(document: Any) -> None:
    assert stated_speed([GOOD.to_json(), document], "render") == CAUTIOUS_UNITS_PER_SECOND["render"]


def test_stated_speed__no_devices__cautious() -> None:
    assert stated_speed([], "render") == CAUTIOUS_UNITS_PER_SECOND["render"]

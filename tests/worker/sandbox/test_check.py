"""Hostile artifacts are refused before anything of them runs, by a child that holds nothing.

Here the checks run in this process for speed, on the artifacts that are known not to harm parsers; what might is sent
through a real child in test_program.py.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.jobs import catalogue_index
from assay.sandbox.allowed_ops import ALLOWED_OPS
from assay.sandbox.check import MAX_PROGRAM_BYTES, Refused, check
from tests.worker.sandbox import programs


def test_check__honest_programs__pass() -> None:
    check(programs.double(), "cpu")
    for entry in catalogue_index.entries():
        check(entry.read(), "cpu")
        check(entry.read(), "tpu")


def test_check__python_callback_with_its_safety_check_disabled__refused() -> None:
    with pytest.raises(Refused, match="disables safety checks"):
        check(programs.callback(), "cpu")


def test_check__python_callback_in_an_artifact_that_hides_it__refused_by_name() -> None:
    with pytest.raises(Refused, match=r"stablehlo\.custom_call"):
        check(programs.callback(admit=False), "cpu")


def test_check__custom_call__refused_by_name() -> None:
    with pytest.raises(Refused, match=r"stablehlo\.custom_call"):
        check(programs.custom_call(), "cpu")


def test_check__side_effect__refused() -> None:
    with pytest.raises(Refused, match="side effects"):
        check(programs.with_effect(), "cpu")


def test_check__other_platform__refused() -> None:
    with pytest.raises(Refused, match="this worker runs on cpu"):
        check(programs.for_platform("tpu"), "cpu")


def test_check__gradient_inside__refused() -> None:
    with pytest.raises(Refused, match="gradient"):
        check(programs.with_gradient(), "cpu")


def test_check__value_over_the_limit__refused() -> None:
    with pytest.raises(Refused, match="the limit is 1073741824"):
        check(programs.huge_value(), "cpu")


def test_check__program_over_the_limit__refused() -> None:
    with pytest.raises(Refused, match=str(MAX_PROGRAM_BYTES)):
        check(b"\0" * (MAX_PROGRAM_BYTES + 1), "cpu")


@pytest.mark.parametrize("data", [b"", b"\0", b"\xff" * 100, b"not a program at all", b"\x08\0\0\0" * 20])
def test_check__no_artifact__refused(data: bytes) -> None:
    with pytest.raises(Refused):
        check(data, "cpu")


def test_check__truncated__refused() -> None:
    data = programs.double()
    for length in range(0, len(data) * 3 // 4, 53):
        with pytest.raises(Refused):
            check(data[:length], "cpu")


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_check__random_bytes__refused(data: bytes) -> None:
    with pytest.raises(Refused):
        check(data, "cpu")


def test_allowed_ops__foreign_code_and_io__left_out() -> None:
    for name in (
        "custom_call",
        "infeed",
        "outfeed",
        "send",
        "recv",
        "rng",
        "composite",
        "all_reduce",
        "dynamic_reshape",
    ):
        assert f"stablehlo.{name}" not in ALLOWED_OPS

"""Exact programs in the sandbox: same roots as outside, bounded, and nothing left after a failure."""

import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import psutil
import pytest

from assay.disputes.runs import LotRun
from assay.program import Program
from assay.program.builder import BodyBuilder
from assay.program.canonical import build
from assay.program.dtypes import DType, TensorSpec
from assay.program.limits import Limits as ProgramLimits
from assay.program.ops import Op
from assay.sandbox import Limits, SandboxError
from assay.sandbox.exact import SandboxedExact
from tests.worker.disputes.programs import everything, inputs

QUICK = Limits(start_seconds=60, compile_seconds=60, run_seconds=60)
ROW = TensorSpec(DType.I64, (1024,))


def endless() -> Program:
    """A loop of 2^46 steps."""
    main, body = BodyBuilder(), BodyBuilder()
    body.returns(body.op(Op.ADD, body.carry(0, ROW), body.fill(1, ROW)))
    main.returns(*main.loop(body, [main.carry(0, ROW)], trips=1 << 46))
    return build(main, 1)


def many_outputs(count: int) -> Program:
    main = BodyBuilder()
    scalar = TensorSpec(DType.I64, ())
    x = main.carry(0, scalar)
    main.returns(*[main.op(Op.ADD, x, main.fill(k, scalar)) for k in range(count)])
    return build(main, 1)


@pytest.fixture(scope="module")
def running() -> Iterator[SandboxedExact]:
    with SandboxedExact(everything(), inputs(), decode_limits=ProgramLimits(), limits=QUICK) as child:
        yield child


def test_enter__this_device__tested_unit_by_unit(running: SandboxedExact) -> None:
    assert {unit.unit for unit in running.units} >= {"native", "f32", "f64"}
    assert all(unit.passed for unit in running.units if unit.unit == "native")


def test_run_item__several__outputs_and_traces_of_the_players(running: SandboxedExact) -> None:
    lot = LotRun(everything(), inputs(), items=2, first_item=5)
    for item in (5, 6):
        outputs, traces = running.run_item(item)
        assert traces == lot.item(item).entries[1:]
        for found, expected in zip(outputs, lot.item(item).main.tuple(-1), strict=True):
            assert found.dtype == expected.dtype and np.array_equal(found, expected)


def test_run_item__more_outputs_and_inputs_than_a_message_holds__all_come() -> None:
    program = many_outputs(450)
    with SandboxedExact(
        program, [np.array(7, np.int64)], decode_limits=ProgramLimits(), limits=QUICK
    ) as child:
        outputs, traces = child.run_item(0)
    assert [int(x) for x in outputs] == list(range(7, 457)) and traces == ()


def test_enter__program_over_the_limits__refused_with_the_limit() -> None:
    with (
        pytest.raises(SandboxError, match="number of nodes") as caught,
        SandboxedExact(everything(), inputs(), decode_limits=ProgramLimits(nodes=3), limits=QUICK),
    ):
        pass
    assert caught.value.stage == "check"


def test_run_item__endless__stopped_at_its_limit_without_an_orphan() -> None:
    limits = replace(QUICK, run_seconds=1.0)
    child = SandboxedExact(
        endless(), [np.zeros(1024, np.int64)], decode_limits=ProgramLimits(), limits=limits
    )
    with child, pytest.raises(SandboxError, match="no answer within"):
        assert child.pid is not None
        family = [psutil.Process(child.pid), *psutil.Process(child.pid).children(recursive=True)]
        child.run_item(0)
    assert child.pid is None
    psutil.wait_procs(family, timeout=10)
    assert not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in family)


def test_run_item__child_killed__clear_error() -> None:
    child = SandboxedExact(endless(), [np.zeros(1024, np.int64)], decode_limits=ProgramLimits(), limits=QUICK)
    with child:
        assert child.pid is not None
        last = psutil.Process(child.pid).children(recursive=True)[-1]
        threading.Timer(0.5, os.kill, (last.pid, signal.SIGKILL)).start()
        with pytest.raises(SandboxError, match="the child ended with"):
            child.run_item(0)


@pytest.mark.parametrize("given", [[], [np.zeros(3, np.int64)], [np.zeros(1024, np.int32)]], ids=repr)
def test_run_item__inputs_that_do_not_fit__refused(given: list[Any]) -> None:
    with (
        pytest.raises(SandboxError, match=r"Input 0|inputs came"),
        SandboxedExact(endless(), given, decode_limits=ProgramLimits(), limits=QUICK) as child,
    ):
        child.run_item(0)

"""Real children: honest runs, hostile programs, walls, clocks and kills."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from assay.sandbox import Limits, SandboxedProgram, SandboxError, bwrap, wire
from tests.worker.sandbox import programs

ONES = np.ones(8, np.float32)
QUICK = Limits(start_seconds=120, compile_seconds=120, run_seconds=120)


@pytest.fixture(scope="module")
def adder() -> Iterator[SandboxedProgram]:
    with SandboxedProgram(programs.add(), limits=QUICK, threads=2) as program:
        yield program


def test_run__bound_and_changing_inputs__right_sums(adder: SandboxedProgram) -> None:
    adder.bind([ONES * 10])
    assert adder.run([ONES])[0].tolist() == [11.0] * 8
    adder.bind([ONES * 20])
    assert adder.run([ONES])[0].tolist() == [21.0] * 8


def test_run_many__several_sets__results_in_order(adder: SandboxedProgram) -> None:
    adder.bind([ONES])
    results = list(adder.run_many([[ONES * k] for k in range(20)]))
    assert [result[0][0] for result in results] == [k + 1 for k in range(20)]
    assert list(adder.run_many([])) == []


def test_versions__name_jax_and_device(adder: SandboxedProgram) -> None:
    assert set(adder.versions) == {"jax", "jaxlib", "platform", "device_kind"}
    assert adder.versions["platform"] == "cpu"
    assert adder.inputs == [("float32", (8,))] * 2
    assert adder.outputs == [("float32", (8,))]


def refused(data: bytes, limits: Limits = QUICK) -> SandboxError:
    with pytest.raises(SandboxError) as caught, SandboxedProgram(data, limits=limits, threads=1):
        pytest.fail("the program was accepted")
    return caught.value


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (programs.callback, "disables safety checks"),
        (programs.custom_call, "custom_call"),
        (lambda: b"\x13" * 999, "artifact"),
    ],
)
def test_enter__hostile_artifact__refused_at_the_check(data: Any, says: str) -> None:
    error = refused(data())
    assert error.stage == "check"
    assert says in error.reason


def test_enter__damaged_artifacts__refused_and_the_worker_lives() -> None:
    honest = programs.double()
    random = np.random.default_rng(1)
    for _ in range(2):
        damaged = bytearray(honest)
        for at in random.integers(0, len(honest), 40):
            damaged[at] = random.integers(0, 256)
        # Whatever the damage does to parser or compiler, the parent gets an error or a program, never a crash.
        with contextlib.suppress(SandboxError), SandboxedProgram(bytes(damaged), limits=QUICK, threads=1):
            pass


def test_run__endless_loop__stopped_by_the_clock() -> None:
    limits = Limits(run_seconds=1.0)
    program = SandboxedProgram(programs.endless(), limits=limits, threads=1)
    with program:
        pid = program.pid
        with pytest.raises(SandboxError, match="no answer within 1 seconds") as caught:
            program.run([ONES])
        assert caught.value.stage == "run"
        assert pid is not None
        assert not psutil.pid_exists(pid)
        with pytest.raises(SandboxError, match="not running"):
            program.run([ONES])


def test_run__memory_bomb__error_not_exhaustion() -> None:
    limits = Limits(memory_bytes=3 * 2**30, run_seconds=120)
    with (
        pytest.raises(SandboxError) as caught,
        SandboxedProgram(programs.memory_bomb(), limits=limits, threads=1) as program,
    ):
        program.run([ONES])
    assert caught.value.stage in ("compile", "run")


def test_run__child_killed_in_mid_run__clear_error_and_no_orphan() -> None:
    with SandboxedProgram(programs.endless(), limits=QUICK, threads=1) as program:
        assert program.pid is not None
        family = [psutil.Process(program.pid), *psutil.Process(program.pid).children(recursive=True)]
        timer = threading.Timer(0.5, os.kill, (family[-1].pid, signal.SIGKILL))
        timer.start()
        with pytest.raises(SandboxError, match="the child ended with"):
            program.run([ONES])
        timer.join()
    gone(family)


def gone(family: list[psutil.Process]) -> None:
    """Waits until every process has ended: the middle one ends when the kernel has told it of the others."""
    deadline = time.monotonic() + 10
    while any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in family):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_close__during_a_run__ends_every_process() -> None:
    program = SandboxedProgram(programs.endless(), limits=QUICK, threads=1)
    program.__enter__()
    assert program.pid is not None
    family = [psutil.Process(program.pid), *psutil.Process(program.pid).children(recursive=True)]
    program._send({"do": "run", "sets": 1}, [ONES])
    program.close()
    program.close()
    gone(family)


def test_run__wrong_input_shape__error_names_the_stage(adder: SandboxedProgram) -> None:
    with (
        SandboxedProgram(programs.add(1), limits=QUICK, threads=1) as program,
        pytest.raises(SandboxError) as caught,
    ):
        program.run([np.ones(9, np.float32)])
    assert caught.value.stage == "run"


PROBE = """
import sys, os, socket, json
def attempt(name, act):
    try:
        act(); return [name, True]
    except BaseException as error:
        return [name, type(error).__name__]
key, port, own = sys.argv[8:11]
facts = [
    attempt("key", lambda: open(key).read()),
    attempt("folder of the key", lambda: os.listdir(os.path.dirname(key))),
    attempt("users", lambda: os.listdir("/home")),
    attempt("passwd", lambda: open("/etc/passwd").read()),
    attempt("loopback", lambda: socket.create_connection(("127.0.0.1", int(port)), 2)),
    attempt("repository", lambda: os.listdir(own)),
    attempt("write code", lambda: open("/assay-code/assay/sandbox/x", "w")),
    attempt("write packages", lambda: open("/assay-packages/x", "w")),
    attempt("write usr", lambda: open("/usr/lib/x", "w")),
    ["secret", os.environ.get("ASSAY_TEST_SECRET")],
    ["environment", sorted(os.environ)],
    ["processes", sorted(int(p) for p in os.listdir("/proc") if p.isdigit()) if os.path.isdir("/proc") else []],
    attempt("large file", lambda: open("/tmp/big", "wb").write(b"0" * (1 << 27))),
]
print(json.dumps(facts))
"""


def test_walls__key_file_environment_network_and_writes__out_of_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import json
    import subprocess

    monkeypatch.setenv("ASSAY_TEST_SECRET", "do not leak")
    key = tmp_path / "keystore.json"
    key.write_text("secret")
    monkeypatch.setattr(bwrap, "BOOT", PROBE)
    own = str(Path(__file__).parent)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        command = bwrap.command({"HOME": "/tmp"}, [*["0"] * 7, str(key), port, own])
        found = subprocess.run(command, capture_output=True, env={}, timeout=60, check=False)
    assert found.returncode == 0, found.stderr
    facts = dict(json.loads(found.stdout))
    for name in (
        "key",
        "folder of the key",
        "passwd",
        "loopback",
        "repository",
        "write code",
        "write packages",
        "write usr",
        "large file",
    ):
        assert facts[name] is not True, name
    assert facts["secret"] is None
    assert set(facts["environment"]) <= {"HOME", "PWD", "LC_CTYPE"}
    assert facts["processes"] == []


def test_enter__bubblewrap_missing__error_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    error = refused(programs.double())
    assert error.stage == "start"
    assert "install the package 'bubblewrap'" in error.reason


def test_enter__bubblewrap_not_permitted__error_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda name: str(fake))
    error = refused(programs.double())
    assert error.stage == "start"
    assert "namespaces" in error.reason


@pytest.mark.parametrize("reply", [b"\xff" * 64, wire.PREFIX.pack(2, 1, 2**40) + b"{}", b""])
def test_enter__child_that_lies_on_the_wire__refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reply: bytes
) -> None:
    data = tmp_path / "reply"
    data.write_bytes(reply)
    fake = tmp_path / "bwrap"
    fake.write_text(f"#!/bin/sh\ncat {data}\n")
    fake.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda name: str(fake))
    assert refused(programs.double()).stage in ("wire", "start")

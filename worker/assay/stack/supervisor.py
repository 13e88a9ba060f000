"""Brings the local stack up in order, keeps it up, and takes it down in reverse: the body of `assay up`."""

import asyncio
import contextlib
import fcntl
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assay.protocol.errors import AssayError
from assay.stack import ports as port_choice
from assay.stack.child import Child, describe_exit
from assay.stack.paths import STATE_FOLDERS, StackPaths
from assay.stack.roles import PROVIDERS
from assay.stack.services import BIN, PYTHON, Services
from assay.stack.steps import Steps
from assay.stack.tools import REPOSITORY

MIN_FREE_BYTES = 500_000_000
_JOB_TIMEOUT_SECONDS = 900


class Interrupted(Exception):
    """Ctrl-C or SIGTERM: not an error."""


@dataclass
class Stack:
    """One running stack. Use `async with Stack.open(...)`, which stops every child however it ends."""

    paths: StackPaths
    services: Services
    steps: Steps
    children: list[Child] = field(default_factory=list)
    failed: "asyncio.Future[str]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, paths: StackPaths, steps: Steps, *, random_ports: bool) -> "AsyncIterator[Stack]":
        """Takes the folder's lock, chooses ports, and turns signals into Interrupted in the body."""
        paths.root.mkdir(parents=True, exist_ok=True)
        with only_one(paths):
            free = shutil.disk_usage(paths.root).free
            if free < MIN_FREE_BYTES:
                raise AssayError(
                    f"only {free / 1e6:.0f} MB are free under {paths.root}; {MIN_FREE_BYTES / 1e6:.0f} MB are needed",
                    "free some space, then run it again",
                )
            paths.create()
            chosen = port_choice.choose(
                paths.ports, workers=len(PROVIDERS), random=random_ports, say=steps.say
            )
            stack = cls(paths, Services(paths, chosen), steps)
            with _signals_interrupt():
                try:
                    yield stack
                except asyncio.CancelledError:
                    raise Interrupted from None
                finally:
                    # a second Ctrl-C must not leave children behind: the shield finishes the stop
                    await asyncio.shield(asyncio.ensure_future(stack.stop()))

    async def start(self, *children: Child) -> None:
        """Starts children side by side; the first failure is raised when all have settled."""
        self.children += children
        results = await asyncio.gather(
            *(child.start(self.steps.say, self.failed) for child in children), return_exceptions=True
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def stop(self) -> None:
        """Workers first (they drain what they sealed), the chain last."""
        if not self.children:
            return
        self.steps.say("stopping …")
        workers = [child for child in self.children if child.name.startswith("worker-")]
        chain = [child for child in self.children if child.name in ("chain", "broker")]
        others = [child for child in self.children if child not in workers and child not in chain]
        for group in (workers, others, chain):
            await asyncio.gather(*(child.stop() for child in group))
        self.children.clear()
        self.steps.say("stopped; `make run` carries on from here, `make reset` starts over")

    async def run(self, name: str, command: list[str], *, env: dict[str, str] | None = None) -> None:
        """A command that has to end well before the next step; its output goes to its log."""
        code, _ = await self.capture(name, command, env=env, passthrough=False)
        if code != 0:
            child = Child(name=name, command=command, env={}, log=self.paths.log(name), cwd=REPOSITORY)
            raise AssayError(
                f"{name} {describe_exit(code)}:\n{child.tail()}", f"its log is {self.paths.log(name)}"
            )

    async def capture(
        self, name: str, command: list[str], *, env: dict[str, str] | None = None, passthrough: bool
    ) -> tuple[int, str]:
        """Runs a command to its end: (exit code, stdout). stderr goes to the terminal or to the log."""
        log = self.paths.log(name)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *command,
                env=env or self.services.env,
                cwd=REPOSITORY,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=sys.stderr if passthrough else output,
                start_new_session=True,
            )
            try:
                stdout, _ = await asyncio.wait_for(process.communicate(), _JOB_TIMEOUT_SECONDS)
            except BaseException:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
                await process.wait()
                raise
            output.write(stdout)
        assert process.returncode is not None
        return process.returncode, stdout.decode(errors="replace")

    async def bring_up(self) -> None:
        """Everything up to a dashboard that shows the chain as it is."""
        services, steps = self.services, self.steps
        machine = asyncio.ensure_future(self._measure_machine())
        try:
            with steps.step("local chain and broker"):
                await self.start(services.chain(), services.broker())
            with steps.step("contracts deployed, database migrated"):
                await asyncio.gather(
                    self.run("deploy", [PYTHON, "-m", "contracts.scripts.deploy", "--rpc", services.rpc_url,
                                        "--out", str(self.paths.deployment), "--params", "devnet"]),
                    self.run("migrate", [PYTHON, "backend/manage.py", "migrate", "--no-input"],
                             env=services.backend_env),
                )  # fmt: skip
            with steps.step("API, live stream, indexer and task queue"):
                await self.start(services.api(), services.stream(), services.indexer(), services.tasks())
            with steps.step("this machine measured, programs put in the store"):
                await machine
        finally:
            machine.cancel()
        await self.run("accounts", [PYTHON, "-m", "assay.stack.prepare"])
        for line in self.paths.log("accounts").read_text().splitlines():
            if line.startswith("done: "):
                steps.say(line.removeprefix("done: "))
        self.paths.log("accounts").write_text("")
        with steps.step("three workers"):
            await self.start(*(services.worker(name, index) for index, name in enumerate(PROVIDERS)))
        with steps.step("dashboard shows the head of the chain"):
            await self._until(services.indexed_to_head, 60, "the indexer did not reach the head of the chain")

    async def _measure_machine(self) -> None:
        await self.run("machine", [PYTHON, "-m", "assay.stack.machine"])

    async def _until(self, ready: Callable[[], Any], seconds: float, otherwise: str) -> None:
        for _ in range(int(seconds / 0.2)):
            if await ready():
                return
            if self.failed.done():
                raise AssayError(self.failed.result())
            await asyncio.sleep(0.2)
        raise AssayError(otherwise, f"its log is {self.paths.log('indexer')}")

    async def real_job(self) -> dict[str, Any]:
        """Renders the sample scene as the buyer, by the same command a person would use; returns its receipt."""
        scene = REPOSITORY / "worker" / "assay" / "jobs" / "render" / "scenes" / "gallery.glb"
        picture = self.paths.pictures / "gallery.png"
        command = [str(BIN / "assay"), "render", str(scene), "--size", "320x180", "--samples", "16"]
        command += ["--pay-with", str(self.paths.buyer / "keystore.json")]
        command += ["--password-file", str(self.paths.buyer / "password")]
        command += ["--out", str(picture), "--yes", "--json"]
        code, out = await self.capture("job", command, passthrough=True)
        try:
            receipt = json.loads(out.strip().splitlines()[-1])
        except (ValueError, IndexError):
            receipt = {}
        if code != 0 or not isinstance(receipt, dict):
            reason = receipt.get("error", out) if isinstance(receipt, dict) else out
            raise AssayError(
                f"the job did not end well (exit code {code}): {reason}", f"logs: {self.paths.root / 'logs'}"
            )
        return receipt

    async def wait(self) -> None:
        """Until a child keeps failing (raises) or Ctrl-C (Interrupted)."""
        backup = asyncio.ensure_future(self.services.keep_chain_backup())
        try:
            raise AssayError(await self.failed)
        finally:
            backup.cancel()


@contextlib.contextmanager
def only_one(paths: StackPaths) -> Iterator[None]:
    """Holds the folder's lock; raises AssayError when another `assay up` has it."""
    with paths.lock.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise AssayError(
                f"this market is already up (process {lock.read().strip() or 'unknown'}) in {paths.root}",
                "stop it with Ctrl-C first, or set ASSAY_RUN to another folder",
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            yield
        finally:
            lock.truncate(0)


@contextlib.contextmanager
def _signals_interrupt() -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP cancel the running task."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    stopping = False

    def interrupt() -> None:
        nonlocal stopping
        if not stopping:
            stopping = True
            task.cancel()

    for number in numbers:
        loop.add_signal_handler(number, interrupt)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


def remove_state(paths: StackPaths) -> list[Path]:
    """What `assay reset` does: forgets chain, database, results and keys of the local stack; tools stay."""
    removed: list[Path] = []
    if not paths.root.exists():
        return removed
    with only_one(paths):
        for name in STATE_FOLDERS:
            folder = paths.root / name
            if folder.exists():
                shutil.rmtree(folder)
                removed.append(folder)
        paths.ports.unlink(missing_ok=True)
    return removed

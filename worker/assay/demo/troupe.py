"""The two workers of a demonstrated dispute as processes: `with Troupe(cast, env) as troupe:`."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from assay.demo.cast import Cast
from assay.protocol.errors import AssayError
from assay.stack.roles import CHALLENGER, FAULTY

STOP_SECONDS = 20
FLAGS = {FAULTY: ["--faulty-bit"], CHALLENGER: ["--mode", "challenger"]}


@dataclass
class Troupe:
    """Both daemons, started side by side, logs in the run folder; stopped when the block is left."""

    cast: Cast
    _processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        for role, flags in FLAGS.items():
            home = self.cast.home(role)
            log = self.cast.paths.log(f"worker-{role}")
            log.parent.mkdir(parents=True, exist_ok=True)
            command = [str(Path(sys.executable).with_name("assay")), "worker", "run", "--name", role, *flags]
            command += ["--keystore", str(home / "keystore.json")]
            command += ["--password-file", str(home / "password")]
            with log.open("ab") as output:
                self._processes[role] = subprocess.Popen(
                    command,
                    env=os.environ | {"ASSAY_WITHDRAW_MIN_USD": "0.01", "ASSAY_DRAIN_SECONDS": "5"},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        return self

    def check(self) -> None:
        """Raises AssayError naming a worker that has ended."""
        for role, process in self._processes.items():
            if process.poll() is not None:
                log = self.cast.paths.log(f"worker-{role}")
                lines = log.read_text(errors="replace").splitlines()[-3:]
                raise AssayError(
                    f"The worker of {role} ended with exit code {process.returncode}: {' '.join(lines)}",
                    f"Its log is {log}.",
                )

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self._processes.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()

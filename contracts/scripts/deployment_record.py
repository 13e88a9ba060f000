"""The deployment file: read, written atomically, and compared with a chain and a plan."""

import fcntl
import json
import os
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from contracts.scripts.catalogue import ROOT

if TYPE_CHECKING:
    from contracts.scripts.deployment_plan import Plan


class DeployError(Exception):
    """Why nothing was deployed, in words for the one who ran it."""


class RunLock:
    """Two runs with one file would predict the same addresses: the second waits for the first."""

    def __init__(self, out: Path) -> None:
        self._path = out.with_suffix(".lock")

    def __enter__(self) -> Self:
        self._file = self._path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def read_record(path: Path) -> dict[str, Any] | None:
    """The record, or None when the file is absent; DeployError when it is not a record."""
    try:
        record = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise DeployError(f"{path} is not JSON ({error}): move it away to deploy anew") from error
    needed = {"chain_id", "genesis_hash", "nonce", "params", "contracts"}
    if not isinstance(record, dict) or not needed <= record.keys():
        raise DeployError(f"{path} is no deployment file: move it away to deploy anew")
    return record


def write_record(path: Path, record: dict[str, Any]) -> None:
    """Writes the whole file or nothing."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w") as file:
        json.dump(record, file, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)


def remove_record(path: Path) -> None:
    path.unlink(missing_ok=True)


def difference(record: dict[str, Any], plan: "Plan", chain_id: int, genesis: str) -> str | None:
    """In words, why a record (finished or not) is not of this plan on this chain; None when it is."""
    if record["chain_id"] != chain_id:
        return f"the file is of chain {record['chain_id']}, the node is on {chain_id}"
    if record["genesis_hash"] != genesis:
        return "the chain was reset (another genesis block)"
    if record["params"] != plan.params:
        changed = sorted(k for k in plan.params if record["params"].get(k) != plan.params[k])
        return f"parameters changed: {', '.join(changed)}"
    for step in plan.steps:
        entry = record["contracts"].get(step.name)
        if entry is None:
            continue
        if (entry["address"], entry["args"]) != (step.address, step.args):
            return f"{step.name} has other arguments or another deployer"
        if entry["initcode_hash"] != step.initcode_hash:
            return f"the code of {step.name} changed"
    return None


def absent(record: dict[str, Any], plan: "Plan", w3: Any) -> str | None:
    """In words, which contract of the plan the record or the chain lacks; None when all are there."""
    for step in plan.steps:
        if step.name not in record["contracts"]:
            return f"{step.name} is not in the file"
        if not w3.eth.get_code(step.address):
            return f"no code at {step.address} ({step.name})"
    return None


def git_commit() -> str:
    """Commit of the checkout, or "unknown" outside of one."""
    try:
        result = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return result.stdout.strip()

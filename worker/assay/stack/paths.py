"""The folder of one local stack: everything `assay up` writes lies under it, and `assay reset` removes it."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from assay.stack.anvil import CHAIN_ID
from assay.stack.tools import REPOSITORY

STATE_FOLDERS = ("chain", "deployments", "artifacts", "workers", "buyer", "pictures", "logs", "backend")


@dataclass(frozen=True)
class StackPaths:
    """Paths under one run folder; `.run` of the repository unless ASSAY_RUN names another."""

    root: Path

    @classmethod
    def default(cls) -> "StackPaths":
        return cls(Path(os.environ.get("ASSAY_RUN", REPOSITORY / ".run")).resolve())

    @property
    def lock(self) -> Path:
        return self.root / "up.lock"

    @property
    def ports(self) -> Path:
        return self.root / "ports.json"

    @property
    def chain_state(self) -> Path:
        return self.root / "chain" / "state.json"

    @property
    def chain_backup(self) -> Path:
        return self.root / "chain" / "state.backup.json"

    @property
    def deployment(self) -> Path:
        return self.root / "deployments" / f"{CHAIN_ID}.json"

    @property
    def database(self) -> Path:
        return self.root / "backend" / "db.sqlite3"

    @property
    def artifacts(self) -> Path:
        return self.root / "artifacts"

    @property
    def secret_key(self) -> Path:
        return self.root / "backend" / "secret_key"

    @property
    def buyer(self) -> Path:
        return self.root / "buyer"

    @property
    def pictures(self) -> Path:
        return self.root / "pictures"

    def worker(self, name: str) -> Path:
        return self.root / "workers" / name

    def log(self, name: str) -> Path:
        return self.root / "logs" / f"{name}.log"

    def create(self) -> None:
        """Makes the folders; keys lie under `workers` and `buyer`, so those are private."""
        for name in STATE_FOLDERS:
            (self.root / name).mkdir(parents=True, exist_ok=True)
        for name in ("workers", "buyer", "backend"):
            (self.root / name).chmod(0o700)


def chain_state_is_whole(path: Path) -> bool:
    """Whether a chain's state file was written to its end (a killed node may leave half of one)."""
    try:
        return bool(json.loads(path.read_bytes()).get("block"))
    except (OSError, ValueError, AttributeError):
        return False

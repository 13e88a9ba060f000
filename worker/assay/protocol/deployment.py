"""Where the contracts of one chain are, and with which numbers they were deployed."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from assay.protocol.errors import AssayError
from assay.protocol.ids import Address, checksum, from_hex

ENVIRONMENT = "ASSAY_DEPLOYMENT"


class DeploymentError(AssayError):
    """The deployment file is missing or malformed."""


@dataclass(frozen=True, slots=True)
class ContractRecord:
    """One deployed contract."""

    name: str
    address: Address
    block: int
    tx: str = ""
    args: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment json, checked. genesis_hash: 32 bytes; params: numbers by name
    (contracts/scripts/params.py).
    """

    chain_id: int
    genesis_hash: bytes
    deployed_block: int
    git_commit: str
    params: Mapping[str, Any]
    contracts: Mapping[str, ContractRecord]
    path: Path | None = field(default=None, compare=False)

    @classmethod
    def load(cls, path: str | Path | None = None) -> Self:
        """Reads `path`, or the file that ASSAY_DEPLOYMENT names. Raises DeploymentError with the way out."""
        chosen = path or os.environ.get(ENVIRONMENT)
        if not chosen:
            raise DeploymentError(
                "No deployment file is named.", f"Set {ENVIRONMENT} to .run/deployments/<chain id>.json."
            )
        try:
            data = json.loads(Path(chosen).read_text())
        except FileNotFoundError:
            raise DeploymentError(
                f"There is no deployment file {chosen}.", "Deploy the contracts, or start the stack."
            ) from None
        except (OSError, ValueError) as error:
            raise DeploymentError(f"The deployment file {chosen} cannot be read: {error}.") from error
        return cls.from_mapping(data, Path(chosen))

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any], path: Path | None = None) -> Self:
        """Checks and types the json; DeploymentError names what is wrong."""
        try:
            contracts = {name: _record(name, entry) for name, entry in data["contracts"].items()}
            return cls(
                chain_id=int(data["chain_id"]),
                genesis_hash=from_hex(data["genesis_hash"]),
                deployed_block=int(data["deployed_block"]),
                git_commit=str(data.get("git_commit", "")),
                params=dict(data["params"]),
                contracts=contracts,
                path=path,
            )
        except (KeyError, TypeError, ValueError, AttributeError, AssayError) as error:
            where = f" {path}" if path else ""
            raise DeploymentError(
                f"The deployment file{where} is malformed: {error!r}.", "Deploy again."
            ) from error

    def address(self, name: str) -> Address:
        """Address of a contract by name, such as "JobMarket"."""
        try:
            return self.contracts[name].address
        except KeyError:
            known = ", ".join(self.contracts)
            raise DeploymentError(f"The deployment has no contract {name!r}; it has {known}.") from None

    def contract_at(self, address: str) -> str | None:
        """Name of the contract at an address, or None."""
        wanted = checksum(address)
        return next((name for name, record in self.contracts.items() if record.address == wanted), None)

    def param(self, name: str) -> int:
        """A number fixed at deployment."""
        if name not in self.params:
            raise DeploymentError(
                f"The deployment has no parameter {name!r}.", "Deploy again with this version."
            )
        return int(self.params[name])


def _record(name: str, entry: Mapping[str, Any]) -> ContractRecord:
    return ContractRecord(
        name=name,
        address=checksum(entry["address"]),
        block=int(entry.get("block") or 0),
        tx=str(entry.get("tx") or ""),
        args=tuple(entry.get("args") or ()),
    )

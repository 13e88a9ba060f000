"""What is indexed and what becomes of it: the two things backend.chain is told from outside."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.db import models

from backend.chain.node import RawLog
from backend.chain.rows import Rows


@dataclass(frozen=True)
class Source:
    """A deployment: contracts (lower-case address -> name) on one chain, logging from `first_block` on."""

    chain_id: int
    genesis_hash: str  # lower-case 0x text
    first_block: int
    contracts: Mapping[str, str]

    @property
    def digest(self) -> str:
        """Changes when any contract, the chain or the first block changes."""
        lines = [f"{self.chain_id} {self.genesis_hash} {self.first_block}"]
        lines += [f"{address} {name}" for address, name in sorted(self.contracts.items())]
        return "0x" + hashlib.sha256("\n".join(lines).encode()).hexdigest()


class Projection(Protocol):
    """Domain rows as a pure function of logs."""

    @property
    def tables(self) -> Sequence[type[models.Model]]:
        """Every table it fills; each has `position` (where the row was made) and `block` (of its last change)."""
        ...

    def discover(self, log: RawLog) -> tuple[str, str] | None:
        """(lower-case address, contract name) when the log tells of a new contract to follow."""
        ...

    def apply(self, rows: Rows, logs: Sequence[RawLog], contracts: Mapping[str, str]) -> None:
        """Applies the logs of one block, in order. `contracts` names the contract of each followed address."""
        ...

"""Reads a contract's storage straight from the EVM's state.

State machines look at every ledger after every step; through the contract's views that costs ten times the step.
What the views themselves answer is checked when a machine ends, and in the unit tests.
"""

from typing import Any

import boa
from eth_utils.crypto import keccak


class Slots:
    """Storage of one titanoboa contract by variable path, such as "stake_of" or "erc20.balanceOf"."""

    def __init__(self, contract: Any) -> None:
        self._address = contract.address
        self._layout = contract.compiler_data.storage_layout["storage_layout"]

    def read(self, path: str, *keys: str | bytes) -> int:
        """The word of a variable, or of a map's entry under `keys` (addresses as 0x strings, bytes32 as bytes)."""
        node = self._layout
        for part in path.split("."):
            node = node[part]
        slot = int(node["slot"])
        for key in keys:
            raw = bytes.fromhex(key.removeprefix("0x")) if isinstance(key, str) else key
            slot = int.from_bytes(keccak(slot.to_bytes(32, "big") + raw.rjust(32, b"\0")), "big")
        return int(boa.env.get_storage(self._address, slot))

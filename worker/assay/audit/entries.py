"""Every log of a deployment up to one block, decoded, in the order of the chain; the factory's shares included."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from web3 import Web3

from assay.protocol.chain import logs_between
from assay.protocol.deployment import Deployment
from assay.protocol.errors import AssayError
from assay.protocol.generated.events import ShareCreated
from assay.protocol.ids import checksum
from assay.protocol.logs import LogMalformed, decode_hex_log
from assay.protocol.rpc import NodeError

BLOCKS_PER_REQUEST = 2_000
SHARE = "DeviceShare"
BLUEPRINTS = ("DeviceShareBlueprint", "AllowListPolicyBlueprint")
# the stablecoin belongs to somebody else: its balances are read, its logs are not the market's
NOT_OURS = ("TestUSD", *BLUEPRINTS)
HINT = (
    "Audit with the version of assay that the contracts were deployed from, or correct the deployment file."
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One log. address: of the contract that logged it; tx: 0x text."""

    event: Any
    contract: str
    address: str
    block: int
    tx: str


class UnknownLog(AssayError):
    """A contract of the deployment logged what its published interface does not have."""


def entries(
    w3: Web3, deployment: Deployment, last: int, progress: Callable[[int], None] = lambda _block: None
) -> Iterator[Entry]:
    """Logs of blocks deployed_block..last. Raises NodeUnreachable, NodeLagging, and UnknownLog for a foreign log."""
    names = {
        record.address.lower(): name for name, record in deployment.contracts.items() if name not in NOT_OURS
    }
    start, span = deployment.deployed_block, BLOCKS_PER_REQUEST
    while start <= last:
        end = min(start + span - 1, last)
        try:
            raw = _logs(w3, names, start, end)
        except NodeError:
            if span == 1:
                raise
            span //= 2  # a node that caps its answers says so by an error
            continue
        for log in raw:
            yield _entry(names, log)
        progress(end)
        start = end + 1


def _logs(w3: Web3, names: dict[str, str], first: int, last: int) -> list[dict[str, Any]]:
    found = logs_between(w3, [checksum(address) for address in names], first, last)
    fresh = [made.share for made in map(_share_made, found) if made and made.share.lower() not in names]
    while fresh:
        # a share logs in the very transaction that makes it
        for share in fresh:
            names[share.lower()] = SHARE
        found += logs_between(w3, [checksum(share) for share in fresh], first, last)
        fresh = []
    return sorted(found, key=lambda log: (int(log["blockNumber"], 16), int(log["logIndex"], 16)))


def _share_made(log: dict[str, Any]) -> ShareCreated | None:
    try:
        event = decode_hex_log("ShareFactory", log["topics"], log["data"])
    except LogMalformed:
        return None
    return event if isinstance(event, ShareCreated) else None


def _entry(names: dict[str, str], log: dict[str, Any]) -> Entry:
    contract = names[str(log["address"]).lower()]
    where = f"{contract} at {log['address']}, transaction {log['transactionHash']}"
    try:
        event = decode_hex_log(contract, log["topics"], log["data"])
    except LogMalformed as error:
        raise UnknownLog(f"A log is not as its interface says, {where}: {error}", HINT) from error
    if event is None:
        raise UnknownLog(
            f"A log of an event that this version does not know, {where}: {log['topics'][:1]}.", HINT
        )
    return Entry(
        event, contract, checksum(log["address"]), int(log["blockNumber"], 16), log["transactionHash"]
    )

"""One page of the chain: the headers and logs of a range of blocks, proven to fit together. Called by
backend.chain.sync.

A page is handed on only if the headers link by parent hash, every log carries the hash of its block's header, and no
followed address is missing from a block whose bloom names it. In blocks near the head the logs are also compared with
the block's receipts. Anything else is Inconsistent, and asked again.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from backend.chain.bloom import mask_of
from backend.chain.errors import Inconsistent, NodeError
from backend.chain.node import Header, Node, RawLog, raw_log_of

Discover = Callable[[RawLog], tuple[str, str] | None]


class Page(NamedTuple):
    """Blocks first..last; `logs` in order of position; `found` new contracts as (address, name, block)."""

    first: int
    last: int
    headers: list[Header]
    logs: list[RawLog]
    found: list[tuple[str, str, int]]
    contracts: dict[str, str]  # followed address -> name, the new ones included


class Fetcher:
    """Fetches pages and remembers which addresses are followed."""

    def __init__(self, node: Node, chain_id: int, contracts: dict[str, str], discover: Discover) -> None:
        """`contracts`: lower-case address -> contract name; `discover` sees every log (Projection.discover)."""
        self._node = node
        self._chain_id = chain_id
        self._discover = discover
        self.contracts = dict(contracts)

    def page(self, first: int, last: int, exact_from: int) -> Page:
        """Blocks first..last; those from `exact_from` on are compared with their receipts."""
        headers, objects = self._node.page(first, last, list(self.contracts))
        for before, after in pairwise(headers):
            if after.parent_hash != before.hash:
                raise Inconsistent(f"block {after.number} does not follow block {before.number}")
        by_number = {header.number: header for header in headers}
        logs: dict[int, RawLog] = {}
        self._add(logs, objects, by_number)
        found = self._follow(list(logs.values()))
        contracts = {**self.contracts, **{address: name for address, name, _ in found}}
        fresh = found
        while fresh:  # a new contract may make a new contract
            known = {address for address, _, _ in found}
            more = self._node.logs(min(f[2] for f in fresh), last, [f[0] for f in fresh])
            fresh_logs = self._add(logs, more, by_number)
            fresh = [f for f in self._follow(fresh_logs) if f[0] not in known]
            found += fresh
            contracts |= {address: name for address, name, _ in fresh}
        ordered = [logs[position] for position in sorted(logs)]
        self._check_complete(headers, ordered, contracts, exact_from)
        self.contracts = contracts
        return Page(first, last, headers, ordered, found, contracts)

    def _add(
        self, logs: dict[int, RawLog], objects: Sequence[Any], headers: dict[int, Header]
    ) -> list[RawLog]:
        added = []
        for one in objects:
            log = raw_log_of(one, headers, self._chain_id)
            if logs.setdefault(log.position, log) != log:
                raise Inconsistent(f"two different logs at block {log.block_number}, index {log.log_index}")
            added.append(log)
        return added

    def _follow(self, logs: Sequence[RawLog]) -> list[tuple[str, str, int]]:
        found: dict[str, tuple[str, str, int]] = {}
        for log in logs:
            new = self._discover(log)
            if new is not None and new[0] not in self.contracts:
                found.setdefault(new[0], (*new, log.block_number))
        return list(found.values())

    def _check_complete(
        self, headers: Sequence[Header], logs: Sequence[RawLog], contracts: dict[str, str], exact_from: int
    ) -> None:
        masks = [(mask_of(address), address) for address in contracts]
        seen: dict[int, set[str]] = {}
        for log in logs:
            seen.setdefault(log.block_number, set()).add(log.address)
        doubted: list[Header] = []
        for header in headers:
            bloom, given = header.bloom, seen.get(header.number)
            if not bloom:
                if given:
                    raise Inconsistent(f"logs of block {header.number}, whose header has no logs")
                continue
            named = [address for mask, address in masks if bloom & mask == mask]
            if given and not given.issubset(named):
                raise Inconsistent(f"block {header.number} has logs its header's bloom denies")
            if named and (header.number >= exact_from or given is None or len(given) < len(named)):
                doubted.append(header)
        if doubted:
            self._compare(doubted, logs, contracts)

    def _compare(self, headers: Sequence[Header], logs: Sequence[RawLog], contracts: dict[str, str]) -> None:
        """Compares with receipts; a bloom can name an address that logged nothing, receipts cannot."""
        truth = self._node.receipt_logs([header.hash for header in headers])
        if truth is None:
            truth = [self._node.block_logs(header.hash, list(contracts)) for header in headers]
        have: dict[int, dict[int, tuple[str, str, str]]] = {}
        for log in logs:
            have.setdefault(log.block_number, {})[log.log_index] = (log.address, log.topics, log.data)
        for header, real in zip(headers, truth, strict=True):
            try:
                expected = {
                    int(log["logIndex"], 16): (log["address"].lower(), ",".join(log["topics"]), log["data"])
                    for log in real
                    if log["address"].lower() in contracts
                }
            except (TypeError, KeyError, ValueError, AttributeError) as error:
                raise NodeError(f"the node gave an unusable log in block {header.number}") from error
            if expected != have.get(header.number, {}):
                raise Inconsistent(f"the node left out or changed logs of block {header.number}")

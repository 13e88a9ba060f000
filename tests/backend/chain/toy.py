"""A small contract system for tests of backend.chain: a factory makes tokens, tokens move between accounts.

`ToyProjection` fills real tables from its logs; `expected_rows` says, without any of that code, what they must hold.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.chain.models import Block, Log, Watch
from backend.chain.node import RawLog
from backend.chain.rows import Rows
from backend.chain.source import Source
from backend.chain.tables import Row, scan
from backend.devices.models import Share, ShareBalance, ShareTransfer

FACTORY = "0x" + "fa" * 20
CREATED = "0x" + "c1" * 32
TRANSFER = "0x" + "d2" * 32
CHAIN_ID = 777
TABLES = (Share, ShareBalance, ShareTransfer)


def source(genesis_hash: str) -> Source:
    """The toy's deployment, from block 1 on."""
    return Source(CHAIN_ID, genesis_hash, 1, {FACTORY: "Factory"})


class ToyProjection:
    """Balances, movements and tokens; a balance that would go negative is an error, as a lost log would make it."""

    tables = TABLES

    def discover(self, log: RawLog) -> tuple[str, str] | None:
        """The token a CREATED log tells of."""
        topics = log.topics.split(",")
        return ("0x" + topics[1][26:], "Token") if topics[0] == CREATED else None

    def apply(self, rows: Rows, logs: Sequence[RawLog], contracts: Mapping[str, str]) -> None:
        """One block."""
        for log in logs:
            topics = log.topics.split(",")
            if contracts[log.address] == "Factory":
                token = "0x" + topics[1][26:]
                rows.put(
                    Share,
                    token,
                    position=log.position,
                    tx=log.tx_hash,
                    device_id=log.tx_hash,
                    operator=FACTORY,
                    operator_cut_bps=0,
                    supply=int(log.data, 16),
                    name="token",
                    symbol="T",
                    created_at=log.timestamp,
                )
                rows.change("token", f"token:{token}", token)
                continue
            sender, receiver, value = "0x" + topics[1][26:], "0x" + topics[2][26:], int(log.data, 16)
            rows.append(
                ShareTransfer,
                {
                    "position": log.position,
                    "block": log.block_number,
                    "timestamp": log.timestamp,
                    "tx": log.tx_hash,
                    "share_id": log.address,
                    "sender": sender,
                    "receiver": receiver,
                    "amount": value,
                },
            )
            for holder, change in ((sender, -value), (receiver, value)):
                key = f"{log.address}:{holder}"
                if rows.get(ShareBalance, key) is None:
                    rows.put(
                        ShareBalance,
                        key,
                        position=log.position,
                        share_id=log.address,
                        holder=holder,
                        balance=2**200,
                    )
                rows.edit(ShareBalance, key)["balance"] += change


def expected_rows(blocks: list[dict[str, Any]]) -> dict[str, dict[Any, Row]]:
    """What the tables must hold after these blocks, genesis first: by table name, by key."""
    shares: dict[str, Row] = {}
    balances: dict[str, Row] = {}
    transfers: dict[int, Row] = {}
    logs: dict[int, Row] = {}
    for block in blocks[1:]:
        number, at = int(block["number"], 16), int(block["timestamp"], 16)
        for log in block["logs"]:
            index = int(log["logIndex"], 16)
            position = (number << 20) + index
            logs[position] = {"address": log["address"], "data": log["data"], "block_hash": block["hash"]}
            if log["topics"][0] == CREATED:
                token = "0x" + log["topics"][1][26:]
                shares[token] = {
                    "position": position,
                    "block": number,
                    "supply": int(log["data"], 16),
                    "created_at": at,
                }
                continue
            value = int(log["data"], 16)
            sides = ["0x" + topic[26:] for topic in log["topics"][1:]]
            transfers[position] = {"amount": value, "timestamp": at, "sender": sides[0], "receiver": sides[1]}
            for holder, change in zip(sides, (-value, value), strict=True):
                row = balances.setdefault(
                    f"{log['address']}:{holder}", {"position": position, "balance": 2**200}
                )
                row["balance"] += change
                row["block"] = number
    return {
        "share": shares,
        "balance": balances,
        "transfer": transfers,
        "log": logs,
        "block": {
            int(b["number"], 16): {"hash": b["hash"], "timestamp": int(b["timestamp"], 16)} for b in blocks
        },
        "watch": {token: {"block": row["block"]} for token, row in shares.items()},
    }


def stored_rows(using: str = "default") -> dict[str, dict[Any, Row]]:
    """What the tables do hold, whole rows, under the same names."""
    keys = {"share": "address", "balance": "id", "transfer": "position", "log": "position", "block": "number"}
    models = {
        "share": Share,
        "balance": ShareBalance,
        "transfer": ShareTransfer,
        "log": Log,
        "block": Block,
        "watch": Watch,
    }
    return {
        name: {row[keys.get(name, "address")]: row for row in scan(using, model)}
        for name, model in models.items()
    }


def assert_index_equals(blocks: list[dict[str, Any]], using: str = "default") -> None:
    """Lost 0, phantom 0 (duplicates cannot exist: keys are unique), and every expected value right."""
    expected, stored = expected_rows(blocks), stored_rows(using)
    for name, rows in expected.items():
        lost, phantom = rows.keys() - stored[name].keys(), stored[name].keys() - rows.keys()
        assert not lost, f"{name}: lost {sorted(lost)[:5]}"
        assert not phantom, f"{name}: phantom {sorted(phantom)[:5]}"
        for key, row in rows.items():
            found = {column: stored[name][key][column] for column in row}
            assert found == row, f"{name} {key}: {found} instead of {row}"

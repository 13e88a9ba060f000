"""What the exchange contract says of orders at the head of the chain, many in one request. Called by services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from django.conf import settings
from eth_abi.abi import decode, encode

from assay.protocol.abi import MAX_UINT256
from assay.protocol.generated.structs import OrderState, ShareOrder
from assay.protocol.keccak import keccak256
from backend.chain.errors import NodeError, NodeRefused
from backend.chain.rpc import Call, HttpTransport, Rpc
from backend.exchange.words import CANCELLED, EPOCH, EXPIRED, FILLED, UNFUNDED, UNSIGNED
from backend.web.deployed import deployment
from backend.web.errors import Problem

TIMEOUT_SECONDS = 5.0
ORDERS_PER_REQUEST = 100
# an ERC-1271 check may do much, but not anything
CALL_GAS = "0x1e8480"
_STATE_OF = keccak256(f"state_of({ShareOrder.ABI_TYPE})".encode())[:4]
_IS_SIGNED = keccak256(f"is_signed({ShareOrder.ABI_TYPE},bytes)".encode())[:4]
_EPOCH_OF = keccak256(b"epoch_of(address)")[:4]


@dataclass(frozen=True, slots=True)
class Seen:
    """One order at the head: `reason` is empty while something of it can be filled."""

    digest: bytes
    filled: int
    fillable: int
    reason: str
    by_contract: bool


def look(orders: Sequence[tuple[ShareOrder, bytes]]) -> tuple[int, list[Seen]]:
    """(block, what is true of each order and its signature there). A 503 problem when the node does not answer."""
    exchange = deployment().address("ShareExchange")
    transport = HttpTransport(settings.ASSAY_RPC_URL, TIMEOUT_SECONDS)
    rpc = Rpc(transport, attempts=2)
    try:
        head = rpc.call("eth_getBlockByNumber", ["latest", False])
        seen: list[Seen] = []
        for start in range(0, len(orders), ORDERS_PER_REQUEST):
            some = orders[start : start + ORDERS_PER_REQUEST]
            seen += _look(rpc, exchange, head, some)
        return int(head["number"], 16), seen
    except (NodeError, KeyError, TypeError, ValueError) as error:
        detail = "The chain's node does not say now what can be filled."
        raise Problem(
            503, "node_down", detail, "Ask again in a few seconds.", headers={"Retry-After": "5"}
        ) from error
    finally:
        transport.close()


def _look(
    rpc: Rpc, exchange: str, head: dict[str, str], orders: Sequence[tuple[ShareOrder, bytes]]
) -> list[Seen]:
    block, now = head["number"], int(head["timestamp"], 16)
    calls: list[Call] = []
    for order, signature in orders:
        plain = astuple(order)
        calls += [
            _call(exchange, block, _STATE_OF + encode([ShareOrder.ABI_TYPE], [plain])),
            _call(exchange, block, _EPOCH_OF + encode(["address"], [order.maker])),
            _call(exchange, block, _IS_SIGNED + encode([ShareOrder.ABI_TYPE, "bytes"], [plain, signature])),
            ("eth_getCode", [order.maker, block]),
        ]
    answers = _ask(rpc, calls)
    return [_seen(order, now, answers[4 * index : 4 * index + 4]) for index, (order, _) in enumerate(orders)]


def _ask(rpc: Rpc, calls: list[Call]) -> list[str]:
    """Answers to all calls. One that fails (a wallet's check that burns all its gas) is empty."""
    try:
        return [str(answer) for answer in rpc.batch(calls)]
    except NodeRefused:
        found = []
        for call in calls:
            try:
                found.append(str(rpc.call(*call)))
            except NodeRefused:
                found.append("0x")
        return found


def _call(exchange: str, block: str, data: bytes) -> Call:
    return "eth_call", [{"to": exchange, "data": "0x" + data.hex(), "gas": CALL_GAS}, block]


def _seen(order: ShareOrder, now: int, answers: Sequence[str]) -> Seen:
    said, epoch_word, signed_word, code = answers
    digest, filled, fillable, live = decode([OrderState.ABI_TYPE], bytes.fromhex(said[2:]))[0]
    signed = int(signed_word[2:] or "0", 16) == 1
    reason = ""
    if filled == MAX_UINT256:
        reason = CANCELLED
    elif filled >= order.amount:
        reason = FILLED
    elif now > order.expiry:
        reason = EXPIRED
    elif order.epoch != int(epoch_word, 16):
        reason = EPOCH
    elif not signed:
        reason = UNSIGNED
    elif not live or fillable == 0:
        reason = UNFUNDED
    filled = order.amount if filled == MAX_UINT256 else filled
    return Seen(digest, filled, fillable if not reason else 0, reason, code not in ("0x", "0x0"))

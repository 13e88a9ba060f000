"""EIP-1559 fees in wei per gas: what to offer first, and what to offer when nobody takes it."""

from dataclasses import dataclass

from web3 import Web3

from assay.protocol.chain import Head
from assay.protocol.rpc import NodeError, request

GWEI = 10**9
BUMP_PER_MILLE = 1_125  # nodes demand 10 % more for a replacement


@dataclass(frozen=True, slots=True)
class Fees:
    """max_fee covers base fee and tip."""

    max_fee: int
    tip: int


def suggested(w3: Web3, head: Head, *, cap: int) -> Fees:
    """Twice the base fee (six full blocks of headroom) and the node's tip, under the cap."""
    try:
        tip = int(request(w3, "eth_maxPriorityFeePerGas"), 16)
    except NodeError:
        tip = GWEI
    tip = min(tip, cap)
    return Fees(min(2 * head.base_fee + tip, cap), tip)


def bumped(old: Fees, fresh: Fees, *, cap: int) -> Fees | None:
    """Fees that replace an attempt: at least 12.5 % above it. None when the cap forbids it."""
    max_fee = max(-(-old.max_fee * BUMP_PER_MILLE // 1_000), fresh.max_fee)
    tip = max(-(-old.tip * BUMP_PER_MILLE // 1_000), fresh.tip)
    return Fees(max(max_fee, tip), tip) if max(max_fee, tip) <= cap else None

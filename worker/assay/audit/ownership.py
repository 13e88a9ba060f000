"""Who can do what to the contracts of a deployment, read from the chain: code, wiring, roles, caps.

Used by `assay doctor --contracts`. A fact that does not hold is as plain as one that does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from web3 import Web3

from assay.protocol.chain import code_at, head
from assay.protocol.clients import JobBoardClient
from assay.protocol.deployment import Deployment
from assay.protocol.generated import load_abi, load_runtime
from assay.protocol.ids import Address, address_from_bytes
from assay.protocol.rpc import request

BLUEPRINTS = ("DeviceShareBlueprint", "AllowListPolicyBlueprint")
STABLECOIN = "TestUSD"
MAX_FEE_BPS = 500
MAX_EXCHANGE_FEE_BPS = 100
WORD = 32
# EIP-1967: where a proxy would keep its implementation, its admin and its beacon
PROXY_SLOTS = (
    0x360894A13BA1A3210667C828492DB98DCA3E2076CC3735A920A3CA505D382BBC,
    0xB53127684A568B3173AE13B9F8A6016E243E63B6E8EE1178D6A717850B5D6103,
    0xA3F0AD74E5423AEBFD80D3EF4346578335A9A72AEAEE59FF6CB3582B35133D50,
)
# functions by which an owner, a minter or an administrator would act
POWERS = (
    "owner",
    "transfer_ownership",
    "transferOwnership",
    "renounce_ownership",
    "set_minter",
    "is_minter",
    "safe_mint",
    "mint",
    "burn",
    "pause",
    "unpause",
    "upgradeTo",
    "upgradeToAndCall",
    "set_owner",
    "set_fee",
    "sweep",
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement about one contract, and whether it holds."""

    contract: str
    holds: bool
    what: str


def ownership(w3: Web3, deployment: Deployment) -> Iterator[Fact]:
    """Facts in the order of the deployment. Raises NodeUnreachable, NodeLagging."""
    at = head(w3).number
    roles = _roles(deployment)
    for name, record in deployment.contracts.items():
        code = code_at(w3, record.address, at)
        if name == STABLECOIN:
            yield Fact(
                name, bool(code), f"The stablecoin is {record.address}; its issuer's powers are its own."
            )
            continue
        yield from _code(name, code)
        if name in BLUEPRINTS:
            continue
        yield from _powers(name)
        yield from _no_proxy(w3, name, record.address, at)
        yield from _fixed(name, code, deployment, roles)
    yield from _guardian(w3, deployment, at)
    fee = deployment.param("fee_bps")
    yield Fact("JobMarket", fee <= MAX_FEE_BPS, f"The fee is {fee / 100:g}%, its cap {MAX_FEE_BPS / 100:g}%.")
    share_fee = deployment.param("exchange_fee_bps")
    yield Fact(
        "ShareExchange",
        share_fee <= MAX_EXCHANGE_FEE_BPS,
        f"The fee on trades is {share_fee / 100:g}%, its cap {MAX_EXCHANGE_FEE_BPS / 100:g}%.",
    )
    yield Fact("Escrow", True, f"Fees can go to {deployment.params.get('fee_recipient', 'nobody')} alone.")


def _roles(deployment: Deployment) -> dict[str, str]:
    named = {str(deployment.params.get(role, "")).lower(): role for role in ("guardian", "fee_recipient")}
    return {address: role for address, role in named.items() if address}


def _code(name: str, code: bytes) -> Iterator[Fact]:
    known = load_runtime().get(name)
    if known is None:
        yield Fact(name, False, "This version of assay has no contract of that name.")
        return
    size, digest = known
    same = len(code) >= size and hashlib.sha256(code[:size]).hexdigest() == digest
    yield Fact(
        name,
        same,
        "Its code is what this version's sources compile to."
        if same
        else "Its code is NOT what this version's sources compile to.",
    )


def _powers(name: str) -> Iterator[Fact]:
    functions = {item["name"] for item in load_abi(name) if item["type"] == "function"}
    found = sorted(functions & set(POWERS))
    what = (
        f"It has {', '.join(found)}."
        if found
        else "It has no owner, no minter, no pause of exits, no upgrade."
    )
    yield Fact(name, not found, what)


def _no_proxy(w3: Web3, name: str, address: Address, at: int) -> Iterator[Fact]:
    slots = [request(w3, "eth_getStorageAt", address, hex(slot), hex(at)) for slot in PROXY_SLOTS]
    clear = all(int(value, 16) == 0 for value in slots)
    yield Fact(name, clear, "It is no proxy." if clear else "A proxy's storage slot is in use.")


def _fixed(name: str, code: bytes, deployment: Deployment, roles: dict[str, str]) -> Iterator[Fact]:
    """Vyper keeps immutables behind the code, a word each: every address among them must be one that is known."""
    size = load_runtime().get(name, (len(code), ""))[0]
    tail = code[size:]
    words = [tail[start : start + WORD] for start in range(0, len(tail) - WORD + 1, WORD)]
    # an address has twelve zero bytes before it, and is no small number
    found = [word[12:] for word in words if not any(word[:12]) and any(word[12:20])]
    names: list[str] = []
    strangers: list[str] = []
    for raw in found:
        address = address_from_bytes(raw)
        known = deployment.contract_at(address) or roles.get(address.lower())
        (names if known else strangers).append(known or address)
    if strangers:
        yield Fact(
            name, False, f"It is bound to {', '.join(strangers)}, which this deployment does not have."
        )
    elif names:
        yield Fact(name, True, f"It is bound for ever to {', '.join(dict.fromkeys(names))}.")


def _guardian(w3: Web3, deployment: Deployment, at: int) -> Iterator[Fact]:
    until = int(deployment.params.get("guardian_until", 0))
    paused = int(JobBoardClient(w3, deployment).read("paused_until", block=at))
    now = head(w3).timestamp
    state = f"paused until {paused}" if paused > now else "not paused"
    power = f"until {until} (unix time)" if until > now else "no more: its time is over"
    who = deployment.params.get("guardian", "nobody")
    yield Fact(
        "JobBoard", True, f"The guardian {who} may stop new jobs, a week at a time, {power}; {state} now."
    )

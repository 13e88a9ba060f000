"""What will be deployed where: addresses by nonce, constructor arguments by name. No network."""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from contracts.scripts.catalogue import SOURCES
from contracts.scripts.compiler import Artifact, compiled
from contracts.scripts.deployment_record import DeployError
from contracts.scripts.params import Params

BLUEPRINTS = {"DeviceShare": "DeviceShareBlueprint", "AllowListPolicy": "AllowListPolicyBlueprint"}
# constructor argument -> the contract whose address it takes
ALIASES = {
    "registry": "DeviceRegistry",
    "blueprint": "DeviceShareBlueprint",
    "policy_blueprint": "AllowListPolicyBlueprint",
    "factory": "ShareFactory",
    "offering": "ShareOffering",
    "tender": "DeviceTender",
    "vault": "StakeVault",
    "escrow": "Escrow",
    "auction": "Auction",
    "bid_book": "BidBook",
    "draw": "Draw",
    "availability": "Availability",
    "market": "JobMarket",
    "board": "JobBoard",
    "claims": "Claims",
    "game": "DisputeGame",
    "leaf": "Leaf",
    "term_leaf": "TermLeaf",
    "root_leaf": "RootLeaf",
    "frame_moves": "FrameMoves",
    "trace_moves": "TraceMoves",
    "value_moves": "ValueMoves",
    "exchange": "ShareExchange",
}
CODE_SIZE_LIMIT = 24_576  # EIP-170
# 16 gas a calldata byte, 200 a stored byte, and room for what constructors write
GAS_PER_BYTE = 216
GAS_BASE = 1_000_000


@dataclass(frozen=True, slots=True)
class Roles:
    """Accounts that a deployment names: neither can touch anybody's money."""

    guardian: str
    fee_recipient: str


@dataclass(frozen=True, slots=True)
class Step:
    """One creating transaction. `args` are JSON values in constructor order."""

    name: str
    address: str
    abi: list[dict[str, Any]] = field(repr=False)
    arg_names: list[str]
    args: list[Any]
    data: str = field(repr=False)
    initcode_hash: str
    gas: int


@dataclass(frozen=True, slots=True)
class Plan:
    nonce: int
    params: dict[str, Any]
    steps: tuple[Step, ...]


def created_address(deployer: str, nonce: int) -> str:
    """Address of what `deployer` creates with this nonce: keccak(rlp([deployer, nonce]))[12:]."""
    sender = bytes.fromhex(deployer.removeprefix("0x"))
    if nonce == 0:
        encoded = b"\x80"
    elif nonce < 0x80:
        encoded = bytes([nonce])
    else:
        number = nonce.to_bytes((nonce.bit_length() + 7) // 8, "big")
        encoded = bytes([0x80 + len(number)]) + number
    payload = b"\x94" + sender + encoded
    return to_checksum_address(keccak(bytes([0xC0 + len(payload)]) + payload)[12:])


def make_plan(
    deployer: str,
    nonce: int,
    *,
    params: Params,
    roles: Roles,
    usd: str | None,
    guardian_until: int,
) -> Plan:
    """The transactions of a deployment that begins at `nonce`; `guardian_until` as fixed when it began."""
    names = [name for name in SOURCES if not (name == "TestUSD" and usd)]
    addresses = {
        BLUEPRINTS.get(name, name): created_address(deployer, nonce + i) for i, name in enumerate(names)
    }
    values = params.as_dict() | {
        "guardian_until": guardian_until,
        "guardian": roles.guardian,
        "fee_recipient": roles.fee_recipient,
    }
    words = values | {alias: addresses[name] for alias, name in ALIASES.items() if name in addresses}
    words |= {
        "usd": usd or addresses["TestUSD"],
        # the names that JobMarket and JobBoard have for them
        "guardian_account": roles.guardian,
        "seed_delay": params.seed_delay_blocks,
        "delivery_seconds": params.delivery_window_seconds,
        "low_seconds": params.low_window_seconds,
        "mid_seconds": params.mid_window_seconds,
        "high_seconds": params.high_window_seconds,
        "slack_seconds": params.window_slack_seconds,
    }
    steps = tuple(_step(name, compiled(name), addresses, words) for name in names)
    return Plan(nonce, values, steps)


def _value(contract: str, item: dict[str, Any], words: dict[str, Any]) -> Any:
    if item["type"] == "tuple":
        return [_value(contract, component, words) for component in item["components"]]
    name = item["name"].rstrip("_")
    if name not in words:
        raise DeployError(f"{contract} takes {name!r}, which no parameter or contract is called")
    return words[name]


def abi_type(item: dict[str, Any]) -> str:
    """The type of an ABI input as eth_abi takes it, tuples written out."""
    if item["type"] == "tuple":
        return "(" + ",".join(abi_type(component) for component in item["components"]) + ")"
    return str(item["type"])


def _step(name: str, artifact: Artifact, addresses: dict[str, str], words: dict[str, Any]) -> Step:
    if name in BLUEPRINTS:
        inputs: list[dict[str, Any]] = []
        code = artifact.blueprint_initcode
    else:
        constructors = [item for item in artifact.abi if item["type"] == "constructor"]
        inputs = constructors[0]["inputs"] if constructors else []
        code = artifact.initcode
    if artifact.runtime_bytes > CODE_SIZE_LIMIT:
        raise DeployError(
            f"{name} has {artifact.runtime_bytes} bytes of code, chains allow {CODE_SIZE_LIMIT}"
        )
    args = [_value(name, item, words) for item in inputs]
    data = code + encode([abi_type(item) for item in inputs], args).hex()
    deployed_as = BLUEPRINTS.get(name, name)
    return Step(
        name=deployed_as,
        address=addresses[deployed_as],
        abi=[] if name in BLUEPRINTS else artifact.abi,
        arg_names=[item["name"] for item in inputs],
        args=args,
        data=data,
        initcode_hash="0x" + sha256(bytes.fromhex(code.removeprefix("0x"))).hexdigest(),
        gas=GAS_BASE + GAS_PER_BYTE * (len(data) // 2),
    )

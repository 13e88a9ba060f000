"""What every client shares: encoding from the generated ABI, reads at a block, calls to be sent."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, is_dataclass
from functools import cache
from typing import Any, cast

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError, EncodingError
from web3 import Web3

from assay.protocol.call import Call
from assay.protocol.deployment import Deployment
from assay.protocol.errors import AssayError, BadInput
from assay.protocol.generated import load_abi
from assay.protocol.ids import checksum
from assay.protocol.keccak import keccak256
from assay.protocol.rpc import request

Block = int | str | None
"""A block number, "latest", "pending" …, or None for the latest."""


class NotAContract(AssayError):
    """The answer of an address is not what the contract would answer."""


@dataclass(frozen=True, slots=True)
class _Function:
    selector: bytes
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def _canonical(entry: dict[str, Any]) -> str:
    kind = str(entry["type"])
    if not kind.startswith("tuple"):
        return kind
    return "(" + ",".join(_canonical(part) for part in entry["components"]) + ")" + kind[5:]


@cache
def _functions(contract: str) -> dict[str, _Function]:
    found: dict[str, _Function] = {}
    for entry in load_abi(contract):
        if entry["type"] != "function":
            continue
        inputs = tuple(_canonical(part) for part in entry["inputs"])
        outputs = tuple(_canonical(part) for part in entry["outputs"])
        selector = keccak256(f"{entry['name']}({','.join(inputs)})".encode())[:4]
        found.setdefault(str(entry["name"]), _Function(selector, inputs, outputs))
    return found


def _plain(value: Any) -> Any:
    """Dataclasses to tuples, deep."""
    if is_dataclass(value) and not isinstance(value, type):
        return astuple(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _checked(abi_type: str, value: Any) -> Any:
    """Addresses of a decoded value in EIP-55 form (eth_abi gives lower case)."""
    return checksum(value) if abi_type == "address" else value


class ContractClient:
    """One contract of a deployment. `block` is explicit in each read, so that reads of one decision agree."""

    CONTRACT = ""

    def __init__(self, w3: Web3, deployment: Deployment, *, address: str | None = None) -> None:
        self.w3 = w3
        self.deployment = deployment
        self.address = checksum(address) if address else deployment.address(self.CONTRACT)

    def read(self, name: str, *arguments: Any, block: Block = None, sender: str | None = None) -> Any:
        """The answer of a view: one value, or a tuple of several. Raises Reverted, NodeUnreachable,
        NodeLagging.
        """
        function = _functions(self.CONTRACT)[name]
        params: dict[str, Any] = {"to": self.address, "data": "0x" + self._data(name, arguments).hex()}
        if sender:
            params["from"] = checksum(sender)
        at = hex(block) if isinstance(block, int) else block or "latest"
        raw = request(self.w3, "eth_call", params, at)
        answer = bytes.fromhex(raw[2:])
        try:
            if len(answer) < 32 * len(function.outputs):  # an address without code answers nothing
                raise ValueError("too short")
            values = decode(function.outputs, answer)
        except (DecodingError, ValueError, OverflowError) as error:
            raise NotAContract(
                f"{self.CONTRACT}.{name} at {self.address} gave an answer that does not decode.",
                "The deployment file belongs to another chain or version: deploy again or point to the right one.",
            ) from error
        typed = tuple(_checked(kind, value) for kind, value in zip(function.outputs, values, strict=True))
        return typed[0] if len(typed) == 1 else typed

    def call(self, name: str, *arguments: Any, value: int = 0, gas: int | None = None) -> Call:
        """A call to be sent. Raises BadInput for arguments the ABI cannot hold."""
        data = self._data(name, arguments)
        return Call(self.address, data, value, f"{self.CONTRACT}.{name}", gas)

    def struct(self, kind: type[Any], values: Sequence[Any]) -> Any:
        """A generated struct from decoded values, addresses checksummed."""
        types = cast(tuple[tuple[str, str], ...], kind.FIELDS)
        return kind(*[_checked(abi_type, v) for (_, abi_type), v in zip(types, values, strict=True)])

    def _data(self, name: str, arguments: Sequence[Any]) -> bytes:
        function = _functions(self.CONTRACT)[name]
        try:
            return function.selector + encode(function.inputs, [_plain(value) for value in arguments])
        except (EncodingError, TypeError, ValueError) as error:
            raise BadInput(f"{self.CONTRACT}.{name} cannot take these arguments: {error}.") from error

"""Proves that a deployment is these sources: compiles them, and compares code, creation and wiring with the chain.

`python -m contracts.scripts.verify --rpc URL --deployment FILE [--bundle DIR]`

Without trust in the deployment file: each address must hold the compiled code, and the transaction that made it must
carry the compiled initcode with the recorded arguments. --bundle writes what a block explorer asks for: one standard
JSON input per contract, and an index with addresses, constructor arguments and compiler settings.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from eth_abi.abi import encode

from contracts.scripts.catalogue import SOURCES
from contracts.scripts.compiler import Artifact, analyse, compiled
from contracts.scripts.deployment_plan import BLUEPRINTS, abi_type
from contracts.scripts.deployment_record import DeployError, read_record

COMPILER: Final = "vyper 0.4.3"
STABLECOIN: Final = "TestUSD"


def verify(w3: Any, record: dict[str, Any]) -> list[str]:
    """One sentence for each thing that differs; none when the deployment is these sources.

    Raises DeployError when the node is on another chain.
    """
    chain_id, genesis = int(w3.eth.chain_id), "0x" + bytes(w3.eth.get_block(0)["hash"]).hex()
    if (record["chain_id"], record["genesis_hash"]) != (chain_id, genesis):
        raise DeployError(
            f"the file is of chain {record['chain_id']}, the node is on another (chain {chain_id})"
        )
    found: list[str] = []
    for name in SOURCES:
        entry = record["contracts"].get(BLUEPRINTS.get(name, name))
        if entry is None:
            found.append(f"{name} is not in the file")
        elif entry["tx"] is not None:  # a stablecoin that was there before is somebody else's
            found += [f"{name}: {what}" for what in _differences(w3, name, entry)]
    return found


def _differences(w3: Any, name: str, entry: dict[str, Any]) -> list[str]:
    artifact = compiled(name)
    receipt = w3.eth.get_transaction_receipt(entry["tx"])
    sent = bytes(w3.eth.get_transaction(entry["tx"])["input"])
    found = []
    if receipt["contractAddress"] != entry["address"]:
        found.append(f"its transaction made {receipt['contractAddress']}, not {entry['address']}")
    if sent != creation_of(name, artifact, entry["args"]):
        found.append("it was made from other code or other arguments")
    code = bytes(w3.eth.get_code(entry["address"]))
    if name not in BLUEPRINTS and not code.startswith(bytes.fromhex(artifact.runtime.removeprefix("0x"))):
        found.append("other code lies at its address")
    if not code:
        found.append("no code lies at its address")
    return found


def creation_of(name: str, artifact: Artifact, args: list[Any]) -> bytes:
    """What the transaction that makes a contract carries."""
    if name in BLUEPRINTS:
        return bytes.fromhex(artifact.blueprint_initcode.removeprefix("0x"))
    return bytes.fromhex(artifact.initcode.removeprefix("0x")) + constructor_data(artifact, args)


def constructor_data(artifact: Artifact, args: list[Any]) -> bytes:
    """ABI-encoded constructor arguments."""
    inputs = [part for item in artifact.abi if item["type"] == "constructor" for part in item["inputs"]]
    return encode([abi_type(part) for part in inputs], args)


def write_bundle(record: dict[str, Any], folder: Path, names: Iterable[str] = tuple(SOURCES)) -> list[Path]:
    """Standard JSON inputs of these contracts, and index.json; returns what was written."""
    from vyper.compiler.output import build_solc_json

    folder.mkdir(parents=True, exist_ok=True)
    index: dict[str, Any] = {"chain_id": record["chain_id"], "compiler": COMPILER, "contracts": {}}
    written = []
    for name in names:
        deployed = BLUEPRINTS.get(name, name)
        entry = record["contracts"].get(deployed)
        if entry is None or entry["tx"] is None:
            continue
        path = folder / f"{deployed}.json"
        path.write_text(json.dumps(build_solc_json(analyse(SOURCES[name])), indent=1, sort_keys=True) + "\n")
        arguments = b"" if name in BLUEPRINTS else constructor_data(compiled(name), entry["args"])
        index["contracts"][deployed] = {
            "address": entry["address"],
            "transaction": entry["tx"],
            "input": path.name,
            "constructor_arguments": "0x" + arguments.hex(),
        }
        written.append(path)
    path = folder / "index.json"
    path.write_text(json.dumps(index, indent=1) + "\n")
    return [*written, path]


def _run(arguments: argparse.Namespace) -> list[str]:
    from web3 import Web3

    w3 = Web3(Web3.HTTPProvider(arguments.rpc, request_kwargs={"timeout": 30}))
    if not w3.is_connected():
        raise DeployError(f"no node answers at {arguments.rpc}: start it or correct --rpc")
    record = read_record(arguments.deployment)
    if record is None:
        raise DeployError(f"there is no deployment file {arguments.deployment}")
    found = verify(w3, record)
    if arguments.bundle and not found:
        paths = write_bundle(record, arguments.bundle)
        print(f"wrote {len(paths)} files to {arguments.bundle}")
    return found


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="contracts.scripts.verify", description=__doc__)
    parser.add_argument("--rpc", required=True, help="JSON-RPC address of the node")
    parser.add_argument("--deployment", required=True, type=Path, help="deployment file")
    parser.add_argument("--bundle", type=Path, help="folder for a block explorer's inputs")
    try:
        found = _run(parser.parse_args(argv))
    except DeployError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for line in found:
        print(line, file=sys.stderr)
    if not found:
        print("the deployment is these sources")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

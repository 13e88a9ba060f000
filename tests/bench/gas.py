"""Gas: every entry point; share transfers against three token libraries on one chain; a job's life against a peer's.

Peers are installed from npm under `.run/bench/gas` (OpenZeppelin, Solady, solc) and compiled there; snekmate's token
is the one TestUSD is made of. The figure of iExec PoCo Boost is recorded, not run here: its tests need its own stack.
"""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from web3 import Web3

from contracts.scripts.catalogue import ROOT
from tests.contracts.gas_tour import Tour, chain, devnet_accounts

FOLDER = ROOT / ".run" / "bench" / "gas"
PACKAGES = ("solc@0.8.36", "@openzeppelin/contracts@5", "solady@0.1")
COMMAND = "python -m tests.bench gas"
# iExec PoCo Boost, matchOrdersBoost + pushResultBoost, from its own test run (recorded)
POCO_BOOST_GAS = 732_000

SOURCES = {
    "OpenZeppelin": """
pragma solidity ^0.8.24;
import "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
contract Token is ERC20, ERC20Permit {
    constructor() ERC20("Token", "TKN") ERC20Permit("Token") { _mint(msg.sender, 1e24); }
}
""",
    "Solady": """
pragma solidity ^0.8.24;
import "solady/src/tokens/ERC20.sol";
contract Token is ERC20 {
    constructor() { _mint(msg.sender, 1e24); }
    function name() public pure override returns (string memory) { return "Token"; }
    function symbol() public pure override returns (string memory) { return "TKN"; }
}
""",
}

COMPILE = """
const fs = require("fs"), path = require("path"), solc = require("solc");
const sources = JSON.parse(fs.readFileSync("sources.json"));
const find = (name) => {
  const file = path.join("node_modules", name);
  return fs.existsSync(file) ? { contents: fs.readFileSync(file, "utf8") } : { error: "absent: " + name };
};
const out = {};
for (const [name, content] of Object.entries(sources)) {
  const input = { language: "Solidity", sources: { "Token.sol": { content } }, settings: {
    optimizer: { enabled: true, runs: 200 }, evmVersion: "prague",
    outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } } } };
  const result = JSON.parse(solc.compile(JSON.stringify(input), { import: find }));
  const errors = (result.errors || []).filter((e) => e.severity === "error");
  if (errors.length) throw new Error(errors.map((e) => e.formattedMessage).join());
  const token = result.contracts["Token.sol"].Token;
  out[name] = { abi: token.abi, bytecode: token.evm.bytecode.object };
}
fs.writeFileSync("compiled.json", JSON.stringify(out));
"""


def _peers() -> dict[str, Any]:
    """ABI and bytecode of the peers' tokens, compiled once."""
    compiled = FOLDER / "compiled.json"
    if not compiled.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / "package.json").write_text('{"private": true}\n')
        (FOLDER / "sources.json").write_text(json.dumps(SOURCES))
        (FOLDER / "compile.js").write_text(COMPILE)
        npm = ["npm", "install", "--no-audit", "--no-fund", "--silent", *PACKAGES]
        subprocess.run(npm, cwd=FOLDER, check=True, timeout=300)
        subprocess.run(["node", "compile.js"], cwd=FOLDER, check=True, timeout=300)
    peers: dict[str, Any] = json.loads(compiled.read_text())
    return peers


def _peer_transfer(w3: Web3, token: dict[str, Any], sender: str, receiver: str) -> int:
    """Gas of a transfer between two accounts that hold the token already."""
    factory = w3.eth.contract(abi=token["abi"], bytecode=token["bytecode"])
    created = w3.eth.wait_for_transaction_receipt(factory.constructor().transact({"from": sender}))
    contract = w3.eth.contract(address=created["contractAddress"], abi=token["abi"])
    gas = 0
    for _ in range(2):  # the first one opens the receiver's balance
        sent = contract.functions.transfer(receiver, 100 * 10**18).transact({"from": sender})
        gas = int(w3.eth.wait_for_transaction_receipt(sent)["gasUsed"])
    return gas


def _row(
    name: str, value: float, unit: str, goal: str = "", holds: bool | None = None, peer: str = ""
) -> dict[str, Any]:
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "goal": goal or None,
        "holds": holds,
        "peer": peer or None,
        "command": COMMAND,
    }


def run(args: list[str]) -> list[dict[str, Any]]:
    """Rows for the table; `args` is unused."""
    peers = _peers()
    with tempfile.TemporaryDirectory() as folder, chain() as anvil:
        tour = Tour(anvil, devnet_accounts(), Path(folder) / "deployment.json")
        gas = tour.run()
        sender, receiver = tour.role["investor_one"], tour.role["investor_two"]
        tokens = {name: _peer_transfer(tour.w3, token, sender, receiver) for name, token in peers.items()}
    tokens["snekmate"] = gas["TestUSD.transfer: to a holder"]
    best = min(tokens, key=lambda name: tokens[name])
    shown = ", ".join(f"{name} {value:,}" for name, value in sorted(tokens.items()))
    rows = [
        _token_row(
            "ERC-20 transfer without income accounting", tokens["snekmate"], tokens[best], 1.02, shown
        ),
        _token_row(
            "DeviceShare transfer, no new income",
            gas["DeviceShare.transfer: no new income"],
            tokens[best],
            1.25,
            shown,
        ),
    ]
    for case, spent in tour.lives.items():
        one_lot = case.startswith("one lot")
        rows.append(
            _row(
                f"life of a job, all parties: {case}",
                spent,
                "gas",
                f"<= {POCO_BOOST_GAS // 2:,} (0.5x the peer)" if one_lot else "",
                spent <= POCO_BOOST_GAS // 2 if one_lot else None,
                f"iExec PoCo Boost match + push {POCO_BOOST_GAS:,}, recorded" if one_lot else "",
            )
        )
    return rows + [_row(f"gas of {label}", value, "gas") for label, value in gas.items()]


def _token_row(name: str, ours: int, best: int, limit: float, shown: str) -> dict[str, Any]:
    ratio = ours / best
    return _row(
        f"{name} ({ours:,} gas)", round(ratio, 4), "x of the best peer", f"<= {limit}", ratio <= limit, shown
    )

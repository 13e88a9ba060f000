"""Sends a plan's transactions, waits for them and checks how the contracts ended up wired."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contracts.scripts.deployment_plan import Plan, Roles, Step, make_plan
from contracts.scripts.deployment_record import (
    DeployError,
    absent,
    difference,
    git_commit,
    read_record,
    remove_record,
    write_record,
)
from contracts.scripts.params import Params

RECEIPT_SECONDS = 120


@dataclass
class Run:
    """One deployment from one account. `usd` None means a TestUSD is deployed with the rest."""

    w3: Any
    account: Any
    params: Params
    roles: Roles
    usd: str | None
    out: Path
    say: Callable[[str], None]
    chain_id: int = field(init=False)
    genesis: str = field(init=False)

    def __post_init__(self) -> None:
        self.chain_id = int(self.w3.eth.chain_id)
        self.genesis = "0x" + bytes(self.w3.eth.get_block(0)["hash"]).hex()

    @property
    def partial(self) -> Path:
        """Where an unfinished run is kept."""
        return self.out.with_suffix(".partial.json")

    def finished(self) -> dict[str, Any] | None:
        """The record in `out` when it is of this deployment and on this chain."""
        record = read_record(self.out)
        if record is None:
            return None
        plan = self._plan(int(record["nonce"]), record["params"].get("guardian_until", 0))
        reason = difference(record, plan, self.chain_id, self.genesis) or absent(record, plan, self.w3)
        if reason is not None:
            self.say(f"deploying anew: {reason}")
            return None
        return record

    def deploy(self) -> dict[str, Any]:
        """Deploys or carries on, verifies, writes `out` and returns the record."""
        plan, record = self._resume() or self._begin()
        self._check_funds(plan)
        self._send(plan, record)
        self._await(plan, record)
        verify_wiring(self.w3, plan)
        if self.usd is not None:
            record["contracts"]["TestUSD"] = {"address": self.usd, "block": 0, "tx": None, "args": []}
        record["deployed_block"] = min(
            entry["block"] for entry in record["contracts"].values() if entry["tx"]
        )
        write_record(self.out, record)
        remove_record(self.partial)
        self.say(f"wrote {self.out}")
        return record

    def _plan(self, nonce: int, guardian_until: int) -> Plan:
        return make_plan(
            self.account.address,
            nonce,
            params=self.params,
            roles=self.roles,
            usd=self.usd,
            guardian_until=guardian_until,
        )

    def _nonce(self) -> int:
        return int(self.w3.eth.get_transaction_count(self.account.address, "pending"))

    def _resume(self) -> tuple[Plan, dict[str, Any]] | None:
        record = read_record(self.partial)
        if record is None:
            return None
        plan = self._plan(int(record["nonce"]), record["params"].get("guardian_until", 0))
        reason = difference(record, plan, self.chain_id, self.genesis)
        sent = len(record["contracts"])
        if reason is None and self._nonce() != plan.nonce + sent:
            # the deployer sent something else meanwhile, or its last transaction was lost: addresses are gone
            reason = f"{self.account.address} has another nonce than it was left with"
        if reason is not None:
            self.say(f"an unfinished run cannot be carried on: {reason}")
            return None
        self.say(f"carrying on an unfinished run: {sent} of {len(plan.steps)} sent")
        return plan, record

    def _begin(self) -> tuple[Plan, dict[str, Any]]:
        timestamp = int(self.w3.eth.get_block("latest")["timestamp"])
        plan = self._plan(self._nonce(), timestamp + self.params.guardian_seconds)
        record: dict[str, Any] = {
            "chain_id": self.chain_id,
            "genesis_hash": self.genesis,
            "git_commit": git_commit(),
            "deployer": self.account.address,
            "nonce": plan.nonce,
            "params": plan.params,
            "contracts": {},
        }
        return plan, record

    def _fees(self) -> tuple[int, int]:
        tip = int(self.w3.eth.max_priority_fee)
        base = int(self.w3.eth.get_block("latest").get("baseFeePerGas", 0))
        # all steps are sent at once: more than a dozen full blocks may pass before the last is mined
        return 4 * base + tip, tip

    def _check_funds(self, plan: Plan) -> None:
        need = sum(step.gas for step in plan.steps) * self._fees()[0]
        have = int(self.w3.eth.get_balance(self.account.address))
        if have < need:
            raise DeployError(
                f"deployer {self.account.address} has {have / 1e18:.6f} ether and may need "
                f"{need / 1e18:.6f}: fund it"
            )

    def _send(self, plan: Plan, record: dict[str, Any]) -> None:
        """Sends what is not sent yet, without waiting between: nonces keep the order."""
        max_fee, tip = self._fees()
        for index, step in enumerate(plan.steps):
            if step.name in record["contracts"]:
                continue
            transaction = {
                "chainId": self.chain_id,
                "nonce": plan.nonce + index,
                "data": step.data,
                "gas": step.gas,
                "value": 0,
                "maxFeePerGas": max_fee,
                "maxPriorityFeePerGas": tip,
                "type": 2,
            }
            signed = self.account.sign_transaction(transaction)
            self.w3.eth.send_raw_transaction(signed.raw_transaction)
            record["contracts"][step.name] = {
                "address": step.address,
                "block": None,
                "tx": "0x" + bytes(signed.hash).hex(),
                "args": step.args,
                "initcode_hash": step.initcode_hash,
            }
            # after the node has it: when killed in between, the nonce tells and the next run begins afresh
            write_record(self.partial, record)
            self.say(f"sent {step.name} to {step.address}")

    def _await(self, plan: Plan, record: dict[str, Any]) -> None:
        for step in plan.steps:
            entry = record["contracts"][step.name]
            receipt = self.w3.eth.wait_for_transaction_receipt(
                entry["tx"], timeout=RECEIPT_SECONDS, poll_latency=0.1
            )
            if receipt["status"] != 1:
                remove_record(self.partial)
                raise DeployError(f"{step.name} reverted in its constructor: {self._why(step)}")
            entry["block"] = int(receipt["blockNumber"])
            self.say(f"mined {step.name} in block {entry['block']}, {int(receipt['gasUsed']):,} gas")

    def _why(self, step: Step) -> str:
        try:
            self.w3.eth.call({"from": self.account.address, "data": step.data, "gas": step.gas})
        except Exception as error:  # whatever form the node gives its reason in
            return str(error)
        return "the node gives no reason"


def verify_wiring(w3: Any, plan: Plan) -> None:
    """Each constructor argument that has a getter of its name must read back as it was given.

    Raises DeployError naming the contract and the argument.
    """
    for step in plan.steps:
        if not w3.eth.get_code(step.address):
            raise DeployError(f"{step.name}: no code at {step.address}")
        contract = w3.eth.contract(address=step.address, abi=step.abi)
        views = {item["name"] for item in step.abi if item["type"] == "function" and not item["inputs"]}
        for name, expected in zip(step.arg_names, step.args, strict=True):
            getter = name.rstrip("_")
            if getter not in views:
                continue
            found = contract.get_function_by_signature(f"{getter}()")().call()
            if found != expected:
                raise DeployError(f"{step.name}.{getter}() is {found}, deployed with {expected}")

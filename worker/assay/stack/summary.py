"""What a finished job came to, read from the chain alone, and the guide printed when the market is up."""

import json
from typing import Any

from assay.protocol.generated.events import IncomeDeposited
from assay.protocol.units import format_usd6
from assay.stack.anvil import rpc
from assay.stack.paths import StackPaths
from assay.stack.services import Services
from assay.stack.steps import Steps

_JOB_TOPICS = (1, 2)  # every event of a job carries its id as the first or second indexed field


def summarize(paths: StackPaths, services: Services, receipt: dict[str, Any]) -> dict[str, Any]:
    """The one JSON object of `assay up --once`.

    receipt: what `assay render --json` printed. Transactions, gas and income are counted from the chain's logs.
    """
    deployment = json.loads(paths.deployment.read_text())
    job = str(receipt["job_id"])
    hashes, holders_usd6 = _transactions(services.rpc_url, deployment, job)
    gas = sum(int(rpc(services.rpc_url, "eth_getTransactionReceipt", each)["gasUsed"], 16) for each in hashes)
    return {
        "job": job,
        "seconds_to_result": receipt.get("seconds"),
        "lots": receipt.get("lots"),
        "seats": receipt.get("seats"),
        "transactions": len(hashes),
        "gas": gas,
        "paid_usd6": str(receipt.get("paid_usd6", "")),
        "income_to_holders_usd6": str(holders_usd6),
        "picture": receipt.get("picture"),
    }


def _transactions(rpc_url: str, deployment: dict[str, Any], job: str) -> tuple[set[str], int]:
    """Transactions that touched the job, and the income its settlements gave to share holders (usd6)."""
    addresses = [entry["address"] for entry in deployment["contracts"].values()]
    first = hex(int(deployment["deployed_block"]))
    span = {"fromBlock": first, "toBlock": "latest"}
    hashes: set[str] = set()
    for position in _JOB_TOPICS:
        topics = [None] * position + [job]
        logs = rpc(rpc_url, "eth_getLogs", {**span, "address": addresses, "topics": topics})
        hashes |= {log["transactionHash"] for log in logs}
    deposited = "0x" + IncomeDeposited.TOPIC0.hex()
    deposits = rpc(rpc_url, "eth_getLogs", {**span, "topics": [deposited]})
    # data: amount, operator's part, holders' part
    holders = sum(
        int(log["data"][2 + 128 : 2 + 192], 16) for log in deposits if log["transactionHash"] in hashes
    )
    return hashes, holders


def print_guide(paths: StackPaths, services: Services, summary: dict[str, Any], steps: Steps) -> None:
    """Address, accounts with balances, and what to try next."""
    from web3 import Web3

    from assay.stack.economy import SHARE, Economy

    economy = Economy(Web3(Web3.HTTPProvider(services.rpc_url)), json.loads(paths.deployment.read_text()))
    share_address = economy.share_address()
    share = economy.contract("DeviceShare", share_address) if share_address else None
    steps.plain()
    if summary:
        paid = format_usd6(int(summary["paid_usd6"] or 0))
        income = format_usd6(int(summary["income_to_holders_usd6"]))
        steps.plain(
            f"  The job {summary['job'][:10]}… took {summary['seconds_to_result']} s: {summary['lots']} lots,"
        )
        steps.plain(
            f"  {paid} paid to seats, {income} of it to share holders, in {summary['transactions']} transactions."
        )
        steps.plain(f"  Its picture: {summary['picture']}")
        steps.plain()
    steps.plain(f"  Dashboard   {services.dashboard_url}")
    steps.plain(f"  API         {services.dashboard_url}/api/docs")
    steps.plain(f"  Chain       {services.rpc_url}  (chain id 31337; devnet keys anyone knows)")
    steps.plain(f"  Logs        {paths.root / 'logs'}")
    steps.plain()
    steps.plain("  Account        Address                                            Test USD    Shares")
    for role in ("buyer", "north", "south", "east", "investor one", "investor two"):
        account = economy.accounts[role].address
        held = int(share.functions.balanceOf(account).call()) // SHARE if share is not None else 0
        steps.plain(f"  {role:<13}  {account}  {economy.usd_of(role) / 1e6:>13,.2f}  {held:>8,}")
    steps.plain()
    steps.plain("  Try next")
    steps.plain(f"    open {services.dashboard_url}, choose the demo wallet, and post a job as the buyer")
    steps.plain("    switch to an investor and claim the income of device North")
    steps.plain("    .venv/bin/assay demo    a provider flips one bit; see it convicted, and the money move")
    steps.plain("    .venv/bin/assay doctor")
    steps.plain()
    steps.plain("  Ctrl-C stops everything; the next `make run` carries on from here.")

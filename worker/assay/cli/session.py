"""What most commands open first: the deployment, the node, the stores, and a sender for the account that pays."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assay.artifacts import ArtifactStore, HttpMirror, MultiStore
from assay.artifacts.base import Store
from assay.buyer.market import Market
from assay.cli.keys import account_for
from assay.protocol.chain import genesis_hash
from assay.protocol.deployment import Deployment
from assay.protocol.sender import TxSender
from assay.worker.settings import DEFAULT_RPC_URL, run_folder

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

LOCK_WAIT_SECONDS = 20.0


def open_deployment() -> Deployment:
    """The deployment named by the environment, else the local one under the run folder."""
    return Deployment.load(os.environ.get("ASSAY_DEPLOYMENT") or run_folder() / "deployments" / "31337.json")


def rpc_url() -> str:
    """The chain node."""
    return os.environ.get("ASSAY_RPC_URL", DEFAULT_RPC_URL)


def open_store(chain_id: int, account: LocalAccount | None = None) -> Store:
    """The stores of this machine, then HTTP mirrors (ASSAY_API_URL; uploads need an account)."""
    urls = [url for url in os.environ.get("ASSAY_STORE_URL", "").split(",") if url]
    mirrors = [url for url in os.environ.get("ASSAY_API_URL", "").split(",") if url]
    if not urls and not mirrors:
        urls = [(run_folder() / "artifacts").as_uri()]
    stores: list[Store] = [ArtifactStore(url) for url in urls]
    stores += [HttpMirror(url, account=account, chain_id=chain_id) for url in mirrors]
    return MultiStore(stores)


def open_market(account: LocalAccount | None = None) -> Market:
    """Chain, contracts and stores. Raises AssayError saying which of them is missing and how to mend it."""
    deployment = open_deployment()
    return Market.open(rpc_url(), deployment, open_store(deployment.chain_id, account))


@dataclass(frozen=True)
class Paying:
    """A market with an account that can send."""

    market: Market
    account: LocalAccount
    sender: TxSender


def sender_folder(market: Market, address: str) -> Path:
    """Where an account's outbox and orders lie; a chain that was started anew gets a folder of its own."""
    genesis = genesis_hash(market.w3).hex()[:12]
    return run_folder() / "accounts" / f"{market.deployment.chain_id}-{genesis}" / address.lower()


@contextmanager
def paying(choice: str | None, password_file: Path | None) -> Iterator[Paying]:
    """Opens market, account and sender; waits a little for another command with the same key."""
    deployment = open_deployment()
    account = account_for(choice, password_file, chain_id=deployment.chain_id)
    market = Market.open(rpc_url(), deployment, open_store(deployment.chain_id, account))
    path = sender_folder(market, account.address) / "outbox.db"
    with TxSender(market.w3, account, path, lock_wait_seconds=LOCK_WAIT_SECONDS) as sender:
        yield Paying(market, account, sender)

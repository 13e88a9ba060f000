"""Everything a buyer's command talks to: chain, contracts, stores. One object, opened once."""

from __future__ import annotations

from dataclasses import dataclass

from web3 import Web3

from assay.artifacts.base import Store
from assay.protocol.chain import connect, head
from assay.protocol.clients import (
    AuctionClient,
    AvailabilityClient,
    BidBookClient,
    DeviceRegistryClient,
    EscrowClient,
    JobBoardClient,
    JobMarketClient,
    StakeVaultClient,
    UsdClient,
)
from assay.protocol.deployment import Deployment

PROBE_SECONDS = 1.0  # a person should not wait long to hear that the node is down


@dataclass(frozen=True)
class Market:
    """Clients of one deployment over one node, and the store artifacts go to."""

    w3: Web3
    deployment: Deployment
    store: Store
    board: JobBoardClient
    jobs: JobMarketClient
    availability: AvailabilityClient
    vault: StakeVaultClient
    escrow: EscrowClient
    auction: AuctionClient
    bids: BidBookClient
    registry: DeviceRegistryClient
    usd: UsdClient

    @classmethod
    def open(cls, rpc_url: str, deployment: Deployment, store: Store) -> Market:
        """Connects and checks that node and deployment are the same chain. Raises WrongChain, NodeUnreachable."""
        head(connect(rpc_url), retry_seconds=PROBE_SECONDS)
        w3 = connect(rpc_url, chain_id=deployment.chain_id, genesis=deployment.genesis_hash)
        return cls(
            w3,
            deployment,
            store,
            JobBoardClient(w3, deployment),
            JobMarketClient(w3, deployment),
            AvailabilityClient(w3, deployment),
            StakeVaultClient(w3, deployment),
            EscrowClient(w3, deployment),
            AuctionClient(w3, deployment),
            BidBookClient(w3, deployment),
            DeviceRegistryClient(w3, deployment),
            UsdClient(w3, deployment),
        )

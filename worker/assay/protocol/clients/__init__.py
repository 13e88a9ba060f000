"""Typed clients, one per contract: reads at a stated block, and builders of calls for a sender or a
wallet.
"""

from assay.protocol.clients.auction import AuctionClient
from assay.protocol.clients.availability import AvailabilityClient
from assay.protocol.clients.base import ContractClient
from assay.protocol.clients.bid_book import BidBookClient
from assay.protocol.clients.claims import ClaimsClient
from assay.protocol.clients.device_registry import DeviceRegistryClient
from assay.protocol.clients.device_share import DeviceShareClient
from assay.protocol.clients.device_tender import DeviceTenderClient
from assay.protocol.clients.dispute_game import (
    DisputeGameClient,
    FrameMovesClient,
    MovesClient,
    TraceMovesClient,
    ValueMovesClient,
)
from assay.protocol.clients.escrow import EscrowClient
from assay.protocol.clients.job_board import JobBoardClient
from assay.protocol.clients.job_market import JobMarketClient
from assay.protocol.clients.share_exchange import ShareExchangeClient
from assay.protocol.clients.share_factory import ShareFactoryClient
from assay.protocol.clients.share_offering import ShareOfferingClient
from assay.protocol.clients.stake_vault import StakeVaultClient
from assay.protocol.clients.usd import UsdClient

__all__ = [
    "AuctionClient",
    "AvailabilityClient",
    "BidBookClient",
    "ClaimsClient",
    "ContractClient",
    "DeviceRegistryClient",
    "DeviceShareClient",
    "DeviceTenderClient",
    "DisputeGameClient",
    "EscrowClient",
    "FrameMovesClient",
    "JobBoardClient",
    "JobMarketClient",
    "MovesClient",
    "ShareExchangeClient",
    "ShareFactoryClient",
    "ShareOfferingClient",
    "StakeVaultClient",
    "TraceMovesClient",
    "UsdClient",
    "ValueMovesClient",
]

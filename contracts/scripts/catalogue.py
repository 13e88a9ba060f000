"""Which contracts exist and where their sources are. Every other script starts from here."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
CONTRACTS_DIR: Final = ROOT / "contracts"
INTERFACES_DIR: Final = CONTRACTS_DIR / "interfaces"
ABI_DIR: Final = CONTRACTS_DIR / "abi"
GENERATED_DIR: Final = ROOT / "worker" / "assay" / "protocol" / "generated"
BUILD_DIR: Final = ROOT / ".build"

# deployables in the order of their deployment; DeviceShare and AllowListPolicy are deployed as blueprints
SOURCES: Final[dict[str, Path]] = {
    "TestUSD": CONTRACTS_DIR / "mocks" / "TestUSD.vy",
    "DeviceRegistry": CONTRACTS_DIR / "DeviceRegistry.vy",
    "DeviceShare": CONTRACTS_DIR / "DeviceShare.vy",
    "AllowListPolicy": CONTRACTS_DIR / "AllowListPolicy.vy",
    "ShareFactory": CONTRACTS_DIR / "ShareFactory.vy",
    "ShareOffering": CONTRACTS_DIR / "ShareOffering.vy",
    "DeviceTender": CONTRACTS_DIR / "DeviceTender.vy",
    "StakeVault": CONTRACTS_DIR / "StakeVault.vy",
    "Escrow": CONTRACTS_DIR / "Escrow.vy",
    "Auction": CONTRACTS_DIR / "Auction.vy",
    "BidBook": CONTRACTS_DIR / "BidBook.vy",
    "Draw": CONTRACTS_DIR / "Draw.vy",
    "Availability": CONTRACTS_DIR / "Availability.vy",
    "JobMarket": CONTRACTS_DIR / "JobMarket.vy",
    "Claims": CONTRACTS_DIR / "Claims.vy",
    "JobBoard": CONTRACTS_DIR / "JobBoard.vy",
    "Leaf": CONTRACTS_DIR / "Leaf.vy",
    "TermLeaf": CONTRACTS_DIR / "TermLeaf.vy",
    "RootLeaf": CONTRACTS_DIR / "RootLeaf.vy",
    "DisputeGame": CONTRACTS_DIR / "DisputeGame.vy",
    "FrameMoves": CONTRACTS_DIR / "FrameMoves.vy",
    "TraceMoves": CONTRACTS_DIR / "TraceMoves.vy",
    "ValueMoves": CONTRACTS_DIR / "ValueMoves.vy",
    "ShareExchange": CONTRACTS_DIR / "ShareExchange.vy",
}


def source_of(name: str) -> Path:
    """The deployable's source, or its interface while the deployable is not written yet."""
    source = SOURCES[name]
    if source.exists():
        return source
    return INTERFACES_DIR / f"I{name}.vyi"

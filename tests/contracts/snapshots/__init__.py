"""Size and gas of the contracts, kept in sizes.json and gas.json and reviewed like code.

`python -m tests.contracts.snapshots --write` measures again and writes both; the tests compare with them.
"""

import json
import tempfile
from pathlib import Path

from contracts.scripts.catalogue import SOURCES
from contracts.scripts.compiler import compiled

HERE = Path(__file__).parent
SIZES, GAS = HERE / "sizes.json", HERE / "gas.json"
SIZE_LIMIT = 18_000  # bytes of runtime code, while features are still to come; EIP-170 allows 24,576
FINISHED_LIMIT = 22_000
FINISHED = frozenset({"DisputeGame", "JobMarket", "Leaf"})  # contracts to which nothing will be added
GAS_TOLERANCE = 0.01


def size_limit(name: str) -> int:
    """Bytes that a contract may take."""
    return FINISHED_LIMIT if name in FINISHED else SIZE_LIMIT


def measure_sizes() -> dict[str, int]:
    """Runtime bytes of each deployable, immutables not counted."""
    return {name: compiled(name).runtime_bytes for name in SOURCES}


def measure_gas() -> dict[str, int]:
    """Gas of every entry point, from one tour over a fresh chain."""
    from tests.contracts.gas_tour import Tour, chain, devnet_accounts

    with tempfile.TemporaryDirectory() as folder, chain() as anvil:
        return Tour(anvil, devnet_accounts(), Path(folder) / "deployment.json").run()


def stored(path: Path) -> dict[str, int]:
    """The committed figures."""
    figures: dict[str, int] = json.loads(path.read_text())
    return figures


def write(path: Path, figures: dict[str, int]) -> None:
    path.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n")

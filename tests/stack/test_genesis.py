"""A chain that is stopped and started again, many times, is still the same chain."""

import subprocess
import time
from pathlib import Path

from assay.stack.anvil import free_port, rpc
from assay.stack.paths import StackPaths
from assay.stack.ports import Ports
from assay.stack.services import Services


def test_chain__restarted_again_and_again__keeps_its_genesis_and_its_blocks(tmp_path: Path) -> None:
    paths = StackPaths(tmp_path / "run")
    paths.create()
    services = Services(paths, Ports(chain=free_port()))
    genesis, height = set(), 0
    for _ in range(5):
        process = subprocess.Popen(services.chain().command)
        try:
            for _ in range(200):
                try:
                    rpc(services.rpc_url, "eth_chainId", timeout=1)
                    break
                except OSError:
                    time.sleep(0.05)
            genesis.add(rpc(services.rpc_url, "eth_getBlockByNumber", "0x0", False)["hash"])
            assert int(rpc(services.rpc_url, "eth_blockNumber"), 16) >= height
            rpc(services.rpc_url, "anvil_mine", "0x2")
            height = int(rpc(services.rpc_url, "eth_blockNumber"), 16)
        finally:
            process.terminate()
            process.wait(10)
    assert len(genesis) == 1

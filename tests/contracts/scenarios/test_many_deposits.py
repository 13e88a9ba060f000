"""Ten thousand deposits of one unit: on a real chain, where that many calls take seconds."""

from pathlib import Path
from typing import Any

from web3 import Web3

from assay.protocol.generated import load_abi
from assay.stack.anvil import Anvil
from contracts.scripts.compiler import abi_of, analyse
from contracts.scripts.deploy import deploy
from contracts.scripts.params import DEVNET
from tests.contracts.worlds import CLASS, MOCKS, SERIAL, SHARE, SPEC


def test_ten_thousand_small_deposits__nothing_drains_to_rounding(
    anvil: Anvil, accounts: dict[str, Any], tmp_path: Path
) -> None:
    """Every unit but the last fraction arrives; the supply does not divide, each deposit leaves a remainder."""
    w3 = Web3(Web3.HTTPProvider(anvil.url))
    record = deploy(w3, accounts["deployer"], DEVNET, tmp_path / "deployment.json")
    provider, one, two = (accounts[name].address for name in ("north", "investor_one", "investor_two"))

    def contract(name: str, address: str | None = None) -> Any:
        return w3.eth.contract(
            address=Web3.to_checksum_address(address or record["contracts"][name]["address"]),
            abi=load_abi(name),
        ).functions

    def send(call: Any, sender: str = provider) -> None:
        receipt = w3.eth.wait_for_transaction_receipt(call.transact({"from": sender, "gas": 25_000_000}))
        assert receipt["status"] == 1

    registry, factory, usd = (contract(name) for name in ("DeviceRegistry", "ShareFactory", "TestUSD"))
    send(registry.register_device(SERIAL, CLASS, SPEC, "north", "cpu", 1))
    device_id = registry.device_id_of(provider, SERIAL).call()
    send(factory.create_share(device_id, 3 * SHARE, 1_000, "N", "N"))
    share = contract("DeviceShare", factory.share_of(device_id).call())
    for holder in (one, two):
        send(share.transfer(holder, SHARE))

    compiled = analyse(MOCKS / "Depositor.vy")
    created = w3.eth.send_transaction({"from": provider, "data": compiled.bytecode, "gas": 1_000_000})
    address = w3.eth.wait_for_transaction_receipt(created)["contractAddress"]
    assert address is not None
    depositor = w3.eth.contract(address=address, abi=abi_of(compiled)).functions
    send(usd.mint(address, 10_000))
    for _ in range(20):  # a block's gas holds some hundreds
        send(depositor.deposit(usd.name().address, share.name().address, 1, 500))

    assert share.total_income_usd6().call() == 10_000
    assert share.operator_claimable().call() == 1_000
    claims = [share.claimable(holder).call() for holder in (provider, one, two)]
    assert all(amount in (2_999, 3_000) for amount in claims)
    for holder in (provider, one, two):
        send(share.claim_for(holder))
    send(share.claim_operator())
    assert usd.balanceOf(share.name().address).call() <= 3

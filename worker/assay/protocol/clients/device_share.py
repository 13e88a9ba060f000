"""One device's share: balances and income."""

from typing import cast

from web3 import Web3

from assay.protocol.call import Call
from assay.protocol.clients.base import Block, ContractClient
from assay.protocol.deployment import Deployment
from assay.protocol.ids import Address, DeviceId
from assay.protocol.units import Bps, Usd6


class DeviceShareClient(ContractClient):
    """A DeviceShare by its address: ShareFactory makes them, the deployment does not list them."""

    CONTRACT = "DeviceShare"

    def __init__(self, w3: Web3, deployment: Deployment, address: str) -> None:
        super().__init__(w3, deployment, address=address)

    def name(self, *, block: Block = None) -> str:
        """ERC-20 name."""
        return str(self.read("name", block=block))

    def symbol(self, *, block: Block = None) -> str:
        """ERC-20 symbol."""
        return str(self.read("symbol", block=block))

    def total_supply(self, *, block: Block = None) -> int:
        """All shares, 18 decimals."""
        return int(self.read("totalSupply", block=block))

    def balance_of(self, holder: str, *, block: Block = None) -> int:
        """A holder's shares, 18 decimals."""
        return int(self.read("balanceOf", holder, block=block))

    def claimable(self, holder: str, *, block: Block = None) -> Usd6:
        """Income a holder can claim now."""
        return Usd6(self.read("claimable", holder, block=block))

    def operator_claimable(self, *, block: Block = None) -> Usd6:
        """Operator's cut that can be claimed now."""
        return Usd6(self.read("operator_claimable", block=block))

    def operator(self, *, block: Block = None) -> Address:
        """Who runs the device and gets the cut."""
        return cast(Address, self.read("operator", block=block))

    def operator_cut_bps(self, *, block: Block = None) -> Bps:
        """The operator's part of income."""
        return Bps(self.read("operator_cut_bps", block=block))

    def device_id(self, *, block: Block = None) -> DeviceId:
        """The device this is a share of."""
        return DeviceId(self.read("device_id", block=block))

    def total_income_usd6(self, *, block: Block = None) -> Usd6:
        """Income since the beginning, the operator's cut included."""
        return Usd6(self.read("total_income_usd6", block=block))

    def transfer(self, to: str, amount: int) -> Call:
        """Sends shares; income earned before stays with the sender."""
        return self.call("transfer", to, amount)

    def claim(self) -> Call:
        """The sender's income, to the sender."""
        return self.call("claim")

    def claim_for(self, holder: str) -> Call:
        """A holder's income, to that holder."""
        return self.call("claim_for", holder)

    def claim_operator(self) -> Call:
        """The operator's cut, to the operator."""
        return self.call("claim_operator")

    def sync_income(self) -> Call:
        """Accounts for tokens that arrived without a call."""
        return self.call("sync_income")

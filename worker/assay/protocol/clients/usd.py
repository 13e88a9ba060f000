"""The stablecoin: TestUSD on devnets, any ERC-20 with six decimals and a permit elsewhere."""

from typing import Any

from assay.protocol.call import Call
from assay.protocol.chain import chain_id_of
from assay.protocol.clients.base import Block, ContractClient
from assay.protocol.eip712 import permit_typed_data
from assay.protocol.units import Usd6


class UsdClient(ContractClient):
    """Balances, allowances, transfers and permits of the stablecoin."""

    CONTRACT = "TestUSD"

    def balance_of(self, account: str, *, block: Block = None) -> Usd6:
        """Tokens of an account."""
        return Usd6(self.read("balanceOf", account, block=block))

    def allowance(self, owner: str, spender: str, *, block: Block = None) -> Usd6:
        """What `spender` may still take from `owner`."""
        return Usd6(self.read("allowance", owner, spender, block=block))

    def total_supply(self, *, block: Block = None) -> Usd6:
        """All tokens."""
        return Usd6(self.read("totalSupply", block=block))

    def nonce_of(self, owner: str, *, block: Block = None) -> int:
        """Nonce of the owner's next permit."""
        return int(self.read("nonces", owner, block=block))

    def permit_message(self, owner: str, spender: str, value: int, *, deadline: int) -> dict[str, Any]:
        """The EIP-712 message that lets `spender` take `value`; sign with eip712.sign_permit or a wallet."""
        _, name, version, *_ = self.read("eip712Domain")
        return permit_typed_data(
            token=self.address,
            token_name=name,
            version=version,
            chain_id=chain_id_of(self.w3),
            owner=owner,
            spender=spender,
            value=value,
            nonce=self.nonce_of(owner),
            deadline=deadline,
        )

    def approve(self, spender: str, amount_usd6: int) -> Call:
        """Lets `spender` take up to the amount."""
        return self.call("approve", spender, amount_usd6)

    def transfer(self, to: str, amount_usd6: int) -> Call:
        """Sends tokens."""
        return self.call("transfer", to, amount_usd6)

    def mint(self, to: str, amount_usd6: int) -> Call:
        """Devnets only: new test tokens."""
        return self.call("mint", to, amount_usd6)

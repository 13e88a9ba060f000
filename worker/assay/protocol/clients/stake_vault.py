"""Provider stake: deposits, bonds, unbonding."""

from collections.abc import Sequence
from typing import cast

from assay.protocol.call import Call
from assay.protocol.clients.base import Block, ContractClient
from assay.protocol.generated.structs import Exposure
from assay.protocol.units import Usd6


class StakeVaultClient(ContractClient):
    """StakeVault. free = stake - locked - unbonding."""

    CONTRACT = "StakeVault"

    def stake_of(self, provider: str, *, block: Block = None) -> Usd6:
        """All of a provider's stake."""
        return Usd6(self.read("stake_of", provider, block=block))

    def locked_of(self, provider: str, *, block: Block = None) -> Usd6:
        """The part that bonds of jobs hold."""
        return Usd6(self.read("locked_of", provider, block=block))

    def unbonding_of(self, provider: str, *, block: Block = None) -> Usd6:
        """The part that is asked back."""
        return Usd6(self.read("unbonding_of", provider, block=block))

    def free_of(self, provider: str, *, block: Block = None) -> Usd6:
        """The part that a new job can lock."""
        return Usd6(self.read("free_of", provider, block=block))

    def exposure_of(self, provider: str, *, block: Block = None) -> Exposure:
        """All four figures in one answer, of one block."""
        return cast(Exposure, self.struct(Exposure, self.read("exposure_of", provider, block=block)))

    def bond_of(self, provider: str, job_id: bytes, *, block: Block = None) -> Usd6:
        """What a job holds of it."""
        return Usd6(self.read("bond_of", provider, job_id, block=block))

    def deposit(self, provider: str, amount_usd6: int) -> Call:
        """Adds stake from the sender's allowance to the vault."""
        return self.call("deposit", provider, amount_usd6)

    def deposit_with_permit(
        self, provider: str, amount_usd6: int, *, deadline: int, signature: tuple[int, bytes, bytes]
    ) -> Call:
        """As deposit, with the sender's permit (v, r, s)."""
        return self.call("deposit_with_permit", provider, amount_usd6, deadline, *signature)

    def request_unbond(self, amount_usd6: int) -> Call:
        """Asks for free stake back; ready after the unbonding time."""
        return self.call("request_unbond", amount_usd6)

    def cancel_unbond(self, request_id: int) -> Call:
        """Takes the request back."""
        return self.call("cancel_unbond", request_id)

    def withdraw(self, provider: str, request_id: int) -> Call:
        """Pays a request whose time has come to the provider."""
        return self.call("withdraw", provider, request_id)

    def release(self, job_id: bytes, providers: Sequence[str]) -> Call:
        """Frees what is left of the bonds of a closed job; anyone, at most 20 providers."""
        return self.call("release", job_id, list(providers))

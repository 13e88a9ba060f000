"""Pull credits and the money of jobs."""

from assay.protocol.call import Call
from assay.protocol.clients.base import Block, ContractClient
from assay.protocol.units import Usd6


class EscrowClient(ContractClient):
    """Escrow, as accounts use it."""

    CONTRACT = "Escrow"

    def credit_of(self, account: str, *, block: Block = None) -> Usd6:
        """What an account can withdraw."""
        return Usd6(self.read("credit_of", account, block=block))

    def job_balance(self, job_id: bytes, *, block: Block = None) -> Usd6:
        """What is still held for a job."""
        return Usd6(self.read("job_balance", job_id, block=block))

    def fees_usd6(self, *, block: Block = None) -> Usd6:
        """Fees not yet withdrawn."""
        return Usd6(self.read("fees_usd6", block=block))

    def kitty_usd6(self, *, block: Block = None) -> Usd6:
        """The kitty."""
        return Usd6(self.read("kitty_usd6", block=block))

    def liabilities_usd6(self, *, block: Block = None) -> Usd6:
        """Sum of every ledger, never above the contract's token balance (INV-01)."""
        return Usd6(self.read("liabilities_usd6", block=block))

    def withdraw(self, account: str) -> Call:
        """Sends an account its credit; anyone may call."""
        return self.call("withdraw", account)

    def withdraw_fees(self) -> Call:
        """Sends fees to the fixed recipient; anyone may call."""
        return self.call("withdraw_fees")

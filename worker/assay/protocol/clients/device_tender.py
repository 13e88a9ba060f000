"""Buying all shares of a device at one price."""

from typing import Any

from assay.protocol.call import Call
from assay.protocol.clients.base import Block, ContractClient
from assay.protocol.units import Usd6


class DeviceTenderClient(ContractClient):
    """DeviceTender: paid in first; nine tenths must accept, then the rest is sold at the same price."""

    CONTRACT = "DeviceTender"

    def tender(self, tender_id: bytes, *, block: Block = None) -> Any:
        """The struct Tender as a tuple. Raises Reverted for an unknown tender."""
        return self.read("tender", tender_id, block=block)

    def accepted_of(self, tender_id: bytes, holder: str, *, block: Block = None) -> int:
        """Shares (18 decimals) that a holder has left with the tender."""
        return int(self.read("accepted_of", tender_id, holder, block=block))

    def credit_of(self, account: str, *, block: Block = None) -> Usd6:
        """What `withdraw` sends to an account."""
        return Usd6(self.read("credit_of", account, block=block))

    def open_tender(self, salt: bytes, share: str, price_usd6: int, deadline: int) -> Call:
        """Price of one whole share; the price of all comes from the sender's allowance to this contract."""
        return self.call("open_tender", salt, share, price_usd6, deadline)

    def accept(self, tender_id: bytes, amount: int) -> Call:
        """Leaves shares (18 decimals) with the tender, from the sender's allowance to this contract."""
        return self.call("accept", tender_id, amount)

    def release(self, tender_id: bytes, holder: str) -> Call:
        """Takes them back: the holder before the completion, anyone after a failed deadline."""
        return self.call("release", tender_id, holder)

    def complete(self, tender_id: bytes) -> Call:
        """Anyone, once the notice is over and the threshold is reached."""
        return self.call("complete", tender_id)

    def take(self, tender_id: bytes, holders: list[str]) -> Call:
        """Credits at most 50 holders the price of all their shares."""
        return self.call("take", tender_id, holders)

    def end(self, tender_id: bytes) -> Call:
        """Gives the bidder what is its own."""
        return self.call("end", tender_id)

    def withdraw(self, account: str) -> Call:
        """Sends an account its credit; anyone may call."""
        return self.call("withdraw", account)

"""Primary sales of a device's shares."""

from typing import Any, cast

from assay.protocol.call import Call
from assay.protocol.clients.base import Block, ContractClient
from assay.protocol.generated.structs import Sale, ShareTerms
from assay.protocol.units import Usd6


class ShareOfferingClient(ContractClient):
    """ShareOffering: paid in full before there are shares, refunded in full when they do not come."""

    CONTRACT = "ShareOffering"

    def offering(self, offering_id: bytes, *, block: Block = None) -> Any:
        """(provider, sale, sold, share, cancelled). Raises Reverted for an unknown offering."""
        return self.read("offering", offering_id, block=block)

    def offering_id_of(
        self, provider: str, salt: bytes, sale: Sale, terms: ShareTerms, *, block: Block = None
    ) -> bytes:
        """The id such an offering gets."""
        return cast(bytes, self.read("offering_id_of", provider, salt, sale, terms, block=block))

    def is_failed(self, offering_id: bytes, *, block: Block = None) -> bool:
        """Whether investors take refunds, now and for ever."""
        return bool(self.read("is_failed", offering_id, block=block))

    def shares_of(self, offering_id: bytes, investor: str, *, block: Block = None) -> int:
        """Whole shares paid for and neither refunded nor delivered."""
        return int(self.read("shares_of", offering_id, investor, block=block))

    def credit_of(self, account: str, *, block: Block = None) -> Usd6:
        """Proceeds and income of kept shares that `withdraw` sends to an account."""
        return Usd6(self.read("credit_of", account, block=block))

    def open_offering(self, salt: bytes, sale: Sale, terms: ShareTerms) -> Call:
        """Provider: the device must be the sender's, live, without shares, with the documents that the sale names."""
        return self.call("open_offering", salt, sale, terms)

    def invest(self, offering_id: bytes, shares: int) -> Call:
        """Whole shares; their price comes from the sender's allowance to this contract."""
        return self.call("invest", offering_id, shares)

    def activate(self, offering_id: bytes) -> Call:
        """Provider: makes the shares; the proceeds become its credit."""
        return self.call("activate", offering_id)

    def cancel(self, offering_id: bytes) -> Call:
        """Provider, before the activation: investors take refunds."""
        return self.call("cancel", offering_id)

    def refund(self, offering_id: bytes, investor: str) -> Call:
        """Of a failed offering, to the investor; anyone may call."""
        return self.call("refund", offering_id, investor)

    def deliver(self, offering_id: bytes, investor: str) -> Call:
        """The shares of an activated offering, to the investor; anyone may call."""
        return self.call("deliver", offering_id, investor)

    def withdraw(self, account: str) -> Call:
        """Sends an account its credit; anyone may call."""
        return self.call("withdraw", account)

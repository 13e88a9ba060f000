"""Sealed bids of jobs at auction: what is known of them. Bids are made through JobBoard."""

from typing import cast

from assay.protocol.clients.base import Block, ContractClient
from assay.protocol.generated.structs import Book, SealedBid


class BidBookClient(ContractClient):
    """BidBook, which JobBoard asks who bids and who wins."""

    CONTRACT = "BidBook"

    def book_of(self, job_id: bytes, *, block: Block = None) -> Book:
        """State, deadlines and counts of a job's bidding; state 0 where there was none."""
        return cast(Book, self.struct(Book, self.read("book_of", job_id, block=block)))

    def bid_of(self, job_id: bytes, provider: str, *, block: Block = None) -> SealedBid:
        """The provider's bid: status as market.records.BidStatus has it (never DISPLACED), 0: none."""
        return cast(SealedBid, self.struct(SealedBid, self.read("bid_of", job_id, provider, block=block)))

    def windows(self, *, block: Block = None) -> tuple[int, int]:
        """Seconds for sealing and for opening, of every auction."""
        bid_seconds, open_seconds = self.read("windows", block=block)
        return int(bid_seconds), int(open_seconds)

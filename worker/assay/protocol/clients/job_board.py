"""Orders: what a job costs, posting it, and whether new jobs are paused."""

from collections.abc import Sequence

from assay.protocol.call import Call
from assay.protocol.clients.base import Block, ContractClient
from assay.protocol.generated.structs import Bid, Order, Pick, Terms
from assay.protocol.ids import JobId
from assay.protocol.units import Usd6


class JobBoardClient(ContractClient):
    """JobBoard, which takes orders; a posted job lives in JobMarket (JobMarketClient)."""

    CONTRACT = "JobBoard"

    def job_id_of(self, buyer: str, client_salt: bytes, terms: Terms, *, block: Block = None) -> JobId:
        """The id of such a job; ids.job_id_of computes it without a node."""
        return JobId(self.read("job_id_of", buyer, client_salt, terms, block=block))

    def escrow_for(self, terms: Terms, *, block: Block = None) -> Usd6:
        """What post_job takes for these terms."""
        return Usd6(self.read("escrow_for", terms, block=block))

    def paused_until(self, *, block: Block = None) -> int:
        """Block timestamp until which new jobs are refused."""
        return int(self.read("paused_until", block=block))

    def post_job(self, terms: Terms, picks: Sequence[Pick], client_salt: bytes) -> Call:
        """Buyer: posts and pays from the allowance to Escrow."""
        return self.call("post_job", terms, list(picks), client_salt)

    def post_job_with_permit(
        self,
        terms: Terms,
        picks: Sequence[Pick],
        client_salt: bytes,
        *,
        deadline: int,
        signature: tuple[int, bytes, bytes],
    ) -> Call:
        """Buyer: posts and pays by a permit (v, r, s) to Escrow."""
        return self.call("post_job_with_permit", terms, list(picks), client_salt, deadline, *signature)

    def auction_escrow_for(self, terms: Terms, *, block: Block = None) -> Usd6:
        """What post_auction takes for these terms: one poke price more than post_job."""
        return Usd6(self.read("auction_escrow_for", terms, block=block))

    def max_units_for(self, terms: Terms, *, block: Block = None) -> int:
        """Most units of one bid."""
        return int(self.read("max_units_for", terms, block=block))

    def post_auction(self, terms: Terms, client_salt: bytes) -> Call:
        """Buyer: opens the bidding and pays from the allowance to Escrow."""
        return self.call("post_auction", terms, client_salt)

    def post_auction_with_permit(
        self, terms: Terms, client_salt: bytes, *, deadline: int, signature: tuple[int, bytes, bytes]
    ) -> Call:
        """Buyer: opens the bidding and pays by a permit (v, r, s) to Escrow."""
        return self.call("post_auction_with_permit", terms, client_salt, deadline, *signature)

    def seal_bid(self, order: Order, digest: bytes, units: int) -> Call:
        """Provider: its one bid; the deposit comes from its allowance to Escrow."""
        return self.call("seal_bid", order, digest, units)

    def open_bid(self, order: Order, bid: Bid) -> Call:
        """Provider: shows its bid, gets its deposit back, has bonds locked while it may win."""
        return self.call("open_bid", order, bid)

    def award_auction(self, order: Order) -> Call:
        """Anyone, when opening is over: clears; paid the poke price."""
        return self.call("award_auction", order)

    def cancel_auction(self, order: Order) -> Call:
        """Buyer, before the first opening: everything back."""
        return self.call("cancel_auction", order)

    def return_deposit(self, job_id: bytes, provider: str) -> Call:
        """Anyone, after a cancellation: a sealed bid's deposit to its provider's credit."""
        return self.call("return_deposit", job_id, provider)

    def pause_new_jobs(self) -> Call:
        """Guardian: stops new jobs for a while."""
        return self.call("pause_new_jobs")

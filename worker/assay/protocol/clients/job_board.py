"""Orders: what a job costs, posting it, and whether new jobs are paused."""

from collections.abc import Sequence

from assay.protocol.call import Call
from assay.protocol.clients.base import Block, ContractClient
from assay.protocol.generated.structs import Pick, Terms
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

    def pause_new_jobs(self) -> Call:
        """Guardian: stops new jobs for a while."""
        return self.call("pause_new_jobs")

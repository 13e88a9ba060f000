"""Jobs: posting, draw, seals, tags, roots, settlement."""

from collections.abc import Sequence
from typing import cast

from assay.protocol.call import Call
from assay.protocol.clients.base import Block, ContractClient
from assay.protocol.generated.structs import Awardee, Job, Lot, Pick, Seat, Terms
from assay.protocol.ids import JobId
from assay.protocol.units import Usd6

BATCH = 32  # lots in one transaction


class JobMarketClient(ContractClient):
    """JobMarket. Batches take at most BATCH lots; `awardees` is the list of the job's JobAwarded event."""

    CONTRACT = "JobMarket"

    def job(self, job_id: bytes, *, block: Block = None) -> Job:
        """A job's state; state NONE for an unknown id."""
        return cast(Job, self.struct(Job, self.read("job", job_id, block=block)))

    def lot(self, job_id: bytes, lot: int, *, block: Block = None) -> Lot:
        """A lot's phase and deadline."""
        return cast(Lot, self.struct(Lot, self.read("lot", job_id, lot, block=block)))

    def seat(self, job_id: bytes, lot: int, place: int, *, block: Block = None) -> Seat:
        """What a place has done; its holder follows from the draw."""
        return cast(Seat, self.struct(Seat, self.read("seat", job_id, lot, place, block=block)))

    def is_closed(self, job_id: bytes, *, block: Block = None) -> bool:
        """Whether every lot is terminal."""
        return bool(self.read("is_closed", job_id, block=block))

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

    def cancel_job(self, job_id: bytes) -> Call:
        """Buyer: ends what has not been sealed."""
        return self.call("cancel_job", job_id)

    def draw_seed(self, job_id: bytes) -> Call:
        """Anyone: stores the seed once its block is past."""
        return self.call("draw_seed", job_id)

    def poke_lots(self, job_id: bytes, awardees: Sequence[Awardee], lots: Sequence[int]) -> Call:
        """Anyone: moves lots whose time has come."""
        return self.call("poke_lots", job_id, list(awardees), list(lots))

    def seal_lots(
        self,
        job_id: bytes,
        awardees: Sequence[Awardee],
        lots: Sequence[int],
        places: Sequence[int],
        seals: Sequence[bytes],
    ) -> Call:
        """Provider: seals its places (digests.seal_of)."""
        return self.call("seal_lots", job_id, list(awardees), list(lots), list(places), list(seals))

    def decline_lots(
        self, job_id: bytes, awardees: Sequence[Awardee], lots: Sequence[int], places: Sequence[int]
    ) -> Call:
        """Provider: steps down early, without slash or pay."""
        return self.call("decline_lots", job_id, list(awardees), list(lots), list(places))

    def tag_lots(
        self,
        job_id: bytes,
        lots: Sequence[int],
        places: Sequence[int],
        tags: Sequence[bytes],
        salts: Sequence[bytes],
    ) -> Call:
        """Provider: opens its seals (digests.tag_of; salt must be digests.mark_of for a place called
        late).
        """
        return self.call("tag_lots", job_id, list(lots), list(places), list(tags), list(salts))

    def reveal_lots(
        self, job_id: bytes, lots: Sequence[int], places: Sequence[int], roots: Sequence[bytes]
    ) -> Call:
        """Anyone who knows the roots: opens the tags."""
        return self.call("reveal_lots", job_id, list(lots), list(places), list(roots))

    def pause_new_jobs(self) -> Call:
        """Guardian: stops new jobs for a while."""
        return self.call("pause_new_jobs")

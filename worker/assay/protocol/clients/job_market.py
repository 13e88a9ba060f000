"""Jobs: draw, seals, tags, roots, settlement."""

from collections.abc import Sequence
from typing import cast

from assay.protocol.call import Call
from assay.protocol.clients.base import Block, ContractClient
from assay.protocol.generated.structs import Awardee, Job, Lot, Seat

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

    def cancel_job(self, job_id: bytes) -> Call:
        """Buyer: ends what has not been sealed."""
        return self.call("cancel_job", job_id)

    def draw_seed(self, job_id: bytes) -> Call:
        """Anyone: stores the seed once its block is past."""
        return self.call("draw_seed", job_id)

    def draw_audits(self, job_id: bytes, lots: Sequence[int]) -> Call:
        """Decides which of these sealed lots of a sampled job are audited; anyone, once their audit blocks are past."""
        return self.call("draw_audits", job_id, list(lots))

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

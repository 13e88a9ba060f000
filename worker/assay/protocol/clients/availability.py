"""Page requests: whoever cannot get the bytes asks for them on chain."""

from collections.abc import Sequence
from typing import cast

from assay.protocol.call import Call
from assay.protocol.clients.base import Block, ContractClient
from assay.protocol.generated.structs import Awardee, PageProof, Request, Terms
from assay.protocol.units import Seconds, Usd6


class AvailabilityClient(ContractClient):
    """Availability: one open request a lot."""

    CONTRACT = "Availability"

    def request_of(self, job_id: bytes, lot: int, *, block: Block = None) -> Request:
        """The open request of a lot; its id is empty when there is none."""
        return cast(Request, self.struct(Request, self.read("request_of", job_id, lot, block=block)))

    def page_price_usd6(self, *, block: Block = None) -> Usd6:
        """What a request prepays and the answerer gets."""
        return Usd6(self.read("page_price_usd6", block=block))

    def page_clock_seconds(self, *, block: Block = None) -> Seconds:
        """How long the other side has to answer."""
        return Seconds(self.read("page_clock_seconds", block=block))

    def request_page(
        self,
        job_id: bytes,
        awardees: Sequence[Awardee],
        *,
        lot: int,
        place: int,
        subject: int,
        list_index: int,
        page_index: int,
    ) -> Call:
        """Asks for one page (states.Subject), prepaid from the sender's allowance to Escrow."""
        return self.call("request_page", job_id, list(awardees), lot, place, subject, list_index, page_index)

    def answer_page(
        self,
        job_id: bytes,
        lot: int,
        *,
        terms: Terms,
        client_salt: bytes,
        lot_root: bytes,
        proof: PageProof,
    ) -> Call:
        """Anyone holding the page: posts and proves it (assay.artifacts.answers builds the proof)."""
        return self.call("answer_page", job_id, lot, terms, client_salt, lot_root, proof)

    def close_request(self, job_id: bytes, awardees: Sequence[Awardee], lot: int) -> Call:
        """Anyone, after the page clock: settles an unanswered request."""
        return self.call("close_request", job_id, list(awardees), lot)

"""Answers page requests while the buyer watches: a worker that cannot fetch an input asks for it on chain.

An unanswered request ends the lot, so the buyer's own store answers as long as it is there to watch.
"""

from __future__ import annotations

from collections.abc import Callable

from assay.artifacts import StoreError
from assay.artifacts.answers import answer_in_artifact, answer_in_list
from assay.buyer.market import Market
from assay.commitment.errors import CommitmentError
from assay.market.records import JobRecord, PageRequest
from assay.protocol.generated.structs import PageProof
from assay.protocol.sender import TxSender
from assay.protocol.states import Subject
from assay.protocol.txerrors import TxRefused

EMPTY32 = bytes(32)


class Answers:
    """Of one job; each request is answered at most once."""

    def __init__(self, market: Market, sender: TxSender, say: Callable[[str], None]) -> None:
        self._market, self._sender, self._say = market, sender, say
        self._tried: set[bytes] = set()

    def answer(self, job: JobRecord) -> None:
        """Posts the page of every open request for an input or the program that the store can answer."""
        for lot in job.lots:
            request = lot.request
            if request is None or request.subject == Subject.OUTPUT or request.request_id in self._tried:
                continue
            self._tried.add(request.request_id)
            try:
                proof = self._proof(job, request)
                call = self._market.availability.answer_page(
                    job.job_id,
                    lot.index,
                    terms=job.terms,
                    client_salt=job.client_salt,
                    lot_root=EMPTY32,
                    proof=proof,
                )
                self._sender.submit(f"answer:{request.request_id.hex()}", call)
                self._say(f"lot {lot.index}: a worker asked for a page on chain; answered")
            except (StoreError, CommitmentError, TxRefused) as error:
                self._say(
                    f"lot {lot.index}: a worker asked for a page on chain; it cannot be answered here: {error}"
                )

    def _proof(self, job: JobRecord, request: PageRequest) -> PageProof:
        store, terms = self._market.store, job.terms
        if request.subject == Subject.PROGRAM:
            return answer_in_artifact(store, terms.program_root, request.page_index)
        return answer_in_list(store, terms.inputs_root, request.list_index, request.page_index)

"""Availability on chain: asking for an input nobody has, and answering for pages that are held here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assay.artifacts import Kind, StoreError
from assay.artifacts.answers import answer_in_artifact, answer_in_list
from assay.artifacts.base import Store
from assay.commitment.artifact import artifact_id
from assay.commitment.errors import CommitmentError
from assay.commitment.listing import list_ids, list_proof, list_root
from assay.commitment.pages import page_proof
from assay.market.follower import Head
from assay.market.records import JobRecord, LotRecord
from assay.protocol.call import Call
from assay.protocol.clients import AvailabilityClient
from assay.protocol.generated.structs import PageProof
from assay.protocol.states import Subject
from assay.worker.material import MissingArtifact
from assay.worker.moves import Move, Verb
from assay.worker.results import ResultStore

EMPTY32 = bytes(32)


class Pages:
    """Page requests and answers of one provider."""

    def __init__(
        self, provider: str, availability: AvailabilityClient, store: Store, results: ResultStore, log: Any
    ) -> None:
        self._me, self._availability = provider.lower(), availability
        self._store, self._results, self._log = store, results, log

    def requests(
        self, job: JobRecord, missing: Sequence[tuple[int, int]], artifact: MissingArtifact | None
    ) -> list[Move]:
        """Ask for the next page of what is missing, for each own seat that waits for it and has no open request."""
        if artifact is None:
            return []
        shelf = job.pages.get((artifact.subject, artifact.list_index), {})
        page = next(k for k in range(len(shelf) + 1) if k not in shelf)
        packed = b"".join(
            number.to_bytes(4, "big") for number in (artifact.subject, artifact.list_index, page)
        )
        return [
            Move(Verb.REQUEST, job.job_id, lot, place, first=packed)
            for lot, place in missing
            if job.lots[lot].request is None
        ]

    def shelve(self, job: JobRecord) -> None:
        """Puts what was posted on chain into the store, once its pages are whole."""
        for (subject, index), shelf in job.pages.items():
            data = b"".join(shelf[k] for k in sorted(shelf))
            identity = artifact_id(data)
            try:
                if subject == Subject.PROGRAM and identity == job.terms.program_root:
                    self._put(Kind.BYTES, identity, data)
                elif (
                    subject == Subject.INPUT and index == 0 and list_root([identity]) == job.terms.inputs_root
                ):
                    self._put(Kind.BYTES, identity, data)
                    self._put(Kind.LIST, job.terms.inputs_root, identity)
                elif subject == Subject.INPUT and identity in self._listed(job):
                    self._put(Kind.BYTES, identity, data)
            except StoreError as error:
                self._log.warning("posted pages cannot be stored", job=job.job_id, reason=str(error))

    def _put(self, kind: Kind, identity: bytes, data: bytes) -> None:
        if not self._store.has(kind, identity):
            self._store.put(kind, identity, data)

    def _listed(self, job: JobRecord) -> tuple[bytes, ...]:
        if not self._store.has(Kind.LIST, job.terms.inputs_root):
            return ()
        return list_ids(self._store.get(Kind.LIST, job.terms.inputs_root))

    def answers(self, job: JobRecord, head: Head) -> list[Move]:
        """Answer open requests of others whose page is held here."""
        return [
            Move(Verb.ANSWER, job.job_id, lot.index, first=lot.request.request_id)
            for lot in job.lots
            if lot.request is not None
            and head.timestamp <= lot.request.deadline
            and (lot.request.requester.lower() != self._me)
            and self._holds(job, lot)
        ]

    def request_call(self, job: JobRecord, move: Move) -> Call:
        """The transaction of a request move."""
        subject, index, page = (int.from_bytes(move.first[at : at + 4], "big") for at in (0, 4, 8))
        return self._availability.request_page(
            job.job_id,
            job.awardees,
            lot=move.lot,
            place=move.place,
            subject=subject,
            list_index=index,
            page_index=page,
        )

    def close_call(self, job: JobRecord, lot: int) -> Call:
        """The transaction that ends a request after its clock."""
        return self._availability.close_request(job.job_id, job.awardees, lot)

    def answer_call(self, job: JobRecord, lot: LotRecord) -> Call | None:
        """The transaction that posts and proves the page; None when it cannot be built after all."""
        try:
            proof = self._proof(job, lot)
        except (StoreError, CommitmentError, OSError) as error:
            self._log.warning("page cannot be answered", job=job.job_id, lot=lot.index, reason=str(error))
            return None
        root = lot.root if lot.request and lot.request.subject == Subject.OUTPUT else EMPTY32
        return self._availability.answer_page(
            job.job_id, lot.index, terms=job.terms, client_salt=job.client_salt, lot_root=root, proof=proof
        )

    def _holds(self, job: JobRecord, lot: LotRecord) -> bool:
        assert lot.request is not None
        if lot.request.subject == Subject.OUTPUT:
            held = self._results.load(job.job_id, lot.index)
            return held is not None and held.root == lot.root
        try:
            if lot.request.subject == Subject.PROGRAM:
                return self._store.has(Kind.BYTES, job.terms.program_root)
            return self._store.has(Kind.LIST, job.terms.inputs_root)
        except StoreError:
            return False

    def _proof(self, job: JobRecord, lot: LotRecord) -> PageProof:
        request = lot.request
        assert request is not None
        if request.subject == Subject.PROGRAM:
            return answer_in_artifact(self._store, job.terms.program_root, request.page_index)
        if request.subject == Subject.INPUT:
            return answer_in_list(self._store, job.terms.inputs_root, request.list_index, request.page_index)
        return self._output_proof(job, lot, request.list_index, request.page_index)

    def _output_proof(self, job: JobRecord, lot: LotRecord, list_index: int, page_index: int) -> PageProof:
        """From the result on disk: the store may be what failed."""
        held = self._results.load(job.job_id, lot.index)
        if held is None:
            raise OSError("the result is not on disk")
        listed = list_proof(held.item_ids, list_index)
        item = self._results.items(job.job_id, lot.index)[list_index] if listed.in_range else b""
        page = page_proof(item, page_index)
        present = listed.in_range
        return PageProof(
            list_count=listed.count,
            list_index=list_index,
            list_proof=listed.siblings,
            list_top=EMPTY32 if present else listed.top,
            page_count=page.page_count if present else 0,
            byte_length=page.byte_length if present else 0,
            page_index=page_index,
            page_proof=page.siblings if present else (),
            artifact_top=page.top if present else EMPTY32,
            artifact_id=page.artifact_id if present else EMPTY32,
            page=page.page,
        )

"""A posted job whose inputs, program and results exist, so that their pages can be asked for and proven."""

from dataclasses import replace

import boa

from assay.commitment import artifact_id, list_proof, list_root, page_proof
from assay.protocol.generated.structs import PageProof
from tests.contracts.market_world import MarketWorld, PostedJob, plain

INPUT, PROGRAM, OUTPUT = 1, 2, 3
PAGE = 4096
BLOBS = [b"", b"\x01", b"\x02" * PAGE, b"\x03" * (PAGE + 1), bytes(range(256)) * 16 * 5]
IDS = [artifact_id(blob) for blob in BLOBS]
PROGRAM_BYTES = b"program" * 1_000
ITEMS = [b"item one" * 600, b"item two", b"item three" * 2_000]
ROOT = list_root([artifact_id(item) for item in ITEMS])


class WithData(PostedJob):
    """A job whose inputs, program and results exist."""

    result: bytes = ROOT

    def root(self, lot: int, lie: int = 0) -> bytes:
        return self.result if not lie else super().root(lot, lie)

    def request(
        self,
        subject: int,
        list_index: int,
        page_index: int,
        *,
        lot: int = 0,
        place: int = 0,
        caller: str | None = None,
    ) -> bytes:
        with boa.env.prank(caller or self.holder(lot, place)):
            request_id: bytes = self.world.availability.request_page(
                self.job_id, self.award_list, lot, place, subject, list_index, page_index
            )
        return request_id

    def answer(
        self, proof: PageProof, *, lot: int = 0, caller: str | None = None, root: bytes = ROOT
    ) -> None:
        with boa.env.prank(caller or self.world.stranger):
            self.world.availability.answer_page(
                self.job_id, lot, plain(self.terms), self.salt, root, plain(proof)
            )

    def close(self, lot: int = 0, caller: str | None = None) -> None:
        with boa.env.prank(caller or self.world.stranger):
            self.world.availability.close_request(self.job_id, self.award_list, lot)


def proof_of(blobs: list[bytes], list_index: int, page_index: int) -> PageProof:
    """An honest proof of a page of a list of artifacts."""
    listed = list_proof([artifact_id(blob) for blob in blobs], list_index)
    inside = list_index < len(blobs)
    page = page_proof(blobs[list_index] if inside else b"", page_index)
    return PageProof(
        list_count=len(blobs),
        list_index=list_index,
        list_proof=listed.siblings,
        list_top=listed.top,
        page_count=page.page_count,
        byte_length=page.byte_length,
        page_index=page_index,
        page_proof=page.siblings,
        artifact_top=page.top,
        artifact_id=page.artifact_id,
        page=page.page,
    )


def program_proof(page_index: int) -> PageProof:
    """An honest proof of a page of the program."""
    return replace(proof_of([PROGRAM_BYTES], 0, page_index), list_count=0, list_proof=(), list_top=b"\0" * 32)


def with_data(world: MarketWorld, *, ids: list[bytes] = IDS, **changes: int) -> WithData:
    """Posts one lot of three items over BLOBS (or other `ids`) unless changed; not drawn yet."""
    terms = world.terms(
        inputs_root=list_root(ids),
        program_root=artifact_id(PROGRAM_BYTES),
        **{"lots": 1, "items_per_lot": 3} | changes,
    )
    job = world.post(terms)
    return WithData(job.world, job.job_id, job.terms, job.salt, job.awardees)

"""Claims of exact jobs: stated before they are challenged, enforced after a ruling."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import cast

from assay.protocol.call import Call
from assay.protocol.clients.base import Block, ContractClient
from assay.protocol.generated.structs import Awardee, Facts, Terms
from assay.protocol.ids import Address


class ClaimState(IntEnum):
    """What Claims knows of a claim, as in contracts/modules/claim_store.vy (a test compares them)."""

    UNKNOWN = 0
    STATED = 1
    CONVICTED_LEAF = 2
    CONVICTED_CLOCK = 3
    ENFORCED = 4


@dataclass(frozen=True, slots=True)
class Ruling:
    """Who convicted a claim (the zero address if nobody did), and what became of it."""

    challenger: Address
    state: ClaimState


class ClaimsClient(ContractClient):
    """Claims. A claim's id is digests.claim_id_of."""

    CONTRACT = "Claims"

    def facts_of(self, claim_id: bytes, *, block: Block = None) -> Facts:
        """What a game starts from; the defender is the zero address when the claim does not stand any more,
        and all is zero when nobody has stated it.
        """
        return cast(Facts, self.struct(Facts, self.read("facts_of", claim_id, block=block)))

    def ruling_of(self, claim_id: bytes, *, block: Block = None) -> Ruling:
        """Whether a claim is stated, convicted, enforced, and by whom it was convicted."""
        challenger, state = self.read("ruling_of", claim_id, block=block)
        return Ruling(Address(challenger), ClaimState(state))

    def held_of(self, job_id: bytes, lot: int, *, block: Block = None) -> int:
        """Places whose claims hold the lot, a bit each."""
        return int(self.read("held_of", job_id, lot, block=block))

    def state_claim(
        self,
        job_id: bytes,
        terms: Terms,
        client_salt: bytes,
        awardees: Sequence[Awardee],
        *,
        lot: int,
        place: int,
        root: bytes,
    ) -> Call:
        """Anyone: stores the facts of a claim that stands; needed once, before the first challenge."""
        return self.call("state_claim", job_id, terms, client_salt, list(awardees), lot, place, root)

    def enforce(self, claim_id: bytes, awardees: Sequence[Awardee]) -> Call:
        """Anyone, once a game has convicted the claim: the market slashes, for the poke price."""
        return self.call("enforce", claim_id, list(awardees))

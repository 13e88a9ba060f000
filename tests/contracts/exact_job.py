"""An exact job whose claims can be challenged, with the moves of challengers and of a game that rules as it is told."""

from dataclasses import dataclass, fields
from typing import Any

import boa

from assay.protocol.digests import claim_id_of
from assay.protocol.generated.structs import Pick
from tests.contracts.market_world import POKE, REFEREED, MarketWorld, PostedJob, plain

EXACT = b"\0" * 32
BY_LEAF, BY_CLOCK, DEFENDED = 1, 2, 3


@dataclass
class ExactJob(PostedJob):
    """A PostedJob with claims."""

    def claim_id(self, lot: int, place: int, lie: int = 0) -> bytes:
        return claim_id_of(self.job_id, lot, place, self.root(lot, lie))

    def state_claim(self, lot: int, place: int, lie: int = 0, **changes: Any) -> bytes:
        """By a stranger; `changes` replace single arguments."""
        given = {
            "job_id": self.job_id,
            "terms": plain(self.terms),
            "salt": self.salt,
            "awardees": self.award_list,
            "lot": lot,
            "place": place,
            "root": self.root(lot, lie),
        } | changes
        with boa.env.prank(self.world.stranger):
            stated: bytes = self.world.claims.state_claim(*given.values())
        return stated

    def challenge(self, lot: int, place: int, lie: int = 0) -> bytes:
        """States the claim and opens a game on it."""
        claim = self.state_claim(lot, place, lie)
        self.world.game.open_game(claim)
        return claim

    def rule(self, claim: bytes, verdict: int, challenger: str | None = None) -> None:
        """A game on the claim ends."""
        with boa.env.prank(challenger or self.world.stranger):
            self.world.game.end_game(claim, verdict)

    def enforce(self, claim: bytes, caller: str | None = None) -> None:
        with boa.env.prank(caller or self.world.stranger):
            self.world.claims.enforce(claim, self.award_list)

    def show(self, *lies: int, lot: int = 0) -> None:
        """Each place in order claims the root of its lie; afterwards the lot is in its window."""
        for place, lie in enumerate(lies):
            self.seal(lot, place, lie)
        for place, lie in enumerate(lies):
            self.tag(lot, place, lie)
        if len(set(lies)) == 1:
            self.reveal(lot, 0, lies[0])
            return
        for place, lie in enumerate(lies):
            self.reveal(lot, place, lie)

    def bond(self, lot: int, place: int) -> int:
        """Of one claim."""
        return self.price(lot, place) * (2 if self.terms.grade == REFEREED else 1)


@dataclass(frozen=True)
class Split:
    """What becomes of one bond that a ruling takes, enforced by somebody who is paid the poke price out of it."""

    challenger: int
    buyer: int
    burned: int
    kitty: int

    @classmethod
    def of(cls, bond: int) -> "Split":
        half, quarter, tenth = bond // 2, bond // 4, bond // 10
        return cls(half, quarter, tenth, bond - half - quarter - tenth - POKE)


def exact_job(
    world: MarketWorld,
    grade: int = REFEREED,
    seats: int = 1,
    *,
    picks: list[Pick] | None = None,
    **changes: Any,
) -> ExactJob:
    """Posted and drawn, one lot unless told otherwise."""
    wanted: dict[str, Any] = {"spares": 0, "lots": 1} | changes
    posted = world.post(picks=picks, grade=grade, seats=seats, runtime_class=EXACT, **wanted)
    job = ExactJob(**{one.name: getattr(posted, one.name) for one in fields(PostedJob)})
    job.draw_now()
    return job

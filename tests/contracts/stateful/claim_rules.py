"""Challenges of claims as rules: a game that rules at random, enforced sooner, later or not at all."""

import boa
from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.contracts.exact_job import BY_CLOCK, BY_LEAF, DEFENDED
from tests.contracts.market_world import WINDOW
from tests.contracts.stateful.market_rules import LIES, PLACES, PageRules
from tests.contracts.stateful.market_state import refused

VERDICTS = st.sampled_from([BY_LEAF, BY_CLOCK, DEFENDED, DEFENDED])
GAMES = st.lists(st.tuples(PLACES, VERDICTS, st.booleans()), max_size=3)


class ClaimRules(PageRules):
    """Claims stated, challenged, defended, convicted, enforced."""

    @rule(lot=PLACES, place=PLACES)
    def challenge(self, lot: int, place: int) -> None:
        """Whatever the phase: a standing claim can be challenged inside its window, by anyone and again."""
        lot, place = self.pick(lot, place)
        model = self.lots[lot]
        allowed = model.can_challenge(place, self.now) and (lot, place) not in self.rulings
        if self.attempt(allowed, lambda: self.job.challenge(lot, place, self.lie_of(lot, place))):
            model.challenge(place)
            self.games[lot, place] = self.games.get((lot, place), 0) + 1

    @rule(lot=PLACES, lies=st.tuples(LIES, LIES, LIES), games=GAMES, patient=st.booleans())
    def dispute(
        self, lot: int, lies: tuple[int, int, int], games: list[tuple[int, int, bool]], patient: bool
    ) -> None:
        """A lot of these results goes into its window, where claims are challenged and ruled on; then time may pass."""
        lot %= len(self.lots)
        model = self.lots[lot]
        for index, lie in enumerate(lies):
            if model.can_seal(index, self.now):
                self.seal(lot, index, lie, True)
        self.everybody_goes_on(lot)
        for place, verdict, enforced in games:
            if model.phase == WINDOW and model.claims and model.standing:
                chosen = model.standing[place % len(model.standing)]
                self.challenge(lot, chosen)
                self.end_game(lot, chosen, verdict)
                if enforced:
                    self.enforce(lot, chosen)
        if patient:
            self.wait_for_the_deadline(lot, 1)
            self.poke(lot)

    @rule(lot=PLACES, place=PLACES, verdict=VERDICTS)
    def end_game(self, lot: int, place: int, verdict: int) -> None:
        lot, place = self.pick(lot, place)
        key, model = (lot, place), self.lots[lot]
        claim = self.job.claim_id(lot, place, self.lie_of(lot, place))
        allowed = self.games.get(key, 0) > 0 and key not in self.rulings
        if not self.attempt(allowed, lambda: self.job.rule(claim, verdict)):
            return
        self.games[key] -= 1
        if verdict != DEFENDED:
            self.rulings[key] = verdict
        elif not self.games[key]:
            model.held.discard(place)

    @rule(lot=PLACES, place=PLACES)
    def enforce(self, lot: int, place: int) -> None:
        lot, place = self.pick(lot, place)
        key, model = (lot, place), self.lots[lot]
        claim = self.job.claim_id(lot, place, self.lie_of(lot, place))
        allowed = key in self.rulings and model.phase == WINDOW and place in model.standing
        if self.attempt(allowed, lambda: self.job.enforce(claim)):
            fell = model.enforce(place, self.rulings[key] == BY_LEAF, self.now)
            convicted = [
                one.place for one in self.world.claims.get_logs() if type(one).__name__ == "ProviderConvicted"
            ]
            assert convicted == fell
            self.note(self.world.claims)

    @rule(lot=PLACES, place=PLACES, lie=LIES)
    def convict_by_a_stranger(self, lot: int, place: int, lie: int) -> None:
        lot, place = self.pick(lot, place)
        claim, world = self.job.claim_id(lot, place, lie), self.world
        with boa.env.prank(world.stranger):
            for act in (
                lambda: world.claims.convict(claim, world.stranger, BY_LEAF),
                lambda: world.claims.hold(claim),
                lambda: world.market.hold_lot(self.job.job_id, lot, True, 1),
            ):
                with refused():
                    act()

    def lie_of(self, lot: int, place: int) -> int:
        return max(self.lots[lot].lies.get(place, 0), 0)

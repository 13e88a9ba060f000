"""The moves of a job's roles as rules; each is tried whether or not it is allowed, and must then fail."""

from copy import deepcopy

import boa
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tests.contracts.market_world import INPUTS_UNAVAILABLE, WINDOW
from tests.contracts.page_model import Request
from tests.contracts.paged_job import BLOBS, INPUT, ITEMS, OUTPUT, PROGRAM, program_proof, proof_of
from tests.contracts.stateful.market_state import OneJob, refused

PLACES = st.integers(0, 5)
LIES = st.sampled_from([0, 0, 0, 1, 2])
KINDS = st.sampled_from(["native", "exact", "refereed", "sampled"])
SUBJECTS = st.sampled_from([INPUT, INPUT, PROGRAM, OUTPUT, OUTPUT, OUTPUT])
INDICES = st.sampled_from([0, 1, 2, 3, 9])
OWN_SALT = b"\x5a" * 32


class LotRules(OneJob):
    """Seals, tags, roots, pokes, cancellation, time."""

    @initialize(
        data=st.data(),
        seats=st.integers(1, 3),
        lots=st.integers(1, 2),
        salt=st.integers(0, 2**64),
        kind=KINDS,
    )
    def post(self, data: st.DataObject, seats: int, lots: int, salt: int, kind: str) -> None:
        width = data.draw(st.integers(max(2, seats), min(5, 2 * seats)))
        self.begin(seats, width - seats, lots, salt, kind)

    @precondition(lambda self: self.is_over)
    @rule(
        data=st.data(),
        seats=st.integers(1, 3),
        lots=st.integers(1, 2),
        salt=st.integers(0, 2**64),
        kind=KINDS,
    )
    def post_again(self, data: st.DataObject, seats: int, lots: int, salt: int, kind: str) -> None:
        """The job is over: all its money leaves, and the same people begin another."""
        self.end()
        self.post(data, seats, lots, salt, kind)

    # --- providers ---

    @rule(lot=PLACES, place=PLACES, lie=LIES, knows=st.booleans())
    def seal(self, lot: int, place: int, lie: int, knows: bool) -> None:
        lot, place = self.pick(lot, place)
        model = self.lots[lot]
        # whoever does not know the root can only make the seal with a salt of its own
        salt = None if knows else OWN_SALT
        if self.attempt(model.can_seal(place, self.now), lambda: self.job.seal(lot, place, lie, salt=salt)):
            model.seal(place, lie, knows, self.now)

    @rule(lot=PLACES)
    def everybody_moves(self, lot: int) -> None:
        """Honest progress by one phase, so that late phases are reached."""
        self.progress(lot % len(self.lots))

    @rule(lot=PLACES)
    def everybody_goes_on(self, lot: int) -> None:
        """Honest progress as far as it goes in this second: into the window when enough places are honest."""
        for _ in range(3):
            self.progress(lot % len(self.lots))

    def progress(self, lot: int) -> None:
        """Each place moves once if it can."""
        model = self.lots[lot]
        self.pass_audit_block(model)
        for place in range(len(model.statuses)):
            if model.can_seal(place, self.now):
                self.seal(lot, place, 0, True)
            elif model.can_tag(place, self.now):
                self.tag(lot, place)
            elif model.can_reveal(place, self.now):
                self.reveal(lot, place)

    @rule(lot=PLACES, place=PLACES)
    def seal_by_another(self, lot: int, place: int) -> None:
        lot, place = self.pick(lot, place)
        with refused():
            self.job.seal(lot, place, caller=self.world.stranger)

    @rule(lot=PLACES, place=PLACES)
    def decline(self, lot: int, place: int) -> None:
        lot, place = self.pick(lot, place)
        model = self.lots[lot]
        if self.attempt(model.can_decline(place, self.now), lambda: self.job.decline(lot, place)):
            model.decline(place, self.now)

    @rule(lot=PLACES, place=PLACES)
    def tag(self, lot: int, place: int) -> None:
        lot, place = self.pick(lot, place)
        model = self.lots[lot]
        lie = model.lies.get(place, 0)
        salt = None if model.knew.get(place, True) else OWN_SALT
        if self.attempt(model.can_tag(place, self.now), lambda: self.job.tag(lot, place, lie, salt=salt)):
            model.tag(place, self.now)

    @rule(lot=PLACES, waits=st.booleans())
    def draw_audits(self, lot: int, waits: bool) -> None:
        """By anyone, sooner or later; while its block is not past nothing changes."""
        lot %= len(self.lots)
        model = self.lots[lot]
        if waits:
            self.pass_audit_block(model)
        if self.attempt(model.drawable, lambda: self.job.draw_audits(lot)):
            model.draw_audit(False, self.now)

    @rule(lot=PLACES, place=PLACES)
    def replay_anothers_opening(self, lot: int, place: int) -> None:
        lot, place = self.pick(lot, place)
        other = self.holders[lot][(place + 1) % self.job.width]
        with refused():
            self.job.tag(lot, place, self.lots[lot].lies.get(place, 0), caller=other)

    @rule(lot=PLACES, place=PLACES)
    def reveal(self, lot: int, place: int) -> None:
        lot, place = self.pick(lot, place)
        model = self.lots[lot]
        lie = max(model.lies.get(place, 0), 0)
        if self.attempt(model.can_reveal(place, self.now), lambda: self.job.reveal(lot, place, lie)):
            model.show(place, self.now)

    # --- anyone ---

    @rule(lot=PLACES)
    def poke(self, lot: int) -> None:
        self.poke_one(lot % len(self.lots))

    def poke_one(self, lot: int) -> None:
        """As anyone may, whether or not it is due."""
        allowed = not self.is_over and deepcopy(self.lots[lot]).poke(self.now)
        if self.attempt(allowed, lambda: self.job.poke(lot)):
            self.lots[lot].poke(self.now)
            self.note(self.world.market)

    @rule(seconds=st.sampled_from([1, 5, 9, 10, 11, 20, 30, 31, 60]), patient=st.integers(0, 3))
    def wait(self, seconds: int, patient: int) -> None:
        """Mostly somebody pokes what is overdue before more time passes, as pokers do."""
        overdue = [lot for lot, model in enumerate(self.lots) if deepcopy(model).poke(self.now)]
        if overdue and patient:
            self.poke_one(overdue[0])
        else:
            boa.env.time_travel(seconds=seconds)

    @rule(lot=PLACES, beyond=st.sampled_from([-1, 0, 1]))
    def wait_for_the_deadline(self, lot: int, beyond: int) -> None:
        left = self.lots[lot % len(self.lots)].deadline + beyond - self.now
        if left > 0:
            boa.env.time_travel(seconds=left)

    @precondition(lambda self: not self.cancelled)
    @rule(chance=st.integers(0, 9))
    def cancel(self, chance: int) -> None:
        if chance or self.is_over:
            return
        with boa.env.prank(self.world.buyer):
            self.world.market.cancel_job(self.job.job_id)
        self.cancelled = True
        for model in self.lots:
            model.cancelled = True

    @invariant()
    def all_agrees(self) -> None:
        if hasattr(self, "job"):
            self.check_ledgers()
            self.check_lots()


class PageRules(LotRules):
    """Requests for pages of inputs, program and outputs: asked, answered, expired."""

    @rule(lot=PLACES, place=PLACES, subject=SUBJECTS, list_index=INDICES, page=INDICES, who=st.integers(0, 9))
    def request(self, lot: int, place: int, subject: int, list_index: int, page: int, who: int) -> None:
        """Whatever the phase; mostly by the holder of the place, else by the buyer, another holder, a stranger."""
        lot, place = self.pick(lot, place)
        holder, other = self.holders[lot][place], self.holders[lot][(place + 1) % self.job.width]
        caller = {0: self.world.stranger, 1: other}.get(who, self.world.buyer if who < 5 else holder)
        self.ask(lot, Request(caller, place, subject, list_index, page, self.now + 20))

    @rule(lot=PLACES, place=PLACES, list_index=INDICES, page=INDICES, by_buyer=st.booleans())
    def request_what_the_phase_allows(
        self, lot: int, place: int, list_index: int, page: int, by_buyer: bool
    ) -> None:
        """An output in the window, an input before, by somebody who may: so that answers and silence are reached."""
        lot %= len(self.lots)
        model = self.lots[lot]
        place %= len(model.statuses)
        caller = self.holders[lot][place]
        subject = OUTPUT if model.phase == WINDOW else INPUT
        if subject == OUTPUT and by_buyer:
            caller = self.world.buyer
        self.ask(lot, Request(caller, place, subject, list_index, page, self.now + 20))

    def ask(self, lot: int, asked: Request) -> None:
        """Tries the request on the contract and, when the model allows it, on the model."""
        model, caller, place = self.lots[lot], asked.requester, asked.place
        holds = caller == self.holders[lot][place] and place < len(model.statuses)
        by_buyer = caller == self.world.buyer
        # pages of an exact job cannot be shown against roots of tensors
        allowed = not (self.is_over or self.exact) and self.desk.may_ask(
            lot, model, asked, holds=holds, by_buyer=by_buyer, now=self.now
        )

        def act() -> None:
            self.job.request(
                asked.subject, asked.list_index, asked.page_index, lot=lot, place=place, caller=caller
            )

        if self.attempt(allowed, act):
            self.desk.ask(lot, model, asked)

    @rule(lot=PLACES, lie=st.integers(0, 9))
    def answer(self, lot: int, lie: int) -> None:
        """With the honest page; now and then with the page of another index, which must fail."""
        lot = self.asked_lot(lot)
        asked = self.desk.open.get(lot)
        if asked is None:
            with refused():
                self.job.answer(proof_of(BLOBS, 0, 0), lot=lot)
            return
        model, page = self.lots[lot], asked.page_index + (lie == 0)
        if asked.subject == PROGRAM:
            proof = program_proof(page)
        else:
            proof = proof_of(ITEMS if asked.subject == OUTPUT else BLOBS, asked.list_index, page)
        # only the honest result has items behind its root
        exists = asked.subject != OUTPUT or model.winner == 0
        allowed = self.now <= asked.deadline and lie != 0 and exists
        if self.attempt(allowed, lambda: self.job.answer(proof, lot=lot)):
            self.desk.answer(lot, model, self.world.stranger)

    @rule(lot=PLACES, at_once=st.booleans())
    def close(self, lot: int, at_once: bool) -> None:
        """The clock has run out, or has not and then nothing closes."""
        lot = self.asked_lot(lot)
        asked = self.desk.open.get(lot)
        if asked is not None and not at_once and self.now <= asked.deadline:
            boa.env.time_travel(seconds=asked.deadline + 1 - self.now)
        allowed = asked is not None and self.now > asked.deadline
        if self.attempt(allowed, lambda: self.job.close(lot)):
            reason = self.desk.close(lot, self.lots[lot])
            self.note(self.world.availability)
            assert reason != INPUTS_UNAVAILABLE or not self.lots[lot].agreed

    def asked_lot(self, lot: int) -> int:
        """A lot with an open request where there is one."""
        among = sorted(self.desk.open) or range(len(self.lots))
        return among[lot % len(among)]

"""Rows from Claims: claims stated, lots held while games are open, rulings and their enforcement."""

from assay.protocol.generated.events import ClaimConvicted, ClaimEnforced, ClaimStated, LotHeld
from backend.disputes.models import Claim, ClaimState
from backend.indexer.fact import Fact, Handlers, text32
from backend.indexer.handlers.games import claim_row
from backend.indexer.handlers.job_seats import lot_row, seat_row


def on_claim_stated(fact: Fact, event: ClaimStated) -> None:
    """The facts of a revealed root are on chain: anyone may open games on it."""
    key = text32(event.claim_id)
    fact.rows.put(
        Claim,
        key,
        position=fact.position,
        tx=fact.tx,
        job_key=text32(event.job_id),
        lot=event.lot,
        place=event.place,
        defender=event.defender,
        root=text32(event.root),
        items=event.items,
        first_item=event.first_item,
        program_root=text32(event.program_root),
        inputs_root=text32(event.inputs_root),
        move_seconds=event.move_seconds,
        stated_at=fact.at,
        open_games=[],
    )
    seat_row(fact, event.job_id, event.lot, event.place)["claim_key"] = key
    fact.account_changed(event.defender)


def on_lot_held(fact: Fact, event: LotHeld) -> None:
    """Held: a game is open on a claim of the lot, or a ruling is not enforced yet. Its window runs on."""
    lot_row(fact, event.job_id, event.lot)["held"] = event.held


def on_claim_convicted(fact: Fact, event: ClaimConvicted) -> None:
    """A game ended against the claim. One that fell with another before keeps what was done to it."""
    claim = claim_row(fact, event.claim_id)
    claim["convicted_by"], claim["convicted_at"], claim["convicted_tx"] = event.challenger, fact.at, fact.tx
    if claim["state"] == ClaimState.STANDING:
        claim["state"], claim["reason"] = int(ClaimState.CONVICTED), event.reason
    lot_row(fact, event.job_id, event.lot)
    fact.account_changed(claim["defender"], event.challenger)


def on_claim_enforced(fact: Fact, event: ClaimEnforced) -> None:
    """The market acted on the ruling; ProviderConvicted has told before who lost what."""
    claim = claim_row(fact, event.claim_id)
    claim["state"], claim["enforced_at"] = int(ClaimState.ENFORCED), fact.at
    claim["enforced_tx"] = fact.tx
    fact.account_changed(claim["defender"], event.closer)


HANDLERS: Handlers = {
    ClaimStated: on_claim_stated,
    LotHeld: on_lot_held,
    ClaimConvicted: on_claim_convicted,
    ClaimEnforced: on_claim_enforced,
}

# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Claims of exact jobs: what DisputeGame asks of the market, and how its rulings reach it
@notice Between the game and JobMarket. Anyone states a claim (the revealed root of a place whose lot is in its window), which proves
        its facts from the job's terms and award list; then anyone can challenge it. While a game is open on a claim its lot is
        held. A conviction is kept here until anybody enforces it: then JobMarket slashes, and the lot goes on or ends.
        JobMarket trusts this address, fixed at deployment, to hold lots and to convict places; this contract trusts the game's
        rulings. Neither knows an account with a right over either.
@custom:kill Not stopped: it holds no money. Games end by their clocks, rulings wait for anyone, and without new jobs there are no claims.
"""

from contracts.interfaces import IAuction
from contracts.interfaces import IClaims
from contracts.interfaces import IDraw
from contracts.interfaces import IJobBoard
from contracts.interfaces import IJobMarket
from contracts.modules import claim_ids
from contracts.modules import claim_store
from contracts.modules import digests
from contracts.modules import game_verdicts
from contracts.modules import grades
from contracts.modules import job_ids
from contracts.modules import reasons
from contracts.modules import states

implements: IClaims

initializes: claim_store

# of a stated run time of a lot: an upper bound of re-running and hashing one of its strides
MOVE_RUNS: constant(uint256) = 4

MARKET: immutable(IJobMarket)
DRAW: immutable(IDraw)
GAME: immutable(address)
MIN_MOVE_SECONDS: immutable(uint256)


@deploy
def __init__(market: address, draw: address, game: address, min_move_seconds: uint256):
    """
    @param market Address at which JobMarket will be deployed; likewise game.
    """
    assert min_move_seconds > 0, "claims: the move clock is zero"
    MARKET = IJobMarket(market)
    DRAW = IDraw(draw)
    GAME = game
    MIN_MOVE_SECONDS = min_move_seconds


# --- anyone ---


@external
def state_claim(
    job_id: bytes32,
    terms: IJobBoard.Terms,
    client_salt: bytes32,
    awardees: DynArray[IAuction.Awardee, 20],
    lot: uint32,
    place: uint8,
    root: bytes32,
) -> bytes32:
    """
    @notice Stores the facts of a claim that stands in its window; needed once, before the first challenge. Stating it again
            changes nothing.
    """
    claim_id: bytes32 = claim_ids._claim_id(job_id, convert(lot, uint256), convert(place, uint256), root)
    ruling: claim_store.Ruling = claim_store._ruling(claim_id)
    if ruling.state > 0:
        return claim_id
    job: IJobMarket.Job = staticcall MARKET.job(job_id)
    posted: bytes32 = job_ids._job_id(MARKET.address, job.buyer, client_salt, terms)
    assert posted == job_id, "claims: other terms"
    disputable: bool = job.window_seconds > 0 and convert(terms.grade, uint256) != grades.TRUSTED
    assert disputable, "claims: roots of this job cannot be challenged"
    standing: bool = self._stands(job_id, lot, place, root)
    assert standing, "claims: no such root of this place, or not in its window"
    holders: DynArray[uint256, 16] = staticcall DRAW.holders_of(
        job.seed, job.award_hash, awardees, terms.lots, terms.seats + terms.spares, lot
    )
    first_item: uint256 = convert(lot, uint256) * convert(terms.items_per_lot, uint256)
    claim: claim_store.Claim = claim_store.Claim(
        job_id=job_id,
        root=root,
        program_root=terms.program_root,
        inputs_root=terms.inputs_root,
        defender=awardees[holders[place]].provider,
        first_item=first_item,
        items=min(convert(terms.items_per_lot, uint256), convert(terms.items, uint256) - first_item),
        move_seconds=max(MIN_MOVE_SECONDS, MOVE_RUNS * convert(terms.lot_seconds, uint256)),
    )
    claim_store._save(claim_id, claim)
    ruling.lot = convert(lot, uint256)
    ruling.place = convert(place, uint256)
    ruling.state = claim_store.STATED
    claim_store._save_ruling(claim_id, ruling)
    log IClaims.ClaimStated(
        claim_id=claim_id,
        job_id=job_id,
        defender=claim.defender,
        lot=lot,
        place=place,
        root=root,
        items=claim.items,
        first_item=first_item,
        program_root=claim.program_root,
        inputs_root=claim.inputs_root,
        move_seconds=claim.move_seconds,
    )
    return claim_id


@external
def enforce(claim_id: bytes32, awardees: DynArray[IAuction.Awardee, 20]):
    """
    @notice Makes JobMarket act on a ruling: slash, then a fresh window for who still stands, or the lot's end. The caller is paid
            the poke price. Claims of places that fall with this one hold the lot no more.
    """
    ruling: claim_store.Ruling = claim_store._ruling(claim_id)
    reason: uint256 = self._reason(ruling.state)
    assert reason > 0, "claims: no ruling to enforce"
    ruling.state = claim_store.ENFORCED
    claim_store._save_ruling(claim_id, ruling)
    job_id: bytes32 = claim_store._jobs[claim_id]
    lot: uint32 = convert(ruling.lot, uint32)
    falling: uint256 = 0
    standing: uint256 = 0
    falling, standing = self._parted(job_id, lot, ruling.place, claim_store._roots[claim_id], reason)
    assert falling > 0, "claims: this place does not stand any more"
    extcall MARKET.rule_lot(
        job_id,
        awardees,
        lot,
        convert(reason, uint8),
        falling,
        standing > 0,
        ruling.challenger,
        msg.sender,
    )
    log IClaims.ClaimEnforced(claim_id=claim_id, job_id=job_id, closer=msg.sender, standing=standing)
    self._keep(job_id, lot, claim_store._held[job_id][ruling.lot] & standing)


@pure
@internal
def _reason(state: uint256) -> uint256:
    if state == claim_store.CONVICTED_LEAF:
        return reasons.CONVICTED_LEAF
    if state == claim_store.CONVICTED_CLOCK:
        return reasons.CONVICTED_CLOCK
    return 0


@view
@internal
def _parted(
    job_id: bytes32, lot: uint32, place: uint256, root: bytes32, reason: uint256
) -> (uint256, uint256):
    # the places that fall and those that stand, a bit each: by leaf all with this root, by clock only the one that was silent
    falling: uint256 = 0
    standing: uint256 = 0
    tag: bytes32 = digests._tag(job_id, convert(lot, uint256), root)
    held: IJobMarket.Lot = staticcall MARKET.lot(job_id, lot)
    if convert(held.phase, uint256) != states.WINDOW:
        return 0, 0
    for other: uint256 in range(convert(held.active, uint256), bound=16):
        seat: IJobMarket.Seat = staticcall MARKET.seat(job_id, lot, convert(other, uint8))
        if convert(seat.status, uint256) != states.TAGGED or seat.digest == empty(bytes32):
            continue
        if other == place or (seat.digest == tag and reason == reasons.CONVICTED_LEAF):
            falling |= 1 << other
        else:
            standing |= 1 << other
    if (falling >> place) & 1 == 0:
        return 0, 0
    return falling, standing


@view
@internal
def _stands(job_id: bytes32, lot: uint32, place: uint8, root: bytes32) -> bool:
    # in a window a place stands whose tag is open: others have defaulted, or their tag was found to be copied and is empty
    held: IJobMarket.Lot = staticcall MARKET.lot(job_id, lot)
    seat: IJobMarket.Seat = staticcall MARKET.seat(job_id, lot, place)
    tag: bytes32 = digests._tag(job_id, convert(lot, uint256), root)
    tagged: bool = convert(seat.status, uint256) == states.TAGGED and seat.digest == tag
    return tagged and place < held.active and convert(held.phase, uint256) == states.WINDOW


# --- the game only ---


@external
def hold(claim_id: bytes32):
    """
    @notice A game was opened on a claim that had none open: its lot is not poked.
    """
    assert msg.sender == GAME, "claims: only the game"
    ruling: claim_store.Ruling = claim_store._ruling(claim_id)
    job_id: bytes32 = claim_store._jobs[claim_id]
    held: uint256 = claim_store._held[job_id][ruling.lot]
    claim_store._held[job_id][ruling.lot] = held | (1 << ruling.place)
    if held == 0:
        lot: uint32 = convert(ruling.lot, uint32)
        log IClaims.LotHeld(job_id=job_id, lot=lot, held=True)
        extcall MARKET.hold_lot(job_id, lot, True, 0)


@external
def release(claim_id: bytes32):
    """
    @notice The last game on a claim ended in its defender's favour. Reverts for nobody but the game, so that its bonds move whatever
            has become of the lot.
    """
    assert msg.sender == GAME, "claims: only the game"
    ruling: claim_store.Ruling = claim_store._ruling(claim_id)
    job_id: bytes32 = claim_store._jobs[claim_id]
    held: uint256 = claim_store._held[job_id][ruling.lot]
    self._keep(job_id, convert(ruling.lot, uint32), held & ~(1 << ruling.place))


@external
def convict(claim_id: bytes32, challenger: address, verdict: uint8):
    """
    @notice The claim is wrong. Its lot stays held until the ruling is enforced. A claim whose place has fallen with another one
            before is convicted too, and cannot be enforced.
    """
    assert msg.sender == GAME, "claims: only the game"
    ruling: claim_store.Ruling = claim_store._ruling(claim_id)
    ruling.challenger = challenger
    ruling.state = claim_store.CONVICTED_CLOCK
    if convert(verdict, uint256) == game_verdicts.CONVICTED_LEAF:
        ruling.state = claim_store.CONVICTED_LEAF
    claim_store._save_ruling(claim_id, ruling)
    log IClaims.ClaimConvicted(
        claim_id=claim_id,
        job_id=claim_store._jobs[claim_id],
        challenger=challenger,
        lot=convert(ruling.lot, uint32),
        place=convert(ruling.place, uint8),
        reason=convert(self._reason(ruling.state), uint8),
    )


@internal
def _keep(job_id: bytes32, lot: uint32, held: uint256):
    # what still holds the lot; one that has ended meanwhile has nothing to be freed from
    index: uint256 = convert(lot, uint256)
    before: uint256 = claim_store._held[job_id][index]
    if before == held:
        return
    claim_store._held[job_id][index] = held
    if held > 0:
        return
    log IClaims.LotHeld(job_id=job_id, lot=lot, held=False)
    found: IJobMarket.Lot = staticcall MARKET.lot(job_id, lot)
    if convert(found.phase, uint256) == states.WINDOW:
        extcall MARKET.hold_lot(job_id, lot, False, 0)


# --- views ---


@view
@external
def facts_of(claim_id: bytes32) -> IClaims.Facts:
    """
    @notice Of a claim that was stated. The defender is empty once it does not stand any more: convicted, paid, or its lot ended.
    """
    ruling: claim_store.Ruling = claim_store._ruling(claim_id)
    if ruling.state == 0:
        return empty(IClaims.Facts)
    claim: claim_store.Claim = claim_store._load(claim_id)
    lot: uint32 = convert(ruling.lot, uint32)
    held: IJobMarket.Lot = staticcall MARKET.lot(claim.job_id, lot)
    facts: IClaims.Facts = IClaims.Facts(
        lot_root=claim.root,
        items=claim.items,
        first_item=claim.first_item,
        program_root=claim.program_root,
        inputs_root=claim.inputs_root,
        defender=empty(address),
        window_end=held.deadline,
        move_seconds=claim.move_seconds,
    )
    standing: bool = self._stands(claim.job_id, lot, convert(ruling.place, uint8), claim.root)
    if standing and ruling.state == claim_store.STATED:
        facts.defender = claim.defender
    return facts


@view
@external
def claim_id_of(job_id: bytes32, lot: uint32, place: uint8, root: bytes32) -> bytes32:
    """
    @notice What a claim is called, stated or not.
    """
    return claim_ids._claim_id(job_id, convert(lot, uint256), convert(place, uint256), root)


@view
@external
def ruling_of(claim_id: bytes32) -> (address, uint256):
    """
    @notice (challenger, state: 0 never stated, 1 stated, 2 convicted by leaf, 3 by clock, 4 enforced).
    """
    ruling: claim_store.Ruling = claim_store._ruling(claim_id)
    return ruling.challenger, ruling.state


@view
@external
def held_of(job_id: bytes32, lot: uint32) -> uint256:
    """
    @notice Places whose claims hold the lot, a bit each.
    """
    return claim_store._held[job_id][convert(lot, uint256)]


@view
@external
@reentrant
def market() -> address:
    return MARKET.address


@view
@external
@reentrant
def game() -> address:
    return GAME

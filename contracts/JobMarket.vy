# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma optimize codesize
#pragma nonreentrancy on
"""
@title Jobs from award to settlement: draw, seals, two-step reveal, agreement, availability, payout
@notice JobBoard opens a job once its escrow is taken and its bonds are locked; a later block's hash deals the seats. Holders
        seal, tag and reveal; equal tags decide; poke_lots moves whatever is due and is paid a fixed price. Money lies in Escrow
        and StakeVault. Trusted, fixed at deployment: JobBoard to open jobs that are paid and covered, Availability to hold and
        end lots, Claims to hold lots and to convict places by what the dispute game has ruled. Who may do what when: contracts/README.md.
@custom:kill Cannot be stopped. New jobs can, in JobBoard; running jobs end by time alone and every credit stays withdrawable for
        ever; nobody can stop, seize or redirect them.
"""

from contracts.interfaces import IAuction
from contracts.interfaces import IJobMarket
from contracts.modules import causes
from contracts.modules import job_store
from contracts.modules import lot_store
from contracts.modules import lots as lot_life
from contracts.modules import moves
from contracts.modules import opening
from contracts.modules import parts
from contracts.modules import purse
from contracts.modules import reasons
from contracts.modules import settlement
from contracts.modules import states
from contracts.modules import strikes

implements: IJobMarket

initializes: causes
initializes: parts
initializes: job_store
initializes: lot_store
initializes: lot_life[causes := causes, job_store := job_store, lot_store := lot_store, parts := parts]
initializes: moves[causes := causes, lot_store := lot_store, lot_life := lot_life, parts := parts]
initializes: purse[parts := parts]
initializes: strikes[lot_store := lot_store, lot_life := lot_life, purse := purse]
initializes: settlement[
    causes := causes,
    job_store := job_store,
    lot_store := lot_store,
    lot_life := lot_life,
    parts := parts,
    purse := purse,
    strikes := strikes
]
initializes: opening[causes := causes, job_store := job_store, parts := parts, purse := purse]


@deploy
def __init__(
    board: address, escrow: address, vault: address, draw: address, availability: address, claims: address, params: parts.Params
):
    causes.__init__()
    parts.__init__(board, escrow, vault, draw, availability, claims, params)


# --- JobBoard only ---


@external
def open_job(job_id: bytes32, opened: IJobMarket.Opening) -> uint256:
    """
    @notice A job whose escrow lies in Escrow and whose bonds are locked; fixes its seed block and returns it. Refuses an id that
            it knows.
    """
    return opening._open(job_id, opened)


# --- buyer ---


@external
def cancel_job(job_id: bytes32):
    """
    @notice Buyer only. Until the seed block everything comes back; in a running job the lots that nobody has sealed end
            (at a poke) with a cancellation fee to their seats, and the others go on.
    """
    opening._cancel(job_id)


@external
def draw_seed(job_id: bytes32):
    """
    @notice Anyone, once the seed block is past: stores the seed and is paid the poke price. A seed block out of reach is
            replaced by a new one, unpaid.
    """
    opening._draw(job_id)


# --- providers ---


@external
def seal_lots(
    job_id: bytes32,
    awardees: DynArray[IAuction.Awardee, 20],
    lots: DynArray[uint32, 32],
    places: DynArray[uint8, 32],
    seals: DynArray[bytes32, 32],
):
    """
    @notice The holder of called places seals their results. One transaction for up to 32 lots; all or none.
    """
    moves._move(moves.SEAL, job_id, awardees, lots, places, seals, [])


@external
def decline_lots(
    job_id: bytes32,
    awardees: DynArray[IAuction.Awardee, 20],
    lots: DynArray[uint32, 32],
    places: DynArray[uint8, 32],
):
    """
    @notice The holder of called places steps down, in the first third of the seal window: no slash, no pay.
    """
    moves._move(moves.DECLINE, job_id, awardees, lots, places, [], [])


@external
def tag_lots(
    job_id: bytes32,
    lots: DynArray[uint32, 32],
    places: DynArray[uint8, 32],
    tags: DynArray[bytes32, 32],
    salts: DynArray[bytes32, 32],
):
    """
    @notice Opens the caller's own seals: shows which roots are equal, not the roots.
    """
    moves._move(moves.TAG, job_id, [], lots, places, tags, salts)


# --- anyone ---


@external
def draw_audits(job_id: bytes32, lots: DynArray[uint32, 32]):
    """
    @notice Sampled jobs: decides by the hashes of their audit blocks which of these sealed lots are audited, and calls the auditors.
            Lots whose block is not past stay as they are.
    """
    job: job_store.Job = lot_life._running(job_id)
    for lot_number: uint32 in lots:
        index: uint256 = convert(lot_number, uint256)
        lot: lot_store.Lot = lot_life._lot(job, index)
        causes._require(lot.phase == states.TAGGING and lot.flags & lot_store.AUDIT_DUE != 0, causes.PHASE)
        drawn: lot_store.Lot = lot_life._draw_audit(job, index, lot, False)
        lot_store._save(job_id, index, drawn)


@external
def reveal_lots(
    job_id: bytes32,
    lots: DynArray[uint32, 32],
    places: DynArray[uint8, 32],
    roots: DynArray[bytes32, 32],
):
    """
    @notice Anyone with the root: opens the tag of a place. In an agreed lot the first root starts the window.
    """
    moves._move(moves.REVEAL, job_id, [], lots, places, roots, [])


@external
def poke_lots(job_id: bytes32, awardees: DynArray[IAuction.Awardee, 20], lots: DynArray[uint32, 32]):
    """
    @notice Moves the named lots that are due: defaults, spares, decisions, failures, settlement. Paid the poke price for each
            lot it ends, and up to it out of each slash.
    """
    settlement._move_lots(job_id, awardees, lots, 0, 0, False, msg.sender, empty(address))


# --- Availability, for page requests, and Claims, for games: a lot is held, freed, ruled on ---


@external
def hold_lot(job_id: bytes32, lot: uint32, held: bool, pause_seconds: uint256):
    """
    @notice While held, a lot is not poked. A request moves its deadline once; a window with games runs on. The caller has checked
            phase and deadline.
    """
    flag: uint256 = lot_store.REQUESTED
    if msg.sender != parts.AVAILABILITY:
        causes._require(msg.sender == parts.CLAIMS, causes.NOT_PARTNER)
        flag = lot_store.CONTESTED
    index: uint256 = convert(lot, uint256)
    job: job_store.Job = lot_life._running(job_id)
    asked: lot_store.Lot = lot_life._lot(job, index)
    asked.flags &= lot_store.ALL - flag
    if held:
        if asked.flags & lot_store.PAUSED == 0:
            asked.deadline += pause_seconds
        # PAUSED also says that the lot was held at all
        asked.flags |= lot_store.PAUSED | flag
    lot_store._save(job_id, index, asked)


@external
def rule_lot(
    job_id: bytes32,
    awardees: DynArray[IAuction.Awardee, 20],
    lot: uint32,
    reason: uint8,
    falling: uint256,
    goes_on: bool,
    accuser: address,
    closer: address,
):
    """
    @notice Availability: a request ran out unanswered, so the lot ends for INPUTS_UNAVAILABLE or CONVICTED_WITHHELD. Claims: the
            falling places lost a game, by CONVICTED_LEAF or CONVICTED_CLOCK; others that stand go on in a fresh window, and
            without others the lot ends. The closer is paid the poke price.
    """
    verdict: uint256 = convert(reason, uint256)
    partner: address = parts.CLAIMS
    if verdict >= reasons.CONVICTED_WITHHELD:
        partner = parts.AVAILABILITY
    causes._require(msg.sender == partner, causes.NOT_PARTNER)
    settlement._move_lots(job_id, awardees, [lot], verdict, falling, goes_on, closer, accuser)


# --- views ---


@view
@external
def job(job_id: bytes32) -> IJobMarket.Job:
    stored: job_store.Job = job_store._load(job_id)
    return IJobMarket.Job(
        buyer=stored.buyer,
        state=convert(stored.state, uint8),
        reason=convert(stored.reason, uint8),
        cancelled_at=stored.cancelled_at,
        seed_block=stored.seed_block,
        seed=job_store._seeds[job_id],
        award_hash=job_store._award_hashes[job_id],
        drawn_at=stored.drawn_at,
        commit_seconds=stored.commit_seconds,
        lots_closed=stored.lots_closed,
        lots_paid=stored.lots_paid,
        lots=stored.lots,
        seats=stored.seats,
        spares=stored.spares,
        window_seconds=stored.window_seconds,
    )


@view
@external
def lot(job_id: bytes32, lot: uint32) -> IJobMarket.Lot:
    """
    @notice Before the draw all is zero but the phase.
    """
    stored: job_store.Job = job_store._load(job_id)
    if stored.drawn_at == 0:
        return empty(IJobMarket.Lot)
    found: lot_store.Lot = lot_life._lot(stored, convert(lot, uint256))
    winning_tag: bytes32 = empty(bytes32)
    if found.flags & lot_store.AGREED != 0:
        winning_tag = lot_store._digests[job_id][(convert(lot, uint256) << 4) | found.winner]
    return IJobMarket.Lot(
        phase=convert(found.phase, uint8),
        reason=convert(found.reason, uint8),
        active=convert(found.active, uint8),
        deadline=found.deadline,
        winning_tag=winning_tag,
        contested=found.flags & lot_store.CONTESTED != 0,
        audit_block=found.audit_block,
        audit_due=found.flags & lot_store.AUDIT_DUE != 0,
        audited=found.flags & lot_store.AUDITED != 0,
    )


@view
@external
def seat(job_id: bytes32, lot: uint32, place: uint8) -> IJobMarket.Seat:
    stored: job_store.Job = job_store._load(job_id)
    found: lot_store.Lot = lot_life._lot(stored, convert(lot, uint256))
    return IJobMarket.Seat(
        status=convert(lot_store._status(found.statuses, convert(place, uint256)), uint8),
        digest=lot_store._digests[job_id][(convert(lot, uint256) << 4) | convert(place, uint256)],
    )


@view
@external
def is_closed(job_id: bytes32) -> bool:
    """
    @notice Whether bonds of the job can be released: it is closed, or cancelled before the draw.
    """
    return job_store._state(job_id) >= states.CLOSED


@view
@external
def is_known(job_id: bytes32) -> bool:
    """
    @notice Whether the id is taken by a job, whatever became of it.
    """
    return job_store._state(job_id) != states.UNKNOWN


@view
@external
@reentrant
def prices() -> IJobMarket.Prices:
    """
    @notice What JobBoard must set aside by: one source, so that what it takes is what is spent here.
    """
    return IJobMarket.Prices(fee_bps=parts.PARAMS.fee_bps, poke_price_usd6=parts.PARAMS.poke_price_usd6)


@view
@external
@reentrant
def board() -> address:
    return parts.BOARD

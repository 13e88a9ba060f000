# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma optimize codesize
#pragma nonreentrancy on
"""
@title Jobs from terms to settlement: draw, seals, two-step reveal, agreement, availability, payout
@notice A buyer posts a job; the award names providers and locks their bonds; a later block's hash deals the seats. Holders seal,
        tag and reveal; equal tags decide; poke_lots moves whatever is due and is paid a fixed price. Money lies in Escrow and
        StakeVault, whose rights to be moved belong to this contract alone. Who may do what when: contracts/README.md.
@custom:kill The guardian stops new jobs for a week at a time, until guardian_until. Running jobs end by time alone and every
        credit stays withdrawable for ever; nobody can stop, seize or redirect them.
"""

from contracts.interfaces import IAuction
from contracts.interfaces import IDraw
from contracts.interfaces import IEscrow
from contracts.interfaces import IJobMarket
from contracts.interfaces import IStakeVault
from contracts.modules import block_seed
from contracts.modules import causes
from contracts.modules import digests
from contracts.modules import grades
from contracts.modules import guardian as guard
from contracts.modules import job_store
from contracts.modules import kinds
from contracts.modules import lot_rules
from contracts.modules import lot_store
from contracts.modules import reasons
from contracts.modules import states

implements: IJobMarket

initializes: guard
initializes: job_store
initializes: lot_store

MAX_COMMIT_SECONDS: constant(uint256) = 30 * 86_400  # bonds must not be locked for longer by one phase
MAX_FEE_BPS: constant(uint256) = 500
MAX_CANCEL_FEE_BPS: constant(uint256) = 5_000  # at most 2 x seats places can be owed it out of one lot's budget


# prices and clocks, fixed at deployment (contracts/scripts/params.py)
struct Params:
    fee_bps: uint256
    poke_price_usd6: uint256
    cancel_fee_bps: uint256
    seed_delay: uint256
    min_commit_seconds: uint256
    min_reveal_seconds: uint256
    delivery_seconds: uint256


# what one call has to pay in the end: one distribution, however many lots it moved
struct Tally:
    income: uint256[20]  # by award index
    refund: uint256
    poke: uint256
    reward: uint256        # to the requester of a page
    compensation: uint256  # to the buyer
    fee: uint256
    kitty: uint256
    burn: uint256
    moved: uint256         # lots that were due


ESCROW: immutable(IEscrow)
VAULT: immutable(IStakeVault)
AUCTION: immutable(IAuction)
DRAW: immutable(IDraw)
AVAILABILITY: immutable(address)
PARAMS: immutable(Params)

# of the running transaction only; spent and emptied by _pay
_tally: transient(Tally)


@deploy
def __init__(
    escrow: address,
    vault: address,
    auction: address,
    draw: address,
    availability: address,
    guardian: address,
    guardian_until: uint256,
    params: Params,
):
    assert params.fee_bps <= MAX_FEE_BPS, "market: fee above the cap"
    assert params.cancel_fee_bps <= MAX_CANCEL_FEE_BPS, "market: cancellation fee above the cap"
    assert params.seed_delay > 0, "market: the seed block must be in the future"
    assert params.min_commit_seconds <= MAX_COMMIT_SECONDS, "market: commit window too long"
    assert params.min_reveal_seconds <= MAX_COMMIT_SECONDS, "market: reveal window too long"
    guard.__init__(guardian, guardian_until)
    ESCROW = IEscrow(escrow)
    VAULT = IStakeVault(vault)
    AUCTION = IAuction(auction)
    DRAW = IDraw(draw)
    AVAILABILITY = availability
    PARAMS = params


# --- posting ---


@view
@internal
def _escrow_for(lots: uint256, seats: uint256, ceiling_usd6: uint256) -> uint256:
    return lots * self._budget(seats, ceiling_usd6) + PARAMS.poke_price_usd6


@view
@internal
def _budget(seats: uint256, ceiling_usd6: uint256) -> uint256:
    # of one lot: every seat at the ceiling with its fee, and one poke
    return seats * (ceiling_usd6 + lot_rules._fee(ceiling_usd6, PARAMS.fee_bps)) + PARAMS.poke_price_usd6


@view
@internal
def _job_id(buyer: address, client_salt: bytes32, terms: IJobMarket.Terms) -> bytes32:
    return keccak256(abi_encode(chain.id, self, buyer, client_salt, keccak256(abi_encode(terms))))


@view
@internal
def _open(terms: IJobMarket.Terms, client_salt: bytes32) -> (bytes32, uint256):
    # numbers are judged by Auction.award, in the same transaction
    guard._check()
    job_id: bytes32 = self._job_id(msg.sender, client_salt, terms)
    job: job_store.Job = job_store._load(job_id)
    causes._require(job.state == states.UNKNOWN, causes.JOB_EXISTS)
    return job_id, self._escrow_for(convert(terms.lots, uint256), convert(terms.seats, uint256), terms.ceiling_usd6)


@internal
def _award(
    job_id: bytes32,
    terms: IJobMarket.Terms,
    picks: DynArray[IAuction.Pick, 20],
    client_salt: bytes32,
    escrow_usd6: uint256,
):
    # the escrow has arrived. Bonds are locked before the seed block is fixed: nobody can leave after seeing its seats
    lot_seconds: uint256 = convert(terms.lot_seconds, uint256)
    awardees: DynArray[IAuction.Awardee, 20] = staticcall AUCTION.award(
        picks,
        terms.runtime_class,
        terms.grade,
        terms.seats,
        terms.spares,
        terms.lots,
        terms.items_per_lot,
        terms.items,
        terms.lot_seconds,
        terms.ceiling_usd6,
    )
    longest: uint256 = 0
    for awardee: IAuction.Awardee in awardees:
        units: uint256 = convert(awardee.units, uint256)
        longest = max(longest, units)
        bond: uint256 = grades._bond(convert(terms.grade, uint256), awardee.price_usd6)
        extcall VAULT.lock(awardee.provider, job_id, units * bond)
    # one device does its lots in sequence, the last one with seven times its stated time
    commit_seconds: uint256 = max(PARAMS.min_commit_seconds, lot_seconds * (7 + longest))
    causes._require(commit_seconds <= MAX_COMMIT_SECONDS, causes.TOO_LONG)
    job: job_store.Job = empty(job_store.Job)
    job.id = job_id
    job.buyer = msg.sender
    job.state = states.AWARDED
    job.grade = convert(terms.grade, uint256)
    job.seats = convert(terms.seats, uint256)
    job.spares = convert(terms.spares, uint256)
    job.lots = convert(terms.lots, uint256)
    job.seed_block = block.number + PARAMS.seed_delay
    job.commit_seconds = commit_seconds
    job.reveal_seconds = max(PARAMS.min_reveal_seconds, 2 * lot_seconds)
    job.ceiling_usd6 = terms.ceiling_usd6
    job_store._save_head(job)
    job_store._save_clock(job)
    award_hash: bytes32 = keccak256(abi_encode(awardees))
    job_store._award_hashes[job_id] = award_hash
    log IJobMarket.JobPosted(
        job_id=job_id,
        buyer=msg.sender,
        terms=terms,
        client_salt=client_salt,
        escrow_usd6=escrow_usd6,
        fee_bps=PARAMS.fee_bps,
        poke_price_usd6=PARAMS.poke_price_usd6,
    )
    log IJobMarket.JobAwarded(
        job_id=job_id,
        awardees=awardees,
        award_hash=award_hash,
        seed_block=job.seed_block,
        commit_seconds=commit_seconds,
    )


@external
def post_job(terms: IJobMarket.Terms, picks: DynArray[IAuction.Pick, 20], client_salt: bytes32) -> bytes32:
    """
    @notice Takes escrow_for(terms) from the caller (allowance to Escrow), awards the picks and locks their bonds.
    """
    job_id: bytes32 = empty(bytes32)
    escrow_usd6: uint256 = 0
    job_id, escrow_usd6 = self._open(terms, client_salt)
    extcall ESCROW.fund(job_id, msg.sender, escrow_usd6)
    self._award(job_id, terms, picks, client_salt, escrow_usd6)
    return job_id


@external
def post_job_with_permit(
    terms: IJobMarket.Terms,
    picks: DynArray[IAuction.Pick, 20],
    client_salt: bytes32,
    deadline: uint256,
    v: uint8,
    r: bytes32,
    s: bytes32,
) -> bytes32:
    """
    @notice post_job with a permit of exactly escrow_for(terms) to Escrow instead of an allowance.
    """
    job_id: bytes32 = empty(bytes32)
    escrow_usd6: uint256 = 0
    job_id, escrow_usd6 = self._open(terms, client_salt)
    extcall ESCROW.fund_with_permit(job_id, msg.sender, escrow_usd6, deadline, v, r, s)
    self._award(job_id, terms, picks, client_salt, escrow_usd6)
    return job_id


@external
def cancel_job(job_id: bytes32):
    """
    @notice Buyer only. Before the seed block everything comes back; in a running job the lots that nobody has sealed end
            (at a poke) with a cancellation fee to their seats, and the others go on.
    """
    job: job_store.Job = job_store._load(job_id)
    causes._require(msg.sender == job.buyer, causes.NOT_BUYER)
    log IJobMarket.JobCancelled(job_id=job_id, buyer=msg.sender, at=block.timestamp)
    if job.state == states.AWARDED:
        # once the seed can be known, leaving for free would be a way to shop for another draw
        causes._require(block.number <= job.seed_block, causes.DRAW_FIRST)
        job.state = states.CANCELLED
        job.reason = reasons.CANCELLED_BUYER
        self._tally.refund = self._escrow_for(job.lots, job.seats, job.ceiling_usd6)
        no_awardees: DynArray[IAuction.Awardee, 20] = []
        self._pay(job, no_awardees, msg.sender, empty(address))
    else:
        causes._require(job.state == states.RUNNING, causes.NOT_RUNNING)
        causes._require(job.cancelled_at == 0, causes.CANCELLED)
    job.cancelled_at = block.timestamp
    job_store._save_head(job)
    job_store._save_clock(job)


@external
def draw_seed(job_id: bytes32):
    """
    @notice Anyone, once the seed block is past: stores the seed and is paid the poke price. A seed block out of reach is
            replaced by a new one, unpaid.
    """
    job: job_store.Job = job_store._load(job_id)
    causes._require(job.state == states.AWARDED, causes.NOT_AWARDED)
    causes._require(block.number > job.seed_block, causes.SEED_EARLY)
    seed: bytes32 = block_seed._hash_of(job.seed_block)
    missed: uint256 = job.seed_block
    if seed == empty(bytes32):
        job.seed_block = block.number + PARAMS.seed_delay
        job_store._save_clock(job)
        log IJobMarket.SeedMissed(job_id=job_id, missed_block=missed, seed_block=job.seed_block)
        return
    # bound to the job: two jobs of one block get independent draws
    seed = keccak256(abi_encode(seed, job_id))
    job.state = states.RUNNING
    job.drawn_at = block.timestamp
    job_store._seeds[job_id] = seed
    job_store._save_head(job)
    job_store._save_clock(job)
    log IJobMarket.SeedDrawn(
        job_id=job_id,
        seed_block=job.seed_block,
        seed=seed,
        seal_deadline=block.timestamp + job.commit_seconds,
    )
    self._tally.poke = PARAMS.poke_price_usd6
    no_awardees: DynArray[IAuction.Awardee, 20] = []
    self._pay(job, no_awardees, msg.sender, empty(address))


# --- what the moves share ---


@view
@internal
def _running(job_id: bytes32) -> job_store.Job:
    job: job_store.Job = job_store._load(job_id)
    causes._require(job.state == states.RUNNING, causes.NOT_RUNNING)
    return job


@view
@internal
def _lot(job: job_store.Job, index: uint256) -> lot_store.Lot:
    causes._require(index < job.lots, causes.NO_LOT)
    return lot_store._load(job.id, index, job.seats, job.drawn_at + job.commit_seconds)


@view
@internal
def _check_award(job_id: bytes32, awardees: DynArray[IAuction.Awardee, 20]):
    award_hash: bytes32 = keccak256(abi_encode(awardees))
    causes._require(award_hash == job_store._award_hashes[job_id], causes.AWARDEES)


@view
@internal
def _holders(
    job: job_store.Job, index: uint256, awardees: DynArray[IAuction.Awardee, 20]
) -> DynArray[uint256, 16]:
    # award indices of the lot's places
    units: DynArray[uint32, 20] = []
    for awardee: IAuction.Awardee in awardees:
        units.append(awardee.units)
    return staticcall DRAW.places_of(
        job_store._seeds[job.id],
        units,
        convert(job.lots, uint32),
        convert(job.seats + job.spares, uint8),
        convert(index, uint32),
    )


@view
@internal
def _called(
    job: job_store.Job, index: uint256, place: uint256, phase: uint256, status: uint256
) -> lot_store.Lot:
    # a move of one place: the lot is in its phase and in time, the place is called and its turn has come
    lot: lot_store.Lot = self._lot(job, index)
    causes._require(lot.phase == phase, causes.PHASE)
    causes._require(block.timestamp <= lot.deadline, causes.LATE)
    causes._require(place < lot.active, causes.NOT_CALLED)
    causes._require(lot_store._status(lot, place) == status, causes.STATUS)
    return lot


@internal
def _call_spares(job: job_store.Job, index: uint256, lot: lot_store.Lot, wanted: uint256) -> lot_store.Lot:
    called: lot_store.Lot = lot
    tagged: uint256 = lot_store._count(lot, states.TAGGED)
    for step: uint256 in range(wanted, bound=16):
        if called.active == job.seats + job.spares:
            break
        place: uint256 = called.active
        called.active += 1
        called.phase = states.SEALING
        called.deadline = block.timestamp + job.commit_seconds
        called.flags &= ~lot_store.PAUSED
        if tagged > 0:
            called.late |= 1 << place
        log IJobMarket.SpareCalled(
            job_id=job.id, lot=convert(index, uint32), place=convert(place, uint8), seal_deadline=called.deadline
        )
    return called


@internal
def _decide(job: job_store.Job, index: uint256, lot: lot_store.Lot, wanted: uint256) -> lot_store.Lot:
    # all tags that will come are in: the largest equal group wins, or spares are called, or everybody shows its root
    tags: bytes32[16] = empty(bytes32[16])
    for place: uint256 in range(lot.active, bound=16):
        tags[place] = lot_store._digests[job.id][index * 16 + place]
    most: uint256 = 0
    decided: lot_store.Lot = lot
    for place: uint256 in range(lot.active, bound=16):
        equal: uint256 = 0
        if lot_store._status(lot, place) == states.TAGGED:
            for other: uint256 in range(lot.active, bound=16):
                if lot_store._status(lot, other) == states.TAGGED and tags[other] == tags[place]:
                    equal += 1
        if equal > most:
            most = equal
            decided.winner = place
    agreed: bool = most >= grades._quorum(job.seats)
    winning_tag: bytes32 = empty(bytes32)
    if agreed:
        decided.flags |= lot_store.AGREED
        winning_tag = tags[decided.winner]
    else:
        decided = self._call_spares(job, index, decided, wanted)
        if decided.active > lot.active or most == 0:
            return decided
    decided.phase = states.REVEALING
    decided.deadline = block.timestamp + job.reveal_seconds
    log IJobMarket.LotRevealing(
        job_id=job.id, lot=convert(index, uint32), agreed=agreed, winning_tag=winning_tag, deadline=decided.deadline
    )
    return decided


@internal
def _advance(job: job_store.Job, index: uint256, lot: lot_store.Lot) -> lot_store.Lot:
    # after a change in SEALING: tags may come when no called place is left to seal
    if lot_store._count(lot, states.DRAWN) > 0:
        return lot
    if lot_store._count(lot, states.SEALED) > 0:
        opened: lot_store.Lot = lot
        opened.phase = states.TAGGING
        opened.deadline = block.timestamp + job.reveal_seconds
        opened.flags &= ~lot_store.PAUSED
        log IJobMarket.LotTagging(job_id=job.id, lot=convert(index, uint32), deadline=opened.deadline)
        return opened
    return self._decide(job, index, lot, 0)


# --- providers ---


@internal
def _answer_call(
    job_id: bytes32,
    awardees: DynArray[IAuction.Awardee, 20],
    lots: DynArray[uint32, 32],
    places: DynArray[uint8, 32],
    seals: DynArray[bytes32, 32],
    sealing: bool,
):
    # the holder of called places seals them, or steps down
    causes._require(len(places) == len(lots) and len(seals) == len(lots), causes.LENGTHS)
    job: job_store.Job = self._running(job_id)
    self._check_award(job_id, awardees)
    k: uint256 = 0
    for lot_number: uint32 in lots:
        index: uint256 = convert(lot_number, uint256)
        place: uint256 = convert(places[k], uint256)
        lot: lot_store.Lot = self._called(job, index, place, states.SEALING, states.DRAWN)
        holders: DynArray[uint256, 16] = self._holders(job, index, awardees)
        causes._require(awardees[holders[place]].provider == msg.sender, causes.NOT_HOLDER)
        if sealing:
            causes._require(job.cancelled_at == 0 or lot.flags & lot_store.TOUCHED != 0, causes.CANCELLED)
            lot.statuses = lot_store._with_status(lot.statuses, place, states.SEALED)
            lot.flags |= lot_store.TOUCHED
            lot_store._digests[job_id][index * 16 + place] = seals[k]
            log IJobMarket.SeatSealed(
                job_id=job_id, provider=msg.sender, lot=lot_number, place=places[k], seal=seals[k]
            )
        else:
            # the first third of the window; a page request that moved the deadline moves this along
            last: uint256 = lot.deadline - job.commit_seconds * 2 // 3
            causes._require(block.timestamp <= last, causes.LATE_DECLINE)
            lot.statuses = lot_store._with_status(lot.statuses, place, states.DECLINED)
            log IJobMarket.SeatDeclined(job_id=job_id, provider=msg.sender, lot=lot_number, place=places[k])
            lot = self._call_spares(job, index, lot, 1)
        lot = self._advance(job, index, lot)
        lot_store._save(job_id, index, lot)
        k += 1


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
    self._answer_call(job_id, awardees, lots, places, seals, True)


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
    no_seals: DynArray[bytes32, 32] = []
    for lot_number: uint32 in lots:
        no_seals.append(empty(bytes32))
    self._answer_call(job_id, awardees, lots, places, no_seals, False)


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
    causes._require(len(places) == len(lots) and len(tags) == len(lots) and len(salts) == len(lots), causes.LENGTHS)
    job: job_store.Job = self._running(job_id)
    k: uint256 = 0
    for lot_number: uint32 in lots:
        index: uint256 = convert(lot_number, uint256)
        place: uint256 = convert(places[k], uint256)
        lot: lot_store.Lot = self._called(job, index, place, states.TAGGING, states.SEALED)
        slot: uint256 = index * 16 + place
        seal: bytes32 = digests._seal(msg.sender, job_id, index, tags[k], salts[k])
        causes._require(seal == lot_store._digests[job_id][slot], causes.WRONG_SEAL)
        lot_store._digests[job_id][slot] = tags[k]
        if lot.late & (1 << place) != 0:
            lot_store._marks[job_id][slot] = salts[k]
        lot.statuses = lot_store._with_status(lot.statuses, place, states.TAGGED)
        log IJobMarket.SeatTagged(
            job_id=job_id, provider=msg.sender, lot=lot_number, place=places[k], tag=tags[k]
        )
        if lot_store._count(lot, states.SEALED) == 0:
            lot = self._decide(job, index, lot, 1)
        lot_store._save(job_id, index, lot)
        k += 1


@view
@internal
def _knew(job_id: bytes32, index: uint256, lot: lot_store.Lot, place: uint256, root: bytes32) -> bool:
    # a place called after tags were public could have copied a tag; its mark could only be made from the root
    if lot.late & (1 << place) == 0:
        return True
    return lot_store._marks[job_id][index * 16 + place] == digests._mark(job_id, index, place, root)


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
    causes._require(len(places) == len(lots) and len(roots) == len(lots), causes.LENGTHS)
    job: job_store.Job = self._running(job_id)
    k: uint256 = 0
    for lot_number: uint32 in lots:
        index: uint256 = convert(lot_number, uint256)
        place: uint256 = convert(places[k], uint256)
        root: bytes32 = roots[k]
        lot: lot_store.Lot = self._called(job, index, place, states.REVEALING, states.TAGGED)
        tag: bytes32 = digests._tag(job_id, index, root)
        causes._require(tag == lot_store._digests[job_id][index * 16 + place], causes.WRONG_ROOT)
        if lot.flags & lot_store.AGREED != 0:
            causes._require(tag == lot_store._digests[job_id][index * 16 + lot.winner], causes.LOST_ROOT)
            lot = self._reveal_agreed(job, index, lot, tag, root)
        else:
            causes._require(lot.revealed & (1 << place) == 0, causes.REVEALED)
            causes._require(self._knew(job_id, index, lot, place, root), causes.COPIED)
            lot.revealed |= 1 << place
        agreed: bool = lot.phase == states.WINDOW
        window_end: uint256 = 0
        if agreed:
            window_end = lot.deadline
        log IJobMarket.RootRevealed(
            job_id=job_id,
            provider=msg.sender,
            root=root,
            lot=lot_number,
            place=places[k],
            agreed=agreed,
            window_end=window_end,
        )
        lot_store._save(job_id, index, lot)
        k += 1


@internal
def _reveal_agreed(
    job: job_store.Job, index: uint256, lot: lot_store.Lot, tag: bytes32, root: bytes32
) -> lot_store.Lot:
    opened: lot_store.Lot = lot
    honest: uint256 = 0
    for place: uint256 in range(lot.active, bound=16):
        slot: uint256 = index * 16 + place
        if lot_store._status(lot, place) == states.TAGGED and lot_store._digests[job.id][slot] == tag:
            if self._knew(job.id, index, lot, place, root):
                honest += 1
                opened.winner = place
                opened.revealed |= 1 << place
            else:
                # a copied tag counts for nothing from here on; an empty digest marks the liar
                lot_store._digests[job.id][slot] = empty(bytes32)
    if honest >= grades._quorum(job.seats):
        opened.phase = states.WINDOW
        opened.deadline = block.timestamp + PARAMS.delivery_seconds
        opened.flags &= ~lot_store.PAUSED
    else:
        # the root is public, so no spare can be asked any more: the others show theirs, and the lot ends without agreement
        opened.flags &= ~lot_store.AGREED
        opened.deadline = block.timestamp + job.reveal_seconds
        log IJobMarket.LotRevealing(
            job_id=job.id,
            lot=convert(index, uint32),
            agreed=False,
            winning_tag=empty(bytes32),
            deadline=opened.deadline,
        )
    return opened


# --- anyone: time ---


@external
def poke_lots(job_id: bytes32, awardees: DynArray[IAuction.Awardee, 20], lots: DynArray[uint32, 32]):
    """
    @notice Moves the named lots that are due: defaults, spares, decisions, failures, settlement. Paid the poke price for each
            lot it ends, and up to it out of each slash.
    """
    job: job_store.Job = self._running(job_id)
    self._check_award(job_id, awardees)
    for lot_number: uint32 in lots:
        job = self._poke(job, convert(lot_number, uint256), awardees)
    causes._require(self._tally.moved > 0, causes.NOTHING_DUE)
    self._settle(job, awardees, msg.sender, empty(address))


@internal
def _poke(
    job: job_store.Job,
    index: uint256,
    awardees: DynArray[IAuction.Awardee, 20],
) -> job_store.Job:
    lot: lot_store.Lot = self._lot(job, index)
    if lot.phase == states.LOT_CLOSED or lot.flags & lot_store.REQUESTED != 0:
        return job
    late: bool = block.timestamp > lot.deadline
    if lot.phase <= states.TAGGING:
        if job.cancelled_at > 0 and lot.flags & lot_store.TOUCHED == 0:
            return self._end(job, index, lot, awardees, reasons.CANCELLED_BUYER)
        if late:
            lot = self._default_missing(job, index, lot, awardees)
        waiting: uint256 = lot_store._count(lot, states.DRAWN) + lot_store._count(lot, states.SEALED)
        waiting += lot_store._count(lot, states.TAGGED)
        if waiting == 0:
            reason: uint256 = reasons.FAILED_NO_REVEAL
            if lot.flags & lot_store.TOUCHED == 0:
                reason = reasons.FAILED_NO_SEAL
            return self._end(job, index, lot, awardees, reason)
        if late:
            self._tally.moved += 1
            lot_store._save(job.id, index, lot)
        return job
    agreed: bool = lot.flags & lot_store.AGREED != 0
    reason: uint256 = reasons.FAILED_NO_REVEAL
    if lot.phase == states.WINDOW:
        reason = reasons.SETTLED_AGREED
        if job.grade == grades.TRUSTED:
            reason = reasons.SETTLED_QUIET
    elif not agreed:
        tagged: uint256 = 0
        shown: uint256 = 0
        for place: uint256 in range(lot.active, bound=16):
            if lot_store._status(lot, place) == states.TAGGED:
                tagged += 1
                shown += (lot.revealed >> place) & 1
        late = late or tagged == shown
        reason = reasons.FAILED_NO_SPARE
        if tagged >= grades._quorum(job.seats):
            reason = reasons.FAILED_NO_AGREEMENT
    if not late:
        return job
    return self._end(job, index, lot, awardees, reason)


@internal
def _default_missing(
    job: job_store.Job,
    index: uint256,
    lot: lot_store.Lot,
    awardees: DynArray[IAuction.Awardee, 20],
) -> lot_store.Lot:
    # the deadline of SEALING or TAGGING has passed
    left: lot_store.Lot = lot
    missing: uint256 = states.DRAWN
    slash_bps: uint256 = lot_rules.MISSED_BPS
    reason: uint256 = reasons.FAILED_NO_SEAL
    if lot.phase == states.TAGGING:
        missing = states.SEALED
        reason = reasons.FAILED_NO_REVEAL
        if lot_store._count(lot, states.TAGGED) > 0:
            slash_bps = lot_rules.FLED_BPS
    out: uint256 = 0
    holders: DynArray[uint256, 16] = self._holders(job, index, awardees)
    for place: uint256 in range(lot.active, bound=16):
        if lot_store._status(lot, place) == missing:
            out += 1
            left.statuses = lot_store._with_status(left.statuses, place, states.DEFAULTED)
            self._slash(job, index, place, lot.phase, awardees[holders[place]], slash_bps, reason)
    if lot.phase == states.TAGGING:
        return self._decide(job, index, left, out)
    left = self._call_spares(job, index, left, out)
    return self._advance(job, index, left)


@internal
def _slash(
    job: job_store.Job,
    index: uint256,
    place: uint256,
    phase: uint256,
    awardee: IAuction.Awardee,
    slash_bps: uint256,
    reason: uint256,
):
    bond: uint256 = grades._bond(job.grade, awardee.price_usd6)
    wanted: uint256 = (bond * slash_bps + 9_999) // 10_000
    taken: uint256 = extcall VAULT.slash(awardee.provider, job.id, wanted, convert(reason, uint8))
    if reason == reasons.CONVICTED_WITHHELD:
        # never all to the accuser; a buyer that is the provider gets nothing back this way
        half: uint256 = taken // 2
        quarter: uint256 = taken // 4
        tenth: uint256 = taken // 10
        if awardee.provider == job.buyer:
            quarter = 0
        self._tally.reward += half
        self._tally.compensation += quarter
        self._tally.burn += tenth
        self._tally.kitty += taken - half - quarter - tenth
        log IJobMarket.ProviderConvicted(
            job_id=job.id,
            provider=awardee.provider,
            lot=convert(index, uint32),
            place=convert(place, uint8),
            slashed_usd6=taken,
            reason=convert(reason, uint8),
        )
    else:
        poke: uint256 = min(PARAMS.poke_price_usd6, taken)
        self._tally.poke += poke
        self._tally.kitty += taken - poke
        log IJobMarket.SeatDefaulted(
            job_id=job.id,
            provider=awardee.provider,
            lot=convert(index, uint32),
            place=convert(place, uint8),
            phase=convert(phase, uint8),
            slashed_usd6=taken,
        )


@internal
def _end(
    job: job_store.Job,
    index: uint256,
    lot: lot_store.Lot,
    awardees: DynArray[IAuction.Awardee, 20],
    reason: uint256,
) -> job_store.Job:
    # a lot's only way to CLOSED: splits its budget by lot_rules and books the rest to the buyer
    ended: lot_store.Lot = lot
    counted: job_store.Job = job
    winning_tag: bytes32 = lot_store._digests[job.id][index * 16 + lot.winner]
    fee_bps: uint256 = PARAMS.fee_bps
    if reason == reasons.CANCELLED_BUYER or reason == reasons.INPUTS_UNAVAILABLE:
        fee_bps = 0
    paid: uint256 = 0
    fee: uint256 = 0
    holders: DynArray[uint256, 16] = self._holders(job, index, awardees)
    for place: uint256 in range(lot.active, bound=16):
        digest: bytes32 = lot_store._digests[job.id][index * 16 + place]
        status: uint256 = lot_store._status(lot, place)
        part: lot_rules.Share = lot_rules._share(
            reason,
            status,
            digest == winning_tag,
            lot.revealed & (1 << place) != 0,
            digest == empty(bytes32),
            PARAMS.cancel_fee_bps,
        )
        if part.status == status:
            continue
        ended.statuses = lot_store._with_status(ended.statuses, place, part.status)
        awardee: IAuction.Awardee = awardees[holders[place]]
        if part.slash_bps > 0:
            self._slash(job, index, place, lot.phase, awardee, part.slash_bps, reason)
        elif part.pay_bps > 0:
            amount: uint256 = awardee.price_usd6 * part.pay_bps // 10_000
            paid += amount
            fee += lot_rules._fee(awardee.price_usd6, fee_bps) * part.pay_bps // 10_000
            self._tally.income[holders[place]] += amount
            log IJobMarket.SeatPaid(
                job_id=job.id,
                provider=awardee.provider,
                device_id=awardee.device_id,
                lot=convert(index, uint32),
                place=convert(place, uint8),
                payee=awardee.payee,
                amount_usd6=amount,
            )
        else:
            log IJobMarket.SeatUnpaid(
                job_id=job.id, provider=awardee.provider, lot=convert(index, uint32), place=convert(place, uint8)
            )
    budget: uint256 = self._budget(job.seats, job.ceiling_usd6)
    refund: uint256 = budget - paid - fee - PARAMS.poke_price_usd6
    self._tally.fee += fee
    self._tally.poke += PARAMS.poke_price_usd6
    self._tally.refund += refund
    self._tally.moved += 1
    counted.lots_closed += 1
    if reason <= reasons.SETTLED_AGREED:
        counted.lots_paid += 1
    elif counted.reason == 0:
        counted.reason = reason
    ended.phase = states.LOT_CLOSED
    ended.reason = reason
    ended.deadline = block.timestamp
    ended.flags &= ~lot_store.REQUESTED
    lot_store._save(job.id, index, ended)
    log IJobMarket.LotClosed(
        job_id=job.id,
        lot=convert(index, uint32),
        reason=convert(reason, uint8),
        paid_usd6=paid,
        fee_usd6=fee,
        poke_usd6=PARAMS.poke_price_usd6,
        refund_usd6=refund,
    )
    return counted


@internal
def _settle(
    job: job_store.Job,
    awardees: DynArray[IAuction.Awardee, 20],
    poker: address,
    requester: address,
):
    # counters, then one distribution for all lots of the call
    closed: job_store.Job = job
    if job.lots_closed == job.lots:
        closed.state = states.CLOSED
        if job.reason == 0:
            closed.reason = reasons.SETTLED_AGREED
            if job.grade == grades.TRUSTED:
                closed.reason = reasons.SETTLED_QUIET
    job_store._save_head(closed)
    self._pay(closed, awardees, poker, requester)
    if closed.state == states.CLOSED:
        log IJobMarket.JobClosed(
            job_id=job.id,
            reason=convert(closed.reason, uint8),
            lots_paid=job.lots_paid,
            lots=job.lots,
            refund_usd6=self._tally.refund,
        )


@internal
def _pay(
    job: job_store.Job,
    awardees: DynArray[IAuction.Awardee, 20],
    poker: address,
    requester: address,
):
    payments: DynArray[IEscrow.Payment, 24] = []
    k: uint256 = 0
    for awardee: IAuction.Awardee in awardees:
        if self._tally.income[k] > 0:
            payments.append(
                IEscrow.Payment(account=awardee.payee, amount_usd6=self._tally.income[k], kind=kinds.INCOME)
            )
        k += 1
    payments.append(IEscrow.Payment(account=poker, amount_usd6=self._tally.poke, kind=kinds.POKE))
    payments.append(IEscrow.Payment(account=job.buyer, amount_usd6=self._tally.refund, kind=kinds.REFUND))
    if requester != empty(address):
        # a conviction's parts
        payments.append(IEscrow.Payment(account=requester, amount_usd6=self._tally.reward, kind=kinds.REWARD))
        payments.append(
            IEscrow.Payment(account=job.buyer, amount_usd6=self._tally.compensation, kind=kinds.COMPENSATION)
        )
    tally: Tally = self._tally
    self._tally = empty(Tally)
    extcall ESCROW.distribute(job.id, payments, tally.fee, tally.kitty, tally.burn)


# --- Availability only: a page request holds a lot, frees it, or ends it ---


@external
def hold_lot(job_id: bytes32, lot: uint32, held: bool, pause_seconds: uint256):
    """
    @notice While held, a lot is not poked; its deadline moves once. The caller has checked phase and deadline.
    """
    causes._require(msg.sender == AVAILABILITY, causes.NOT_AVAILABILITY)
    index: uint256 = convert(lot, uint256)
    job: job_store.Job = self._running(job_id)
    asked: lot_store.Lot = self._lot(job, index)
    asked.flags &= ~lot_store.REQUESTED
    if held:
        if asked.flags & lot_store.PAUSED == 0:
            asked.deadline += pause_seconds
        asked.flags |= lot_store.PAUSED | lot_store.REQUESTED
    lot_store._save(job_id, index, asked)


@external
def end_lot(
    job_id: bytes32,
    awardees: DynArray[IAuction.Awardee, 20],
    lot: uint32,
    reason: uint8,
    requester: address,
    closer: address,
):
    """
    @notice The request ran out unanswered: INPUTS_UNAVAILABLE or CONVICTED_WITHHELD. The closer is paid the poke price.
    """
    causes._require(msg.sender == AVAILABILITY, causes.NOT_AVAILABILITY)
    index: uint256 = convert(lot, uint256)
    job: job_store.Job = self._running(job_id)
    self._check_award(job_id, awardees)
    job = self._end(
        job, index, self._lot(job, index), awardees, convert(reason, uint256)
    )
    self._settle(job, awardees, closer, requester)


# --- guardian ---


@external
def pause_new_jobs():
    """
    @notice Guardian only, until guardian_until: no new jobs for a week. Nothing else stops.
    """
    until: uint256 = guard._pause()
    log IJobMarket.NewJobsPaused(until=until)


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
    found: lot_store.Lot = self._lot(stored, convert(lot, uint256))
    winning_tag: bytes32 = empty(bytes32)
    if found.flags & lot_store.AGREED != 0:
        winning_tag = lot_store._digests[job_id][convert(lot, uint256) * 16 + found.winner]
    return IJobMarket.Lot(
        phase=convert(found.phase, uint8),
        reason=convert(found.reason, uint8),
        active=convert(found.active, uint8),
        deadline=found.deadline,
        winning_tag=winning_tag,
    )


@view
@external
def seat(job_id: bytes32, lot: uint32, place: uint8) -> IJobMarket.Seat:
    stored: job_store.Job = job_store._load(job_id)
    found: lot_store.Lot = self._lot(stored, convert(lot, uint256))
    causes._require(convert(place, uint256) < stored.seats + stored.spares, causes.NO_PLACE)
    return IJobMarket.Seat(
        status=convert(lot_store._status(found, convert(place, uint256)), uint8),
        digest=lot_store._digests[job_id][convert(lot, uint256) * 16 + convert(place, uint256)],
    )


@view
@external
def is_closed(job_id: bytes32) -> bool:
    """
    @notice Whether bonds of the job can be released: it is closed, or cancelled before the draw.
    """
    stored: job_store.Job = job_store._load(job_id)
    return stored.state >= states.CLOSED


@view
@external
def job_id_of(buyer: address, client_salt: bytes32, terms: IJobMarket.Terms) -> bytes32:
    return self._job_id(buyer, client_salt, terms)


@view
@external
def escrow_for(terms: IJobMarket.Terms) -> uint256:
    """
    @notice lots x (seats x (ceiling + fee) + poke price) + poke price.
    """
    return self._escrow_for(convert(terms.lots, uint256), convert(terms.seats, uint256), terms.ceiling_usd6)


@view
@external
def fee_bps() -> uint256:
    return PARAMS.fee_bps


@view
@external
def paused_until() -> uint256:
    return guard._paused_until

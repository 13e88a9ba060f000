# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Page requests: whoever cannot get the bytes asks for them on chain
@notice A holder that has not sealed asks for an input or program page; the buyer or a holder of the lot asks for an output page
        inside the window. The price of a page is prepaid into the job's balance and goes to whoever answers within the clock.
        Unanswered inputs end the lot with a cancellation fee; an unanswered output convicts the winning seats.
        JobMarket and Escrow trust this address, fixed at deployment, to hold and end lots and to move the page price.
@custom:kill Not stopped: silence already has an end by time. It takes no requests once JobMarket runs no jobs.
"""

from contracts.interfaces import IAuction
from contracts.interfaces import IAvailability
from contracts.interfaces import IDraw
from contracts.interfaces import IEscrow
from contracts.interfaces import IJobBoard
from contracts.interfaces import IJobMarket
from contracts.modules import digests
from contracts.modules import job_ids
from contracts.modules import kinds
from contracts.modules import page_proof
from contracts.modules import reasons
from contracts.modules import request_store
from contracts.modules import states
from contracts.modules import subjects

implements: IAvailability

initializes: request_store

MARKET: immutable(IJobMarket)
ESCROW: immutable(IEscrow)
DRAW: immutable(IDraw)
PAGE_PRICE_USD6: immutable(uint256)
PAGE_CLOCK_SECONDS: immutable(uint256)


@deploy
def __init__(market: address, escrow: address, draw: address, page_price_usd6: uint256, page_clock_seconds: uint256):
    assert page_clock_seconds > 0, "availability: the clock is zero"
    MARKET = IJobMarket(market)
    ESCROW = IEscrow(escrow)
    DRAW = IDraw(draw)
    PAGE_PRICE_USD6 = page_price_usd6
    PAGE_CLOCK_SECONDS = page_clock_seconds


@view
@internal
def _check_holder(
    job: IJobMarket.Job, awardees: DynArray[IAuction.Awardee, 20], lot: uint32, place: uint8, active: uint8
):
    assert place < active, "availability: this place is not called"
    award_hash: bytes32 = keccak256(abi_encode(awardees))
    assert award_hash == job.award_hash, "availability: another award list"
    units: DynArray[uint32, 20] = []
    for awardee: IAuction.Awardee in awardees:
        units.append(awardee.units)
    holder: uint256 = staticcall DRAW.seat_of(
        job.seed, units, convert(job.lots, uint32), convert(job.seats + job.spares, uint8), lot, place
    )
    assert awardees[holder].provider == msg.sender, "availability: the caller does not hold this place"


@internal
def _make_room(job_id: bytes32, lot: uint32, subject: uint256, by_buyer: bool):
    # one request a lot, but nobody can keep the buyer from asking by asking first: a request for inputs is moot in the window,
    # and the buyer's request for an output takes the place of anyone else's
    old: request_store.Request = request_store._load(job_id, convert(lot, uint256))
    if old.id == empty(bytes32):
        return
    moot: bool = subject == subjects.OUTPUT and old.subject != subjects.OUTPUT
    yields: bool = subject == subjects.OUTPUT and by_buyer and old.requester != msg.sender
    assert moot or yields, "availability: a request is open on this lot"
    log IAvailability.PageWithheld(request_id=old.id, job_id=job_id, lot=lot, reason=0)
    self._pay_price(job_id, old.requester, kinds.REFUND)


@external
def request_page(
    job_id: bytes32,
    awardees: DynArray[IAuction.Awardee, 20],
    lot: uint32,
    place: uint8,
    subject: uint8,
    list_index: uint256,
    page_index: uint256,
) -> bytes32:
    """
    @notice Prepays the page price (allowance to Escrow) and starts the clock. One request a lot at a time; the lot's deadline
            moves once by the clock. The buyer's own place argument is not read.
            In the window the buyer's request takes the place of another's, which is paid back.
    """
    job: IJobMarket.Job = staticcall MARKET.job(job_id)
    assert convert(job.state, uint256) == states.RUNNING, "availability: the job is not running"
    # its roots are over tensors: a page of an artifact cannot be shown against them, so asking would be a way to end lots
    assert job.window_seconds == 0, "availability: pages of exact jobs cannot be proven, decline instead"
    asked: IJobMarket.Lot = staticcall MARKET.lot(job_id, lot)
    assert block.timestamp <= asked.deadline, "availability: too late to request"
    phase: uint256 = convert(asked.phase, uint256)
    if convert(subject, uint256) == subjects.OUTPUT:
        assert phase == states.WINDOW, "availability: outputs are requested inside the window"
        if msg.sender != job.buyer:
            self._check_holder(job, awardees, lot, place, asked.active)
    else:
        assert convert(subject, uint256) in [subjects.INPUT, subjects.PROGRAM], "availability: no such subject"
        # the program is one artifact: an index that no proof can show would be a way to end lots at will
        assert list_index == 0 or convert(subject, uint256) == subjects.INPUT, "availability: the program is no list"
        assert phase == states.SEALING, "availability: inputs are requested before the seal"
        assert job.cancelled_at == 0, "availability: the job is cancelled"
        self._check_holder(job, awardees, lot, place, asked.active)
        seat: IJobMarket.Seat = staticcall MARKET.seat(job_id, lot, place)
        assert convert(seat.status, uint256) == states.DRAWN, "availability: this place has sealed or is out"
    self._make_room(job_id, lot, convert(subject, uint256), msg.sender == job.buyer)
    deadline: uint256 = block.timestamp + PAGE_CLOCK_SECONDS
    request_id: bytes32 = request_store._open(
        job_id,
        convert(lot, uint256),
        convert(place, uint256),
        convert(subject, uint256),
        list_index,
        page_index,
        deadline,
    )
    log IAvailability.PageRequested(
        request_id=request_id,
        job_id=job_id,
        requester=msg.sender,
        lot=lot,
        subject=subject,
        list_index=list_index,
        page_index=page_index,
        deadline=deadline,
    )
    extcall MARKET.hold_lot(job_id, lot, True, PAGE_CLOCK_SECONDS)
    extcall ESCROW.fund(job_id, msg.sender, PAGE_PRICE_USD6)
    return request_id


@internal
def _pay_price(job_id: bytes32, account: address, kind: uint8):
    payments: DynArray[IEscrow.Payment, 24] = [
        IEscrow.Payment(account=account, amount_usd6=PAGE_PRICE_USD6, kind=kind)
    ]
    extcall ESCROW.distribute(job_id, payments, 0, 0, 0)


@external
def answer_page(
    job_id: bytes32,
    lot: uint32,
    terms: IJobBoard.Terms,
    client_salt: bytes32,
    lot_root: bytes32,
    proof: IAvailability.PageProof,
):
    """
    @notice Anyone who holds the page, within the clock, for the page price. An index out of range is answered by the count
            that the root commits to. lot_root is read for OUTPUT only.
    """
    index: uint256 = convert(lot, uint256)
    request: request_store.Request = request_store._load(job_id, index)
    assert request.id != empty(bytes32), "availability: no request is open on this lot"
    assert block.timestamp <= request.deadline, "availability: the page clock has run out"
    named: bytes32 = request_store._id_of(
        job_id, index, request.subject, proof.list_index, proof.page_index, request.nonce
    )
    assert named == request.id, "availability: another page was asked for"
    job: IJobMarket.Job = staticcall MARKET.job(job_id)
    posted: bytes32 = job_ids._job_id(MARKET.address, job.buyer, client_salt, terms)
    assert posted == job_id, "availability: other terms"
    root: bytes32 = terms.program_root
    if request.subject == subjects.INPUT:
        root = terms.inputs_root
    elif request.subject == subjects.OUTPUT:
        root = lot_root
        held: IJobMarket.Lot = staticcall MARKET.lot(job_id, lot)
        tag: bytes32 = digests._tag(job_id, index, lot_root)
        assert tag == held.winning_tag, "availability: not the lot's root"
        first: uint256 = index * convert(terms.items_per_lot, uint256)
        items: uint256 = min(convert(terms.items_per_lot, uint256), convert(terms.items, uint256) - first)
        # a root over another number of items is no result of this lot, and so has no answer
        assert proof.list_count == items, "availability: the root holds another number of items"
    in_range: bool = page_proof._verify(root, request.subject != subjects.PROGRAM, proof)
    request_store._clear(job_id, index)
    log IAvailability.PageAnswered(
        request_id=request.id, answerer=msg.sender, in_range=in_range, page=proof.page
    )
    extcall MARKET.hold_lot(job_id, lot, False, 0)
    self._pay_price(job_id, msg.sender, kinds.REWARD)


@external
def close_request(job_id: bytes32, awardees: DynArray[IAuction.Awardee, 20], lot: uint32):
    """
    @notice Anyone, after the clock; the page price goes back. OUTPUT: the winning seats are convicted. INPUT, PROGRAM: the lot ends
            and its seats get the cancellation fee, unless the requester has sealed or left meanwhile. Whoever ends a lot so is
            paid the poke price.
    """
    index: uint256 = convert(lot, uint256)
    request: request_store.Request = request_store._load(job_id, index)
    assert request.id != empty(bytes32), "availability: no request is open on this lot"
    assert block.timestamp > request.deadline, "availability: the page clock still runs"
    reason: uint256 = 0
    if request.subject == subjects.OUTPUT:
        reason = reasons.CONVICTED_WITHHELD
    else:
        seat: IJobMarket.Seat = staticcall MARKET.seat(job_id, lot, convert(request.place, uint8))
        if convert(seat.status, uint256) == states.DRAWN:
            reason = reasons.INPUTS_UNAVAILABLE
    request_store._clear(job_id, index)
    log IAvailability.PageWithheld(
        request_id=request.id, job_id=job_id, lot=lot, reason=convert(reason, uint8)
    )
    self._pay_price(job_id, request.requester, kinds.REFUND)
    if reason > 0:
        extcall MARKET.rule_lot(
            job_id, awardees, lot, convert(reason, uint8), 0, False, request.requester, msg.sender
        )
    else:
        extcall MARKET.hold_lot(job_id, lot, False, 0)


@view
@external
def page_price_usd6() -> uint256:
    return PAGE_PRICE_USD6


@view
@external
def page_clock_seconds() -> uint256:
    return PAGE_CLOCK_SECONDS


@view
@external
def request_of(job_id: bytes32, lot: uint32) -> IAvailability.Request:
    """
    @notice The open request of a lot; its id is empty when there is none. The indices are in its PageRequested event.
    """
    found: request_store.Request = request_store._load(job_id, convert(lot, uint256))
    return IAvailability.Request(
        id=found.id,
        requester=found.requester,
        deadline=found.deadline,
        subject=convert(found.subject, uint8),
        place=convert(found.place, uint8),
    )

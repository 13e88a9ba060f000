# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Sealed bids: who bids for a job that is open, whose bids are kept, who wins at what price
@notice JobBoard calls it for buyers and providers, and moves the money by what it says: this contract holds none and calls nobody
        but the registry of devices, when a bid is opened. So nothing outside can stand in the way of a clearing. A seal binds chain,
        book, job and provider: a copy of it opens for nobody else. Why the rules are as they are: decisions/0015-sealed-bids.md.
@custom:kill Cannot be stopped. When JobBoard takes no new jobs, open ones are still cleared, cancelled and paid out.
"""

from contracts.interfaces import IAuction
from contracts.interfaces import IBidBook
from contracts.interfaces import IDeviceRegistry
from contracts.modules import bids
from contracts.modules import states

implements: IBidBook

initializes: bids

BID_DOMAIN: constant(bytes32) = keccak256("assay/bid/1")
MAX_WINDOW_SECONDS: constant(uint256) = 7 * 86_400  # escrow and bonds must not wait for longer

BOARD: immutable(address)
REGISTRY: immutable(IDeviceRegistry)
BID_SECONDS: immutable(uint256)
OPEN_SECONDS: immutable(uint256)


@deploy
def __init__(board: address, registry: IDeviceRegistry, bid_seconds: uint256, open_seconds: uint256):
    """
    @param board Address at which JobBoard will be deployed.
    """
    assert bid_seconds > 0 and open_seconds > 0, "bids: a window is zero"
    assert bid_seconds <= MAX_WINDOW_SECONDS and open_seconds <= MAX_WINDOW_SECONDS, "bids: window too long"
    BOARD = board
    REGISTRY = registry
    BID_SECONDS = bid_seconds
    OPEN_SECONDS = open_seconds


# --- JobBoard only ---


@view
@internal
def _load_open(job_id: bytes32) -> IBidBook.Book:
    assert msg.sender == BOARD, "bids: only JobBoard"
    book: IBidBook.Book = bids._load(job_id)
    assert book.state == convert(states.OPEN, uint8), "bids: this job is not open to bids"
    return book


@external
def start(job_id: bytes32, max_units: uint32):
    """
    @notice A job whose escrow has been taken is open to bids from now on.
    """
    assert msg.sender == BOARD, "bids: only JobBoard"
    book: IBidBook.Book = bids._load(job_id)
    assert book.state == 0, "bids: this job is known"
    book.state = convert(states.OPEN, uint8)
    book.seal_deadline = block.timestamp + BID_SECONDS
    book.open_deadline = book.seal_deadline + OPEN_SECONDS
    bids._save(job_id, book)
    log IBidBook.BiddingOpened(
        job_id=job_id,
        seal_deadline=book.seal_deadline,
        open_deadline=book.open_deadline,
        max_units=max_units,
    )


@external
def seal(job_id: bytes32, provider: address, digest: bytes32, units: uint32, deposit_usd6: uint256):
    """
    @notice One bid of a provider, final: a second one would let it choose between two prices once others are open.
    """
    book: IBidBook.Book = self._load_open(job_id)
    assert block.timestamp <= book.seal_deadline, "bids: sealing is over"
    bid: IBidBook.SealedBid = bids._bid(job_id, provider)
    assert convert(bid.status, uint256) == bids.ABSENT, "bids: one bid a provider"
    bid = IBidBook.SealedBid(
        status=convert(bids.SEALED, uint8),
        order=book.sealed,
        units=units,
        deposit_usd6=deposit_usd6,
        digest=digest,
    )
    bids._save_bid(job_id, provider, bid)
    bids._deposits[job_id] += deposit_usd6
    book.sealed += 1
    bids._save(job_id, book)
    log IBidBook.BidSealed(
        job_id=job_id,
        provider=provider,
        order=bid.order,
        units=units,
        seal=digest,
        deposit_usd6=deposit_usd6,
    )


@external
def open(
    job_id: bytes32,
    provider: address,
    device_id: bytes32,
    runtime_class: bytes32,
    price_usd6: uint256,
    units: uint32,
    salt: bytes32,
) -> (uint256, bool, address, uint256):
    """
    @notice Opens a sealed bid with one of the provider's devices. Its payee is noted now: what becomes of the deed later stops nothing.
    @return The deposit, whether the bid is kept, whom it displaced and the units of that one.
    """
    book: IBidBook.Book = self._load_open(job_id)
    assert block.timestamp > book.seal_deadline, "bids: sealing goes on"
    assert block.timestamp <= book.open_deadline, "bids: opening is over"
    bid: IBidBook.SealedBid = bids._bid(job_id, provider)
    assert convert(bid.status, uint256) == bids.SEALED, "bids: no sealed bid of this provider"
    digest: bytes32 = self._seal_of(job_id, provider, price_usd6, units, salt)
    assert digest == bid.digest, "bids: not what was sealed"
    assert units > 0 and units <= bid.units, "bids: units out of what the deposit covers"
    payee: address = self._payee_of(provider, device_id, runtime_class)
    deposit_usd6: uint256 = bid.deposit_usd6
    bids._deposits[job_id] -= deposit_usd6
    bid.status = convert(bids.OPENED, uint8)
    bid.units = units
    bid.digest = device_id
    bids._save_bid(job_id, provider, bid)
    bids._payees[job_id][provider] = payee
    out: uint256 = 0
    book, out = bids._keep(job_id, book, bids._key(price_usd6, bid.order, provider))
    book.opened += 1
    bids._save(job_id, book)
    rival: address = bids._provider(out)
    kept: bool = rival != provider
    log IBidBook.BidOpened(
        job_id=job_id,
        provider=provider,
        device_id=device_id,
        order=bid.order,
        price_usd6=price_usd6,
        units=units,
        kept=kept,
    )
    if out == 0 or not kept:
        return deposit_usd6, kept, empty(address), 0
    log IBidBook.BidDisplaced(job_id=job_id, provider=rival, price_usd6=bids._price(out))
    displaced: IBidBook.SealedBid = bids._bid(job_id, rival)
    return deposit_usd6, kept, rival, convert(displaced.units, uint256)


@view
@internal
def _payee_of(provider: address, device_id: bytes32, runtime_class: bytes32) -> address:
    owner: address = staticcall REGISTRY.provider_of(device_id)
    assert owner == provider, "bids: only the device's provider"
    device: IDeviceRegistry.Device = staticcall REGISTRY.device(device_id)
    assert not device.retired, "bids: the device is retired"
    exact: bool = runtime_class == empty(bytes32)
    assert exact or device.runtime_class == runtime_class, "bids: the device has another runtime class"
    return device.payee


@external
def clear(job_id: bytes32, lots: uint256, seats: uint256, spares: uint256) -> IBidBook.Clearing:
    """
    @notice Ends the bidding. Seats come first: spares are as many as the kept bids fill beyond the seats of all lots.
    """
    book: IBidBook.Book = self._load_open(job_id)
    assert block.timestamp > book.seal_deadline, "bids: sealing goes on"
    # a seal that is never opened ends with its time; nobody waits when there is none
    assert block.timestamp > book.open_deadline or book.opened == book.sealed, "bids: opening goes on"
    keys: DynArray[uint256, 20] = bids._sorted(job_id, book.kept)
    offered: uint256 = 0
    units: DynArray[uint256, 20] = []
    for key: uint256 in keys:
        bid: IBidBook.SealedBid = bids._bid(job_id, bids._provider(key))
        units.append(convert(bid.units, uint256))
        offered += convert(bid.units, uint256)
    cleared: IBidBook.Clearing = empty(IBidBook.Clearing)
    cleared.deposits_usd6 = bids._deposits[job_id]
    bids._deposits[job_id] = 0
    # no block is longer than the lots, so that many full rounds are that many providers
    width: uint256 = min(seats + spares, offered // lots)
    wanted: uint256 = 0
    book.state = convert(states.CLOSED, uint8)
    if width >= seats:
        book.state = convert(states.AWARDED, uint8)
        cleared.spares = width - seats
        wanted = lots * width
    bids._save(job_id, book)
    return self._award(job_id, cleared, keys, units, wanted, book.next_usd6)


@view
@internal
def _award(
    job_id: bytes32,
    cleared: IBidBook.Clearing,
    keys: DynArray[uint256, 20],
    units: DynArray[uint256, 20],
    wanted: uint256,
    next_usd6: uint256,
) -> IBidBook.Clearing:
    left: uint256 = wanted
    price_usd6: uint256 = next_usd6
    waiting: bool = False  # a kept bid has gone without: its price comes before that of any bid not kept
    for k: uint256 in range(len(keys), bound=20):
        provider: address = bids._provider(keys[k])
        awarded: uint256 = min(units[k], left)
        left -= awarded
        cleared.covers.append(IBidBook.Cover(provider=provider, units=units[k], awarded=awarded))
        if awarded == 0:
            if not waiting:
                price_usd6 = bids._price(keys[k])
            waiting = True
            continue
        if next_usd6 == 0:
            price_usd6 = bids._price(keys[k])  # the highest awarded so far
        cleared.awardees.append(
            IAuction.Awardee(
                provider=provider,
                device_id=bids._digests[job_id][provider],
                payee=bids._payees[job_id][provider],
                price_usd6=0,
                units=convert(awarded, uint32),
            )
        )
    if wanted > 0:
        cleared.price_usd6 = price_usd6
        for k: uint256 in range(len(cleared.awardees), bound=20):
            cleared.awardees[k].price_usd6 = price_usd6
    return cleared


@external
def cancel(job_id: bytes32):
    """
    @notice Ends the bidding before the first opening: nobody has shown anything yet.
    """
    book: IBidBook.Book = self._load_open(job_id)
    assert book.opened == 0, "bids: a bid has been opened"
    book.state = convert(states.CANCELLED, uint8)
    bids._save(job_id, book)


@external
def take_deposit(job_id: bytes32, provider: address) -> uint256:
    """
    @notice After a cancellation: what a sealed bid had put down, once.
    """
    assert msg.sender == BOARD, "bids: only JobBoard"
    book: IBidBook.Book = bids._load(job_id)
    assert book.state == convert(states.CANCELLED, uint8), "bids: the job was not cancelled while bids were sealed"
    bid: IBidBook.SealedBid = bids._bid(job_id, provider)
    assert convert(bid.status, uint256) == bids.SEALED, "bids: no deposit of this provider"
    bid.status = convert(bids.RETURNED, uint8)
    bids._save_bid(job_id, provider, bid)
    bids._deposits[job_id] -= bid.deposit_usd6
    log IBidBook.DepositReturned(job_id=job_id, provider=provider, deposit_usd6=bid.deposit_usd6)
    return bid.deposit_usd6


# --- views ---


@view
@internal
def _seal_of(job_id: bytes32, provider: address, price_usd6: uint256, units: uint32, salt: bytes32) -> bytes32:
    return keccak256(abi_encode(BID_DOMAIN, chain.id, self, job_id, provider, price_usd6, units, salt))


@view
@external
def seal_of(job_id: bytes32, provider: address, price_usd6: uint256, units: uint32, salt: bytes32) -> bytes32:
    """
    @notice What a provider seals. A call sends the price to whoever runs the node: providers compute it at home (assay.protocol.digests).
    """
    return self._seal_of(job_id, provider, price_usd6, units, salt)


@view
@external
def is_known(job_id: bytes32) -> bool:
    return bids._books[job_id] != 0


@view
@external
def book_of(job_id: bytes32) -> IBidBook.Book:
    return bids._load(job_id)


@view
@external
def bid_of(job_id: bytes32, provider: address) -> IBidBook.SealedBid:
    return bids._bid(job_id, provider)


@view
@external
@reentrant
def windows() -> (uint256, uint256):
    return BID_SECONDS, OPEN_SECONDS

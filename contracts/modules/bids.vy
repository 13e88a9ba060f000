# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title What is stored of sealed bids: per job one packed slot and its deposits, per bid two slots, per kept bid two more
@notice book  state 8 | seal deadline 40 | open deadline 40 | sealed 32 | opened 32 | kept 8 | next price 64
        bid   status 8 | order 32 | units 32 | deposit 128; beside it its seal, which its device replaces at opening
        kept  price 64 | order 32 | provider 160: one number, so that cheaper, then earlier, is smaller; beside it the payee
"""

from contracts.interfaces import IBidBook

MAX_KEPT: constant(uint256) = 20  # of the draw's ring

# status of a bid
ABSENT: constant(uint256) = 0
SEALED: constant(uint256) = 1
OPENED: constant(uint256) = 2
RETURNED: constant(uint256) = 3

M8: constant(uint256) = 2**8 - 1
M32: constant(uint256) = 2**32 - 1
M40: constant(uint256) = 2**40 - 1
M64: constant(uint256) = 2**64 - 1
M160: constant(uint256) = 2**160 - 1

_books: HashMap[bytes32, uint256]  # job => packed book
_deposits: HashMap[bytes32, uint256]  # job => deposits of bids that are not opened
_bids: HashMap[bytes32, HashMap[address, uint256]]  # job => provider => packed bid
_digests: HashMap[bytes32, HashMap[address, bytes32]]  # job => provider => seal, then device
_kept: HashMap[bytes32, HashMap[uint256, uint256]]  # job => slot => packed key
_payees: HashMap[bytes32, HashMap[address, address]]  # job => provider of an opened bid => payee


@view
@internal
def _load(job_id: bytes32) -> IBidBook.Book:
    word: uint256 = self._books[job_id]
    return IBidBook.Book(
        state=convert(word & M8, uint8),
        seal_deadline=(word >> 8) & M40,
        open_deadline=(word >> 48) & M40,
        sealed=(word >> 88) & M32,
        opened=(word >> 120) & M32,
        kept=(word >> 152) & M8,
        next_usd6=word >> 160,
        deposits_usd6=self._deposits[job_id],
    )


@internal
def _save(job_id: bytes32, book: IBidBook.Book):
    """
    @notice All but the deposits, which have a slot of their own.
    """
    self._books[job_id] = (
        convert(book.state, uint256)
        | (book.seal_deadline << 8)
        | (book.open_deadline << 48)
        | (book.sealed << 88)
        | (book.opened << 120)
        | (book.kept << 152)
        | (book.next_usd6 << 160)
    )


@view
@internal
def _bid(job_id: bytes32, provider: address) -> IBidBook.SealedBid:
    word: uint256 = self._bids[job_id][provider]
    return IBidBook.SealedBid(
        status=convert(word & M8, uint8),
        order=(word >> 8) & M32,
        units=convert((word >> 40) & M32, uint32),
        deposit_usd6=word >> 72,
        digest=self._digests[job_id][provider],
    )


@internal
def _save_bid(job_id: bytes32, provider: address, bid: IBidBook.SealedBid):
    self._bids[job_id][provider] = (
        convert(bid.status, uint256)
        | (bid.order << 8)
        | (convert(bid.units, uint256) << 40)
        | (bid.deposit_usd6 << 72)
    )
    self._digests[job_id][provider] = bid.digest


@pure
@internal
def _key(price_usd6: uint256, order: uint256, provider: address) -> uint256:
    return (price_usd6 << 192) | (order << 160) | convert(provider, uint256)


@pure
@internal
def _price(key: uint256) -> uint256:
    return key >> 192


@pure
@internal
def _provider(key: uint256) -> address:
    return convert(key & M160, address)


@internal
def _keep(job_id: bytes32, book: IBidBook.Book, key: uint256) -> (IBidBook.Book, uint256):
    """
    @notice Keeps the key if it is among the cheapest; returns the book and the key that is out by it (itself, or another, or 0).
            The price of what is out still counts as a unit not awarded.
    """
    out: uint256 = 0
    if book.kept < MAX_KEPT:
        self._kept[job_id][book.kept] = key
        book.kept += 1
    else:
        worst: uint256 = 0
        for k: uint256 in range(MAX_KEPT):
            # strictly greater: keys differ, as orders do
            if self._kept[job_id][k] > self._kept[job_id][worst]:
                worst = k
        out = self._kept[job_id][worst]
        if key < out:
            self._kept[job_id][worst] = key
        else:
            out = key
        price_usd6: uint256 = self._price(out)
        if book.next_usd6 == 0 or price_usd6 < book.next_usd6:
            book.next_usd6 = price_usd6
    return book, out


@view
@internal
def _sorted(job_id: bytes32, count: uint256) -> DynArray[uint256, MAX_KEPT]:
    """
    @notice The kept keys, cheapest first, equal prices in the order of sealing.
    """
    keys: DynArray[uint256, MAX_KEPT] = []
    for k: uint256 in range(count, bound=MAX_KEPT):
        keys.append(self._kept[job_id][k])
        at: uint256 = k
        for step: uint256 in range(MAX_KEPT):
            if at == 0 or keys[at - 1] < keys[at]:
                break
            smaller: uint256 = keys[at]
            keys[at] = keys[at - 1]
            keys[at - 1] = smaller
            at -= 1
    return keys

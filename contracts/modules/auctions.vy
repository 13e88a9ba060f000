# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title An order's bidding, as JobBoard runs it: escrow in, deposits in and out, bonds at opening, the end with its money
@notice BidBook says who bids and who wins; here money and bonds are moved by what it says.
"""

from contracts.interfaces import IBidBook
from contracts.interfaces import IEscrow
from contracts.interfaces import IJobBoard
from contracts.interfaces import IJobMarket
from contracts.modules import job_ids
from contracts.modules import kinds
from contracts.modules import grades
from contracts.modules import orders
from contracts.modules import reasons

uses: orders

DEPOSIT_BPS: constant(uint256) = 500  # of ceiling x units: sealing to see the others' prices, and not opening, must cost


@internal
def _post(terms: IJobBoard.Terms, client_salt: bytes32, permit: orders.Permit) -> bytes32:
    job_id: bytes32 = orders._new_id(terms, client_salt)
    # reverts with the cause
    good: bool = staticcall orders.AUCTION.check_terms(
        terms.runtime_class,
        terms.grade,
        terms.seats,
        terms.spares,
        terms.lots,
        terms.items_per_lot,
        terms.items,
        terms.lot_seconds,
        terms.ceiling_usd6,
        terms.audit_bps,
    )
    # whatever could refuse the award is refused now: a job with bids must always come to an end
    max_units: uint256 = self._max_units(terms)
    assert max_units > 0, "board: the commit window is too long"
    prices: IJobMarket.Prices = staticcall orders.MARKET.prices()
    escrow_usd6: uint256 = orders._escrow_usd6(terms, terms.ceiling_usd6, prices) + prices.poke_price_usd6
    window_seconds: uint256 = orders._window_seconds(terms, terms.ceiling_usd6, escrow_usd6)
    orders._take(job_id, terms, client_salt, escrow_usd6, prices, permit)
    extcall orders.BIDS.start(job_id, convert(max_units, uint32))
    return job_id


@internal
def _seal(order: IJobBoard.Order, digest: bytes32, units: uint32):
    assert units > 0, "board: units is zero"
    assert convert(units, uint256) <= self._max_units(order.terms), "board: more units than a bid may have"
    job_id: bytes32 = self._id_of(order)
    deposit_usd6: uint256 = self._deposit_usd6(order.terms, units)
    extcall orders.BIDS.seal(job_id, msg.sender, digest, units, deposit_usd6)
    extcall orders.ESCROW.fund_with_permit(job_id, msg.sender, deposit_usd6, 0, 0, empty(bytes32), empty(bytes32))


@internal
def _open(order: IJobBoard.Order, bid: IJobBoard.Bid):
    terms: IJobBoard.Terms = order.terms
    assert bid.price_usd6 > 0, "board: price is zero"
    assert bid.price_usd6 <= terms.ceiling_usd6, "board: the bid is above the ceiling"
    # the clearing price is one of the opened bids': each must be a price at which the job can be awarded
    window_seconds: uint256 = orders._window_seconds(terms, bid.price_usd6, 0)
    job_id: bytes32 = self._id_of(order)
    deposit_usd6: uint256 = 0
    kept: bool = False
    displaced: address = empty(address)
    displaced_units: uint256 = 0
    deposit_usd6, kept, displaced, displaced_units = extcall orders.BIDS.open(
        job_id, msg.sender, bid.device_id, terms.runtime_class, bid.price_usd6, bid.units, bid.salt
    )
    bond_usd6: uint256 = orders._bond_usd6(terms, terms.ceiling_usd6)
    if displaced != empty(address):
        extcall orders.VAULT.unlock(displaced, job_id, displaced_units * bond_usd6)
    if kept:
        extcall orders.VAULT.lock(msg.sender, job_id, convert(bid.units, uint256) * bond_usd6)
    self._refund(job_id, msg.sender, deposit_usd6)


@internal
def _award(order: IJobBoard.Order):
    terms: IJobBoard.Terms = order.terms
    job_id: bytes32 = self._id_of(order)
    seats: uint256 = convert(terms.seats, uint256)
    # places that each lot must have: of a sampled lot one that can become its auditor, too
    needed: uint256 = grades._priced(convert(terms.grade, uint256), seats)
    cleared: IBidBook.Clearing = extcall orders.BIDS.clear(
        job_id, convert(terms.lots, uint256), needed, seats + convert(terms.spares, uint256) - needed
    )
    cleared.spares += needed - seats
    # the losers' bonds, and of the winners' what the clearing price needs less than the ceiling
    at_ceiling: uint256 = orders._bond_usd6(terms, terms.ceiling_usd6)
    at_price: uint256 = orders._bond_usd6(terms, cleared.price_usd6)
    for cover: IBidBook.Cover in cleared.covers:
        spare_usd6: uint256 = cover.units * at_ceiling - cover.awarded * at_price
        if spare_usd6 > 0:
            extcall orders.VAULT.unlock(cover.provider, job_id, spare_usd6)
    prices: IJobMarket.Prices = staticcall orders.MARKET.prices()
    held_usd6: uint256 = staticcall orders.ESCROW.job_balance(job_id)
    # deposits of bids that were never opened are the buyer's
    free_usd6: uint256 = held_usd6 - prices.poke_price_usd6 - cleared.deposits_usd6
    if len(cleared.awardees) == 0:
        self._close(job_id, order.buyer, reasons.EXPIRED_NO_BID, cleared, free_usd6, msg.sender, prices)
        return
    # JobMarket is told the clearing price as the ceiling: what it will pay or return is exactly what stays behind
    escrow_usd6: uint256 = orders._escrow_usd6(terms, cleared.price_usd6, prices)
    self._close(job_id, order.buyer, 0, cleared, free_usd6 - escrow_usd6, msg.sender, prices)
    window_seconds: uint256 = orders._window_seconds(terms, cleared.price_usd6, escrow_usd6)
    orders._open(
        job_id, order.buyer, terms, cleared.awardees, cleared.price_usd6, cleared.spares, window_seconds
    )


@internal
def _cancel(order: IJobBoard.Order):
    assert msg.sender == order.buyer, "board: only the buyer"
    job_id: bytes32 = self._id_of(order)
    extcall orders.BIDS.cancel(job_id)
    book: IBidBook.Book = staticcall orders.BIDS.book_of(job_id)
    held_usd6: uint256 = staticcall orders.ESCROW.job_balance(job_id)
    self._close(
        job_id,
        order.buyer,
        reasons.CANCELLED_BUYER,
        empty(IBidBook.Clearing),
        held_usd6 - book.deposits_usd6,
        empty(address),
        empty(IJobMarket.Prices),
    )


@internal
def _return_deposit(job_id: bytes32, provider: address):
    deposit_usd6: uint256 = extcall orders.BIDS.take_deposit(job_id, provider)
    self._refund(job_id, provider, deposit_usd6)


@internal
def _refund(job_id: bytes32, account: address, amount_usd6: uint256):
    payments: DynArray[IEscrow.Payment, 24] = [
        IEscrow.Payment(account=account, amount_usd6=amount_usd6, kind=kinds.REFUND)
    ]
    extcall orders.ESCROW.distribute(job_id, payments, 0, 0, 0)


@internal
def _close(
    job_id: bytes32,
    buyer: address,
    reason: uint256,
    cleared: IBidBook.Clearing,
    surplus_usd6: uint256,
    poker: address,
    prices: IJobMarket.Prices,
):
    payments: DynArray[IEscrow.Payment, 24] = [
        IEscrow.Payment(account=buyer, amount_usd6=surplus_usd6, kind=kinds.REFUND),
        IEscrow.Payment(account=buyer, amount_usd6=cleared.deposits_usd6, kind=kinds.COMPENSATION),
        IEscrow.Payment(account=poker, amount_usd6=prices.poke_price_usd6, kind=kinds.POKE),
    ]
    extcall orders.ESCROW.distribute(job_id, payments, 0, 0, 0)
    log IJobBoard.BiddingClosed(
        job_id=job_id,
        reason=convert(reason, uint8),
        price_usd6=cleared.price_usd6,
        spares=cleared.spares,
        surplus_usd6=surplus_usd6,
        forfeited_usd6=cleared.deposits_usd6,
    )


@pure
@internal
def _deposit_usd6(terms: IJobBoard.Terms, units: uint32) -> uint256:
    return (terms.ceiling_usd6 * convert(units, uint256) * DEPOSIT_BPS + 9_999) // 10_000


@pure
@internal
def _max_units(terms: IJobBoard.Terms) -> uint256:
    lot_seconds: uint256 = max(1, convert(terms.lot_seconds, uint256))
    longest: uint256 = orders.MAX_COMMIT_SECONDS // lot_seconds
    if longest <= orders.COMMIT_ROUNDS:
        return 0
    return min(convert(terms.lots, uint256), longest - orders.COMMIT_ROUNDS)


@view
@internal
def _id_of(order: IJobBoard.Order) -> bytes32:
    return job_ids._job_id(orders.MARKET.address, order.buyer, order.client_salt, order.terms)

# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Orders: judges terms, takes the escrow, hires the providers, locks their bonds and opens the job
@notice Called by buyers. An instant order happens in one transaction or not at all: Auction judges the numbers and the picks, Escrow
        takes the money, StakeVault locks the bonds, and only then does JobMarket fix the block that the draw comes from. An auction
        comes back here: providers seal and open bids, anyone has them cleared. BidBook says who wins at what price; the money and
        the bonds are moved here by what it says. Whoever calls passes the order, which the job id proves.
        It keeps no job and holds no token. A job id carries JobMarket's address, where the job lives. Escrow, StakeVault, BidBook
        and JobMarket trust this address, fixed at deployment, to fund, to return, to lock, to unlock and to open.
@custom:kill The guardian stops new jobs for a week at a time, until guardian_until: it stops post functions only. Bids, awards,
        cancellations and deposits of open auctions pass, and nobody can stop, seize or redirect a job.
"""

from contracts.interfaces import IAuction
from contracts.interfaces import IJobBoard
from contracts.interfaces import IJobMarket
from contracts.modules import auctions
from contracts.modules import guardian
from contracts.modules import job_ids
from contracts.modules import orders

implements: IJobBoard

initializes: guardian
initializes: orders
initializes: auctions[orders := orders]


@deploy
def __init__(
    market: address,
    escrow: address,
    vault: address,
    auction: address,
    bid_book: address,
    game: address,
    guardian_account: address,
    guardian_until: uint256,
    min_commit_seconds: uint256,
    min_reveal_seconds: uint256,
    windows: orders.Windows,
):
    """
    @param market Address at which JobMarket will be deployed; likewise escrow, vault, bid_book and game.
    """
    orders.__init__(
        market, escrow, vault, auction, bid_book, game, min_commit_seconds, min_reveal_seconds, windows
    )
    guardian.__init__(guardian_account, guardian_until)


# --- buyer ---


@external
def post_job(terms: IJobBoard.Terms, picks: DynArray[IAuction.Pick, 20], client_salt: bytes32) -> bytes32:
    """
    @notice Takes escrow_for(terms) from the caller (allowance to Escrow), awards the picks and locks their bonds.
    """
    return self._post(terms, picks, client_salt, empty(orders.Permit))


@external
def post_job_with_permit(
    terms: IJobBoard.Terms,
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
    return self._post(terms, picks, client_salt, orders.Permit(deadline=deadline, v=v, r=r, s=s))


@external
def post_auction(terms: IJobBoard.Terms, client_salt: bytes32) -> bytes32:
    """
    @notice Takes auction_escrow_for(terms) from the caller (allowance to Escrow) and opens the bidding.
    """
    return self._post_auction(terms, client_salt, empty(orders.Permit))


@external
def post_auction_with_permit(
    terms: IJobBoard.Terms, client_salt: bytes32, deadline: uint256, v: uint8, r: bytes32, s: bytes32
) -> bytes32:
    """
    @notice post_auction with a permit of exactly auction_escrow_for(terms) to Escrow instead of an allowance.
    """
    return self._post_auction(terms, client_salt, orders.Permit(deadline=deadline, v=v, r=r, s=s))


@internal
def _post(
    terms: IJobBoard.Terms, picks: DynArray[IAuction.Pick, 20], client_salt: bytes32, permit: orders.Permit
) -> bytes32:
    guardian._check()
    job_id: bytes32 = orders._new_id(terms, client_salt)
    awardees: DynArray[IAuction.Awardee, 20] = staticcall orders.AUCTION.award(
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
        terms.audit_bps,
    )
    prices: IJobMarket.Prices = staticcall orders.MARKET.prices()
    escrow_usd6: uint256 = orders._escrow_usd6(terms, terms.ceiling_usd6, prices)
    orders._take(job_id, terms, client_salt, escrow_usd6, prices, permit)
    # picks are in ascending price: what holds for the first bond holds for all
    window_seconds: uint256 = orders._window_seconds(terms, awardees[0].price_usd6, escrow_usd6)
    for awardee: IAuction.Awardee in awardees:
        bond_usd6: uint256 = orders._bond_usd6(terms, awardee.price_usd6)
        extcall orders.VAULT.lock(awardee.provider, job_id, convert(awardee.units, uint256) * bond_usd6)
    orders._open(job_id, msg.sender, terms, awardees, terms.ceiling_usd6, convert(terms.spares, uint256), window_seconds)
    return job_id


@internal
def _post_auction(terms: IJobBoard.Terms, client_salt: bytes32, permit: orders.Permit) -> bytes32:
    guardian._check()
    return auctions._post(terms, client_salt, permit)


@external
def cancel_auction(order: IJobBoard.Order):
    """
    @notice The buyer, before the first opening: all of the escrow comes back; deposits of sealed bids wait for return_deposit.
    """
    auctions._cancel(order)


# --- providers ---


@external
def seal_bid(order: IJobBoard.Order, digest: bytes32, units: uint32):
    """
    @notice A provider's one bid for a job. The deposit covers opening it with up to that many units.
    """
    auctions._seal(order, digest, units)


@external
def open_bid(order: IJobBoard.Order, bid: IJobBoard.Bid):
    """
    @notice The deposit comes back at once; bonds are locked at the ceiling, the most the clearing price can be, so that whoever
            wins is covered. A bid that was sealed above the ceiling, or without the stake for it, cannot be opened and loses its deposit.
    """
    auctions._open(order, bid)


# --- anyone ---


@external
def award_auction(order: IJobBoard.Order):
    """
    @notice Clears the bids: the job is awarded at the clearing price and what the escrow has above it returns; or, when the bids
            do not fill the seats, all of it. Deposits of bids that were never opened go to the buyer, the poke price to the caller.
    """
    auctions._award(order)


@external
def return_deposit(job_id: bytes32, provider: address):
    """
    @notice After a cancellation: what a sealed bid had put down, to its provider's credit.
    """
    auctions._return_deposit(job_id, provider)


# --- guardian ---


@external
def pause_new_jobs():
    """
    @notice Guardian only, until guardian_until: no new jobs for a week. Nothing else stops.
    """
    until: uint256 = guardian._pause()
    log IJobBoard.NewJobsPaused(until=until)


# --- views ---


@view
@external
@reentrant
def job_id_of(buyer: address, client_salt: bytes32, terms: IJobBoard.Terms) -> bytes32:
    return job_ids._job_id(orders.MARKET.address, buyer, client_salt, terms)


@view
@external
@reentrant
def escrow_for(terms: IJobBoard.Terms) -> uint256:
    """
    @notice lots x (seats x (ceiling + fee) + poke price) + poke price.
    """
    prices: IJobMarket.Prices = staticcall orders.MARKET.prices()
    return orders._escrow_usd6(terms, terms.ceiling_usd6, prices)


@view
@external
@reentrant
def auction_escrow_for(terms: IJobBoard.Terms) -> uint256:
    """
    @notice escrow_for, and one poke price for who has the bids cleared.
    """
    prices: IJobMarket.Prices = staticcall orders.MARKET.prices()
    return orders._escrow_usd6(terms, terms.ceiling_usd6, prices) + prices.poke_price_usd6


@view
@external
@reentrant
def deposit_for(terms: IJobBoard.Terms, units: uint32) -> uint256:
    return auctions._deposit_usd6(terms, units)


@view
@external
@reentrant
def max_units_for(terms: IJobBoard.Terms) -> uint256:
    """
    @notice Most units of one bid; 0: the stated run time is too long for any.
    """
    return auctions._max_units(terms)


@view
@external
@reentrant
def fee_bps() -> uint256:
    prices: IJobMarket.Prices = staticcall orders.MARKET.prices()
    return prices.fee_bps


@view
@external
@reentrant
def paused_until() -> uint256:
    return guardian._paused_until


@view
@external
@reentrant
def market() -> address:
    return orders.MARKET.address

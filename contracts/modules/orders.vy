# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title What JobBoard does for every order: its id and its money, bonds and windows, and the way into JobMarket
"""

from contracts.interfaces import IAuction
from contracts.interfaces import IBidBook
from contracts.interfaces import IDisputeGame
from contracts.interfaces import IEscrow
from contracts.interfaces import IJobBoard
from contracts.interfaces import IJobMarket
from contracts.interfaces import IStakeVault
from contracts.modules import grades
from contracts.modules import job_ids
from contracts.modules import lot_budget


# the buyer's signature for the token, where it has permits; deadline 0 means none
struct Permit:
    deadline: uint256
    v: uint8
    r: bytes32
    s: bytes32


# least challenge windows by what a job's escrow comes to, and what is added to twice the stated run time of a lot
struct Windows:
    low_seconds: uint256
    mid_seconds: uint256
    high_seconds: uint256
    slack_seconds: uint256


LOW_USD6: constant(uint256) = 100 * 10**6
MID_USD6: constant(uint256) = 10_000 * 10**6
MAX_WINDOW_SECONDS: constant(uint256) = 30 * 86_400
MAX_CLAIM_LOT_SECONDS: constant(uint256) = 86_400  # a whole game's clock is many times that
BOND_GAMES: constant(uint256) = 2  # a bond covers the game about it this often
COMMIT_ROUNDS: constant(uint256) = 7  # decision 0003
MAX_COMMIT_SECONDS: constant(uint256) = 30 * 86_400  # bonds must not be locked for longer by one phase

MARKET: immutable(IJobMarket)
ESCROW: immutable(IEscrow)
VAULT: immutable(IStakeVault)
AUCTION: immutable(IAuction)
BIDS: immutable(IBidBook)
GAME: immutable(IDisputeGame)
MIN_COMMIT_SECONDS: immutable(uint256)
MIN_REVEAL_SECONDS: immutable(uint256)
WINDOWS: immutable(Windows)


@deploy
def __init__(
    market: address,
    escrow: address,
    vault: address,
    auction: address,
    bid_book: address,
    game: address,
    min_commit_seconds: uint256,
    min_reveal_seconds: uint256,
    windows: Windows,
):
    longest: uint256 = max(windows.low_seconds, max(windows.mid_seconds, windows.high_seconds))
    assert windows.low_seconds > 0 and windows.mid_seconds > 0 and windows.high_seconds > 0, "board: a window is zero"
    assert longest <= MAX_WINDOW_SECONDS and windows.slack_seconds <= MAX_WINDOW_SECONDS, "board: window too long"
    assert min_commit_seconds <= MAX_COMMIT_SECONDS, "board: commit window too long"
    assert min_reveal_seconds <= MAX_COMMIT_SECONDS, "board: reveal window too long"
    MARKET = IJobMarket(market)
    ESCROW = IEscrow(escrow)
    VAULT = IStakeVault(vault)
    AUCTION = IAuction(auction)
    BIDS = IBidBook(bid_book)
    GAME = IDisputeGame(game)
    MIN_COMMIT_SECONDS = min_commit_seconds
    MIN_REVEAL_SECONDS = min_reveal_seconds
    WINDOWS = windows


@view
@internal
def _new_id(terms: IJobBoard.Terms, client_salt: bytes32) -> bytes32:
    job_id: bytes32 = job_ids._job_id(MARKET.address, msg.sender, client_salt, terms)
    # asked before the money, so that an order sent twice hears this and not a lack of allowance. It also fails while
    # JobMarket is at work, which closes the way back in from there
    known: bool = staticcall MARKET.is_known(job_id)
    assert not known, "board: this job exists"
    known = staticcall BIDS.is_known(job_id)
    assert not known, "board: this job exists"
    return job_id


@internal
def _take(
    job_id: bytes32,
    terms: IJobBoard.Terms,
    client_salt: bytes32,
    escrow_usd6: uint256,
    prices: IJobMarket.Prices,
    permit: Permit,
):
    extcall ESCROW.fund_with_permit(
        job_id, msg.sender, escrow_usd6, permit.deadline, permit.v, permit.r, permit.s
    )
    log IJobBoard.JobPosted(
        job_id=job_id,
        buyer=msg.sender,
        terms=terms,
        client_salt=client_salt,
        escrow_usd6=escrow_usd6,
        fee_bps=prices.fee_bps,
        poke_price_usd6=prices.poke_price_usd6,
    )


@internal
def _open(
    job_id: bytes32,
    buyer: address,
    terms: IJobBoard.Terms,
    awardees: DynArray[IAuction.Awardee, 20],
    ceiling_usd6: uint256,
    spares: uint256,
    window_seconds: uint256,
):
    longest: uint256 = 0
    for awardee: IAuction.Awardee in awardees:
        longest = max(longest, convert(awardee.units, uint256))
    lot_seconds: uint256 = convert(terms.lot_seconds, uint256)
    # one device does its lots in sequence, the last one with seven times its stated time
    commit_seconds: uint256 = max(MIN_COMMIT_SECONDS, lot_seconds * (COMMIT_ROUNDS + longest))
    assert commit_seconds <= MAX_COMMIT_SECONDS, "board: the commit window is too long"
    award_hash: bytes32 = keccak256(abi_encode(awardees))
    # bonds are locked before the seed block is fixed: nobody can leave after seeing its seats
    seed_block: uint256 = extcall MARKET.open_job(
        job_id,
        IJobMarket.Opening(
            buyer=buyer,
            grade=convert(terms.grade, uint256),
            seats=convert(terms.seats, uint256),
            spares=spares,
            lots=convert(terms.lots, uint256),
            ceiling_usd6=ceiling_usd6,
            audit_bps=convert(terms.audit_bps, uint256),
            commit_seconds=commit_seconds,
            reveal_seconds=max(MIN_REVEAL_SECONDS, 2 * lot_seconds),
            window_seconds=window_seconds,
            award_hash=award_hash,
        ),
    )
    log IJobBoard.JobAwarded(
        job_id=job_id,
        awardees=awardees,
        award_hash=award_hash,
        seed_block=seed_block,
        commit_seconds=commit_seconds,
    )


@view
@internal
def _window_seconds(terms: IJobBoard.Terms, price_usd6: uint256, escrow_usd6: uint256) -> uint256:
    """
    @notice The challenge window of an exact job, 0 of a native one; refuses claims that nobody could afford to dispute.
    @param price_usd6 The cheapest of its seats' prices.
    """
    if terms.runtime_class != empty(bytes32):
        return 0
    lot_seconds: uint256 = convert(terms.lot_seconds, uint256)
    grade: uint256 = convert(terms.grade, uint256)
    if grade != grades.TRUSTED:
        assert lot_seconds <= MAX_CLAIM_LOT_SECONDS, "board: a lot that can be disputed states at most 86400 seconds"
        game_usd6: uint256 = staticcall GAME.bond_usd6()
        bond_usd6: uint256 = self._bond_usd6(terms, price_usd6)
        assert bond_usd6 >= BOND_GAMES * game_usd6, "board: too cheap to be disputed"
    least: uint256 = WINDOWS.high_seconds
    if escrow_usd6 < LOW_USD6:
        least = WINDOWS.low_seconds
    elif escrow_usd6 < MID_USD6:
        least = WINDOWS.mid_seconds
    return max(least, 2 * lot_seconds + WINDOWS.slack_seconds)


@pure
@internal
def _escrow_usd6(terms: IJobBoard.Terms, price_usd6: uint256, prices: IJobMarket.Prices) -> uint256:
    """
    @notice What JobMarket needs for a job whose seats cost at most this.
    """
    return lot_budget._job_usd6(
        convert(terms.lots, uint256),
        grades._priced(convert(terms.grade, uint256), convert(terms.seats, uint256)),
        price_usd6,
        prices.fee_bps,
        prices.poke_price_usd6,
    )


@pure
@internal
def _bond_usd6(terms: IJobBoard.Terms, price_usd6: uint256) -> uint256:
    return grades._bond(convert(terms.grade, uint256), price_usd6, convert(terms.audit_bps, uint256))

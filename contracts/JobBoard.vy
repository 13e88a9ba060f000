# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Orders: judges terms, takes the escrow, names the providers, locks their bonds and opens the job
@notice Called by buyers. Everything happens in one transaction or nothing does: Auction judges the numbers and the picks, Escrow
        takes the money, StakeVault locks the bonds, and only then does JobMarket fix the block that the draw comes from.
        It keeps no job and holds no token. A job id carries JobMarket's address, where the job lives. Escrow, StakeVault and
        JobMarket trust this address, fixed at deployment, to fund, to lock and to open.
@custom:kill The guardian stops new jobs for a week at a time, until guardian_until. Nothing that was posted passes by here again,
        so nobody can stop, seize or redirect a job.
"""

from contracts.interfaces import IAuction
from contracts.interfaces import IDisputeGame
from contracts.interfaces import IEscrow
from contracts.interfaces import IJobBoard
from contracts.interfaces import IJobMarket
from contracts.interfaces import IStakeVault
from contracts.modules import grades
from contracts.modules import guardian
from contracts.modules import job_ids
from contracts.modules import lot_budget

implements: IJobBoard

initializes: guardian


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
MAX_COMMIT_SECONDS: constant(uint256) = 30 * 86_400  # bonds must not be locked for longer by one phase

MARKET: immutable(IJobMarket)
ESCROW: immutable(IEscrow)
VAULT: immutable(IStakeVault)
AUCTION: immutable(IAuction)
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
    game: address,
    guardian_account: address,
    guardian_until: uint256,
    min_commit_seconds: uint256,
    min_reveal_seconds: uint256,
    windows: Windows,
):
    """
    @param market Address at which JobMarket will be deployed; likewise escrow, vault and game.
    """
    longest: uint256 = max(windows.low_seconds, max(windows.mid_seconds, windows.high_seconds))
    assert windows.low_seconds > 0 and windows.mid_seconds > 0 and windows.high_seconds > 0, "board: a window is zero"
    assert longest <= MAX_WINDOW_SECONDS and windows.slack_seconds <= MAX_WINDOW_SECONDS, "board: window too long"
    assert min_commit_seconds <= MAX_COMMIT_SECONDS, "board: commit window too long"
    assert min_reveal_seconds <= MAX_COMMIT_SECONDS, "board: reveal window too long"
    MARKET = IJobMarket(market)
    ESCROW = IEscrow(escrow)
    VAULT = IStakeVault(vault)
    AUCTION = IAuction(auction)
    GAME = IDisputeGame(game)
    MIN_COMMIT_SECONDS = min_commit_seconds
    MIN_REVEAL_SECONDS = min_reveal_seconds
    WINDOWS = windows
    guardian.__init__(guardian_account, guardian_until)


# --- buyer ---


@external
def post_job(terms: IJobBoard.Terms, picks: DynArray[IAuction.Pick, 20], client_salt: bytes32) -> bytes32:
    """
    @notice Takes escrow_for(terms) from the caller (allowance to Escrow), awards the picks and locks their bonds.
    """
    return self._post(terms, picks, client_salt, empty(Permit))


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
    return self._post(terms, picks, client_salt, Permit(deadline=deadline, v=v, r=r, s=s))


@internal
def _post(
    terms: IJobBoard.Terms, picks: DynArray[IAuction.Pick, 20], client_salt: bytes32, permit: Permit
) -> bytes32:
    guardian._check()
    job_id: bytes32 = job_ids._job_id(MARKET.address, msg.sender, client_salt, terms)
    # asked before the money, so that an order sent twice hears this and not a lack of allowance. It also fails while
    # JobMarket is at work, which closes the way back in from there
    known: bool = staticcall MARKET.is_known(job_id)
    assert not known, "board: this job exists"
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
    prices: IJobMarket.Prices = staticcall MARKET.prices()
    escrow_usd6: uint256 = self._escrow_usd6(terms, prices)
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
    window_seconds: uint256 = self._window_seconds(terms, awardees, escrow_usd6)
    self._open(job_id, terms, awardees, window_seconds)
    return job_id


@view
@internal
def _window_seconds(
    terms: IJobBoard.Terms, awardees: DynArray[IAuction.Awardee, 20], escrow_usd6: uint256
) -> uint256:
    """
    @notice The challenge window of an exact job, 0 of a native one; refuses claims that nobody could afford to dispute.
    """
    if terms.runtime_class != empty(bytes32):
        return 0
    lot_seconds: uint256 = convert(terms.lot_seconds, uint256)
    grade: uint256 = convert(terms.grade, uint256)
    if grade != grades.TRUSTED:
        assert lot_seconds <= MAX_CLAIM_LOT_SECONDS, "board: a lot that can be disputed states at most 86400 seconds"
        game_usd6: uint256 = staticcall GAME.bond_usd6()
        for awardee: IAuction.Awardee in awardees:
            bond_usd6: uint256 = grades._bond(grade, awardee.price_usd6)
            assert bond_usd6 >= BOND_GAMES * game_usd6, "board: too cheap to be disputed"
    least: uint256 = WINDOWS.high_seconds
    if escrow_usd6 < LOW_USD6:
        least = WINDOWS.low_seconds
    elif escrow_usd6 < MID_USD6:
        least = WINDOWS.mid_seconds
    return max(least, 2 * lot_seconds + WINDOWS.slack_seconds)


@internal
def _open(
    job_id: bytes32,
    terms: IJobBoard.Terms,
    awardees: DynArray[IAuction.Awardee, 20],
    window_seconds: uint256,
):
    grade: uint256 = convert(terms.grade, uint256)
    longest: uint256 = 0
    for awardee: IAuction.Awardee in awardees:
        units: uint256 = convert(awardee.units, uint256)
        longest = max(longest, units)
        bond: uint256 = grades._bond(grade, awardee.price_usd6)
        extcall VAULT.lock(awardee.provider, job_id, units * bond)
    lot_seconds: uint256 = convert(terms.lot_seconds, uint256)
    # one device does its lots in sequence, the last one with seven times its stated time
    commit_seconds: uint256 = max(MIN_COMMIT_SECONDS, lot_seconds * (7 + longest))
    assert commit_seconds <= MAX_COMMIT_SECONDS, "board: the commit window is too long"
    award_hash: bytes32 = keccak256(abi_encode(awardees))
    # bonds are locked before the seed block is fixed: nobody can leave after seeing its seats
    seed_block: uint256 = extcall MARKET.open_job(
        job_id,
        IJobMarket.Opening(
            buyer=msg.sender,
            grade=grade,
            seats=convert(terms.seats, uint256),
            spares=convert(terms.spares, uint256),
            lots=convert(terms.lots, uint256),
            ceiling_usd6=terms.ceiling_usd6,
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


@pure
@internal
def _escrow_usd6(terms: IJobBoard.Terms, prices: IJobMarket.Prices) -> uint256:
    return lot_budget._job_usd6(
        convert(terms.lots, uint256),
        convert(terms.seats, uint256),
        terms.ceiling_usd6,
        prices.fee_bps,
        prices.poke_price_usd6,
    )


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
    return job_ids._job_id(MARKET.address, buyer, client_salt, terms)


@view
@external
@reentrant
def escrow_for(terms: IJobBoard.Terms) -> uint256:
    """
    @notice lots x (seats x (ceiling + fee) + poke price) + poke price.
    """
    prices: IJobMarket.Prices = staticcall MARKET.prices()
    return self._escrow_usd6(terms, prices)


@view
@external
@reentrant
def fee_bps() -> uint256:
    prices: IJobMarket.Prices = staticcall MARKET.prices()
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
    return MARKET.address

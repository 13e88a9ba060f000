# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Stake of providers: deposited, locked as bonds by jobs, slashed by their rules, withdrawn through a queue
@notice free = stake - locked - unbonding. Only free stake can be locked or asked back, so a bond is always whole, and what waits in
        the queue never backs a claim made later. A bond is locked per (provider, job) and freed once the job is closed.
        Trusted: JobBoard, to lock no more than the free stake of providers that asked to be hired, and to unlock what an auction
        does not need; JobMarket, to slash by its
        published rules; Escrow, to book what a slash sends it. All are fixed at deployment. No key can slash or hold back anything.
@custom:kill Cannot be stopped. When JobBoard takes no new jobs, every bond frees as jobs close and leaves through the queue.
"""

from ethereum.ercs import IERC20

from contracts.interfaces import IEscrow
from contracts.interfaces import IJobMarket
from contracts.interfaces import IStakeVault

implements: IStakeVault

# one unbonding request of a provider; deleted when paid or cancelled
struct Unbond:
    amount_usd6: uint256
    available_at: uint256


MAX_PROVIDERS: constant(uint256) = 20  # of one award
MAX_UNBONDING_SECONDS: constant(uint256) = 90 * 24 * 3600  # a slip in a deployment must not bury stake

USD: immutable(IERC20)
BOARD: immutable(address)
MARKET: immutable(IJobMarket)
ESCROW: immutable(IEscrow)
unbonding_seconds: public(immutable(uint256))

# sum of all stakes: never above this contract's balance (INV-01)
total_stake_usd6: public(uint256)
stake_of: public(HashMap[address, uint256])  # provider => usd6, the locked and unbonding parts included
locked_of: public(HashMap[address, uint256])  # provider => usd6 locked by all its jobs
unbonding_of: public(HashMap[address, uint256])  # provider => usd6 in the queue
bond_of: public(HashMap[address, HashMap[bytes32, uint256]])  # provider => job_id => usd6 locked
unbonds: public(HashMap[address, HashMap[uint256, Unbond]])  # provider => request_id => request
unbond_count: public(HashMap[address, uint256])  # provider => requests so far; ids are 1, 2, …


@deploy
def __init__(usd: address, board: address, market: address, escrow: address, unbonding_seconds_: uint256):
    """
    @param board, market, escrow Addresses at which they will be deployed.
    """
    assert usd.is_contract, "vault: the stablecoin has no code"
    assert board != empty(address), "vault: the board is the zero address"
    assert market != empty(address), "vault: the market is the zero address"
    assert escrow != empty(address), "vault: the escrow is the zero address"
    assert unbonding_seconds_ <= MAX_UNBONDING_SECONDS, "vault: unbonding time above the limit"
    USD = IERC20(usd)
    BOARD = board
    MARKET = IJobMarket(market)
    ESCROW = IEscrow(escrow)
    unbonding_seconds = unbonding_seconds_


# --- stake in ---


@external
def deposit(provider: address, amount_usd6: uint256):
    """
    @dev From the caller's allowance, to anybody's stake.
    """
    self._deposit(msg.sender, provider, amount_usd6)


@external
def deposit_with_permit(
    provider: address, amount_usd6: uint256, deadline: uint256, v: uint8, r: bytes32, s: bytes32
):
    """
    @dev The permit may have been used by a front-runner already: whether it works is not asked, the allowance counts.
    """
    permit_call: Bytes[228] = abi_encode(
        msg.sender,
        self,
        amount_usd6,
        deadline,
        v,
        r,
        s,
        method_id=method_id("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)"),
    )
    permitted: bool = raw_call(USD.address, permit_call, revert_on_failure=False)
    self._deposit(msg.sender, provider, amount_usd6)


@internal
def _deposit(payer: address, provider: address, amount_usd6: uint256):
    assert amount_usd6 != 0, "vault: nothing to deposit"
    assert provider != empty(address), "vault: provider is the zero address"
    before: uint256 = staticcall USD.balanceOf(self)
    sent: bool = extcall USD.transferFrom(payer, self, amount_usd6, default_return_value=True)
    assert sent, "vault: stablecoin refused the transfer"
    # a token that keeps a fee would leave the stakes without cover
    arrived: uint256 = staticcall USD.balanceOf(self)
    assert arrived == before + amount_usd6, "vault: other amount arrived than was sent"
    stake_usd6: uint256 = self.stake_of[provider] + amount_usd6
    self.stake_of[provider] = stake_usd6
    self.total_stake_usd6 += amount_usd6
    log IStakeVault.StakeDeposited(
        provider=provider, payer=payer, amount_usd6=amount_usd6, stake_usd6=stake_usd6
    )


# --- stake out ---


@external
def request_unbond(amount_usd6: uint256) -> uint256:
    """
    @return request_id, counted per provider from 1
    """
    assert amount_usd6 != 0, "vault: nothing to unbond"
    free_usd6: uint256 = self._free(msg.sender)
    assert amount_usd6 <= free_usd6, "vault: more than the free stake"
    request_id: uint256 = self.unbond_count[msg.sender] + 1
    available_at: uint256 = block.timestamp + unbonding_seconds
    self.unbond_count[msg.sender] = request_id
    self.unbonds[msg.sender][request_id] = Unbond(amount_usd6=amount_usd6, available_at=available_at)
    self.unbonding_of[msg.sender] += amount_usd6
    log IStakeVault.UnbondRequested(
        provider=msg.sender, request_id=request_id, amount_usd6=amount_usd6, available_at=available_at
    )
    return request_id


@external
def cancel_unbond(request_id: uint256):
    amount_usd6: uint256 = self.unbonds[msg.sender][request_id].amount_usd6
    assert amount_usd6 != 0, "vault: no such request"
    self._close_request(msg.sender, request_id, amount_usd6)
    log IStakeVault.UnbondCancelled(provider=msg.sender, request_id=request_id, amount_usd6=amount_usd6)


@external
def withdraw(provider: address, request_id: uint256):
    request: Unbond = self.unbonds[provider][request_id]
    assert request.amount_usd6 != 0, "vault: no such request"
    assert block.timestamp >= request.available_at, "vault: still unbonding"
    self._close_request(provider, request_id, request.amount_usd6)
    self.stake_of[provider] -= request.amount_usd6
    log IStakeVault.StakeWithdrawn(provider=provider, request_id=request_id, amount_usd6=request.amount_usd6)
    self._send(provider, request.amount_usd6)


@internal
def _close_request(provider: address, request_id: uint256, amount_usd6: uint256):
    self.unbonds[provider][request_id] = empty(Unbond)
    self.unbonding_of[provider] -= amount_usd6


@internal
def _send(to: address, amount_usd6: uint256):
    self.total_stake_usd6 -= amount_usd6
    sent: bool = extcall USD.transfer(to, amount_usd6, default_return_value=True)
    assert sent, "vault: stablecoin refused the transfer"


# --- bonds ---


@external
def lock(provider: address, job_id: bytes32, amount_usd6: uint256):
    assert msg.sender == BOARD, "vault: caller is not the board"
    free_usd6: uint256 = self._free(provider)
    assert amount_usd6 <= free_usd6, "vault: bond above the free stake"
    if amount_usd6 == 0:
        return
    self.locked_of[provider] += amount_usd6
    self.bond_of[provider][job_id] += amount_usd6
    log IStakeVault.BondLocked(provider=provider, job_id=job_id, amount_usd6=amount_usd6)


@external
def unlock(provider: address, job_id: bytes32, amount_usd6: uint256):
    assert msg.sender == BOARD, "vault: caller is not the board"
    # only what was locked for this job: of bids that did not win, and what a clearing price needs less than the ceiling
    self.bond_of[provider][job_id] -= amount_usd6
    self.locked_of[provider] -= amount_usd6
    log IStakeVault.BondUnlocked(provider=provider, job_id=job_id, amount_usd6=amount_usd6)


@external
def slash(provider: address, job_id: bytes32, amount_usd6: uint256, reason: uint8) -> uint256:
    """
    @return What was taken: the amount asked for, or what is left of the bond.
    """
    assert msg.sender == MARKET.address, "vault: caller is not the market"
    bond_usd6: uint256 = self.bond_of[provider][job_id]
    taken_usd6: uint256 = min(amount_usd6, bond_usd6)
    if taken_usd6 == 0:
        return 0
    self.bond_of[provider][job_id] = bond_usd6 - taken_usd6
    self.locked_of[provider] -= taken_usd6
    self.stake_of[provider] -= taken_usd6
    log IStakeVault.StakeSlashed(provider=provider, job_id=job_id, amount_usd6=taken_usd6, reason=reason)
    self._send(ESCROW.address, taken_usd6)
    extcall ESCROW.accept_slash(job_id, taken_usd6)
    return taken_usd6


@external
def release(job_id: bytes32, providers: DynArray[address, MAX_PROVIDERS]):
    """
    @dev Providers without a bond in this job are passed over, so a list may be sent twice.
    """
    closed: bool = staticcall MARKET.is_closed(job_id)
    assert closed, "vault: the job is not closed"
    for provider: address in providers:
        bond_usd6: uint256 = self.bond_of[provider][job_id]
        if bond_usd6 == 0:
            continue
        self.bond_of[provider][job_id] = 0
        self.locked_of[provider] -= bond_usd6
        log IStakeVault.BondReleased(provider=provider, job_id=job_id, amount_usd6=bond_usd6)


# --- views ---


@view
@internal
def _free(provider: address) -> uint256:
    return self.stake_of[provider] - self.locked_of[provider] - self.unbonding_of[provider]


@view
@external
def free_of(provider: address) -> uint256:
    return self._free(provider)


@view
@external
def exposure_of(provider: address) -> IStakeVault.Exposure:
    """
    @notice The four figures in one answer, so that a reader never adds up two blocks.
    """
    return IStakeVault.Exposure(
        stake_usd6=self.stake_of[provider],
        locked_usd6=self.locked_of[provider],
        unbonding_usd6=self.unbonding_of[provider],
        free_usd6=self._free(provider),
    )


@view
@external
def usd() -> address:
    return USD.address


@view
@external
def board() -> address:
    return BOARD


@view
@external
def market() -> address:
    return MARKET.address


@view
@external
def escrow() -> address:
    return ESCROW.address

# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title All money of jobs: what a job holds, what accounts can withdraw, fees, the kitty, the burned part
@notice JobBoard brings a job's escrow and the deposits of bids, Availability a page's price; JobMarket, Availability and, until a
        job is awarded, JobBoard move amounts between ledgers; StakeVault brings slashed tokens, anyone sends an account its credit.
        Payouts are credits, so a payee that refuses tokens blocks nobody; income of a share is pushed into it with bounded gas and turns
        into a credit when that fails. Every caller is fixed at deployment and nobody can change a balance by a role.
        The kitty has no exit yet: it waits for canary jobs, a later part of the protocol. The burned part has none for ever.
@custom:kill Not stopped by anyone, so that withdrawals cannot be either. When JobBoard takes no new jobs, it drains by itself.
"""

from ethereum.ercs import IERC20

from contracts.interfaces import IDeviceShare
from contracts.interfaces import IEscrow
from contracts.interfaces import IShareFactory
from contracts.modules import kinds

implements: IEscrow

PERMIT: constant(bytes4) = method_id("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)", output_type=bytes4)
# enough for sync_income with every slot cold, and a bound on what a share can burn of a settlement's gas
PUSH_GAS: constant(uint256) = 300_000
# of what is left, a call may take 63/64; without this check a caller could starve the push into a credit
PUSH_RESERVE_GAS: constant(uint256) = 330_000

USD: immutable(IERC20)
BOARD: immutable(address)
MARKET: immutable(address)
AVAILABILITY: immutable(address)
VAULT: immutable(address)
FACTORY: immutable(IShareFactory)
FEE_RECIPIENT: immutable(address)

_jobs: HashMap[bytes32, uint256]     # job => what it still holds
_credits: HashMap[address, uint256]  # account => credit
_fees_usd6: uint256
_kitty_usd6: uint256
_burned_usd6: uint256
_liabilities_usd6: uint256  # sum of all ledgers above; changes only when tokens come or go


@deploy
def __init__(
    usd: address,
    board: address,
    market: address,
    availability: address,
    vault: address,
    factory: address,
    fee_recipient: address,
):
    USD = IERC20(usd)
    BOARD = board
    MARKET = market
    AVAILABILITY = availability
    VAULT = vault
    FACTORY = IShareFactory(factory)
    FEE_RECIPIENT = fee_recipient


# --- money in ---


@internal
def _pull(job_id: bytes32, payer: address, amount_usd6: uint256):
    before: uint256 = staticcall USD.balanceOf(self)
    done: bool = extcall USD.transferFrom(payer, self, amount_usd6, default_return_value=True)
    assert done, "escrow: the token refused the transfer"
    after: uint256 = staticcall USD.balanceOf(self)
    # a token that takes a fee or lies about its transfer is refused here
    assert after == before + amount_usd6, "escrow: the amount did not arrive"
    self._jobs[job_id] += amount_usd6
    self._liabilities_usd6 += amount_usd6
    log IEscrow.JobFunded(job_id=job_id, payer=payer, amount_usd6=amount_usd6)


@external
def fund(job_id: bytes32, payer: address, amount_usd6: uint256):
    """
    @notice Availability only: takes the price of a page. The payer must have allowed this contract.
    """
    assert msg.sender == AVAILABILITY, "escrow: only Availability"
    self._pull(job_id, payer, amount_usd6)


@external
def fund_with_permit(
    job_id: bytes32, payer: address, amount_usd6: uint256, deadline: uint256, v: uint8, r: bytes32, s: bytes32
):
    """
    @notice JobBoard only: takes a job's escrow or a bid's deposit, by a permit or, with deadline 0, by the allowance that there is. A permit that
            somebody else has used before does no harm.
    """
    assert msg.sender == BOARD, "escrow: only JobBoard"
    if deadline > 0:
        call_data: Bytes[228] = abi_encode(payer, self, amount_usd6, deadline, v, r, s, method_id=PERMIT)
        # its failure is not an answer: the allowance decides, in the transfer below
        permitted: bool = raw_call(USD.address, call_data, revert_on_failure=False)
    self._pull(job_id, payer, amount_usd6)


@external
def accept_slash(job_id: bytes32, amount_usd6: uint256):
    """
    @notice StakeVault only: tokens slashed for this job have just arrived.
    """
    assert msg.sender == VAULT, "escrow: only the vault"
    held: uint256 = staticcall USD.balanceOf(self)
    assert held >= self._liabilities_usd6 + amount_usd6, "escrow: the slash did not arrive"
    self._jobs[job_id] += amount_usd6
    self._liabilities_usd6 += amount_usd6


# --- money between ledgers ---


@external
def distribute(
    job_id: bytes32, payments: DynArray[IEscrow.Payment, 24], fee_usd6: uint256, kitty_usd6: uint256, burn_usd6: uint256
):
    """
    @notice JobMarket, Availability and JobBoard only: parts of a job's balance go to accounts, fees, kitty, burned. Reverts above the job's balance.
    """
    # Availability moves page prices of running jobs, nothing else
    # and JobBoard deposits and the surplus of auctions, before the job is the market's
    assert msg.sender in [MARKET, AVAILABILITY, BOARD], "escrow: only the market"
    total: uint256 = fee_usd6 + kitty_usd6 + burn_usd6
    for payment: IEscrow.Payment in payments:
        total += payment.amount_usd6
    assert total <= self._jobs[job_id], "escrow: more than the job holds"
    self._jobs[job_id] -= total
    if fee_usd6 > 0:
        self._fees_usd6 += fee_usd6
        log IEscrow.FeeTaken(job_id=job_id, amount_usd6=fee_usd6)
    if kitty_usd6 > 0:
        self._kitty_usd6 += kitty_usd6
        log IEscrow.KittyAdded(job_id=job_id, amount_usd6=kitty_usd6)
    if burn_usd6 > 0:
        self._burned_usd6 += burn_usd6
        log IEscrow.Burned(job_id=job_id, amount_usd6=burn_usd6)
    for payment: IEscrow.Payment in payments:
        self._pay(job_id, payment)


@internal
def _pay(job_id: bytes32, payment: IEscrow.Payment):
    if payment.amount_usd6 == 0:
        return
    if payment.kind == kinds.INCOME:
        shared: bool = staticcall FACTORY.is_share(payment.account)
        if shared:
            assert msg.gas > PUSH_RESERVE_GAS, "escrow: too little gas to pay a share"
            call_data: Bytes[68] = abi_encode(
                payment.account, payment.amount_usd6, method_id=method_id("push_income(address,uint256)")
            )
            # through an own external call, so that the transfer is undone too when the share fails
            pushed: bool = raw_call(self, call_data, gas=PUSH_GAS, revert_on_failure=False)
            if pushed:
                self._liabilities_usd6 -= payment.amount_usd6
                log IEscrow.IncomePushed(share=payment.account, job_id=job_id, amount_usd6=payment.amount_usd6)
                return
    self._credits[payment.account] += payment.amount_usd6
    log IEscrow.CreditAdded(
        account=payment.account, job_id=job_id, amount_usd6=payment.amount_usd6, kind=payment.kind
    )


@external
@reentrant
def push_income(share: address, amount_usd6: uint256):
    """
    @notice This contract only (from _pay): tokens to a share, accounted there, or a revert that undoes both.
    """
    assert msg.sender == self, "escrow: only itself"
    done: bool = extcall USD.transfer(share, amount_usd6, default_return_value=True)
    assert done, "escrow: the token refused the transfer"
    accounted: uint256 = extcall IDeviceShare(share).sync_income()
    assert accounted >= amount_usd6, "escrow: the share did not account"


# --- money out ---


@internal
def _send(account: address, amount_usd6: uint256):
    self._liabilities_usd6 -= amount_usd6
    done: bool = extcall USD.transfer(account, amount_usd6, default_return_value=True)
    assert done, "escrow: the token refused the transfer"


@external
def withdraw(account: address) -> uint256:
    """
    @notice Sends an account its whole credit; anyone may call. Returns the amount, zero when there is none.
    """
    amount_usd6: uint256 = self._credits[account]
    if amount_usd6 > 0:
        self._credits[account] = 0
        self._send(account, amount_usd6)
        log IEscrow.CreditWithdrawn(account=account, amount_usd6=amount_usd6)
    return amount_usd6


@external
def withdraw_fees() -> uint256:
    """
    @notice Sends the protocol fees to the recipient fixed at deployment; anyone may call.
    """
    amount_usd6: uint256 = self._fees_usd6
    if amount_usd6 > 0:
        self._fees_usd6 = 0
        self._send(FEE_RECIPIENT, amount_usd6)
        log IEscrow.FeesWithdrawn(recipient=FEE_RECIPIENT, amount_usd6=amount_usd6)
    return amount_usd6


# --- views ---


@view
@external
def credit_of(account: address) -> uint256:
    return self._credits[account]


@view
@external
def job_balance(job_id: bytes32) -> uint256:
    return self._jobs[job_id]


@view
@external
def fees_usd6() -> uint256:
    return self._fees_usd6


@view
@external
def kitty_usd6() -> uint256:
    return self._kitty_usd6


@view
@external
def burned_usd6() -> uint256:
    return self._burned_usd6


@view
@external
def liabilities_usd6() -> uint256:
    return self._liabilities_usd6

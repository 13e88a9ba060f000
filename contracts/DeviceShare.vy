# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Shares of one device: ERC-20 + permit of fixed supply, whose holders earn the device's income
@notice Made by ShareFactory from a blueprint. Escrow pushes income in stablecoin and calls `sync_income`; each holder's part is
        fixed by what it held at that moment and is claimed by, or for, the holder. The device's operator (the owner of its deed
        at the moment the income arrives) keeps `operator_cut_bps` of it.
        Trusted: the stablecoin, to move what it says it moves; the registry, for who holds the deed. Nobody can mint, burn,
        freeze, change the cut or take income of another. What terms fixed at creation may allow, and nothing else:
        with a policy, it is asked before a transfer, and its agents may announce that a lost wallet's shares go to another; the
        wallet has the whole notice to veto that. With a depreciation schedule, DeviceTender, once 90% of all shares have
        accepted one price that is not below book value, buys the rest at that price. Without either: without either.
@custom:kill Cannot be stopped. A device ends by `DeviceRegistry.retire_device`; whoever sells it pays the holders by
        `deposit_proceeds`. Claims stay open for ever.
"""

from ethereum.ercs import IERC20
from snekmate.auth import ownable
from snekmate.tokens import erc20

from contracts.interfaces import IDeviceRegistry
from contracts.interfaces import IDeviceShare
from contracts.interfaces import IShareFactory
from contracts.interfaces import ITransferPolicy
from contracts.modules import depreciation
from contracts.modules import income_accumulator as income

implements: IERC20
implements: IDeviceShare

initializes: ownable
initializes: erc20[ownable := ownable]
initializes: income

exports: (
    erc20.decimals,
    erc20.totalSupply,
    erc20.balanceOf,
    erc20.allowance,
    erc20.approve,
    erc20.permit,
    erc20.nonces,
    erc20.DOMAIN_SEPARATOR,
    erc20.eip712Domain,
)

BPS: constant(uint256) = 10_000
DOMAIN_NAME: constant(String[50]) = "Assay device share"  # of EIP-712; not the token's name, which may be longer

USD: immutable(IERC20)
REGISTRY: immutable(IDeviceRegistry)
POLICY: immutable(ITransferPolicy)
# keep shares for others, whose income they pass on: what they hold is not theirs
OFFERING: immutable(address)
TENDER: immutable(address)
name: public(immutable(String[64]))
symbol: public(immutable(String[16]))
device_id: public(immutable(bytes32))
operator_cut_bps: public(immutable(uint256))
recovery_notice_seconds: public(immutable(uint256))
created_at: public(immutable(uint256))  # the schedule starts here
cost_usd6: public(immutable(uint256))
salvage_usd6: public(immutable(uint256))
life_seconds: public(immutable(uint256))
declining: public(immutable(bool))


struct Recovery:
    to: address
    ready_at: uint256


# all income ever accounted, and all of it ever sent out: their difference is the ledger, never above the balance
total_income_usd6: public(uint256)
paid_out_usd6: public(uint256)
operator_claimable_of: public(HashMap[address, uint256])  # operator, present or past => usd6
recovery_of: public(HashMap[address, Recovery])  # wallet said to be lost => what was announced


@deploy
def __init__(
    usd: address,
    registry: address,
    offering: address,
    tender: address,
    device_id_: bytes32,
    receiver: address,
    supply: uint256,
    recovery_notice_seconds_: uint256,
    terms: IShareFactory.ShareTerms,
):
    """
    @param receiver Of the whole supply.
    """
    ownable.__init__()
    # the module's own name and symbol are too short for ours and are not exported
    erc20.__init__("Assay device share", "ASSAY", 18, DOMAIN_NAME, "1")
    # the module makes its creator owner and minter; no function here asks for either role
    ownable._transfer_ownership(empty(address))
    USD = IERC20(usd)
    REGISTRY = IDeviceRegistry(registry)
    POLICY = ITransferPolicy(terms.policy)
    OFFERING = offering
    TENDER = tender
    name = terms.name
    symbol = terms.symbol
    device_id = device_id_
    operator_cut_bps = terms.operator_cut_bps
    recovery_notice_seconds = recovery_notice_seconds_
    created_at = block.timestamp
    cost_usd6 = terms.cost_usd6
    salvage_usd6 = terms.salvage_usd6
    life_seconds = terms.life_seconds
    declining = terms.declining
    erc20._mint(receiver, supply)


# --- ERC-20 movements: both sides are settled first, so that accrued income stays where it was earned ---


@external
def transfer(to: address, amount: uint256) -> bool:
    self._move(msg.sender, to, amount)
    return True


@external
def transferFrom(owner: address, to: address, amount: uint256) -> bool:
    erc20._spend_allowance(owner, msg.sender, amount)
    self._move(owner, to, amount)
    return True


@internal
def _move(owner: address, to: address, amount: uint256):
    # shares held by this contract would earn income that nobody can claim
    assert to != self, "share: transfer to the share itself"
    if POLICY.address != empty(address):
        allowed: bool = self._policy_allows(owner, to, amount)
        assert allowed, "share: the policy refuses this transfer"
    income._settle_both(owner, erc20.balanceOf[owner], to, erc20.balanceOf[to])
    erc20._transfer(owner, to, amount)


@view
@internal
def _policy_allows(owner: address, to: address, amount: uint256) -> bool:
    """
    @dev DeviceTender asks about its bidder when a tender opens; what it keeps goes there or back, and nothing back may be refused.
    """
    if POLICY.address == empty(address) or owner == TENDER or to == TENDER:
        return True
    return staticcall POLICY.can_transfer(owner, to, amount)


# --- under a policy: a lost wallet ---


@external
def announce_recovery(lost: address, to: address):
    """
    @dev Announcing again starts the notice again.
    """
    assert POLICY.address != empty(address), "share: no policy, no recovery"
    assert lost != to and to != self, "share: recovery to this wallet is not possible"
    assert lost not in [OFFERING, TENDER], "share: kept for others"
    assert to not in [OFFERING, TENDER], "share: recovery to this wallet is not possible"
    allowed: bool = staticcall POLICY.may_recover(msg.sender, lost, to)
    assert allowed, "share: the policy refuses this recovery"
    ready_at: uint256 = block.timestamp + recovery_notice_seconds
    self.recovery_of[lost] = Recovery(to=to, ready_at=ready_at)
    log IDeviceShare.RecoveryAnnounced(lost=lost, to=to, agent=msg.sender, ready_at=ready_at)


@external
def veto_recovery():
    assert self.recovery_of[msg.sender].ready_at != 0, "share: no recovery announced"
    self.recovery_of[msg.sender] = empty(Recovery)
    log IDeviceShare.RecoveryVetoed(lost=msg.sender)


@external
def finish_recovery(lost: address) -> uint256:
    """
    @dev Anyone, after the notice. Income that was earned and not claimed goes along: its owner is the same person.
    """
    recovery: Recovery = self.recovery_of[lost]
    assert recovery.ready_at != 0, "share: no recovery announced"
    assert block.timestamp >= recovery.ready_at, "share: the notice is not over"
    amount: uint256 = erc20.balanceOf[lost]
    allowed: bool = staticcall POLICY.can_transfer(lost, recovery.to, amount)
    assert allowed, "share: the policy refuses this transfer"
    self.recovery_of[lost] = empty(Recovery)
    income._settle_both(lost, amount, recovery.to, erc20.balanceOf[recovery.to])
    income._hand_over(lost, recovery.to)
    erc20._transfer(lost, recovery.to, amount)
    log IDeviceShare.SharesRecovered(lost=lost, to=recovery.to, amount=amount)
    return amount


# --- DeviceTender: the rest, once a tender is complete ---


@external
def take(holder: address) -> uint256:
    assert msg.sender == TENDER, "share: caller is not the tender"
    assert cost_usd6 != 0, "share: no schedule, no squeeze-out"
    assert holder not in [OFFERING, TENDER], "share: kept for others"
    amount: uint256 = erc20.balanceOf[holder]
    income._settle_both(holder, amount, TENDER, erc20.balanceOf[TENDER])
    erc20._transfer(holder, TENDER, amount)
    log IDeviceShare.SharesTaken(holder=holder, amount=amount)
    return amount


# --- income in ---


@external
def sync_income() -> uint256:
    """
    @dev Anyone may call. Whatever lies above the ledger is income, whoever sent it.
    """
    return self._sync_income()


@external
def deposit_proceeds(amount_usd6: uint256) -> uint256:
    """
    @notice What a retired device was sold for, pulled from the caller: all of it to the holders of this moment, none to the operator.
            Claimed like income, so that nobody must come in time and shares may still change hands.
    """
    device: IDeviceRegistry.Device = staticcall REGISTRY.device(device_id)
    assert device.retired, "share: the device is not retired"
    # income that came before is split by the operator's cut first
    self._sync_income()
    before: uint256 = staticcall USD.balanceOf(self)
    sent: bool = extcall USD.transferFrom(msg.sender, self, amount_usd6, default_return_value=True)
    assert sent, "share: stablecoin refused the transfer"
    after: uint256 = staticcall USD.balanceOf(self)
    received: uint256 = after - before
    assert received != 0, "share: nothing arrived"
    self.total_income_usd6 += received
    income._deposit(received, erc20.totalSupply)
    log IDeviceShare.ProceedsDeposited(payer=msg.sender, amount_usd6=received)
    return received


@internal
def _sync_income() -> uint256:
    before: uint256 = self.total_income_usd6
    ledger: uint256 = before - self.paid_out_usd6
    balance: uint256 = staticcall USD.balanceOf(self)
    if balance <= ledger:
        return 0
    amount: uint256 = balance - ledger
    total: uint256 = before + amount
    cut_bps: uint256 = operator_cut_bps
    # of the running total, so that a thousand small deposits give the operator what one large one would
    operator_usd6: uint256 = total * cut_bps // BPS - before * cut_bps // BPS
    holders_usd6: uint256 = amount - operator_usd6

    self.total_income_usd6 = total
    if operator_usd6 != 0:
        operator_: address = staticcall REGISTRY.provider_of(device_id)
        self.operator_claimable_of[operator_] += operator_usd6
    income._deposit(holders_usd6, erc20.totalSupply)
    log IDeviceShare.IncomeDeposited(
        payer=msg.sender, amount_usd6=amount, operator_usd6=operator_usd6, holders_usd6=holders_usd6
    )
    return amount


# --- income out: each caller may pay anybody's gas, the money goes to whom it belongs; zero is no error ---


@external
def claim() -> uint256:
    return self._pay_holder(msg.sender)


@external
def claim_for(holder: address) -> uint256:
    # they count what arrives when they claim it themselves
    assert holder not in [OFFERING, TENDER], "share: kept for others"
    return self._pay_holder(holder)


@external
def claim_operator() -> uint256:
    operator_: address = staticcall REGISTRY.provider_of(device_id)
    return self._pay_operator(operator_)


@external
def claim_operator_for(operator_: address) -> uint256:
    """
    @dev For one that sold the deed before it claimed.
    """
    return self._pay_operator(operator_)


@internal
def _pay_holder(holder: address) -> uint256:
    amount: uint256 = income._claim(holder, erc20.balanceOf[holder])
    if amount != 0:
        log IDeviceShare.IncomeClaimed(holder=holder, amount_usd6=amount)
        self._send(holder, amount)
    return amount


@internal
def _pay_operator(operator_: address) -> uint256:
    amount: uint256 = self.operator_claimable_of[operator_]
    if amount != 0:
        self.operator_claimable_of[operator_] = 0
        log IDeviceShare.OperatorPaid(operator=operator_, amount_usd6=amount)
        self._send(operator_, amount)
    return amount


@internal
def _send(to: address, amount: uint256):
    self.paid_out_usd6 += amount
    sent: bool = extcall USD.transfer(to, amount, default_return_value=True)
    assert sent, "share: stablecoin refused the transfer"


# --- views ---


@view
@external
def can_transfer(sender: address, receiver: address, amount: uint256) -> bool:
    if receiver in [empty(address), self] or sender == empty(address) or erc20.balanceOf[sender] < amount:
        return False
    return self._policy_allows(sender, receiver, amount)


@view
@external
def book_value_usd6(units: uint256 = max_value(uint256)) -> uint256:
    """
    @param units Of 10**-18 share, rounded down; left out: of the whole device. Zero where there is no schedule.
    """
    age_seconds: uint256 = block.timestamp - created_at
    value: uint256 = depreciation._book_value(cost_usd6, salvage_usd6, life_seconds, declining, age_seconds)
    supply: uint256 = erc20.totalSupply
    return value * min(units, supply) // supply


@view
@external
def policy() -> address:
    return POLICY.address


@view
@external
def claimable(holder: address) -> uint256:
    return income._claimable(holder, erc20.balanceOf[holder])


@view
@external
def operator() -> address:
    """
    @dev Who operates the device now: the owner of its deed.
    """
    return staticcall REGISTRY.provider_of(device_id)


@view
@external
def operator_claimable() -> uint256:
    operator_: address = staticcall REGISTRY.provider_of(device_id)
    return self.operator_claimable_of[operator_]


@view
@external
def dust_scaled() -> uint256:
    """
    @dev Holders' income that did not divide by the supply, in 10**-36 units: part of the next deposit.
    """
    return income.carry_scaled


@view
@external
def usd() -> address:
    return USD.address

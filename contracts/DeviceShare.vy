# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Shares of one device: ERC-20 + permit of fixed supply, whose holders earn the device's income
@notice Made by ShareFactory from a blueprint. Escrow pushes income in stablecoin and calls `sync_income`; each holder's part is
        fixed by what it held at that moment and is claimed by, or for, the holder. The device's operator (the owner of its deed
        at the moment the income arrives) keeps `operator_cut_bps` of it.
        Trusted: the stablecoin, to move what it says it moves; the registry, for who holds the deed. Nobody can mint, burn,
        freeze, change the cut or take income of another.
@custom:kill Cannot be stopped. A device ends by `DeviceRegistry.retire_device`: no income follows, claims stay open for ever.
"""

from ethereum.ercs import IERC20
from snekmate.auth import ownable
from snekmate.tokens import erc20

from contracts.interfaces import IDeviceRegistry
from contracts.interfaces import IDeviceShare
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
name: public(immutable(String[64]))
symbol: public(immutable(String[16]))
device_id: public(immutable(bytes32))
operator_cut_bps: public(immutable(uint256))

# all income ever accounted, and all of it ever sent out: their difference is the ledger, never above the balance
total_income_usd6: public(uint256)
paid_out_usd6: public(uint256)
operator_claimable_of: public(HashMap[address, uint256])  # operator, present or past => usd6


@deploy
def __init__(
    usd: address,
    registry: address,
    device_id_: bytes32,
    operator_: address,
    supply: uint256,
    operator_cut_bps_: uint256,
    name_: String[64],
    symbol_: String[16],
):
    """
    @param operator_ Receives the whole supply.
    """
    ownable.__init__()
    # the module's own name and symbol are too short for ours and are not exported
    erc20.__init__("Assay device share", "ASSAY", 18, DOMAIN_NAME, "1")
    # the module makes its creator owner and minter; no function here asks for either role
    ownable._transfer_ownership(empty(address))
    USD = IERC20(usd)
    REGISTRY = IDeviceRegistry(registry)
    name = name_
    symbol = symbol_
    device_id = device_id_
    operator_cut_bps = operator_cut_bps_
    erc20._mint(operator_, supply)


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
    income._settle(owner, erc20.balanceOf[owner])
    income._settle(to, erc20.balanceOf[to])
    erc20._transfer(owner, to, amount)


# --- income in ---


@external
def sync_income() -> uint256:
    """
    @dev Anyone may call. Whatever lies above the ledger is income, whoever sent it.
    """
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

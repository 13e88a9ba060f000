# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Primary sale of a device's shares: nobody has paid for shares that do not come
@notice A provider opens a sale of a device whose deed it holds. Investors pay the full price into this contract. When the target is
        sold by the deadline, or all of the cap before it, the provider has until the activation deadline to activate: then the shares
        are made (what was sold and the stated retained part, not one more), the device's income goes to them from that block on, and
        the proceeds are the provider's. In every other case every investor takes its money back, whole.
        What an activation proves: the provider still holds the deed, the device is not retired and had no shares, its documents are
        those the sale named, and its payee is from now on the share. What it does not: that the hardware exists or runs. That shows in
        paid jobs only.
        Shares wait here for their investors and earn meanwhile: that income is theirs too, by `custody`.
        Trusted: the stablecoin, to move what it says it moves; factory and shares, fixed by their code; a sale's policy, to say who may
        buy and hold, and nothing about refunds or income.
@custom:kill The guardian stops new sales for a week at a time, until guardian_until. Nothing that is open is touched by that.
"""

from ethereum.ercs import IERC20

from contracts.interfaces import IDeviceRegistry
from contracts.interfaces import IDeviceShare
from contracts.interfaces import IShareFactory
from contracts.interfaces import IShareOffering
from contracts.interfaces import ITransferPolicy
from contracts.modules import custody
from contracts.modules import guardian

implements: IShareOffering

initializes: custody
initializes: guardian

SHARE: constant(uint256) = 10**18
MAX_SHARES: constant(uint256) = 10**12  # the factory's limit, in whole shares
MAX_PRICE_USD6: constant(uint256) = 10**15  # a thousand million dollars a share; times MAX_SHARES far below 2**256
# money must not wait for ever for a sale that nobody ends
MAX_SALE_SECONDS: public(constant(uint256)) = 180 * 86_400
MAX_ACTIVATION_SECONDS: public(constant(uint256)) = 90 * 86_400

USD: immutable(IERC20)
REGISTRY: immutable(IDeviceRegistry)
FACTORY: immutable(IShareFactory)

_offerings: HashMap[bytes32, IShareOffering.Offering]  # offering_id => offering
_terms: HashMap[bytes32, IShareFactory.ShareTerms]  # offering_id => terms of its shares
credit_of: public(HashMap[address, uint256])  # account => usd6 that `withdraw` sends it


@deploy
def __init__(usd: address, registry: address, factory: address, guardian_account: address, guardian_until: uint256):
    assert usd.is_contract, "offering: the stablecoin has no code"
    assert registry.is_contract, "offering: the registry has no code"
    assert factory != empty(address), "offering: the share factory is the zero address"
    USD = IERC20(usd)
    REGISTRY = IDeviceRegistry(registry)
    FACTORY = IShareFactory(factory)
    guardian.__init__(guardian_account, guardian_until)


# --- provider ---


@external
def open_offering(
    salt: bytes32, sale: IShareOffering.Sale, terms: IShareFactory.ShareTerms
) -> bytes32:
    """
    @return offering_id; it names every number of the sale, so that nobody can invest in another one than it read.
    """
    guardian._check()
    assert sale.price_usd6 != 0 and sale.price_usd6 <= MAX_PRICE_USD6, "offering: price is zero or above the limit"
    assert sale.target != 0 and sale.target <= sale.cap, "offering: target is zero or above the cap"
    assert sale.cap <= MAX_SHARES and sale.retained <= MAX_SHARES, "offering: too many shares"
    assert sale.deadline > block.timestamp, "offering: the deadline is past"
    assert sale.deadline <= block.timestamp + MAX_SALE_SECONDS, "offering: the sale is too long"
    assert sale.activation_deadline >= sale.deadline, "offering: activation ends before the sale"
    assert sale.activation_deadline <= sale.deadline + MAX_ACTIVATION_SECONDS, "offering: activation takes too long"
    possible: bool = staticcall FACTORY.check_terms((sale.cap + sale.retained) * SHARE, terms)
    assert possible, "offering: the factory refuses these terms"
    self._check_device(msg.sender, sale)

    offering_id: bytes32 = self._offering_id(msg.sender, salt, sale, terms)
    assert self._offerings[offering_id].provider == empty(address), "offering: opened already"
    self._offerings[offering_id].provider = msg.sender
    self._offerings[offering_id].sale = sale
    self._terms[offering_id] = terms
    log IShareOffering.OfferingOpened(
        offering_id=offering_id,
        device_id=sale.device_id,
        provider=msg.sender,
        spec_hash=sale.spec_hash,
        attestation_hash=sale.attestation_hash,
        price_usd6=sale.price_usd6,
        target=sale.target,
        cap=sale.cap,
        retained=sale.retained,
        deadline=sale.deadline,
        activation_deadline=sale.activation_deadline,
        operator_cut_bps=terms.operator_cut_bps,
        policy=terms.policy,
        cost_usd6=terms.cost_usd6,
        salvage_usd6=terms.salvage_usd6,
        life_seconds=terms.life_seconds,
        declining=terms.declining,
        name=terms.name,
        symbol=terms.symbol,
    )
    return offering_id


@external
def activate(offering_id: bytes32) -> address:
    offering: IShareOffering.Offering = self._known(offering_id)
    sale: IShareOffering.Sale = offering.sale
    assert msg.sender == offering.provider, "offering: caller is not the provider"
    assert offering.share == empty(address), "offering: activated already"
    assert not self._is_failed(offering), "offering: it has failed, investors take refunds"
    # past the deadline it would have failed below the target, and before it only a sold-out sale goes on
    assert offering.sold == sale.cap or block.timestamp > sale.deadline, "offering: still selling"
    self._check_device(offering.provider, sale)

    supply: uint256 = (offering.sold + sale.retained) * SHARE
    terms: IShareFactory.ShareTerms = self._terms[offering_id]
    share: address = extcall FACTORY.create_offered_share(sale.device_id, offering.provider, supply, terms)
    self._offerings[offering_id].share = share
    proceeds: uint256 = offering.sold * sale.price_usd6
    self.credit_of[offering.provider] += proceeds
    log IShareOffering.OfferingActivated(
        offering_id=offering_id, device_id=sale.device_id, share=share, sold=offering.sold, proceeds_usd6=proceeds
    )
    if sale.retained != 0:
        sent: bool = extcall IERC20(share).transfer(offering.provider, sale.retained * SHARE, default_return_value=True)
        assert sent, "offering: the share refused the transfer"
    return share


@external
def cancel(offering_id: bytes32):
    offering: IShareOffering.Offering = self._known(offering_id)
    assert msg.sender == offering.provider, "offering: caller is not the provider"
    assert offering.share == empty(address), "offering: activated already"
    assert not offering.cancelled, "offering: cancelled already"
    self._offerings[offering_id].cancelled = True
    log IShareOffering.OfferingCancelled(offering_id=offering_id)


# --- investor ---


@external
def invest(offering_id: bytes32, shares: uint256) -> uint256:
    """
    @param shares Whole shares; their price is taken from the caller (allowance to this contract).
    @return What was paid.
    """
    offering: IShareOffering.Offering = self._known(offering_id)
    sale: IShareOffering.Sale = offering.sale
    assert shares != 0, "offering: no shares"
    assert not offering.cancelled and offering.share == empty(address), "offering: the sale is over"
    assert block.timestamp <= sale.deadline, "offering: the sale is over"
    assert offering.sold + shares <= sale.cap, "offering: fewer shares are left"
    policy: address = self._terms[offering_id].policy
    if policy != empty(address):
        allowed: bool = staticcall ITransferPolicy(policy).can_transfer(self, msg.sender, shares * SHARE)
        assert allowed, "offering: the policy refuses this investor"
    self._offerings[offering_id].sold = offering.sold + shares
    custody._add(offering_id, custody._member(msg.sender), shares)
    cost: uint256 = shares * sale.price_usd6
    before: uint256 = staticcall USD.balanceOf(self)
    paid: bool = extcall USD.transferFrom(msg.sender, self, cost, default_return_value=True)
    assert paid, "offering: stablecoin refused the transfer"
    after: uint256 = staticcall USD.balanceOf(self)
    assert after >= before + cost, "offering: less arrived than was sent"
    log IShareOffering.Invested(offering_id=offering_id, investor=msg.sender, shares=shares, paid_usd6=cost)
    return cost


@external
def refund(offering_id: bytes32, investor: address) -> uint256:
    """
    @dev Anyone, the money goes to the investor; it never asks the policy.
    """
    offering: IShareOffering.Offering = self._known(offering_id)
    assert self._is_failed(offering), "offering: it has not failed"
    member: bytes32 = custody._member(investor)
    shares: uint256 = custody._units_of[offering_id][member]
    assert shares != 0, "offering: nothing to refund"
    custody._remove(offering_id, member, shares)
    amount: uint256 = shares * offering.sale.price_usd6
    log IShareOffering.Refunded(offering_id=offering_id, investor=investor, shares=shares, amount_usd6=amount)
    self._send(investor, amount)
    return amount


@external
def deliver(offering_id: bytes32, investor: address) -> uint256:
    """
    @dev Anyone, the shares go to the investor; the policy may refuse: then they stay here, and earn for it.
    """
    share: address = self._activated(offering_id)
    self._credit_income(offering_id, share, investor)
    member: bytes32 = custody._member(investor)
    shares: uint256 = custody._units_of[offering_id][member]
    assert shares != 0, "offering: nothing to deliver"
    custody._remove(offering_id, member, shares)
    amount: uint256 = shares * SHARE
    log IShareOffering.SharesDelivered(offering_id=offering_id, investor=investor, amount=amount)
    sent: bool = extcall IERC20(share).transfer(investor, amount, default_return_value=True)
    assert sent, "offering: the share refused the transfer"
    return amount


@external
def credit_income(offering_id: bytes32, investor: address) -> uint256:
    share: address = self._activated(offering_id)
    return self._credit_income(offering_id, share, investor)


@external
def withdraw(account: address) -> uint256:
    """
    @dev Anyone, the money goes to the account; zero is no error.
    """
    amount: uint256 = self.credit_of[account]
    if amount != 0:
        self.credit_of[account] = 0
        log IShareOffering.OfferingCreditPaid(account=account, amount_usd6=amount)
        self._send(account, amount)
    return amount


# --- guardian ---


@external
def pause_new_offerings():
    until: uint256 = guardian._pause()
    log IShareOffering.OfferingsPaused(until=until)


# --- internal ---


@internal
def _credit_income(offering_id: bytes32, share: address, investor: address) -> uint256:
    before: uint256 = staticcall USD.balanceOf(self)
    extcall IDeviceShare(share).sync_income()
    extcall IDeviceShare(share).claim()
    after: uint256 = staticcall USD.balanceOf(self)
    custody._deposit(offering_id, after - before)
    amount: uint256 = custody._take(offering_id, custody._member(investor))
    if amount != 0:
        self.credit_of[investor] += amount
        log IShareOffering.KeptIncomeCredited(offering_id=offering_id, investor=investor, amount_usd6=amount)
    return amount


@internal
def _send(to: address, amount: uint256):
    sent: bool = extcall USD.transfer(to, amount, default_return_value=True)
    assert sent, "offering: stablecoin refused the transfer"


@view
@internal
def _check_device(provider: address, sale: IShareOffering.Sale):
    owner: address = staticcall REGISTRY.provider_of(sale.device_id)
    assert owner == provider, "offering: the provider does not hold the deed"
    device: IDeviceRegistry.Device = staticcall REGISTRY.device(sale.device_id)
    assert not device.retired, "offering: the device is retired"
    assert not device.shared, "offering: the device has shares"
    assert device.spec_hash == sale.spec_hash, "offering: another specification"
    attestation: bytes32 = staticcall REGISTRY.attestation_of(sale.device_id)
    assert attestation == sale.attestation_hash, "offering: another attestation"


@view
@internal
def _known(offering_id: bytes32) -> IShareOffering.Offering:
    offering: IShareOffering.Offering = self._offerings[offering_id]
    assert offering.provider != empty(address), "offering: unknown"
    return offering


@view
@internal
def _activated(offering_id: bytes32) -> address:
    share: address = self._offerings[offering_id].share
    assert share != empty(address), "offering: not activated"
    return share


@view
@internal
def _is_failed(offering: IShareOffering.Offering) -> bool:
    if offering.share != empty(address):
        return False
    if offering.cancelled or block.timestamp > offering.sale.activation_deadline:
        return True
    return block.timestamp > offering.sale.deadline and offering.sold < offering.sale.target


@view
@internal
def _offering_id(
    provider: address, salt: bytes32, sale: IShareOffering.Sale, terms: IShareFactory.ShareTerms
) -> bytes32:
    return keccak256(abi_encode(chain.id, self, provider, salt, keccak256(abi_encode(sale, terms))))


# --- views ---


@view
@external
def offering(offering_id: bytes32) -> IShareOffering.Offering:
    return self._known(offering_id)


@view
@external
def terms_of(offering_id: bytes32) -> IShareFactory.ShareTerms:
    return self._terms[offering_id]


@view
@external
def offering_id_of(
    provider: address, salt: bytes32, sale: IShareOffering.Sale, terms: IShareFactory.ShareTerms
) -> bytes32:
    return self._offering_id(provider, salt, sale, terms)


@view
@external
def is_failed(offering_id: bytes32) -> bool:
    """
    @dev Whether investors take refunds, now and for ever.
    """
    return self._is_failed(self._known(offering_id))


@view
@external
def shares_of(offering_id: bytes32, investor: address) -> uint256:
    """
    @dev Whole shares paid for and neither refunded nor delivered.
    """
    return custody._units_of[offering_id][custody._member(investor)]

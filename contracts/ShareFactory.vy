# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Makes the shares of a device, once, at the call of its provider
@notice Escrow asks `is_share` before it pushes income: an address made here runs the code of the blueprint and nothing else.
        Trusted: the registry, for who the provider is; ShareOffering, for whose name it makes shares in.
@custom:kill Cannot be stopped and holds nothing: a new version is a new deployment, shares made here live on.
"""

from contracts.interfaces import IDeviceRegistry
from contracts.interfaces import IShareFactory
from contracts.modules import depreciation

implements: IShareFactory

# an operator that keeps more than half would be selling shares of somebody else's device
MAX_OPERATOR_CUT_BPS: public(constant(uint256)) = 5_000
# one whole share, and a million million of them: inside, one unit of income always moves the accumulator
MIN_SUPPLY: public(constant(uint256)) = 10**18
MAX_SUPPLY: public(constant(uint256)) = 10**30
ERC5202_PREAMBLE: constant(uint256) = 3

REGISTRY: immutable(IDeviceRegistry)
USD: immutable(address)
BLUEPRINT: immutable(address)
POLICY_BLUEPRINT: immutable(address)
OFFERING: immutable(address)
TENDER: immutable(address)
RECOVERY_NOTICE_SECONDS: immutable(uint256)

is_share: public(HashMap[address, bool])  # address => whether it was made here
share_of: public(HashMap[bytes32, address])  # device_id => its share, or empty


@deploy
def __init__(
    registry: address,
    usd: address,
    blueprint: address,
    policy_blueprint: address,
    offering: address,
    tender: address,
    recovery_notice_seconds: uint256,
):
    """
    @param offering Address at which ShareOffering will be deployed; likewise tender.
    """
    assert usd.is_contract, "factory: the stablecoin has no code"
    assert blueprint.is_contract, "factory: the blueprint has no code"
    assert policy_blueprint.is_contract, "factory: the policy's blueprint has no code"
    assert offering != empty(address) and tender != empty(address), "factory: offering or tender is the zero address"
    assert recovery_notice_seconds != 0, "factory: a recovery needs a notice"
    REGISTRY = IDeviceRegistry(registry)
    USD = usd
    BLUEPRINT = blueprint
    POLICY_BLUEPRINT = policy_blueprint
    OFFERING = offering
    TENDER = tender
    RECOVERY_NOTICE_SECONDS = recovery_notice_seconds


@external
def create_share(
    device_id: bytes32,
    supply: uint256,
    operator_cut_bps: uint256,
    name: String[64],
    symbol: String[16],
) -> address:
    """
    @param supply In units of 10**-18 share; all of it goes to the provider.
    @return The share: from now on the payee of the device for ever.
    """
    terms: IShareFactory.ShareTerms = empty(IShareFactory.ShareTerms)
    terms.operator_cut_bps = operator_cut_bps
    terms.name = name
    terms.symbol = symbol
    provider: address = staticcall REGISTRY.provider_of(device_id)
    assert msg.sender == provider, "factory: caller is not the provider"
    return self._create(device_id, provider, provider, supply, terms)


@external
def create_share_on_terms(device_id: bytes32, supply: uint256, terms: IShareFactory.ShareTerms) -> address:
    provider: address = staticcall REGISTRY.provider_of(device_id)
    assert msg.sender == provider, "factory: caller is not the provider"
    return self._create(device_id, provider, provider, supply, terms)


@external
def create_offered_share(
    device_id: bytes32, provider: address, supply: uint256, terms: IShareFactory.ShareTerms
) -> address:
    assert msg.sender == OFFERING, "factory: caller is not the offering"
    return self._create(device_id, provider, OFFERING, supply, terms)


@external
def create_allow_list() -> address:
    policy: address = create_from_blueprint(POLICY_BLUEPRINT, msg.sender, code_offset=ERC5202_PREAMBLE)
    log IShareFactory.AllowListCreated(policy=policy, owner=msg.sender)
    return policy


@internal
def _create(
    device_id: bytes32, provider: address, receiver: address, supply: uint256, terms: IShareFactory.ShareTerms
) -> address:
    self._check_terms(supply, terms)
    assert self.share_of[device_id] == empty(address), "factory: device has shares already"
    share: address = create_from_blueprint(
        BLUEPRINT,
        USD,
        REGISTRY.address,
        OFFERING,
        TENDER,
        device_id,
        receiver,
        supply,
        RECOVERY_NOTICE_SECONDS,
        terms,
        code_offset=ERC5202_PREAMBLE,
    )
    self.is_share[share] = True
    self.share_of[device_id] = share
    log IShareFactory.ShareCreated(
        device_id=device_id,
        share=share,
        operator=provider,
        supply=supply,
        operator_cut_bps=terms.operator_cut_bps,
        name=terms.name,
        symbol=terms.symbol,
    )
    if terms.policy != empty(address) or terms.cost_usd6 != 0:
        log IShareFactory.ShareTermsSet(
            device_id=device_id,
            share=share,
            policy=terms.policy,
            cost_usd6=terms.cost_usd6,
            salvage_usd6=terms.salvage_usd6,
            life_seconds=terms.life_seconds,
            declining=terms.declining,
        )
    extcall REGISTRY.set_shared(device_id, provider, share)
    return share


@view
@internal
def _check_terms(supply: uint256, terms: IShareFactory.ShareTerms):
    assert supply >= MIN_SUPPLY, "factory: supply below one share"
    assert supply <= MAX_SUPPLY, "factory: supply above the limit"
    assert terms.operator_cut_bps <= MAX_OPERATOR_CUT_BPS, "factory: operator cut above the limit"
    assert len(terms.name) != 0, "factory: empty name"
    assert len(terms.symbol) != 0, "factory: empty symbol"
    assert terms.policy == empty(address) or terms.policy.is_contract, "factory: the policy has no code"
    depreciation._check(terms.cost_usd6, terms.salvage_usd6, terms.life_seconds)


@view
@external
def check_terms(supply: uint256, terms: IShareFactory.ShareTerms) -> bool:
    self._check_terms(supply, terms)
    return True


# --- views of the wiring ---


@view
@external
def registry() -> address:
    return REGISTRY.address


@view
@external
def usd() -> address:
    return USD


@view
@external
def blueprint() -> address:
    return BLUEPRINT


@view
@external
def policy_blueprint() -> address:
    return POLICY_BLUEPRINT


@view
@external
def offering() -> address:
    return OFFERING


@view
@external
def tender() -> address:
    return TENDER


@view
@external
def recovery_notice_seconds() -> uint256:
    return RECOVERY_NOTICE_SECONDS

# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Makes the shares of a device, once, at the call of its provider
@notice Escrow asks `is_share` before it pushes income: an address made here runs the code of the blueprint and nothing else.
        Trusted: the registry, for who the provider is.
@custom:kill Cannot be stopped and holds nothing: a new version is a new deployment, shares made here live on.
"""

from contracts.interfaces import IDeviceRegistry
from contracts.interfaces import IShareFactory

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

is_share: public(HashMap[address, bool])  # address => whether it was made here
share_of: public(HashMap[bytes32, address])  # device_id => its share, or empty


@deploy
def __init__(registry: address, usd: address, blueprint: address):
    assert usd.is_contract, "factory: the stablecoin has no code"
    assert blueprint.is_contract, "factory: the blueprint has no code"
    REGISTRY = IDeviceRegistry(registry)
    USD = usd
    BLUEPRINT = blueprint


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
    assert supply >= MIN_SUPPLY, "factory: supply below one share"
    assert supply <= MAX_SUPPLY, "factory: supply above the limit"
    assert operator_cut_bps <= MAX_OPERATOR_CUT_BPS, "factory: operator cut above the limit"
    assert len(name) != 0, "factory: empty name"
    assert len(symbol) != 0, "factory: empty symbol"
    assert self.share_of[device_id] == empty(address), "factory: device has shares already"
    provider: address = staticcall REGISTRY.provider_of(device_id)
    assert msg.sender == provider, "factory: caller is not the provider"

    share: address = create_from_blueprint(
        BLUEPRINT,
        USD,
        REGISTRY.address,
        device_id,
        provider,
        supply,
        operator_cut_bps,
        name,
        symbol,
        code_offset=ERC5202_PREAMBLE,
    )
    self.is_share[share] = True
    self.share_of[device_id] = share
    log IShareFactory.ShareCreated(
        device_id=device_id,
        share=share,
        operator=provider,
        supply=supply,
        operator_cut_bps=operator_cut_bps,
        name=name,
        symbol=symbol,
    )
    extcall REGISTRY.set_shared(device_id, provider, share)
    return share


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

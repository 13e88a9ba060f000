# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Deeds of devices: ERC-721, token id = uint256(device_id), owner = the provider that runs the device
@notice Anyone registers a device and is its provider until the deed moves. A deed carries what an award needs: the runtime class
        the device computes in and the payee of its income. Name, accelerator and memory are claims of the provider, kept in the
        event only; nothing here vouches for them.
        When a deed moves, the payee becomes the new owner, unless the device is shared: then the share stays payee for ever.
        Trusted: ShareFactory, and only to turn the payee of the caller's own device into its share, once.
@custom:kill Cannot be stopped. A device leaves the market by `retire_device`, for good; its deed can still move.
"""

from snekmate.auth import ownable
from snekmate.tokens import erc721

from contracts.interfaces import IDeviceRegistry

implements: IDeviceRegistry

initializes: ownable
initializes: erc721[ownable := ownable]

exports: (
    erc721.name,
    erc721.symbol,
    erc721.tokenURI,
    erc721.balanceOf,
    erc721.ownerOf,
    erc721.getApproved,
    erc721.isApprovedForAll,
    erc721.setApprovalForAll,
    erc721.totalSupply,
    erc721.tokenByIndex,
    erc721.tokenOfOwnerByIndex,
    erc721.permit,
    erc721.nonces,
    erc721.DOMAIN_SEPARATOR,
    erc721.eip712Domain,
)

# ERC-165, ERC-721, its metadata and enumeration, ERC-4494; not ERC-4906, which the module also lists
SUPPORTED_INTERFACES: constant(bytes4[5]) = [0x01FFC9A7, 0x80AC58CD, 0x5B5E139F, 0x780E9D63, 0x589C5CE2]

FACTORY: immutable(address)

devices: HashMap[bytes32, IDeviceRegistry.Device]  # device_id => device
attestation_of: public(HashMap[bytes32, bytes32])  # device_id => hash of the documents that attest it, or empty


@deploy
def __init__(factory: address):
    """
    @param factory Address at which ShareFactory will be deployed.
    """
    assert factory != empty(address), "registry: the share factory is the zero address"
    ownable.__init__()
    erc721.__init__("Assay device deed", "DEED", "", "Assay device deed", "1")
    # the module makes its creator owner and minter; no function here asks for either role
    ownable._transfer_ownership(empty(address))
    FACTORY = factory


# --- provider ---


@external
def register_device(
    serial_hash: bytes32,
    runtime_class: bytes32,
    spec_hash: bytes32,
    name: String[64],
    accelerator: String[64],
    memory_bytes: uint64,
) -> bytes32:
    """
    @return device_id; the same provider and serial give the same id, so the second call reverts.
    """
    assert runtime_class != empty(bytes32), "registry: empty runtime class"
    assert len(name) != 0, "registry: empty name"
    device_id: bytes32 = self._device_id(msg.sender, serial_hash)
    token_id: uint256 = convert(device_id, uint256)
    known: bool = erc721._exists(token_id)
    assert not known, "registry: device is registered already"
    erc721._mint(msg.sender, token_id)
    self.devices[device_id] = IDeviceRegistry.Device(
        runtime_class=runtime_class, spec_hash=spec_hash, payee=msg.sender, shared=False, retired=False
    )
    log IDeviceRegistry.DeviceRegistered(
        device_id=device_id,
        provider=msg.sender,
        runtime_class=runtime_class,
        spec_hash=spec_hash,
        payee=msg.sender,
        name=name,
        accelerator=accelerator,
        memory_bytes=memory_bytes,
    )
    return device_id


@external
def set_runtime_class(device_id: bytes32, runtime_class: bytes32):
    """
    @dev Awards made before keep what they were made for.
    """
    self._only_provider_of_live(device_id, msg.sender)
    assert runtime_class != empty(bytes32), "registry: empty runtime class"
    self.devices[device_id].runtime_class = runtime_class
    log IDeviceRegistry.DeviceRuntimeSet(device_id=device_id, runtime_class=runtime_class)


@external
def attest_device(device_id: bytes32, attestation_hash: bytes32):
    """
    @dev Binds the provider to documents that others can read; it does not make them true.
    """
    self._only_provider_of_live(device_id, msg.sender)
    self.attestation_of[device_id] = attestation_hash
    log IDeviceRegistry.DeviceAttested(device_id=device_id, attestation_hash=attestation_hash)


@external
def set_payee(device_id: bytes32, payee: address):
    self._only_provider_of_live(device_id, msg.sender)
    assert not self.devices[device_id].shared, "registry: a shared device pays its share"
    assert payee != empty(address), "registry: payee is the zero address"
    self._set_payee(device_id, payee, False)


@external
def retire_device(device_id: bytes32):
    self._only_provider_of_live(device_id, msg.sender)
    self.devices[device_id].retired = True
    log IDeviceRegistry.DeviceRetired(device_id=device_id, provider=msg.sender)


# --- ShareFactory ---


@external
def set_shared(device_id: bytes32, provider: address, share: address):
    assert msg.sender == FACTORY, "registry: caller is not the share factory"
    self._only_provider_of_live(device_id, provider)
    assert not self.devices[device_id].shared, "registry: device is shared already"
    assert share != empty(address), "registry: share is the zero address"
    self._set_payee(device_id, share, True)


# --- ERC-721 movements: here rather than in the module, to keep the payee right and to take no ether ---


@external
def approve(to: address, token_id: uint256):
    owner: address = erc721._owner_of(token_id)
    assert to != owner, "registry: approval to the owner"
    allowed: bool = msg.sender == owner or erc721.isApprovedForAll[owner][msg.sender]
    assert allowed, "registry: caller is neither owner nor operator"
    erc721._approve(to, token_id)


@external
def transferFrom(owner: address, to: address, token_id: uint256):
    self._move(owner, to, token_id)


@external
def safeTransferFrom(owner: address, to: address, token_id: uint256, data: Bytes[1_024] = b""):
    self._move(owner, to, token_id)
    accepted: bool = erc721._check_on_erc721_received(owner, to, token_id, data)
    assert accepted, "registry: receiver refused the deed"


@internal
def _move(owner: address, to: address, token_id: uint256):
    allowed: bool = erc721._is_approved_or_owner(msg.sender, token_id)
    assert allowed, "registry: caller is neither owner nor approved"
    erc721._transfer(owner, to, token_id)
    device_id: bytes32 = convert(token_id, bytes32)
    if not self.devices[device_id].shared and owner != to:
        self._set_payee(device_id, to, False)


# --- internal ---


@internal
def _set_payee(device_id: bytes32, payee: address, shared: bool):
    self.devices[device_id].payee = payee
    self.devices[device_id].shared = shared
    log IDeviceRegistry.DevicePayeeSet(device_id=device_id, payee=payee, shared=shared)


@view
@internal
def _only_provider_of_live(device_id: bytes32, account: address):
    provider: address = self._provider_of(device_id)
    assert account == provider, "registry: caller is not the provider"
    assert not self.devices[device_id].retired, "registry: device is retired"


@view
@internal
def _provider_of(device_id: bytes32) -> address:
    token_id: uint256 = convert(device_id, uint256)
    known: bool = erc721._exists(token_id)
    assert known, "registry: unknown device"
    return erc721._owner_of(token_id)


@view
@internal
def _device_id(provider: address, serial_hash: bytes32) -> bytes32:
    return keccak256(abi_encode(chain.id, self, provider, serial_hash))


# --- views ---


@view
@external
def device(device_id: bytes32) -> IDeviceRegistry.Device:
    known: bool = erc721._exists(convert(device_id, uint256))
    assert known, "registry: unknown device"
    return self.devices[device_id]


@view
@external
def provider_of(device_id: bytes32) -> address:
    return self._provider_of(device_id)


@view
@external
def device_id_of(provider: address, serial_hash: bytes32) -> bytes32:
    return self._device_id(provider, serial_hash)


@view
@external
def supportsInterface(interface_id: bytes4) -> bool:
    return interface_id in SUPPORTED_INTERFACES


@view
@external
def factory() -> address:
    return FACTORY

"""DeviceRegistry: registration, runtime class, payee, retirement, and what a moving deed takes with it."""

from typing import Any

import boa
import pytest
from eth_account import Account
from eth_utils.crypto import keccak

from tests.contracts.worlds import CLASS, SERIAL, SPEC, ZERO, deployer, logs_of, register, role


@pytest.fixture
def registry() -> Any:
    return deployer("DeviceRegistry").deploy(role("factory_account"))


@pytest.fixture
def provider() -> str:
    return role("provider")


@pytest.fixture
def device_id(registry: Any, provider: str) -> bytes:
    return register(registry, provider)


def token(device_id: bytes) -> int:
    return int.from_bytes(device_id, "big")


def test_init__zero_factory__reverts() -> None:
    with boa.reverts("registry: the share factory is the zero address"):
        deployer("DeviceRegistry").deploy(ZERO)


def test_register_device__new__stores_mints_and_logs(registry: Any, provider: str) -> None:
    device_id = register(registry, provider)
    (event,) = logs_of(registry, "DeviceRegistered")
    assert (event.device_id, event.provider, event.payee) == (device_id, provider, provider)
    assert (event.runtime_class, event.spec_hash) == (CLASS, SPEC)
    assert (event.name, event.accelerator, event.memory_bytes) == ("north one", "cpu", 2**34)
    device = registry.device(device_id)
    assert (device.runtime_class, device.spec_hash, device.payee) == (CLASS, SPEC, provider)
    assert not device.shared
    assert not device.retired
    assert registry.ownerOf(token(device_id)) == registry.provider_of(device_id) == provider
    assert registry.totalSupply() == 1


def test_register_device__id__is_the_documented_hash(registry: Any, provider: str) -> None:
    words = [boa.env.evm.patch.chain_id, int(registry.address, 16), int(provider, 16)]
    expected = keccak(b"".join(word.to_bytes(32, "big") for word in words) + SERIAL)
    assert registry.device_id_of(provider, SERIAL) == expected
    assert register(registry, provider) == expected


def test_register_device__same_serial_twice__reverts(registry: Any, provider: str, device_id: bytes) -> None:
    with boa.env.prank(provider), boa.reverts("registry: device is registered already"):
        registry.register_device(SERIAL, CLASS, SPEC, "again", "cpu", 1)


def test_register_device__same_serial_other_provider__is_another_device(
    registry: Any, device_id: bytes
) -> None:
    assert register(registry, role("other")) != device_id


def test_register_device__again_after_the_deed_left__reverts(
    registry: Any, provider: str, device_id: bytes
) -> None:
    with boa.env.prank(provider):
        registry.transferFrom(provider, role("buyer"), token(device_id))
        with boa.reverts("registry: device is registered already"):
            registry.register_device(SERIAL, CLASS, SPEC, "again", "cpu", 1)


def test_register_device__empty_class_or_name__reverts(registry: Any, provider: str) -> None:
    with boa.env.prank(provider):
        with boa.reverts("registry: empty runtime class"):
            registry.register_device(SERIAL, b"\0" * 32, SPEC, "n", "cpu", 1)
        with boa.reverts("registry: empty name"):
            registry.register_device(SERIAL, CLASS, SPEC, "", "cpu", 1)


def test_register_device__extremes__pass(registry: Any, provider: str) -> None:
    with boa.env.prank(provider):
        device_id = registry.register_device(b"\0" * 32, b"\xff" * 32, b"\0" * 32, "n" * 64, "", 2**64 - 1)
    (event,) = logs_of(registry, "DeviceRegistered")
    assert (event.name, event.accelerator, event.memory_bytes) == ("n" * 64, "", 2**64 - 1)
    assert registry.provider_of(device_id) == provider


def test_set_runtime_class__provider__changes_it(registry: Any, provider: str, device_id: bytes) -> None:
    with boa.env.prank(provider):
        registry.set_runtime_class(device_id, b"\x07" * 32)
    (event,) = logs_of(registry, "DeviceRuntimeSet")
    assert (event.device_id, event.runtime_class) == (device_id, b"\x07" * 32)
    assert registry.device(device_id).runtime_class == b"\x07" * 32


def test_set_runtime_class__empty__reverts(registry: Any, provider: str, device_id: bytes) -> None:
    with boa.env.prank(provider), boa.reverts("registry: empty runtime class"):
        registry.set_runtime_class(device_id, b"\0" * 32)


def test_set_payee__provider__changes_it(registry: Any, provider: str, device_id: bytes) -> None:
    payee = role("payee")
    with boa.env.prank(provider):
        registry.set_payee(device_id, payee)
    (event,) = logs_of(registry, "DevicePayeeSet")
    assert (event.device_id, event.payee, event.shared) == (device_id, payee, False)
    assert registry.device(device_id).payee == payee


def test_set_payee__zero__reverts(registry: Any, provider: str, device_id: bytes) -> None:
    with boa.env.prank(provider), boa.reverts("registry: payee is the zero address"):
        registry.set_payee(device_id, ZERO)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [("set_payee", ("0x" + "11" * 20,)), ("set_runtime_class", (CLASS,)), ("retire_device", ())],
)
def test_provider_functions__non_owner_unknown_retired__revert(
    registry: Any, provider: str, device_id: bytes, function: str, arguments: tuple[Any, ...]
) -> None:
    call = getattr(registry, function)
    with boa.env.prank(role("attacker")), boa.reverts("registry: caller is not the provider"):
        call(device_id, *arguments)
    with boa.env.prank(provider):
        with boa.reverts("registry: unknown device"):
            call(b"\x55" * 32, *arguments)
        registry.retire_device(device_id)
        with boa.reverts("registry: device is retired"):
            call(device_id, *arguments)


def test_retire_device__provider__for_good(registry: Any, provider: str, device_id: bytes) -> None:
    with boa.env.prank(provider):
        registry.retire_device(device_id)
    (event,) = logs_of(registry, "DeviceRetired")
    assert (event.device_id, event.provider) == (device_id, provider)
    assert registry.device(device_id).retired
    assert registry.provider_of(device_id) == provider


def test_set_shared__factory__makes_the_share_payee_for_ever(
    registry: Any, provider: str, device_id: bytes
) -> None:
    share = role("share")
    with boa.env.prank(registry.factory()):
        registry.set_shared(device_id, provider, share)
    (event,) = logs_of(registry, "DevicePayeeSet")
    assert (event.payee, event.shared) == (share, True)
    with boa.env.prank(provider), boa.reverts("registry: a shared device pays its share"):
        registry.set_payee(device_id, provider)
    with boa.env.prank(registry.factory()), boa.reverts("registry: device is shared already"):
        registry.set_shared(device_id, provider, role("other_share"))


def test_set_shared__anyone_else__reverts(registry: Any, provider: str, device_id: bytes) -> None:
    with boa.env.prank(provider), boa.reverts("registry: caller is not the share factory"):
        registry.set_shared(device_id, provider, role("share"))


def test_set_shared__wrong_provider_or_zero_share__reverts(
    registry: Any, provider: str, device_id: bytes
) -> None:
    with boa.env.prank(registry.factory()):
        with boa.reverts("registry: caller is not the provider"):
            registry.set_shared(device_id, role("attacker"), role("share"))
        with boa.reverts("registry: share is the zero address"):
            registry.set_shared(device_id, provider, ZERO)


def test_transfer_from__unshared__payee_follows_the_deed(
    registry: Any, provider: str, device_id: bytes
) -> None:
    buyer = role("buyer")
    with boa.env.prank(provider):
        registry.set_payee(device_id, role("old_payee"))
        registry.transferFrom(provider, buyer, token(device_id))
    assert registry.provider_of(device_id) == registry.device(device_id).payee == buyer
    with boa.env.prank(provider), boa.reverts("registry: caller is not the provider"):
        registry.set_payee(device_id, provider)


def test_transfer_from__to_oneself__keeps_the_payee(registry: Any, provider: str, device_id: bytes) -> None:
    payee = role("payee")
    with boa.env.prank(provider):
        registry.set_payee(device_id, payee)
        registry.transferFrom(provider, provider, token(device_id))
    assert registry.device(device_id).payee == payee


def test_transfer_from__shared__payee_stays_the_share(registry: Any, provider: str, device_id: bytes) -> None:
    share = role("share")
    with boa.env.prank(registry.factory()):
        registry.set_shared(device_id, provider, share)
    with boa.env.prank(provider):
        registry.transferFrom(provider, role("buyer"), token(device_id))
    assert registry.device(device_id).payee == share
    assert registry.device(device_id).shared


def test_transfer_from__stranger__reverts(registry: Any, provider: str, device_id: bytes) -> None:
    with boa.env.prank(role("attacker")), boa.reverts("registry: caller is neither owner nor approved"):
        registry.transferFrom(provider, role("attacker"), token(device_id))


def test_transfer_from__approved__moves_once(registry: Any, provider: str, device_id: bytes) -> None:
    broker = role("broker")
    with boa.env.prank(provider):
        registry.approve(broker, token(device_id))
    with boa.env.prank(broker):
        registry.transferFrom(provider, role("buyer"), token(device_id))
        with boa.reverts("registry: caller is neither owner nor approved"):
            registry.transferFrom(role("buyer"), broker, token(device_id))


def test_transfer_from__zero_address_or_wrong_owner__reverts(
    registry: Any, provider: str, device_id: bytes
) -> None:
    with boa.env.prank(provider):
        with boa.reverts("erc721: transfer to the zero address"):
            registry.transferFrom(provider, ZERO, token(device_id))
        with boa.reverts("erc721: transfer from incorrect owner"):
            registry.transferFrom(role("other"), role("buyer"), token(device_id))


def test_approve__stranger_or_owner_itself__reverts(registry: Any, provider: str, device_id: bytes) -> None:
    with boa.env.prank(role("attacker")), boa.reverts("registry: caller is neither owner nor operator"):
        registry.approve(role("attacker"), token(device_id))
    with boa.env.prank(provider), boa.reverts("registry: approval to the owner"):
        registry.approve(provider, token(device_id))


def test_approve__operator_for_all__may_approve(registry: Any, provider: str, device_id: bytes) -> None:
    operator, broker = role("operator"), role("broker")
    with boa.env.prank(provider):
        registry.setApprovalForAll(operator, True)
    with boa.env.prank(operator):
        registry.approve(broker, token(device_id))
    assert registry.getApproved(token(device_id)) == broker


def test_safe_transfer_from__account__moves(registry: Any, provider: str, device_id: bytes) -> None:
    buyer = role("buyer")
    with boa.env.prank(provider):
        registry.safeTransferFrom(provider, buyer, token(device_id))
    assert registry.provider_of(device_id) == registry.device(device_id).payee == buyer


def test_safe_transfer_from__refusing_contract__reverts(
    registry: Any, provider: str, device_id: bytes
) -> None:
    receiver = deployer("DeedReceiver").deploy(False, ZERO)
    with boa.env.prank(provider), boa.reverts("erc721: transfer to non-IERC721Receiver implementer"):
        registry.safeTransferFrom(provider, receiver.address, token(device_id))
    assert registry.provider_of(device_id) == provider


def test_safe_transfer_from__accepting_contract__moves_with_data(
    registry: Any, provider: str, device_id: bytes
) -> None:
    receiver = deployer("DeedReceiver").deploy(True, ZERO)
    with boa.env.prank(provider):
        registry.safeTransferFrom(provider, receiver.address, token(device_id), b"x" * 1024)
    assert registry.provider_of(device_id) == registry.device(device_id).payee == receiver.address


def test_safe_transfer_from__receiver_passes_it_on_at_once__reverts(
    registry: Any, provider: str, device_id: bytes
) -> None:
    receiver = deployer("DeedReceiver").deploy(True, role("third"))
    with boa.env.prank(provider), boa.reverts():
        registry.safeTransferFrom(provider, receiver.address, token(device_id))
    assert registry.provider_of(device_id) == provider


@pytest.mark.parametrize("function", ["approve", "transferFrom"])
def test_movements__with_ether__are_refused(
    registry: Any, provider: str, device_id: bytes, function: str
) -> None:
    boa.env.set_balance(provider, 10)
    arguments = (role("buyer"),) if function == "approve" else (provider, role("buyer"))
    with boa.env.prank(provider), boa.reverts():
        getattr(registry, function)(*arguments, token(device_id), value=1)
    assert boa.env.get_balance(registry.address) == 0


def test_permit__signed_by_the_owner__approves_once(registry: Any) -> None:
    owner, spender = Account.create(), role("spender")
    device_id = register(registry, owner.address)
    _, name, version, chain_id, verifier, _, _ = registry.eip712Domain()
    message = {
        "spender": spender,
        "tokenId": token(device_id),
        "nonce": registry.nonces(token(device_id)),
        "deadline": boa.env.timestamp,
    }
    types = {
        "Permit": [
            {"name": "spender", "type": "address"},
            {"name": "tokenId", "type": "uint256"},
            {"name": "nonce", "type": "uint256"},
            {"name": "deadline", "type": "uint256"},
        ]
    }
    domain = {"name": name, "version": version, "chainId": chain_id, "verifyingContract": verifier}
    signed = Account.sign_typed_data(owner.key, domain, types, message)
    arguments = (
        spender,
        token(device_id),
        message["deadline"],
        signed.v,
        signed.r.to_bytes(32, "big"),
        signed.s.to_bytes(32, "big"),
    )
    registry.permit(*arguments)
    assert registry.getApproved(token(device_id)) == spender
    with boa.reverts("erc721: invalid signature"):
        registry.permit(*arguments)


def test_views__unknown_device__revert(registry: Any) -> None:
    with boa.reverts("registry: unknown device"):
        registry.device(b"\x01" * 32)
    with boa.reverts("registry: unknown device"):
        registry.provider_of(b"\x01" * 32)


@pytest.mark.parametrize(
    ("interface_id", "supported"),
    [
        ("01ffc9a7", True),
        ("80ac58cd", True),
        ("5b5e139f", True),
        ("780e9d63", True),
        ("589c5ce2", True),
        ("49064906", False),
        ("ffffffff", False),
    ],
)
def test_supports_interface__ids__as_implemented(registry: Any, interface_id: str, supported: bool) -> None:
    assert registry.supportsInterface(bytes.fromhex(interface_id)) is supported


def test_abi__no_way_to_mint_burn_or_own(registry: Any) -> None:
    names = {item.get("name") for item in registry.abi}
    assert not names & {"burn", "safe_mint", "set_minter", "owner", "transfer_ownership", "is_minter"}

"""ShareFactory: who may share a device, with what terms, once."""

from typing import Any

import boa
import pytest
from boa.util.abi import abi_encode
from eth.exceptions import Revert
from eth_utils.crypto import keccak

from tests.contracts.worlds import SHARE, ZERO, deployer, logs_of, register, registry_and_factory, role


@pytest.fixture
def parts() -> tuple[Any, Any, str, bytes]:
    """(registry, factory, provider, device_id) of an unshared device."""
    usd = deployer("TestUSD").deploy()
    registry, factory = registry_and_factory(usd)
    provider = role("provider")
    return registry, factory, provider, register(registry, provider)


def create(parts: tuple[Any, Any, str, bytes], **changes: Any) -> str:
    _, factory, provider, device_id = parts
    terms: dict[str, Any] = {
        "device_id": device_id,
        "supply": 1000 * SHARE,
        "operator_cut_bps": 1_000,
        "name": "North One",
        "symbol": "NORTH",
    } | changes
    with boa.env.prank(provider):
        return str(factory.create_share(*terms.values()))


def test_create_share__provider__records_share_and_payee(parts: Any) -> None:
    registry, factory, provider, device_id = parts
    share = create(parts)
    (event,) = logs_of(factory, "ShareCreated")
    assert (event.device_id, event.share, event.operator) == (device_id, share, provider)
    assert (event.supply, event.operator_cut_bps) == (1000 * SHARE, 1_000)
    assert (event.name, event.symbol) == ("North One", "NORTH")
    assert factory.is_share(share)
    assert factory.share_of(device_id) == share
    device = registry.device(device_id)
    assert (device.payee, device.shared) == (share, True)


def test_create_share__second_time__reverts(parts: Any) -> None:
    create(parts)
    with boa.reverts("factory: device has shares already"):
        create(parts)


def test_create_share__non_owner__reverts(parts: Any) -> None:
    _, factory, _, device_id = parts
    with boa.env.prank(role("attacker")), boa.reverts("factory: caller is not the provider"):
        factory.create_share(device_id, SHARE, 0, "x", "x")


def test_create_share__unknown_device__reverts(parts: Any) -> None:
    with boa.reverts("registry: unknown device"):
        create(parts, device_id=b"\x09" * 32)


def test_create_share__retired_device__reverts(parts: Any) -> None:
    registry, _, provider, device_id = parts
    with boa.env.prank(provider):
        registry.retire_device(device_id)
    with boa.reverts("registry: device is retired"):
        create(parts)


def test_create_share__after_deed_moved__only_the_new_owner(parts: Any) -> None:
    registry, factory, provider, device_id = parts
    buyer = role("deed_buyer")
    with boa.env.prank(provider):
        registry.transferFrom(provider, buyer, int.from_bytes(device_id, "big"))
    with boa.reverts("factory: caller is not the provider"):
        create(parts)
    with boa.env.prank(buyer):
        share = factory.create_share(device_id, SHARE, 0, "x", "x")
    assert deployer("DeviceShare").at(share).balanceOf(buyer) == SHARE


@pytest.mark.parametrize(
    ("supply", "error"),
    [
        (0, "factory: supply below one share"),
        (SHARE - 1, "factory: supply below one share"),
        (10**30 + 1, "factory: supply above the limit"),
        (2**256 - 1, "factory: supply above the limit"),
    ],
)
def test_create_share__supply_outside__reverts(parts: Any, supply: int, error: str) -> None:
    with boa.reverts(error):
        create(parts, supply=supply)


@pytest.mark.parametrize("supply", [SHARE, 10**30])
def test_create_share__supply_at_the_bounds__passes(parts: Any, supply: int) -> None:
    share = create(parts, supply=supply)
    assert deployer("DeviceShare").at(share).totalSupply() == supply


@pytest.mark.parametrize("cut_bps", [0, 5_000])
def test_create_share__cut_at_the_bounds__passes(parts: Any, cut_bps: int) -> None:
    assert deployer("DeviceShare").at(create(parts, operator_cut_bps=cut_bps)).operator_cut_bps() == cut_bps


@pytest.mark.parametrize("cut_bps", [5_001, 2**256 - 1])
def test_create_share__cut_above__reverts(parts: Any, cut_bps: int) -> None:
    with boa.reverts("factory: operator cut above the limit"):
        create(parts, operator_cut_bps=cut_bps)


@pytest.mark.parametrize(
    ("field", "error"), [("name", "factory: empty name"), ("symbol", "factory: empty symbol")]
)
def test_create_share__empty_text__reverts(parts: Any, field: str, error: str) -> None:
    with boa.reverts(error):
        create(parts, **{field: ""})


def test_create_share__longest_texts__read_back(parts: Any) -> None:
    share = deployer("DeviceShare").at(create(parts, name="n" * 64, symbol="s" * 16))
    assert (share.name(), share.symbol()) == ("n" * 64, "s" * 16)


@pytest.mark.parametrize(("field", "longest"), [("name", 64), ("symbol", 16)])
def test_create_share__text_one_too_long__reverts(parts: Any, field: str, longest: int) -> None:
    _, factory, provider, device_id = parts
    types = "(bytes32,uint256,uint256,string,string)"

    def call(length: int) -> None:
        texts = {"name": "n", "symbol": "s"} | {field: "x" * length}
        data = abi_encode(types, (device_id, SHARE, 0, texts["name"], texts["symbol"]))
        boa.env.raw_call(
            factory.address, sender=provider, data=keccak(text=f"create_share{types}")[:4] + data
        )

    with pytest.raises(Revert):
        call(longest + 1)
    call(longest)
    assert factory.share_of(device_id) != ZERO


def test_is_share__anything_else__false(parts: Any) -> None:
    registry, factory, provider, _ = parts
    assert not factory.is_share(provider)
    assert not factory.is_share(registry.address)


def test_init__addresses_without_code__reverts() -> None:
    usd = deployer("TestUSD").deploy()
    blueprint = deployer("DeviceShare").deploy_as_blueprint().address
    rest = (role("offering"), role("tender"), 1)
    with boa.reverts("factory: the stablecoin has no code"):
        deployer("ShareFactory").deploy(role("registry"), role("usd"), blueprint, blueprint, *rest)
    with boa.reverts("factory: the blueprint has no code"):
        deployer("ShareFactory").deploy(role("registry"), usd.address, role("nothing"), blueprint, *rest)
    with boa.reverts("factory: the policy's blueprint has no code"):
        deployer("ShareFactory").deploy(role("registry"), usd.address, blueprint, role("nothing"), *rest)
    with boa.reverts("factory: offering or tender is the zero address"):
        deployer("ShareFactory").deploy(role("registry"), usd.address, blueprint, blueprint, ZERO, ZERO, 1)
    with boa.reverts("factory: a recovery needs a notice"):
        deployer("ShareFactory").deploy(
            role("registry"), usd.address, blueprint, blueprint, role("offering"), role("tender"), 0
        )


def test_views__wiring__reads_back() -> None:
    usd = deployer("TestUSD").deploy()
    registry, factory = registry_and_factory(usd)
    assert (factory.registry(), factory.usd()) == (registry.address, usd.address)
    assert registry.factory() == factory.address

"""Small deployments for tests of single contracts, with accounts by role."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boa
from eth_account import Account

from contracts.scripts.catalogue import SOURCES

MOCKS = Path(__file__).parent / "mocks"
USD = 10**6
SHARE = 10**18
SERIAL = b"\x01" * 32
CLASS = b"\x02" * 32
SPEC = b"\x03" * 32
UNBONDING_SECONDS = 120
MAX_UINT256 = 2**256 - 1
ZERO = "0x" + "00" * 20


@cache
def deployer(name: str) -> Any:
    """Titanoboa's factory of one of our contracts or of a mock; compiled once a process."""
    path = SOURCES.get(name, MOCKS / f"{name}.vy")
    return boa.load_partial(str(path))


def role(name: str) -> str:
    """A fresh address that shows up under this name in traces."""
    return str(boa.env.generate_address(name))


def fund(usd: Any, account: str, amount: int) -> None:
    """Mints test dollars, in as many calls as the faucet's limit asks for."""
    limit = 1_000_000 * USD
    while amount > 0:
        usd.mint(account, min(amount, limit))
        amount -= limit


@dataclass
class ShareWorld:
    """Registry, factory and one shared device of `provider`."""

    usd: Any
    registry: Any
    factory: Any
    share: Any
    device_id: bytes
    provider: str

    def deposit(self, amount: int, *, sync: bool = True) -> None:
        """Income arrives, as Escrow pushes it."""
        if amount:
            fund(self.usd, self.share.address, amount)
        if sync:
            self.share.sync_income()


def registry_and_factory(usd: Any) -> tuple[Any, Any]:
    """The two know each other: the factory goes to the address the registry was told."""
    return tokenized(usd)[:2]


RECOVERY_SECONDS = 120
TENDER_SECONDS = 60


def tokenized(
    usd: Any, guardian: str = ZERO, guardian_until: int = 0, **made: Any
) -> tuple[Any, Any, Any, Any]:
    """Registry, factory, offering and tender, which know each other; `made` deploys a contract from another source."""

    def of(name: str) -> Any:
        return made.get(name) or deployer(name)

    at = {name: role(name) for name in ("factory", "offering", "tender")}
    registry = of("DeviceRegistry").deploy(at["factory"])
    factory = of("ShareFactory").deploy(
        registry.address,
        usd.address,
        of("DeviceShare").deploy_as_blueprint().address,
        of("AllowListPolicy").deploy_as_blueprint().address,
        at["offering"],
        at["tender"],
        RECOVERY_SECONDS,
        override_address=at["factory"],
    )
    offering = of("ShareOffering").deploy(
        usd.address,
        registry.address,
        factory.address,
        guardian,
        guardian_until,
        override_address=at["offering"],
    )
    tender = of("DeviceTender").deploy(
        usd.address, factory.address, TENDER_SECONDS, override_address=at["tender"]
    )
    return registry, factory, offering, tender


def register(registry: Any, provider: str, serial: bytes = SERIAL) -> bytes:
    """One device of `provider`."""
    with boa.env.prank(provider):
        device_id: bytes = registry.register_device(serial, CLASS, SPEC, "north one", "cpu", 2**34)
    return device_id


def share_world(*, supply: int = 1000 * SHARE, cut_bps: int = 1_000, usd: Any = None) -> ShareWorld:
    """A device registered and shared by a new provider, who holds the whole supply."""
    usd = usd or deployer("TestUSD").deploy()
    return shared_device(usd, *registry_and_factory(usd), supply=supply, cut_bps=cut_bps)


def shared_device(usd: Any, registry: Any, factory: Any, *, supply: int, cut_bps: int) -> ShareWorld:
    """A device and its share, by a new provider, where registry and factory are there already."""
    provider = role("provider")
    device_id = register(registry, provider)
    with boa.env.prank(provider):
        address = factory.create_share(device_id, supply, cut_bps, "North One", "NORTH")
    share = deployer("DeviceShare").at(address)
    return ShareWorld(usd, registry, factory, share, device_id, provider)


@dataclass
class VaultWorld:
    """A vault between a board, a market and an escrow of the tests' own."""

    usd: Any
    board: Any
    market: Any
    escrow: Any
    vault: Any

    def stake(self, provider: str, amount: int) -> None:
        """Funds and deposits the provider's own stake."""
        self.usd.mint(provider, amount)
        with boa.env.prank(provider):
            self.usd.approve(self.vault.address, amount)
            self.vault.deposit(provider, amount)


def vault_world(usd: Any = None) -> VaultWorld:
    """A new vault with an unbonding time of UNBONDING_SECONDS."""
    usd = usd or deployer("TestUSD").deploy()
    board, market = (deployer("MockMarket").deploy() for _ in range(2))
    escrow = deployer("MockEscrow").deploy(usd.address)
    vault = deployer("StakeVault").deploy(
        usd.address, board.address, market.address, escrow.address, UNBONDING_SECONDS
    )
    return VaultWorld(usd, board, market, escrow, vault)


def sign_permit(
    token: Any, key: bytes, spender: str, value: int, deadline: int, nonce: int | None = None
) -> tuple[int, bytes, bytes]:
    """EIP-2612 signature (v, r, s) by the owner of `key`; the domain is read from the token (EIP-5267)."""
    owner = Account.from_key(key).address
    _, name, version, chain_id, verifier, _, _ = token.eip712Domain()
    signed = Account.sign_typed_data(
        key,
        {"name": name, "version": version, "chainId": chain_id, "verifyingContract": verifier},
        {
            "Permit": [
                {"name": "owner", "type": "address"},
                {"name": "spender", "type": "address"},
                {"name": "value", "type": "uint256"},
                {"name": "nonce", "type": "uint256"},
                {"name": "deadline", "type": "uint256"},
            ]
        },
        {
            "owner": owner,
            "spender": spender,
            "value": value,
            "nonce": token.nonces(owner) if nonce is None else nonce,
            "deadline": deadline,
        },
    )
    return signed.v, signed.r.to_bytes(32, "big"), signed.s.to_bytes(32, "big")


def logs_of(contract: Any, name: str) -> list[Any]:
    """Events of this name that the contract's last call logged."""
    return [event for event in contract.get_logs() if type(event).__name__ == name]

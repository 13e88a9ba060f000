"""Offerings and tenders in titanoboa: the four contracts that tokenize a device, a provider, investors by role."""

from dataclasses import dataclass, field
from typing import Any

import boa

from tests.contracts.worlds import SHARE, SPEC, USD, ZERO, deployer, fund, register, role, tokenized

ATTESTED = b"\x04" * 32
SALE_SECONDS = 1_000
ACTIVATION_SECONDS = 500
YEAR = 365 * 86_400


@dataclass
class OfferingWorld:
    """One registered and attested device of `provider`."""

    usd: Any
    registry: Any
    factory: Any
    offering: Any
    tender: Any
    guardian: str
    provider: str
    device_id: bytes
    salts: int = 0
    investors: list[str] = field(default_factory=list)

    def terms(self, **changed: Any) -> tuple[Any, ...]:
        """No policy, a straight line from 1,000 to 100 dollars over ten years."""
        named = {
            "operator_cut_bps": 0,
            "policy": ZERO,
            "cost_usd6": 1_000 * USD,
            "salvage_usd6": 100 * USD,
            "life_seconds": 10 * YEAR,
            "declining": False,
            "name": "North One",
            "symbol": "NORTH",
        }
        return tuple((named | changed).values())

    def sale(self, **changed: Any) -> tuple[Any, ...]:
        """60 to 100 shares of 10 dollars, 20 retained."""
        now = boa.env.timestamp
        named = {
            "device_id": self.device_id,
            "spec_hash": SPEC,
            "attestation_hash": ATTESTED,
            "price_usd6": 10 * USD,
            "target": 60,
            "cap": 100,
            "retained": 20,
            "deadline": now + SALE_SECONDS,
            "activation_deadline": now + SALE_SECONDS + ACTIVATION_SECONDS,
        }
        return tuple((named | changed).values())

    def open(self, terms: tuple[Any, ...] | None = None, **sale: Any) -> bytes:
        """A new offering of the device."""
        self.salts += 1
        salt = self.salts.to_bytes(32, "big")
        opened: bytes = self.offering.open_offering(
            salt, self.sale(**sale), terms or self.terms(), sender=self.provider
        )
        return opened

    def investor(self, name: str, dollars: int = 10_000) -> str:
        """An account with money, allowed to both contracts."""
        account = role(name)
        fund(self.usd, account, dollars * USD)
        for spender in (self.offering, self.tender):
            self.usd.approve(spender.address, 2**256 - 1, sender=account)
        return account

    def invest(self, offering_id: bytes, account: str, shares: int) -> int:
        return int(self.offering.invest(offering_id, shares, sender=account))

    def activate(self, offering_id: bytes) -> Any:
        address = self.offering.activate(offering_id, sender=self.provider)
        return deployer("DeviceShare").at(address)

    def sold_out(self, holders: dict[str, int], **terms: Any) -> Any:
        """The share of an offering sold to these accounts, delivered."""
        total = sum(holders.values())
        offering_id = self.open(self.terms(**terms), target=1, cap=total, retained=0)
        for account, shares in holders.items():
            self.invest(offering_id, account, shares)
        share = self.activate(offering_id)
        for account in holders:
            self.offering.deliver(offering_id, account)
            share.approve(self.tender.address, 2**256 - 1, sender=account)
        return share

    def bid(self, bidder: str, share: Any, price: int = 10 * USD, seconds: int = 600) -> bytes:
        self.salts += 1
        opened: bytes = self.tender.open_tender(
            self.salts.to_bytes(32, "big"), share.address, price, boa.env.timestamp + seconds, sender=bidder
        )
        return opened

    def income(self, share: Any, amount: int) -> None:
        fund(self.usd, share.address, amount)


def offering_world(usd: Any = None, **made: Any) -> OfferingWorld:
    """Deployed anew; `made` deploys a contract from another source."""
    usd = usd or deployer("TestUSD").deploy()
    guardian, provider = role("guardian"), role("provider")
    parts = tokenized(usd, guardian, boa.env.timestamp + 30 * 86_400, **made)
    device_id = register(parts[0], provider)
    parts[0].attest_device(device_id, ATTESTED, sender=provider)
    return OfferingWorld(usd, *parts, guardian, provider, device_id)


def shares(count: int) -> int:
    return count * SHARE

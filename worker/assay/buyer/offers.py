"""Every device and its ask as the chain has them at one block: what a quote is made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from web3 import Web3

from assay.protocol.chain import logs_between
from assay.protocol.clients import StakeVaultClient
from assay.protocol.deployment import Deployment
from assay.protocol.generated import events as ev
from assay.protocol.logs import LogMalformed, decode_hex_log
from assay.protocol.offers import Offer

BLOCKS_PER_REQUEST = 2_000
_TOPICS = [
    kind.TOPIC0
    for kind in (
        ev.DeviceRegistered,
        ev.DeviceRuntimeSet,
        ev.DevicePayeeSet,
        ev.DeviceRetired,
        ev.AskPosted,
        ev.AskWithdrawn,
    )
]


@dataclass(slots=True)
class DeviceFacts:
    """One device as its events leave it."""

    device_id: bytes
    provider: str
    name: str
    runtime_class: bytes
    spec_hash: bytes
    payee: str
    accelerator: str = ""
    memory_bytes: int = 0
    retired: bool = False
    shared: bool = False
    price_per_hour_usd6: int | None = None
    max_units: int = 0
    withdrawn: bool = False


@dataclass(slots=True)
class Devices:
    """All devices by id, at `block`."""

    block: int
    by_id: dict[bytes, DeviceFacts] = field(default_factory=dict)

    def apply(self, event: Any) -> None:
        """Folds one event of DeviceRegistry or Auction."""
        if isinstance(event, ev.DeviceRegistered):
            self.by_id[event.device_id] = DeviceFacts(
                device_id=event.device_id,
                provider=event.provider,
                name=event.name,
                runtime_class=event.runtime_class,
                spec_hash=event.spec_hash,
                payee=event.payee,
                accelerator=event.accelerator,
                memory_bytes=event.memory_bytes,
            )
            return
        device = self.by_id.get(getattr(event, "device_id", b""))
        if device is None:
            return
        if isinstance(event, ev.DeviceRuntimeSet):
            device.runtime_class = event.runtime_class
        elif isinstance(event, ev.DevicePayeeSet):
            device.payee, device.shared = event.payee, event.shared
        elif isinstance(event, ev.DeviceRetired):
            device.retired = True
        elif isinstance(event, ev.AskPosted):
            device.price_per_hour_usd6, device.max_units = event.price_per_hour_usd6, event.max_units
            device.withdrawn = False
        elif isinstance(event, ev.AskWithdrawn):
            device.price_per_hour_usd6, device.max_units, device.withdrawn = None, 0, True


def read_devices(w3: Web3, deployment: Deployment, block: int) -> Devices:
    """Folds the logs of DeviceRegistry and Auction up to `block`."""
    names = {deployment.address(name).lower(): name for name in ("DeviceRegistry", "Auction")}
    addresses = [deployment.address(name) for name in ("DeviceRegistry", "Auction")]
    devices = Devices(block)
    for first in range(deployment.deployed_block, block + 1, BLOCKS_PER_REQUEST):
        last = min(first + BLOCKS_PER_REQUEST - 1, block)
        for raw in logs_between(w3, addresses, first, last, _TOPICS):
            try:
                event = decode_hex_log(names[str(raw["address"]).lower()], raw["topics"], raw["data"])
            except LogMalformed:
                continue
            devices.apply(event)
    return devices


def offers_of(devices: Devices, vault: StakeVaultClient) -> list[Offer]:
    """Offers for quoting.quote: each device with its ask and its provider's free stake at the same block."""
    free: dict[str, int] = {}
    for device in devices.by_id.values():
        if device.provider not in free and not device.retired:
            free[device.provider] = vault.free_of(device.provider, block=devices.block)
    return [
        Offer(
            device_id="0x" + device.device_id.hex(),
            provider=device.provider,
            name=device.name,
            runtime_class="0x" + device.runtime_class.hex(),
            payee=device.payee,
            retired=device.retired,
            price_per_hour_usd6=device.price_per_hour_usd6,
            max_units=device.max_units,
            free_stake_usd6=free.get(device.provider, 0),
            ask_withdrawn=device.withdrawn,
        )
        for device in devices.by_id.values()
    ]

"""Rows from DeviceRegistry: devices and whose deed they are."""

from assay.protocol.generated.events import (
    DeviceAttested,
    DevicePayeeSet,
    DeviceRegistered,
    DeviceRegistryTransfer,
    DeviceRetired,
    DeviceRuntimeSet,
)
from backend.chain.tables import Row
from backend.devices.models import Device
from backend.indexer.fact import Fact, Handlers, text32


def on_device_registered(fact: Fact, event: DeviceRegistered) -> None:
    """A new device; its provider becomes known with it."""
    key = text32(event.device_id)
    fact.rows.put(
        Device,
        key,
        position=fact.position,
        tx=fact.tx,
        provider=event.provider,
        name=event.name,
        accelerator=event.accelerator,
        memory_bytes=event.memory_bytes,
        runtime_class=text32(event.runtime_class),
        spec_hash=text32(event.spec_hash),
        payee=event.payee,
        registered_at=fact.at,
    )
    fact.provider(event.provider)["devices_count"] += 1
    fact.totals()["devices"] += 1
    fact.device_changed(key)
    fact.account_changed(event.provider)


def on_device_runtime_set(fact: Fact, event: DeviceRuntimeSet) -> None:
    """The device computes in another class from now on."""
    _device(fact, event.device_id)["runtime_class"] = text32(event.runtime_class)


def on_device_attested(fact: Fact, event: DeviceAttested) -> None:
    """Documents that the provider stands behind; the zero hash withdraws them."""
    _device(fact, event.device_id)["attestation_hash"] = text32(event.attestation_hash)


def on_device_payee_set(fact: Fact, event: DevicePayeeSet) -> None:
    """Income goes elsewhere: to another account, or to the device's shares for ever."""
    device = _device(fact, event.device_id)
    device["payee"], device["shared"] = event.payee, event.shared


def on_device_retired(fact: Fact, event: DeviceRetired) -> None:
    """The device left the market for good."""
    _device(fact, event.device_id)["retired"] = True


def on_device_registry_transfer(fact: Fact, event: DeviceRegistryTransfer) -> None:
    """The deed moved: its new owner is the provider. The movement that makes a deed comes before its
    DeviceRegistered.
    """
    key = text32(event.token_id.to_bytes(32, "big"))
    if fact.rows.get(Device, key) is None:
        return
    device = _device(fact, event.token_id.to_bytes(32, "big"))
    device["provider"] = event.receiver
    fact.provider(event.sender)["devices_count"] -= 1
    fact.provider(event.receiver)["devices_count"] += 1
    fact.account_changed(event.sender, event.receiver)


def _device(fact: Fact, device_id: bytes) -> Row:
    key = text32(device_id)
    fact.device_changed(key)
    return fact.rows.edit(Device, key)


HANDLERS: Handlers = {
    DeviceRegistered: on_device_registered,
    DeviceRuntimeSet: on_device_runtime_set,
    DeviceAttested: on_device_attested,
    DevicePayeeSet: on_device_payee_set,
    DeviceRetired: on_device_retired,
    DeviceRegistryTransfer: on_device_registry_transfer,
}

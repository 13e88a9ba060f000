"""Device deeds: registration, runtime class, payee."""

from typing import cast

from assay.protocol.call import Call
from assay.protocol.clients.base import Block, ContractClient
from assay.protocol.generated.structs import Device
from assay.protocol.ids import Address, DeviceId


class DeviceRegistryClient(ContractClient):
    """DeviceRegistry: one ERC-721 token a device."""

    CONTRACT = "DeviceRegistry"

    def device(self, device_id: bytes, *, block: Block = None) -> Device:
        """The deed; every field empty for an unknown device."""
        return cast(Device, self.struct(Device, self.read("device", device_id, block=block)))

    def provider_of(self, device_id: bytes, *, block: Block = None) -> Address:
        """The deed's owner. Raises Reverted for an unknown device."""
        return cast(Address, self.read("provider_of", device_id, block=block))

    def device_count_of(self, provider: str, *, block: Block = None) -> int:
        """Deeds a provider holds, retired ones included."""
        return int(self.read("balanceOf", provider, block=block))

    def device_of_provider(self, provider: str, index: int, *, block: Block = None) -> DeviceId:
        """The deed at `index` of a provider's; the order changes when deeds move."""
        return DeviceId(
            int(self.read("tokenOfOwnerByIndex", provider, index, block=block)).to_bytes(32, "big")
        )

    def device_id_of(self, provider: str, serial_hash: bytes, *, block: Block = None) -> DeviceId:
        """The id such a registration gets; ids.device_id_of computes it without a node."""
        return DeviceId(self.read("device_id_of", provider, serial_hash, block=block))

    def register_device(
        self,
        *,
        serial_hash: bytes,
        runtime_class: bytes,
        spec_hash: bytes,
        name: str,
        accelerator: str,
        memory_bytes: int,
    ) -> Call:
        """Registers a device of the sender; name and accelerator have at most 64 bytes of UTF-8."""
        return self.call(
            "register_device", serial_hash, runtime_class, spec_hash, name, accelerator, memory_bytes
        )

    def set_runtime_class(self, device_id: bytes, runtime_class: bytes) -> Call:
        """Provider: what the device's results are equal to."""
        return self.call("set_runtime_class", device_id, runtime_class)

    def attest_device(self, device_id: bytes, attestation_hash: bytes) -> Call:
        """Provider: hash of the documents that say the device exists; 32 zero bytes withdraw it."""
        return self.call("attest_device", device_id, attestation_hash)

    def attestation_of(self, device_id: bytes, *, block: Block = None) -> bytes:
        """That hash, or 32 zero bytes."""
        return cast(bytes, self.read("attestation_of", device_id, block=block))

    def set_payee(self, device_id: bytes, payee: str) -> Call:
        """Provider: who receives the device's income; refused once it is shared."""
        return self.call("set_payee", device_id, payee)

    def retire_device(self, device_id: bytes) -> Call:
        """Provider: takes the device out for ever."""
        return self.call("retire_device", device_id)

"""Making a device's share token."""

from typing import cast

from assay.protocol.call import Call
from assay.protocol.clients.base import Block, ContractClient
from assay.protocol.ids import Address


class ShareFactoryClient(ContractClient):
    """ShareFactory: at most one DeviceShare a device."""

    CONTRACT = "ShareFactory"

    def share_of(self, device_id: bytes, *, block: Block = None) -> Address:
        """The device's share, or the zero address."""
        return cast(Address, self.read("share_of", device_id, block=block))

    def is_share(self, account: str, *, block: Block = None) -> bool:
        """Whether this factory made the contract."""
        return bool(self.read("is_share", account, block=block))

    def create_share(
        self, *, device_id: bytes, supply: int, operator_cut_bps: int, name: str, symbol: str
    ) -> Call:
        """Provider: the whole supply (18 decimals) goes to it; name ≤ 64 bytes, symbol ≤ 16."""
        return self.call("create_share", device_id, supply, operator_cut_bps, name, symbol)

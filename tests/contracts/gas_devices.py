"""Gas of a tokenized device's life: policy, offering, recovery, tender, proceeds. Part of the tour (gas_tour.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assay.protocol.generated import load_abi
from contracts.scripts.params import DEVNET
from tests.contracts.worlds import CLASS, SHARE, SPEC, USD

if TYPE_CHECKING:
    from tests.contracts.gas_tour import Tour

ATTESTED = b"\x05" * 32


class TokenizedDevice:
    """Every entry point of ShareOffering, DeviceTender and AllowListPolicy, and those of a share that terms allow."""

    def __init__(self, tour: Tour) -> None:
        self.tour = tour
        self.role = tour.role
        self.policy = ""

    def run(self) -> None:
        """One device offered, bought out and sold; another whose sale is cancelled."""
        tour = self.tour
        plain = tour.contracts["DeviceShare"]
        self._policy()
        share = self._sold()
        tour.contracts["DeviceShare"] = tour.w3.eth.contract(address=share, abi=load_abi("DeviceShare"))
        self._recovered()
        self._tender(share)
        tour.contracts["DeviceShare"] = plain
        self._cancelled()

    def _policy(self) -> None:
        tour = self.tour
        receipt = tour.send("south", "ShareFactory", "create_allow_list")
        created = tour.contracts["ShareFactory"].events.AllowListCreated().process_receipt(receipt)
        self.policy = created[0]["args"]["policy"]
        tour.contracts["AllowListPolicy"] = tour.w3.eth.contract(
            address=self.policy, abi=load_abi("AllowListPolicy")
        )
        tour.send("south", "AllowListPolicy", "set_agent", self.role["east"], True)
        tour.send("south", "AllowListPolicy", "set_country_blocked", 643, True)
        for number, account in enumerate(("south", "investor_one", "buyer", "challenger"), start=1):
            self._list(account, number)
        tour.send("east", "AllowListPolicy", "remove_identity", self.role["challenger"])
        self._list("challenger", 2)  # a new wallet of investor_one

    def _list(self, account: str, identity: int) -> None:
        arguments = (self.role[account], identity.to_bytes(32, "big"), 756)
        self.tour.send("east", "AllowListPolicy", "register_identity", *arguments)

    def _device(self, serial: int) -> bytes:
        tour, serial_hash = self.tour, serial.to_bytes(32, "big")
        tour.send(
            "south", "DeviceRegistry", "register_device", serial_hash, CLASS, SPEC, "lent", "cpu", 2**34
        )
        device: bytes = tour.view("DeviceRegistry", "device_id_of", self.role["south"], serial_hash)
        tour.send("south", "DeviceRegistry", "attest_device", device, ATTESTED)
        return device

    def _offer(self, device: bytes) -> bytes:
        now = self.tour.w3.eth.get_block("latest")["timestamp"]
        sale = (device, SPEC, ATTESTED, USD, 10, 20, 5, now + 600, now + 1_200)
        salt = device
        self.tour.send("south", "ShareOffering", "open_offering", salt, sale, self._terms())
        arguments = (self.role["south"], salt, sale, self._terms())
        offering: bytes = self.tour.view("ShareOffering", "offering_id_of", *arguments)
        return offering

    def _terms(self) -> tuple[Any, ...]:
        return (1_000, self.policy, 20 * USD, 5 * USD, 86_400, False, "Lent", "LENT")

    def _sold(self) -> str:
        tour = self.tour
        self.device = self._device(20)
        offering = self._offer(self.device)
        for account in ("investor_one", "buyer"):
            tour.send(account, "TestUSD", "approve", tour.address("ShareOffering"), 2**256 - 1)
            tour.send(account, "ShareOffering", "invest", offering, 10)
        tour.send("south", "ShareOffering", "activate", offering)
        share = str(tour.view("ShareFactory", "share_of", self.device))
        tour.send("buyer", "TestUSD", "transfer", share, 10 * USD, case="to a share")
        tour.send("buyer", "ShareOffering", "credit_income", offering, self.role["investor_one"])
        for account in ("investor_one", "buyer"):
            tour.send("buyer", "ShareOffering", "deliver", offering, self.role[account])
        tour.send("south", "ShareOffering", "withdraw", self.role["south"])
        return share

    def _recovered(self) -> None:
        tour, lost, found = self.tour, self.role["investor_one"], self.role["challenger"]
        tour.send("buyer", "DeviceShare", "transfer", lost, SHARE, case="under a policy")
        tour.send("east", "DeviceShare", "announce_recovery", lost, found)
        tour.send("investor_one", "DeviceShare", "veto_recovery")
        tour.send("east", "DeviceShare", "announce_recovery", lost, found)
        tour.wait(DEVNET.recovery_notice_seconds)
        tour.send("buyer", "DeviceShare", "finish_recovery", lost)

    def _tender(self, share: str) -> None:
        tour, south = self.tour, "south"
        now = tour.w3.eth.get_block("latest")["timestamp"]
        deadline = now + 10 * DEVNET.tender_notice_seconds
        for name in (south, "buyer", "challenger"):
            tour.send(name, "DeviceShare", "approve", tour.address("DeviceTender"), 2**256 - 1)
        tour.send(south, "TestUSD", "approve", tour.address("DeviceTender"), 2**256 - 1)
        receipt = tour.send(south, "DeviceTender", "open_tender", bytes(32), share, 2 * USD, deadline)
        opened = tour.contracts["DeviceTender"].events.TenderOpened().process_receipt(receipt)
        tender = opened[0]["args"]["tender_id"]
        tour.send("buyer", "DeviceTender", "accept", tender, SHARE)
        tour.send("buyer", "DeviceTender", "release", tender, self.role["buyer"])
        for name, shares in (("challenger", 11), ("buyer", 7), (south, 5)):
            tour.send(name, "DeviceTender", "accept", tender, shares * SHARE, case="and more")
        tour.wait(DEVNET.tender_notice_seconds)
        tour.send("buyer", "DeviceTender", "complete", tender)
        holders = [self.role[name] for name in ("buyer", "challenger", south)]
        tour.send("buyer", "DeviceTender", "take", tender, holders)
        tour.send("buyer", "TestUSD", "transfer", share, 10 * USD, case="to a share")
        tour.send("buyer", "DeviceTender", "credit_income", tender, self.role[south])
        tour.send("buyer", "DeviceTender", "end", tender)
        tour.send("buyer", "DeviceTender", "withdraw", self.role["buyer"])
        tour.send(south, "DeviceRegistry", "retire_device", self.device)
        tour.send(south, "TestUSD", "approve", share, 2**256 - 1)
        tour.send(south, "DeviceShare", "deposit_proceeds", USD)

    def _cancelled(self) -> None:
        tour = self.tour
        offering = self._offer(self._device(21))
        tour.send("buyer", "ShareOffering", "invest", offering, 10)
        tour.send("south", "ShareOffering", "cancel", offering)
        tour.send("buyer", "ShareOffering", "refund", offering, self.role["buyer"])
        device, terms = self._device(22), (0, self.policy, 0, 0, 0, False, "Kept", "KEPT")
        tour.send("south", "ShareFactory", "create_share_on_terms", device, 10 * SHARE, terms)
        tour.send("guardian", "ShareOffering", "pause_new_offerings")

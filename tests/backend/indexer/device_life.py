"""A device's shares from the sale to the buyout, for tests of the indexer: every kind of event happens."""

from typing import Any

from web3 import Web3

from tests.backend.indexer.market_life import USD, Life

DOCUMENTS = Web3.keccak(text="serials and photographs")
SHARE = 10**18


class DeviceLife:
    """Goes on from a life that is set up."""

    def __init__(self, life: Life) -> None:
        self.life, self.who = life, life.who

    def sold_and_bought_out(self) -> None:
        """One sale is refunded; one is activated, a wallet recovered, the device bought out, retired and paid out."""
        life = self.life
        policy = self._policy()
        device = life.register("south", "a tokenized device")
        life.send("south", "DeviceRegistry", "attest_device", device, DOCUMENTS)
        refused = self._offer(device, policy, 1)
        for role in ("investor_one", "investor_two"):
            life.send(role, "TestUSD", "mint", self.who[role], 1_000 * USD)
            for name in ("ShareOffering", "DeviceTender"):
                life.send(role, "TestUSD", "approve", life.deployment.address(name), 2**256 - 1)
        life.send("investor_one", "ShareOffering", "invest", refused, 3)
        life.send("south", "ShareOffering", "cancel", refused)
        life.send("challenger", "ShareOffering", "refund", refused, self.who["investor_one"])
        offering = self._offer(device, policy, 2)
        for role in ("investor_one", "investor_two"):
            life.send(role, "ShareOffering", "invest", offering, 10)
        life.send("south", "ShareOffering", "activate", offering)
        share = life.read("ShareFactory", "share_of", device)
        life.send("challenger", "TestUSD", "transfer", share, 10 * USD)
        for role in ("investor_one", "investor_two"):
            life.send("challenger", "ShareOffering", "deliver", offering, self.who[role])
        life.send("challenger", "ShareOffering", "withdraw", self.who["south"])
        self._recovered(share)
        self._bought_out(share)
        life.send("south", "DeviceRegistry", "retire_device", device)
        life.send("south", "TestUSD", "approve", share, USD)
        life.send("south", "DeviceShare", "deposit_proceeds", USD, address=share)

    def _policy(self) -> str:
        receipt = self.life.send("south", "ShareFactory", "create_allow_list")
        policy = str(self.life.events(receipt, "ShareFactory")[0].policy)
        for number, role in enumerate(("investor_one", "investor_two", "south")):
            identity = Web3.keccak(text=str(number))
            arguments = (self.who[role], identity, 756)
            self.life.send("south", "AllowListPolicy", "register_identity", *arguments, address=policy)
        arguments = (self.who["east"], Web3.keccak(text="1"), 756)
        self.life.send("south", "AllowListPolicy", "register_identity", *arguments, address=policy)
        return policy

    def _offer(self, device: bytes, policy: str, salt: int) -> bytes:
        now = self.life.w3.eth.get_block("latest")["timestamp"]
        sale = (device, bytes(32), DOCUMENTS, USD, 10, 20, 5, now + 600, now + 1_200)
        terms = (1_000, policy, 20 * USD, 5 * USD, 86_400, True, "Lent ☀", "LENT")
        receipt = self.life.send(
            "south", "ShareOffering", "open_offering", salt.to_bytes(32, "big"), sale, terms
        )
        opened: bytes = self.life.events(receipt, "ShareOffering")[0].offering_id
        return opened

    def _recovered(self, share: str) -> None:
        """investor_two's second wallet is east's."""
        life, lost = self.life, self.who["investor_two"]
        announcement: tuple[Any, ...] = (lost, self.who["east"])
        life.send("south", "DeviceShare", "announce_recovery", *announcement, address=share)
        life.send("investor_two", "DeviceShare", "veto_recovery", address=share)
        life.send("south", "DeviceShare", "announce_recovery", *announcement, address=share)
        life.anvil.advance(life.read("ShareFactory", "recovery_notice_seconds"))
        life.send("challenger", "DeviceShare", "finish_recovery", lost, address=share)

    def _bought_out(self, share: str) -> None:
        life = self.life
        notice = life.read("DeviceTender", "tender_notice_seconds")
        deadline = life.w3.eth.get_block("latest")["timestamp"] + 10 * notice
        for role in ("south", "investor_one", "east"):
            tender = life.deployment.address("DeviceTender")
            life.send(role, "DeviceShare", "approve", tender, 2**256 - 1, address=share)
        arguments = (bytes(32), share, 2 * USD, deadline)
        opened = life.send("investor_one", "DeviceTender", "open_tender", *arguments)
        tender_id = life.events(opened, "DeviceTender")[0].tender_id
        life.send("east", "DeviceTender", "accept", tender_id, SHARE)
        life.send("east", "DeviceTender", "release", tender_id, self.who["east"])
        for role, count in (("investor_one", 10), ("east", 9), ("south", 5)):
            life.send(role, "DeviceTender", "accept", tender_id, count * SHARE)
        life.anvil.advance(notice)
        life.send("challenger", "DeviceTender", "complete", tender_id)
        holders = [self.who[role] for role in ("investor_one", "east", "south")]
        life.send("challenger", "DeviceTender", "take", tender_id, holders)
        life.send("challenger", "DeviceTender", "end", tender_id)

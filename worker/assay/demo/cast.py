"""The two people that a dispute brings on stage: a provider whose device errs, and a challenger.

They join the running local market and leave it as it was: while nobody demonstrates anything, the faulty device asks
for no work.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from web3 import Web3

from assay.protocol.spec import spec_hash
from assay.stack.anvil import CHAIN_ID
from assay.stack.economy import USD, DeviceFacts, Economy, write_keystore
from assay.stack.machine import device_specs
from assay.stack.paths import StackPaths
from assay.stack.roles import CHALLENGER, FAULTY

# a class no native job has: the faulty device is offered to exact jobs only, which take any class
EXACT_ONLY = bytes(Web3.keccak(text="assay demo: exact jobs only"))
PRICE_PER_HOUR_USD6 = 9 * USD
COINS_WEI = 10**18  # for gas; anvil endows its first ten accounts only


@dataclass(frozen=True)
class Cast:
    """Both accounts, ready to act. `enter` and `leave` may be called again at any time."""

    economy: Economy
    paths: StackPaths

    def enter(self, say: Callable[[str], None]) -> None:
        """Coins, test dollars, keystores; stake, a device and an ask for the faulty provider."""
        self._give_coins()
        self.economy.fund((FAULTY, CHALLENGER), say)
        document = device_specs(self.paths, (FAULTY,))[FAULTY]
        facts = DeviceFacts(
            document.name,
            document.accelerator,
            document.memory_bytes,
            EXACT_ONLY,
            spec_hash(document.to_json()),
        )
        self.economy.enlist({FAULTY: facts}, {FAULTY: PRICE_PER_HOUR_USD6}, say)
        for role in (FAULTY, CHALLENGER):
            write_keystore(self.economy, role, self.home(role))

    def leave(self) -> None:
        """Takes the faulty device off the market; its jobs end by their own rules."""
        auction = self.economy.contract("Auction")
        device = self.economy.device_id(FAULTY)
        if int(auction.functions.ask_of(device).call()[1]) > 0:
            call = auction.functions.withdraw_ask(device)
            self.economy.wait("taking the faulty device off the market", [self._send(FAULTY, call)])

    def home(self, role: str) -> Path:
        """The folder of its keystore, password and worker."""
        return self.paths.worker(role)

    def _send(self, role: str, call: object) -> bytes:
        return self.economy.send(self.economy.accounts[role], call)

    def _give_coins(self) -> None:
        w3, giver = self.economy.w3, self.economy.accounts["deployer"]
        sent = []
        for role in (FAULTY, CHALLENGER):
            address = self.economy.accounts[role].address
            if int(w3.eth.get_balance(address)) >= COINS_WEI // 2:
                continue
            fields: dict[str, Any] = {
                "to": address,
                "value": Web3.to_wei(COINS_WEI, "wei"),
                "nonce": w3.eth.get_transaction_count(giver.address, "pending"),
                "gas": 21_000,
                "maxFeePerGas": Web3.to_wei(10**11, "wei"),
                "maxPriorityFeePerGas": Web3.to_wei(10**9, "wei"),
                "chainId": CHAIN_ID,
            }
            sent.append(bytes(w3.eth.send_raw_transaction(giver.sign_transaction(fields).raw_transaction)))
        self.economy.wait("coins for the demonstration's accounts", sent)

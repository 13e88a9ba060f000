"""The people of the local market: funded, registered, staked, one device tokenized and part of it sold.

Called by `assay up` after deployment. Every step looks at the chain first and does only what is missing, so it may be
run again at any time. All keys come from anvil's public test mnemonic: they are known to everyone and refused on any
chain but the local one.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from hexbytes import HexBytes
from web3 import Web3
from web3.exceptions import ContractLogicError
from web3.types import TxParams

from assay.protocol.errors import AssayError
from assay.stack.anvil import CHAIN_ID, MNEMONIC
from assay.stack.paths import StackPaths
from assay.stack.roles import PROVIDERS, ROLES

TOKENIZED = "north"

USD = 10**6
SHARE = 10**18
FUNDS_USD6 = 10_000 * USD
STAKE_USD6 = 1_000 * USD
PRICE_PER_HOUR_USD6 = {"north": 9 * USD, "south": 9 * USD + 600_000, "east": 10 * USD + 200_000}
MAX_UNITS = 4_096
SUPPLY = 1_000 * SHARE
OPERATOR_CUT_BPS = 2_000
SHARE_PRICE_USD6 = 2 * USD
SOLD = {"investor one": 400 * SHARE, "investor two": 250 * SHARE}
_GAS = 5_000_000


@dataclass(frozen=True)
class DeviceFacts:
    """What a provider registers: measured on this machine by the worker's own benchmark."""

    name: str
    accelerator: str
    memory_bytes: int
    runtime_class: bytes
    spec_hash: bytes


class Economy:
    """The demo accounts and what they do before the first job."""

    def __init__(self, w3: Web3, deployment: dict[str, Any]) -> None:
        if int(w3.eth.chain_id) != CHAIN_ID:
            raise AssayError(f"demo accounts are for the local chain {CHAIN_ID}, not for {w3.eth.chain_id}")
        self.w3 = w3
        self._addresses = {name: entry["address"] for name, entry in deployment["contracts"].items()}
        self.transactions = 0

    @cached_property
    def accounts(self) -> dict[str, LocalAccount]:
        """By role."""
        Account.enable_unaudited_hdwallet_features()
        return {
            role: Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")
            for role, index in ROLES.items()
        }

    def contract(self, name: str, address: str | None = None) -> Any:
        """A web3 contract by its deployed name (or of another address, for shares)."""
        folder = resources.files("assay.protocol.generated") / "abi"
        abi = json.loads((folder / f"{name}.json").read_text())
        return self.w3.eth.contract(
            address=Web3.to_checksum_address(address or self._addresses[name]), abi=abi
        )

    def usd_of(self, role: str) -> int:
        """Test dollars an account holds, in 10^-6 USD."""
        return int(self.contract("TestUSD").functions.balanceOf(self.accounts[role].address).call())

    def device_id(self, provider: str) -> bytes:
        """The id of a provider's one demo device."""
        serial = Web3.keccak(text=f"assay demo device of {provider}")
        registry = self.contract("DeviceRegistry")
        return bytes(registry.functions.device_id_of(self.accounts[provider].address, serial).call())

    def share_address(self) -> str | None:
        """The share contract of the tokenized device, once there is one."""
        found = self.contract("ShareFactory").functions.share_of(self.device_id(TOKENIZED)).call()
        return None if int(found, 16) == 0 else str(found)

    # --- steps ---

    def set_up(self, facts: dict[str, DeviceFacts], say: Callable[[str], None]) -> None:
        """Brings every account to where the market can start. Raises AssayError naming a step that failed."""
        self.fund(("buyer", *PROVIDERS, *SOLD), say)
        self.enlist(facts, PRICE_PER_HOUR_USD6, say)
        self._tokenize(say)
        self._sell_shares(say)

    def fund(self, roles: Iterable[str], say: Callable[[str], None]) -> None:
        """Test dollars for accounts that have never had any."""
        usd = self.contract("TestUSD")
        sent = []
        for role in roles:
            account = self.accounts[role]
            if int(usd.functions.balanceOf(account.address).call()) == 0 and not self._has_sent(account):
                sent.append(self.send(account, usd.functions.mint(account.address, FUNDS_USD6)))
        if self.wait("funding the accounts with test dollars", sent):
            say(f"{len(sent)} accounts funded with {FUNDS_USD6 // USD:,} test dollars each")

    def _has_sent(self, account: LocalAccount) -> bool:
        return int(self.w3.eth.get_transaction_count(account.address)) > 0

    def enlist(
        self, facts: Mapping[str, DeviceFacts], prices_usd6: Mapping[str, int], say: Callable[[str], None]
    ) -> None:
        """Providers with stake, a device and an ask; prices_usd6: of an hour, by provider."""
        vault, registry, auction = (self.contract(n) for n in ("StakeVault", "DeviceRegistry", "Auction"))
        usd = self.contract("TestUSD")
        sent = []
        for name, fact in facts.items():
            account = self.accounts[name]
            device = self.device_id(name)
            if int(vault.functions.stake_of(account.address).call()) == 0:
                sent.append(self.send(account, usd.functions.approve(vault.address, STAKE_USD6)))
                sent.append(self.send(account, vault.functions.deposit(account.address, STAKE_USD6)))
            known = self._device(device)
            if known is None:
                serial = Web3.keccak(text=f"assay demo device of {name}")
                call = registry.functions.register_device(
                    serial, fact.runtime_class, fact.spec_hash, fact.name, fact.accelerator, fact.memory_bytes
                )
                sent.append(self.send(account, call))
            elif bytes(known[0]) != fact.runtime_class and not known[4]:
                # this machine computes with other versions than when the device was registered
                sent.append(
                    self.send(account, registry.functions.set_runtime_class(device, fact.runtime_class))
                )
            if int(auction.functions.ask_of(device).call()[1]) == 0:
                call = auction.functions.post_ask(device, prices_usd6[name], MAX_UNITS)
                sent.append(self.send(account, call))
        if self.wait("staking and registering the providers", sent):
            say(f"{', '.join(facts)}: staked {STAKE_USD6 // USD:,} USD, registered a device, ask a price")

    def _device(self, device: bytes) -> Any:
        """The registry's record, None when the device is not registered yet."""
        try:
            return self.contract("DeviceRegistry").functions.device(device).call()
        except ContractLogicError as refusal:
            if "unknown device" in str(refusal):
                return None
            raise

    def _tokenize(self, say: Callable[[str], None]) -> None:
        if self.share_address() is not None:
            return
        factory = self.contract("ShareFactory")
        call = factory.functions.create_share(
            self.device_id(TOKENIZED), SUPPLY, OPERATOR_CUT_BPS, "Assay device North", "NORTH"
        )
        self.wait("tokenizing a device", [self.send(self.accounts[TOKENIZED], call)])
        say(
            f"{TOKENIZED}'s device is tokenized: {SUPPLY // SHARE:,} shares, operator's cut {OPERATOR_CUT_BPS // 100}%"
        )

    def _sell_shares(self, say: Callable[[str], None]) -> None:
        """Over the counter: the investor pays the operator, then the operator hands the shares over."""
        address = self.share_address()
        share, usd = self.contract("DeviceShare", address), self.contract("TestUSD")
        seller = self.accounts[TOKENIZED]
        for role, amount in SOLD.items():
            investor = self.accounts[role]
            if int(share.functions.balanceOf(investor.address).call()) > 0:
                continue
            cost = amount // SHARE * SHARE_PRICE_USD6
            if not self._has_paid(investor):
                paid = self.send(investor, usd.functions.transfer(seller.address, cost))
                self.wait(f"{role}'s payment for shares", [paid])
            handed = self.send(seller, share.functions.transfer(investor.address, amount))
            self.wait(f"handing shares to {role}", [handed])
            say(f"{role} bought {amount // SHARE} shares for {cost / USD:,.2f} USD")

    def _has_paid(self, investor: LocalAccount) -> bool:
        # the one dollar transfer an investor makes before it holds shares follows its own funding
        return int(self.w3.eth.get_transaction_count(investor.address)) > 1

    # --- sending ---

    def send(self, account: LocalAccount, call: Any) -> bytes:
        """Signs and sends without waiting; gas is a fixed bound because earlier calls may not be mined yet."""
        head = self.w3.eth.get_block("latest")
        fee = int(head.get("baseFeePerGas", 0)) * 2 + 10**9
        fields: TxParams = {
            "from": account.address,
            "nonce": self.w3.eth.get_transaction_count(account.address, "pending"),
            "gas": _GAS,
            "maxFeePerGas": Web3.to_wei(fee, "wei"),
            "maxPriorityFeePerGas": Web3.to_wei(10**9, "wei"),
            "chainId": CHAIN_ID,
        }
        signed = account.sign_transaction(call.build_transaction(fields))
        self.transactions += 1
        return bytes(self.w3.eth.send_raw_transaction(signed.raw_transaction))

    def wait(self, what: str, hashes: list[bytes]) -> bool:
        """Waits for receipts; whether there were any. Raises AssayError when one was refused."""
        for each in hashes:
            receipt = self.w3.eth.wait_for_transaction_receipt(HexBytes(each), timeout=60, poll_latency=0.1)
            if int(receipt["status"]) != 1:
                raise AssayError(
                    f"{what}: transaction 0x{each.hex()} was refused by the contract",
                    "run `make reset` to start over",
                )
        return bool(hashes)


def write_keystores(economy: Economy, paths: StackPaths) -> None:
    """Encrypted keystores of the buyer and the providers, with their password files, where their commands look.

    The keys are anvil's public ones; the files have the shape real ones have.
    """
    homes = {name: paths.worker(name) for name in PROVIDERS} | {"buyer": paths.buyer}
    for role, home in homes.items():
        write_keystore(economy, role, home)


def write_keystore(economy: Economy, role: str, home: Path) -> None:
    """keystore.json and password of one demo account in its folder, unless they are there."""
    keystore, password = home / "keystore.json", home / "password"
    if keystore.exists() and password.exists():
        return
    home.mkdir(parents=True, exist_ok=True)
    password.touch(mode=0o600)
    password.write_text(f"devnet-{role}\n")
    # few rounds: the key is public, and three daemons start at once
    encrypted = Account.encrypt(economy.accounts[role].key, f"devnet-{role}", kdf="pbkdf2", iterations=1_000)
    keystore.touch(mode=0o600)
    keystore.write_text(json.dumps(encrypted))

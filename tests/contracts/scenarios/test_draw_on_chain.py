"""The draw on a real node: anvil's own block hashes, the history contract of its fork, the twin's seats."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from web3 import Web3
from web3.exceptions import ContractLogicError

from assay.protocol.draw import Ring
from contracts.scripts.catalogue import ABI_DIR

USD = 10**6
CLASS = b"\x02" * 32
NAMES = ("north", "south", "east", "challenger")


class OnChain:
    """Four providers of one device each, and a buyer, on anvil."""

    def __init__(self, deployment: Any, accounts: dict[str, Any], url: str) -> None:
        self.w3 = Web3(Web3.HTTPProvider(url))
        self.accounts = accounts
        self.addresses = {name: entry.address for name, entry in deployment.contracts.items()}
        self.providers: dict[str, bytes] = {}
        for name in NAMES:
            self._provider(name)
        buyer = accounts["buyer"].address
        self.send("buyer", self.of("TestUSD").functions.mint(buyer, 10_000 * USD))
        self.send("buyer", self.of("TestUSD").functions.approve(self.addresses["Escrow"], 10_000 * USD))

    def of(self, name: str) -> Any:
        abi = json.loads((ABI_DIR / f"{name}.json").read_text())
        return self.w3.eth.contract(address=Web3.to_checksum_address(self.addresses[name]), abi=abi)

    def send(self, role: str, function: Any) -> Any:
        # anvil holds the keys of its own mnemonic
        hash_ = function.transact({"from": self.accounts[role].address})
        return self.w3.eth.wait_for_transaction_receipt(hash_)

    def _provider(self, name: str) -> None:
        address = self.accounts[name].address
        registry, vault, usd = self.of("DeviceRegistry"), self.of("StakeVault"), self.of("TestUSD")
        serial = name.encode().ljust(32, b"\0")
        self.send(name, registry.functions.register_device(serial, CLASS, b"\1" * 32, name, "cpu", 2**33))
        device_id = registry.functions.device_id_of(address, serial).call()
        self.send(name, usd.functions.mint(address, 1_000 * USD))
        self.send(name, usd.functions.approve(vault.address, 1_000 * USD))
        self.send(name, vault.functions.deposit(address, 1_000 * USD))
        self.send(name, self.of("Auction").functions.post_ask(device_id, 3_600 * USD, 4_096))
        self.providers[name] = device_id

    def post(self, salt: int, lots: int = 3) -> tuple[bytes, list[Any]]:
        """A job of two seats and two spares; returns its id and award list."""
        board = self.of("JobBoard")
        terms = (b"\1" * 32, b"\2" * 32, b"\3" * 32, CLASS, 3, 2, 2, lots, 1, lots, 1, 2 * USD, 0)
        picks = [(device_id, lots) for device_id in self.providers.values()]
        receipt = self.send("buyer", board.functions.post_job(terms, picks, salt.to_bytes(32, "big")))
        event = board.events.JobAwarded().process_receipt(receipt, errors=_discard())[0]["args"]
        return event["job_id"], [tuple(row.values()) for row in event["awardees"]]

    def mine(self, blocks: int) -> None:
        self.w3.provider.make_request("anvil_mine", [hex(blocks)])  # type: ignore[arg-type]

    def draw(self, job_id: bytes) -> Any:
        return self.send("challenger", self.of("JobMarket").functions.draw_seed(job_id))

    def job(self, job_id: bytes) -> dict[str, Any]:
        market = self.of("JobMarket")
        names = [one["name"] for one in market.get_function_by_name("job").abi["outputs"][0]["components"]]
        return dict(zip(names, market.functions.job(job_id).call(), strict=True))


def _discard() -> Any:
    from web3.logs import DISCARD

    return DISCARD


@pytest.fixture
def chain(deployment: Any, accounts: dict[str, Any], anvil: Any) -> OnChain:
    return OnChain(deployment, accounts, anvil.url)


def test_inv_08__draws_on_anvil__are_recomputed_from_block_hashes_and_only_holders_can_seal(
    chain: OnChain,
) -> None:
    market = chain.of("JobMarket")
    for salt in range(3):
        job_id, awardees = chain.post(salt)
        chain.mine(3 + salt)
        chain.draw(job_id)
        job = chain.job(job_id)
        block_hash = chain.w3.eth.get_block(job["seed_block"])["hash"]
        assert job["seed"] == Web3.keccak(bytes(block_hash) + job_id)
        ring = Ring(job["seed"], [row[4] for row in awardees], 3, 4)
        for lot in range(3):
            holders = [awardees[index][0] for index in ring.places(lot)]
            assert len(set(holders)) == 4
            for name in NAMES:
                call = market.functions.seal_lots(job_id, awardees, [lot], [0], [b"\7" * 32]).call
                _must(
                    call, {"from": chain.accounts[name].address}, chain.accounts[name].address == holders[0]
                )


def _must(call: Callable[..., Any], sender: dict[str, str], allowed: bool) -> None:
    if allowed:
        call(sender)
        return
    with pytest.raises(ContractLogicError, match="does not hold"):
        call(sender)


@pytest.mark.parametrize("age", [256, 300])
def test_draw_seed__late_on_anvil__uses_the_history_or_fixes_a_new_block(chain: OnChain, age: int) -> None:
    job_id, _ = chain.post(9)
    seed_block = chain.job(job_id)["seed_block"]
    head = chain.w3.eth.block_number
    chain.mine(seed_block + age - 1 - head)
    block_hash = bytes(chain.w3.eth.get_block(seed_block)["hash"])
    chain.draw(job_id)
    job = chain.job(job_id)
    if age > 256 and job["state"] == 2:
        # a node without the history contract's ring counts the block as missed; a later draw succeeds
        assert job["seed_block"] == chain.w3.eth.block_number + 2
        chain.mine(3)
        chain.draw(job_id)
        assert chain.job(job_id)["state"] == 3
        return
    assert job["seed"] == Web3.keccak(block_hash + job_id)

"""Calls every entry point of every contract once on a local chain and notes the gas of the whole transaction.

Used by the gas snapshot and by the gas bench. The chain must be fresh, start at a fixed time and step by one
second a block: then every block hash repeats, with them the draws, and the figures to the unit.
"""

from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

from eth_account import Account
from web3 import Web3

from assay.commitment.artifact import artifact_id
from assay.commitment.listing import list_root
from assay.disputes.facts import ClaimFacts
from assay.protocol.digests import mark_of, seal_of, tag_of
from assay.protocol.draw import Ring
from assay.protocol.generated import load_abi
from assay.protocol.generated.structs import Awardee, Terms
from assay.stack.anvil import MNEMONIC, Anvil
from contracts.scripts.deploy import deploy
from contracts.scripts.params import DEVNET
from tests.conftest import ROLES
from tests.contracts.gas_devices import TokenizedDevice
from tests.contracts.gas_trades import Trades
from tests.contracts.worlds import CLASS, SHARE, SPEC, USD

START = "1900000000"  # the chain's first second
PAGE = bytes(range(256)) * 16
PICKS_TYPE = "(bytes32,uint32)"


def chain() -> Anvil:
    """A fresh chain on which the tour repeats."""
    return Anvil(extra=["--timestamp", START])


def devnet_accounts() -> dict[str, Any]:
    """eth_account accounts of anvil's public test mnemonic, by role."""
    Account.enable_unaudited_hdwallet_features()
    path = "m/44'/60'/0'/0/{}"
    return {
        role: Account.from_mnemonic(MNEMONIC, account_path=path.format(k)) for k, role in enumerate(ROLES)
    }


@dataclass
class Tour:
    """One run over a fresh chain; `gas` maps `Contract.function: case` to gas used."""

    anvil: Anvil
    accounts: dict[str, Any]
    out: Path
    gas: dict[str, int] = field(default_factory=dict)
    lives: dict[str, int] = field(default_factory=dict)  # gas of a whole job: post, draw, work, settle
    contracts: dict[str, Any] = field(default_factory=dict)

    def run(self) -> dict[str, int]:
        """Deploys, then goes through all contracts; returns the sorted figures."""
        self.w3 = Web3(Web3.HTTPProvider(self.anvil.url))
        self.anvil.rpc("anvil_setBlockTimestampInterval", 1)
        record = deploy(self.w3, self.accounts["deployer"], DEVNET, self.out)
        for name, entry in record["contracts"].items():
            if not name.endswith("Blueprint"):
                self.contracts[name] = self.w3.eth.contract(address=entry["address"], abi=load_abi(name))
        self.role = {name: account.address for name, account in self.accounts.items()}
        self._money()
        self._devices()
        self._shares()
        TokenizedDevice(self).run()
        self._stake()
        self._job_trusted()
        self._job_replicated()
        self._job_in_batches()
        self._job_cancelled_and_declined()
        self._job_sampled()
        self._job_with_requests()
        self._job_disputed()
        self._jobs_auctioned()
        self._ends()
        Trades(self).run()
        return dict(sorted(self.gas.items()))

    # --- plumbing ---

    def send(self, sender: str, contract: str, function: str, *args: Any, case: str = "") -> Any:
        """One transaction, mined at once; its gas is noted the first time under this name."""
        call = self.contracts[contract].functions[function](*args)
        return self._mine(sender, call, f"{contract}.{function}" + (f": {case}" if case else ""))

    def _mine(self, sender: str, call: Any, label: str) -> Any:
        transaction = call.transact({"from": self.role[sender], "gas": 8_000_000})
        receipt = self.w3.eth.wait_for_transaction_receipt(transaction)
        if receipt["status"] != 1:
            raise AssertionError(f"{label} reverted")
        self.gas.setdefault(label, int(receipt["gasUsed"]))
        return receipt

    def wait(self, seconds: int) -> None:
        """The next block is `seconds` after the last."""
        now = self.w3.eth.get_block("latest")["timestamp"]
        self.anvil.rpc("evm_setNextBlockTimestamp", now + seconds)
        self.anvil.rpc("evm_mine")

    def view(self, contract: str, function: str, *args: Any, sender: str = "buyer") -> Any:
        return self.contracts[contract].functions[function](*args).call({"from": self.role[sender]})

    def permit(self, owner: str, token: str, spender: str, value: int) -> tuple[int, int, bytes, bytes]:
        """(deadline, v, r, s) of an EIP-2612 permit."""
        _, name, version, chain_id, verifier, _, _ = self.view(token, "eip712Domain")
        deadline = 2**40
        words = [("owner", "address"), ("spender", "address"), ("value", "uint256"), ("nonce", "uint256")]
        types = [{"name": n, "type": t} for n, t in [*words, ("deadline", "uint256")]]
        message = {
            "owner": self.role[owner],
            "spender": spender,
            "value": value,
            "nonce": self.view(token, "nonces", self.role[owner]),
            "deadline": deadline,
        }
        domain = {"name": name, "version": version, "chainId": chain_id, "verifyingContract": verifier}
        signed = Account.sign_typed_data(self.accounts[owner].key, domain, {"Permit": types}, message)
        return deadline, signed.v, signed.r.to_bytes(32, "big"), signed.s.to_bytes(32, "big")

    def address(self, contract: str) -> str:
        return str(self.contracts[contract].address)

    # --- single contracts ---

    def _money(self) -> None:
        for account in ("buyer", "north", "south", "east", "investor_one", "challenger"):
            self.send(account, "TestUSD", "mint", self.role[account], 500_000 * USD)
        self.send("buyer", "TestUSD", "transfer", self.role["investor_one"], USD, case="to a holder")
        self.send("buyer", "TestUSD", "transfer", self.role["investor_two"], USD, case="to a new holder")
        self.send("buyer", "TestUSD", "approve", self.role["investor_one"], 10 * USD)
        self.send(
            "investor_one", "TestUSD", "transferFrom", self.role["buyer"], self.role["investor_one"], USD
        )
        spender = self.role["east"]
        deadline, *signature = self.permit("buyer", "TestUSD", spender, USD)
        self.send("east", "TestUSD", "permit", self.role["buyer"], spender, USD, deadline, *signature)

    def _devices(self) -> None:
        self.devices: dict[str, bytes] = {}
        for serial, account in enumerate(("north", "south", "east", "challenger"), start=1):
            self._register(account, serial)
        device = self.devices["challenger"]
        token = int.from_bytes(device, "big")
        self.send("challenger", "DeviceRegistry", "set_runtime_class", device, SPEC)
        self.send("challenger", "DeviceRegistry", "set_payee", device, self.role["buyer"])
        self.send("challenger", "DeviceRegistry", "approve", self.role["buyer"], token)
        self.send("challenger", "DeviceRegistry", "setApprovalForAll", self.role["guardian"], True)
        self.send(
            "challenger", "DeviceRegistry", "transferFrom", self.role["challenger"], self.role["buyer"], token
        )
        self._mine(
            "buyer",
            self.contracts["DeviceRegistry"].get_function_by_signature(
                "safeTransferFrom(address,address,uint256)"
            )(self.role["buyer"], self.role["challenger"], token),
            "DeviceRegistry.safeTransferFrom",
        )
        self._deed_permit(token)
        self.send("challenger", "DeviceRegistry", "retire_device", device)
        self._register("challenger", 9)

    def _register(self, account: str, serial: int) -> None:
        serial_hash = serial.to_bytes(32, "big")
        arguments = (serial_hash, CLASS, SPEC, account, "cpu", 2**34)
        self.send(account, "DeviceRegistry", "register_device", *arguments)
        self.devices[account] = self.view("DeviceRegistry", "device_id_of", self.role[account], serial_hash)

    def _deed_permit(self, token: int) -> None:
        _, name, version, chain_id, verifier, _, _ = self.view("DeviceRegistry", "eip712Domain")
        words = [
            ("spender", "address"),
            ("tokenId", "uint256"),
            ("nonce", "uint256"),
            ("deadline", "uint256"),
        ]
        message = {"spender": self.role["buyer"], "tokenId": token, "nonce": 0, "deadline": 2**40}
        signed = Account.sign_typed_data(
            self.accounts["challenger"].key,
            {"name": name, "version": version, "chainId": chain_id, "verifyingContract": verifier},
            {"Permit": [{"name": n, "type": t} for n, t in words]},
            message,
        )
        r, s = signed.r.to_bytes(32, "big"), signed.s.to_bytes(32, "big")
        self.send("buyer", "DeviceRegistry", "permit", self.role["buyer"], token, 2**40, signed.v, r, s)

    def _shares(self) -> None:
        self.send(
            "north", "ShareFactory", "create_share", self.devices["north"], 1000 * SHARE, 1000, "N", "N"
        )
        address = self.view("ShareFactory", "share_of", self.devices["north"])
        self.contracts["DeviceShare"] = self.w3.eth.contract(address=address, abi=load_abi("DeviceShare"))
        one, two, north = self.role["investor_one"], self.role["investor_two"], self.role["north"]

        def transfer(sender: str, to: str, case: str) -> None:
            self.send(sender, "DeviceShare", "transfer", to, 100 * SHARE, case=case)

        transfer("north", one, "to a new holder, before any income")
        transfer("north", one, "no income yet")
        self._income("first")
        transfer("north", one, "new income on both sides")
        transfer("north", one, "no new income")
        transfer("north", two, "to a new holder, after income")
        self._income("later")
        self.send("investor_one", "DeviceShare", "approve", north, 100 * SHARE)
        self.send("north", "DeviceShare", "transferFrom", one, north, 100 * SHARE)
        deadline, *signature = self.permit("investor_one", "DeviceShare", north, SHARE)
        self.send("north", "DeviceShare", "permit", one, north, SHARE, deadline, *signature)
        self.send("investor_one", "DeviceShare", "claim", case="first")
        self._income("later")
        self.send("investor_one", "DeviceShare", "claim", case="later")
        self.send("buyer", "DeviceShare", "claim_for", two)
        self.send("buyer", "DeviceShare", "claim_operator")
        self._income("later")
        self.send("buyer", "DeviceShare", "claim_operator_for", north)

    def _income(self, case: str) -> None:
        self.send("buyer", "TestUSD", "transfer", self.address("DeviceShare"), 10 * USD, case="to a share")
        self.send("buyer", "DeviceShare", "sync_income", case=case)

    def _stake(self) -> None:
        vault = self.address("StakeVault")
        for account in ("north", "south", "east", "challenger"):
            self.send(account, "TestUSD", "approve", vault, 2**200)
            self.send(account, "StakeVault", "deposit", self.role[account], 10_000 * USD)
        deadline, *signature = self.permit("challenger", "TestUSD", vault, USD)
        self.send(
            "challenger",
            "StakeVault",
            "deposit_with_permit",
            self.role["challenger"],
            USD,
            deadline,
            *signature,
        )
        self.send("challenger", "StakeVault", "request_unbond", USD)
        self.send("challenger", "StakeVault", "cancel_unbond", 1)
        self.send("challenger", "StakeVault", "request_unbond", USD, case="again")
        self.wait(DEVNET.unbonding_seconds)
        self.send("buyer", "StakeVault", "withdraw", self.role["challenger"], 2)
        for price, account in enumerate(("north", "south", "east", "challenger"), start=1):
            self.send(account, "Auction", "post_ask", self.devices[account], price * USD, 4096)
        self.send("east", "Auction", "withdraw_ask", self.devices["east"])
        self.send("east", "Auction", "post_ask", self.devices["east"], 3 * USD, 4096, case="again")
        for account in ("buyer", "north", "south", "east"):
            self.send(account, "TestUSD", "approve", self.address("Escrow"), 2**200)

    # --- jobs ---

    def terms(self, **changes: Any) -> Terms:
        values: dict[str, Any] = {
            "program_root": artifact_id(PAGE),
            "inputs_root": list_root([artifact_id(PAGE)]),
            "spec_hash": b"\x13" * 32,
            "runtime_class": CLASS,
            "grade": 3,
            "seats": 2,
            "spares": 1,
            "lots": 1,
            "items_per_lot": 1,
            "lot_seconds": 3,
            "ceiling_usd6": 2 * USD,
            "audit_bps": 0,
        } | changes
        values["items"] = values["lots"] * values["items_per_lot"]
        return Terms(**values)

    def job(self, terms: Terms, holders: tuple[str, ...], case: str, *, permit: bool = False) -> "TourJob":
        """Posts a job to the named providers in even blocks."""
        units = terms.lots * (terms.seats + terms.spares) // len(holders)
        picks = [(self.devices[name], units) for name in holders]
        salt = len(self.gas).to_bytes(32, "big")
        arguments: list[Any] = [astuple(terms), picks, salt]
        if permit:
            escrow = self.view("JobBoard", "escrow_for", astuple(terms))
            self.send("challenger", "TestUSD", "approve", self.address("Escrow"), 0, case="to zero")
            arguments += self.permit("challenger", "TestUSD", self.address("Escrow"), escrow)
            buyer, function = "challenger", "post_job_with_permit"
        else:
            buyer, function = "buyer", "post_job"
        posted = self.send(buyer, "JobBoard", function, *arguments, case=case)
        job_id = self.view("JobBoard", "job_id_of", self.role[buyer], salt, astuple(terms))
        shape = (terms.grade, terms.seats, terms.spares, terms.lots, terms.items_per_lot, terms.items)
        award = self.view(
            "Auction",
            "award",
            picks,
            terms.runtime_class,
            *shape,
            terms.lot_seconds,
            terms.ceiling_usd6,
            terms.audit_bps,
        )
        awardees = [Awardee(*row) for row in award]
        return TourJob(self, job_id, terms, salt, awardees, case, int(posted["gasUsed"]))

    def _job_trusted(self) -> None:
        job = self.job(self.terms(grade=1, seats=1, spares=0), ("south",), "one lot, trusted")
        job.work().settle()
        self.send("buyer", "StakeVault", "release", job.job_id, [self.role["south"]], case="one provider")
        self.send("buyer", "Escrow", "withdraw", self.role["south"])

    def _job_replicated(self) -> None:
        case = "one lot, two seats"
        job = self.job(self.terms(spares=0), ("north", "south"), case, permit=True)
        job.work().settle()
        self.send("buyer", "StakeVault", "release", job.job_id, [self.role["north"], self.role["south"]])

    def _job_in_batches(self) -> None:
        # no spare: each of the two holds a seat of every lot, whatever the draw
        job = self.job(self.terms(lots=12, spares=0), ("north", "south"), "12 lots, two seats")
        # east gets its first credit here: from now on it costs the same to pay any of the three that are not shared
        job.work().settle("east")

    def _job_cancelled_and_declined(self) -> None:
        # none of these is shared: who is paid the cancellation fee depends on the draw, what that costs must not
        holders, case = ("south", "east", "challenger"), "one lot, two seats, one spare"
        job = self.job(self.terms(), holders, case)
        self.send("buyer", "JobMarket", "cancel_job", job.job_id, case="before the draw")
        job = self.job(self.terms(), holders, case)
        job.draw()
        job.send_holder("decline_lots", 0, 0)
        self.send("buyer", "JobMarket", "cancel_job", job.job_id, case="after the draw")
        self.wait(600)
        self.send("buyer", "JobMarket", "poke_lots", job.job_id, job.award, [0], case="cancelled lot")

    def _job_sampled(self) -> None:
        # every lot is audited; neither of the two is shared, and both have credit
        terms = self.terms(grade=2, seats=1, spares=1, audit_bps=10_000)
        job = self.job(terms, ("south", "east"), "one lot, audited")
        job.draw()
        job.seal(job.holder(0, 0), [(0, 0)])
        self.anvil.mine(DEVNET.seed_delay_blocks + 1)
        self.send("challenger", "JobMarket", "draw_audits", job.job_id, [0])
        job.seal(job.holder(0, 1), [(0, 1)])
        for place in (0, 1):
            job.tag(job.holder(0, place), [(0, place)])
        job.reveal([0], [0])
        job.settle()

    def _jobs_auctioned(self) -> None:
        terms = self.terms(grade=1, seats=1, spares=0)
        escrow, salt = self.address("Escrow"), b"\x5a" * 32
        price = self.view("JobBoard", "auction_escrow_for", astuple(terms))
        self.send("buyer", "JobBoard", "post_auction", astuple(terms), salt, case="one lot, trusted")
        order = (self.role["buyer"], salt, astuple(terms))
        job_id = self.view("JobBoard", "job_id_of", self.role["buyer"], salt, astuple(terms))
        for account, bid in (("south", USD), ("east", USD + 1)):
            digest = self.view("BidBook", "seal_of", job_id, self.role[account], bid, 1, salt)
            self.send(account, "JobBoard", "seal_bid", order, digest, 1)
        self.wait(DEVNET.bid_seconds + 1)
        for account, bid in (("south", USD), ("east", USD + 1)):
            opened = (self.devices[account], bid, 1, salt)
            self.send(account, "JobBoard", "open_bid", order, opened)
        self.send("challenger", "JobBoard", "award_auction", order, case="one lot, two bids")
        self.send("challenger", "TestUSD", "approve", escrow, 0, case="to zero")
        permit = self.permit("challenger", "TestUSD", escrow, price)
        self.send("challenger", "JobBoard", "post_auction_with_permit", astuple(terms), salt, *permit)
        order = (self.role["challenger"], salt, astuple(terms))
        job_id = self.view("JobBoard", "job_id_of", self.role["challenger"], salt, astuple(terms))
        self.send("south", "JobBoard", "seal_bid", order, salt, 1)
        self.send("challenger", "JobBoard", "cancel_auction", order)
        self.send("buyer", "JobBoard", "return_deposit", job_id, self.role["south"])

    def _job_with_requests(self) -> None:
        # one seat: whoever asks and is paid does not depend on the draw
        job = self.job(self.terms(grade=1, seats=1, spares=0), ("south",), "one lot, trusted")
        job.draw()
        holder = job.holder(0, 0)
        self.send(holder, "Availability", "request_page", job.job_id, job.award, 0, 0, 1, 0, 0)
        proof: tuple[Any, ...] = (
            1,
            0,
            [],
            b"\0" * 32,
            1,
            len(PAGE),
            0,
            [],
            b"\0" * 32,
            artifact_id(PAGE),
            PAGE,
        )
        terms = astuple(job.terms)
        self.send("buyer", "Availability", "answer_page", job.job_id, 0, terms, job.salt, b"\0" * 32, proof)
        self.send(holder, "Availability", "request_page", job.job_id, job.award, 0, 0, 2, 0, 0, case="again")
        self.wait(DEVNET.page_clock_seconds + 1)
        self.send("buyer", "Availability", "close_request", job.job_id, job.award, 0)

    def _job_disputed(self) -> None:
        # a provider that says nothing: what a game itself takes is measured by `make bench ARGS=dispute`
        terms = self.terms(
            grade=4, seats=1, spares=0, lot_seconds=3_600, ceiling_usd6=2 * USD, runtime_class=b"\0" * 32
        )
        job = self.job(terms, ("south",), "one lot, refereed")
        job.work()
        for account in ("challenger", "buyer"):
            self.send(account, "TestUSD", "approve", self.address("DisputeGame"), 2**200)
        stated = (job.job_id, astuple(job.terms), job.salt, job.award, 0, 0, job.root(0))
        claim = self.view("Claims", "state_claim", *stated)
        self.send("buyer", "Claims", "state_claim", *stated)
        first = self.view("DisputeGame", "open_game", claim, sender="challenger")
        self.send("challenger", "DisputeGame", "open_game", claim, case="first on a claim")
        self.send("buyer", "DisputeGame", "open_game", claim, case="second on a claim")
        start = ClaimFacts(*self.view("Claims", "facts_of", claim)).start.packed()
        self.wait(DEVNET.path_moves * 4 * job.terms.lot_seconds + 1)
        self.send("buyer", "DisputeGame", "call_time", first, claim, start, self.role["challenger"])
        self.send("buyer", "DisputeGame", "close_game", first + 1, claim, start, self.role["buyer"])
        self.send("buyer", "Claims", "enforce", claim, job.award)
        self.send("buyer", "DisputeGame", "withdraw", self.role["challenger"])

    def _ends(self) -> None:
        self.send("buyer", "Escrow", "withdraw_fees")
        self.send("guardian", "JobBoard", "pause_new_jobs")


@dataclass
class TourJob:
    """One posted job; work() and settle() play all its providers in as few transactions as they can."""

    tour: Tour
    job_id: bytes
    terms: Terms
    salt: bytes
    awardees: list[Awardee]
    case: str
    spent: int  # gas of all transactions of this job so far, whoever sent them

    @property
    def award(self) -> list[tuple[Any, ...]]:
        return [astuple(one) for one in self.awardees]

    def draw(self) -> None:
        tour = self.tour
        tour.anvil.mine(DEVNET.seed_delay_blocks + 1)
        receipt = tour.send("buyer", "JobMarket", "draw_seed", self.job_id)
        self.spent += int(receipt["gasUsed"])
        seed = tour.contracts["JobMarket"].functions.job(self.job_id).call()[5]
        units = [one.units for one in self.awardees]
        self.ring = Ring(seed, units, self.terms.lots, self.terms.seats + self.terms.spares)

    def holder(self, lot: int, place: int) -> str:
        provider = self.awardees[self.ring.seat(lot, place)].provider
        return next(name for name, address in self.tour.role.items() if address == provider)

    def root(self, lot: int) -> bytes:
        return b"\x77" * 28 + lot.to_bytes(4, "big")

    def send_holder(self, function: str, lot: int, place: int) -> None:
        arguments = (self.job_id, self.award, [lot], [place])
        self.tour.send(self.holder(lot, place), "JobMarket", function, *arguments)

    def work(self) -> "TourJob":
        """Draw, seal, tag, reveal; each provider sends one transaction a step for all its seats."""
        self.draw()
        held: dict[str, list[tuple[int, int]]] = {}
        for lot in range(self.terms.lots):
            for place in range(self.terms.seats):
                held.setdefault(self.holder(lot, place), []).append((lot, place))
        for name, seats in held.items():
            self.seal(name, seats)
        for name, seats in held.items():
            self.tag(name, seats)
        first = {lot: place for seats in held.values() for lot, place in reversed(seats)}
        lots = sorted(first)
        self.reveal(lots, [first[lot] for lot in lots])
        return self

    def seal(self, name: str, seats: list[tuple[int, int]]) -> None:
        """One transaction for all seats (lot, place) of a provider."""
        seals = [
            seal_of(
                chain_id=self.tour.anvil.chain_id,
                market=self.tour.address("JobMarket"),
                provider=self.tour.role[name],
                job_id=self.job_id,
                lot=lot,
                tag=tag_of(self.job_id, lot, self.root(lot)),
                salt=mark_of(self.job_id, lot, place, self.root(lot)),
            )
            for lot, place in seats
        ]
        self._send(name, "seal_lots", self.award, *self._columns(seats), seals)

    def tag(self, name: str, seats: list[tuple[int, int]]) -> None:
        """Likewise its tags."""
        tags = [tag_of(self.job_id, lot, self.root(lot)) for lot, _ in seats]
        salts = [mark_of(self.job_id, lot, place, self.root(lot)) for lot, place in seats]
        self._send(name, "tag_lots", *self._columns(seats), tags, salts)

    def reveal(self, lots: list[int], places: list[int]) -> None:
        """The roots of these lots, by the holder of the first seat."""
        roots = [self.root(lot) for lot in lots]
        self._send(self.holder(0, 0), "reveal_lots", lots, places, roots)

    def settle(self, poker: str = "challenger") -> None:
        self.tour.wait(DEVNET.delivery_window_seconds + 1)
        self._send(poker, "poke_lots", self.award, list(range(self.terms.lots)))
        self.tour.lives[self.case] = self.spent

    @staticmethod
    def _columns(seats: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
        return [lot for lot, _ in seats], [place for _, place in seats]

    def _send(self, sender: str, function: str, *args: Any) -> None:
        receipt = self.tour.send(sender, "JobMarket", function, self.job_id, *args, case=self.case)
        self.spent += int(receipt["gasUsed"])

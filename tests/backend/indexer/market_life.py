"""A small market on a real chain for tests of the indexer: every kind of event happens."""

import json
from dataclasses import astuple
from functools import cache
from importlib import resources
from typing import Any

from web3 import Web3
from web3.contract import Contract

from assay.protocol.deployment import Deployment
from assay.protocol.digests import bid_seal_of, mark_of, seal_of, tag_of
from assay.protocol.draw import Ring
from assay.protocol.generated.structs import Awardee, Pick, Terms
from assay.protocol.logs import decode_log
from assay.stack.anvil import Anvil
from tests.backend.indexer.share_trades import trade_shares

USD = 10**6
CLASS = Web3.keccak(text="class")
PROVIDERS = ("north", "south", "east")
ROOT = Web3.keccak(text="the right root")


@cache
def abi_of(name: str) -> Any:
    folder = resources.files("assay.protocol.generated") / "abi"
    return json.loads((folder / f"{name}.json").read_text())


class Life:
    """Sends transactions as anvil's unlocked accounts; a block each."""

    def __init__(self, anvil: Anvil, deployment: Deployment, accounts: dict[str, Any]) -> None:
        self.anvil, self.deployment = anvil, deployment
        self.w3 = Web3(Web3.HTTPProvider(anvil.url))
        self.accounts = accounts
        self.who = {role: account.address for role, account in accounts.items()}
        self.jobs: dict[str, bytes] = {}
        self.terms: dict[str, Terms] = {}
        self.devices: dict[str, bytes] = {}
        self.share = ""

    def contract(self, name: str, address: str = "") -> Contract:
        return self.w3.eth.contract(
            Web3.to_checksum_address(address or self.deployment.address(name)), abi=abi_of(name)
        )

    def send(self, role: str, name: str, function: str, *args: Any, address: str = "") -> Any:
        call = self.contract(name, address).get_function_by_name(function)(*args)
        receipt = self.w3.eth.wait_for_transaction_receipt(
            call.transact({"from": self.who[role], "gas": 8_000_000})
        )
        assert receipt["status"] == 1, f"{name}.{function} reverted"
        return receipt

    def read(self, name: str, function: str, *args: Any, address: str = "") -> Any:
        return self.contract(name, address).get_function_by_name(function)(*args).call()

    def events(self, receipt: Any, name: str) -> list[Any]:
        mine = [log for log in receipt["logs"] if log["address"] == self.deployment.address(name)]
        return [decode_log(name, [bytes(t) for t in log["topics"]], bytes(log["data"])) for log in mine]

    # --- before the first job ---

    def set_up(self) -> None:
        """Money, stakes, devices, asks, shares; with a few changes of mind."""
        for role in ("buyer", "challenger", *PROVIDERS):
            self.send(role, "TestUSD", "mint", self.who[role], 100_000 * USD)
            for spender in ("Escrow", "StakeVault"):
                self.send(role, "TestUSD", "approve", self.deployment.address(spender), 2**256 - 1)
        for index, role in enumerate(PROVIDERS):
            self.send(role, "StakeVault", "deposit", self.who[role], 1_000 * USD)
            device = self.devices[role] = self.register(role, f"device of {role}")
            self.send(role, "Auction", "post_ask", device, (9 + index) * USD, 4_096)
        north = self.devices["north"]
        self.send("north", "Auction", "withdraw_ask", north)
        self.send("north", "Auction", "post_ask", north, 9 * USD, 4_000)
        self.send("south", "DeviceRegistry", "set_payee", self.devices["south"], self.who["challenger"])
        spare = self.register("east", "second device")
        self.send("east", "DeviceRegistry", "set_runtime_class", spare, Web3.keccak(text="another"))
        self.send(
            "east",
            "DeviceRegistry",
            "transferFrom",
            self.who["east"],
            self.who["south"],
            int(spare.hex(), 16),
        )
        self.send("south", "DeviceRegistry", "retire_device", spare)
        self.send("north", "ShareFactory", "create_share", north, 1_000 * 10**18, 2_000, "North ☀", "NRTH")
        self.share = self.read("ShareFactory", "share_of", north)
        for role, amount in (("investor_one", 400), ("investor_two", 250)):
            self.send("north", "DeviceShare", "transfer", self.who[role], amount * 10**18, address=self.share)

    def register(self, role: str, name: str) -> bytes:
        serial = Web3.keccak(text=name)
        self.send(role, "DeviceRegistry", "register_device", serial, CLASS, bytes(32), name, "cpu", 2**64 - 1)
        return bytes(self.read("DeviceRegistry", "device_id_of", self.who[role], serial))

    # --- jobs ---

    def post(self, name: str, lots: int = 2, seats: int = 2, spares: int = 1, **changed: Any) -> bytes:
        """Posts a replicated job on all three providers."""
        terms = self.terms_of(lots, seats, spares, **changed)
        picks = [Pick(self.devices[role], lots * (seats + spares) // 3) for role in PROVIDERS]
        salt = Web3.keccak(text=name)
        receipt = self.send(
            "buyer", "JobBoard", "post_job", astuple(terms), [astuple(p) for p in picks], salt
        )
        self.terms[name] = terms
        self.jobs[name] = self.events(receipt, "JobBoard")[0].job_id
        self.awardees: list[Awardee] = list(self.events(receipt, "JobBoard")[1].awardees)
        return self.jobs[name]

    def terms_of(self, lots: int, seats: int, spares: int, **changed: Any) -> Terms:
        """Of a replicated native job, unless changed."""
        return Terms(
            **{
                "program_root": Web3.keccak(text="program"),
                "inputs_root": Web3.keccak(text="inputs"),
                "spec_hash": Web3.keccak(text="spec"),
                "runtime_class": CLASS,
                "grade": 3,
                "seats": seats,
                "spares": spares,
                "lots": lots,
                "items_per_lot": 1,
                "items": lots,
                "lot_seconds": 10,
                "ceiling_usd6": USD,
                "audit_bps": 0,
                **changed,
            }
        )

    def draw(self, job: bytes) -> None:
        self.anvil.mine(4)
        receipt = self.send("challenger", "JobMarket", "draw_seed", job)
        drawn = self.events(receipt, "JobMarket")[0]
        lots = self.read("JobMarket", "job", job)[11]
        self.ring = Ring(drawn.seed, [a.units for a in self.awardees], lots, 3)

    def holder(self, lot: int, place: int) -> str:
        address = self.awardees[self.ring.seat(lot, place)].provider
        return next(role for role, known in self.who.items() if known == address)

    def seal(self, job: bytes, lot: int, place: int, root: bytes = ROOT) -> None:
        role = self.holder(lot, place)
        seal = seal_of(
            chain_id=31337,
            market=self.deployment.address("JobMarket"),
            provider=self.who[role],
            job_id=job,
            lot=lot,
            tag=tag_of(job, lot, root),
            salt=mark_of(job, lot, place, root),
        )
        self.send(role, "JobMarket", "seal_lots", job, self.award(), [lot], [place], [seal])

    def tag(self, job: bytes, lot: int, place: int, root: bytes = ROOT) -> None:
        salt, tag = mark_of(job, lot, place, root), tag_of(job, lot, root)
        self.send(self.holder(lot, place), "JobMarket", "tag_lots", job, [lot], [place], [tag], [salt])

    def reveal(self, job: bytes, lot: int, place: int, root: bytes = ROOT) -> None:
        self.send("challenger", "JobMarket", "reveal_lots", job, [lot], [place], [root])

    def poke(self, job: bytes, *lots: int) -> None:
        self.send("challenger", "JobMarket", "poke_lots", job, self.award(), list(lots))

    def award(self) -> list[Any]:
        return [astuple(awardee) for awardee in self.awardees]

    # --- the stories ---

    def agreed_job(self) -> None:
        """Lot 0 agrees at once; in lot 1 a spare replaces a missed seal; lot 2 loses one by declining."""
        job = self.post("agreed", lots=3)
        self.draw(job)
        self.send(self.holder(2, 1), "JobMarket", "decline_lots", job, self.award(), [2], [1])
        for lot, places in ((0, (0, 1)), (1, (0,)), (2, (0, 2))):
            for place in places:
                self.seal(job, lot, place)
        for place in (0, 1):
            self.tag(job, 0, place)
        self.reveal(job, 0, 1)
        self.anvil.advance(self.read("JobMarket", "job", job)[8] + 1)
        self.poke(job, 0, 1)  # lot 0 settles, lot 1 defaults place 1 and calls the spare
        self.seal(job, 1, 2)
        for place in (0, 2):
            self.tag(job, 1, place)
        self.reveal(job, 1, 0)
        self.anvil.advance(60)
        self.poke(job, 1, 2)  # lot 1 settles; lot 2's places missed their tags: the lot fails
        self.anvil.advance(200)
        if not self.read("JobMarket", "is_closed", job):
            self.poke(job, 2)
        self.send("challenger", "StakeVault", "release", job, [self.who[role] for role in PROVIDERS])

    def audited_job(self) -> None:
        """A sampled lot whose every lot is audited: its auditor agrees, and both are paid."""
        job = self.post("audited", lots=3, seats=1, spares=2, grade=2, audit_bps=10_000)
        self.draw(job)
        for lot in range(3):
            self.seal(job, lot, 0)
        self.anvil.mine(4)
        self.send("challenger", "JobMarket", "draw_audits", job, [0, 1, 2])
        for lot in range(3):
            self.seal(job, lot, 1)
            for place in (0, 1):
                self.tag(job, lot, place)
            self.reveal(job, lot, 0)
        self.anvil.advance(60)
        self.poke(job, 0, 1, 2)

    def disputed_job(self) -> None:
        """Every place delivers something else: the spare is called too, and each shows its root for half its price."""
        job = self.post("disputed", lots=1)
        self.draw(job)
        roots = [Web3.keccak(text=f"root {place}") for place in range(3)]
        for place in (0, 1):
            self.seal(job, 0, place, roots[place])
        for place in (0, 1):
            self.tag(job, 0, place, roots[place])
        self.seal(job, 0, 2, roots[2])
        self.tag(job, 0, 2, roots[2])
        for place in range(3):
            self.reveal(job, 0, place, roots[place])
        self.anvil.advance(200)
        self.poke(job, 0)

    def outvoted_job(self) -> None:
        """Two places differ; the spare agrees with the first, the second goes unpaid."""
        job = self.post("outvoted", lots=1)
        self.draw(job)
        wrong = Web3.keccak(text="a wrong root")
        for move in (self.seal, self.tag):
            move(job, 0, 0)
            move(job, 0, 1, wrong)
        for move in (self.seal, self.tag):
            move(job, 0, 2)
        self.reveal(job, 0, 2)
        self.anvil.advance(60)
        self.poke(job, 0)

    def cancelled_jobs(self) -> None:
        """One before its draw; one after it."""
        early = self.post("early", lots=1)
        self.send("buyer", "JobMarket", "cancel_job", early)
        late = self.post("late", lots=2)
        self.draw(late)
        self.seal(late, 0, 0)
        self.send("buyer", "JobMarket", "cancel_job", late)
        self.poke(late, 1)

    def withheld_job(self) -> None:
        """Lot 0's output is asked for and withheld: convicted. Lot 1's inputs are asked for and nobody has them."""
        job = self.post("withheld", lots=2)
        self.draw(job)
        for place in (0, 1):
            self.seal(job, 0, place)
        for place in (0, 1):
            self.tag(job, 0, place)
        self.reveal(job, 0, 0)
        asker = self.holder(1, 0)
        self.send(asker, "Availability", "request_page", job, self.award(), 1, 0, 1, 0, 2**256 - 1)
        self.send("buyer", "Availability", "request_page", job, self.award(), 0, 0, 3, 0, 0)
        self.anvil.advance(60)
        self.send("challenger", "Availability", "close_request", job, self.award(), 0)
        self.send("challenger", "Availability", "close_request", job, self.award(), 1)

    def answered_job(self) -> None:
        """A place asks for the program's one page, and gets it."""
        from assay.commitment.artifact import artifact_id

        page = b"a program of one page"
        job = self.post("answered", lots=1, program_root=artifact_id(page))
        self.draw(job)
        self.send(self.holder(0, 0), "Availability", "request_page", job, self.award(), 0, 0, 2, 0, 0)
        proof: Any = (0, 0, [], bytes(32), 1, len(page), 0, [], bytes(32), artifact_id(page), page)
        terms = astuple(self.terms["answered"])
        self.send(
            "south",
            "Availability",
            "answer_page",
            job,
            0,
            terms,
            Web3.keccak(text="answered"),
            bytes(32),
            proof,
        )

    # --- auctions ---

    def auction(self, name: str, prices: dict[str, int], opens: tuple[str, ...], **changed: Any) -> Any:
        """Posts to the bidders, each with four units; those of `opens` open. Returns the order."""
        terms = self.terms_of(lots=4, seats=2, spares=1, **changed)
        salt = Web3.keccak(text=name)
        receipt = self.send("buyer", "JobBoard", "post_auction", astuple(terms), salt)
        job = self.jobs[name] = self.events(receipt, "JobBoard")[0].job_id
        self.terms[name] = terms
        order = (self.who["buyer"], salt, astuple(terms))
        for role, price in prices.items():
            digest = bid_seal_of(
                chain_id=31337,
                bid_book=self.deployment.address("BidBook"),
                job_id=job,
                provider=self.who[role],
                price_usd6=price,
                units=4,
                salt=salt,
            )
            self.send(role, "JobBoard", "seal_bid", order, digest, 4)
        if opens:
            self.anvil.advance(self.deployment.param("bid_seconds") + 1)
        for role in opens:
            self.send(role, "JobBoard", "open_bid", order, (self.devices[role], prices[role], 4, salt))
        return order

    def auctioned_jobs(self) -> None:
        """Awarded, with a spare less than asked for, and cancelled; without enough bids; cancelled while sealed."""
        bids = {"north": 700_000, "south": 500_000, "east": 600_000}
        order = self.auction("sold", bids, ("east", "south"))
        self.anvil.advance(60)
        receipt = self.send("challenger", "JobBoard", "award_auction", order)
        awarded = next(e for e in self.events(receipt, "JobBoard") if type(e).__name__ == "JobAwarded")
        self.awardees = list(awarded.awardees)
        self.send("buyer", "JobMarket", "cancel_job", self.jobs["sold"])
        order = self.auction("unsold", {"north": 700_000}, ("north",))
        self.send("challenger", "JobBoard", "award_auction", order)
        order = self.auction("withdrawn", {"north": 700_000, "east": 1}, ())
        self.send("buyer", "JobBoard", "cancel_auction", order)
        for role in ("north", "east"):
            self.send("challenger", "JobBoard", "return_deposit", self.jobs["withdrawn"], self.who[role])

    def money_out(self) -> None:
        """Claims, withdrawals, the unbonding queue, the guardian."""
        for role in ("investor_one", "north"):
            self.send(role, "DeviceShare", "claim", address=self.share)
        self.send("challenger", "DeviceShare", "claim_operator", address=self.share)
        for role in ("buyer", "challenger", "south"):
            self.send("challenger", "Escrow", "withdraw", self.who[role])
        self.send("challenger", "Escrow", "withdraw_fees")
        self.send("east", "StakeVault", "request_unbond", 10 * USD)
        self.send("east", "StakeVault", "cancel_unbond", 1)
        self.send("east", "StakeVault", "request_unbond", 20 * USD)
        self.send("east", "StakeVault", "request_unbond", 30 * USD)
        self.anvil.advance(200)
        self.send("east", "StakeVault", "withdraw", self.who["east"], 2)
        self.send("guardian", "JobBoard", "pause_new_jobs")

    def live(self) -> None:
        """Everything."""
        self.set_up()
        self.agreed_job()
        self.disputed_job()
        self.outvoted_job()
        self.cancelled_jobs()
        self.withheld_job()
        self.answered_job()
        self.auctioned_jobs()
        self.money_out()
        trade_shares(self)

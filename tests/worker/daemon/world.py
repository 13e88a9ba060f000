"""A market of one's own for daemon tests: a chain that mines by itself, contracts with short clocks, three providers.

`FakeRunner` stands in for the sandbox in scenarios about the protocol alone; its results are a function of job and lot,
of an exact job what the reference computes, unless it lies.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from web3 import Web3

from assay.artifacts import ArtifactStore, Kind, id_of
from assay.commitment.listing import list_bytes, list_root
from assay.commitment.tensor import tensor_root
from assay.disputes.runs import LotRun
from assay.jobs.exact.loading import ExactJob
from assay.jobs.exact.results import ItemResult
from assay.jobs.exact.spec import ExactSpec
from assay.jobs.exact.tensors import object_of
from assay.market.follower import Follower
from assay.market.records import JobRecord
from assay.program import Program
from assay.protocol.chain import connect
from assay.protocol.clients import (
    AuctionClient,
    AvailabilityClient,
    DeviceRegistryClient,
    EscrowClient,
    JobBoardClient,
    JobMarketClient,
    StakeVaultClient,
    UsdClient,
)
from assay.protocol.deployment import Deployment
from assay.protocol.digests import terms_hash_of
from assay.protocol.generated.structs import Pick, Terms
from assay.protocol.ids import job_id_of
from assay.protocol.keccak import keccak256
from assay.protocol.sender import TxSender
from assay.protocol.spec import canonical_bytes, spec_hash
from assay.stack.anvil import Anvil
from assay.worker.assembly import build
from assay.worker.daemon import ProviderDaemon
from assay.worker.running import LotFailed, Material
from assay.worker.settings import WorkerSettings
from contracts.scripts.deploy import deploy
from contracts.scripts.params import DEVNET

USD = 10**6
PROVIDERS = ("north", "south", "east")
PRICE_PER_HOUR = 36 * USD  # one cent a second
SHORT = replace(
    DEVNET,
    min_commit_seconds=12,
    min_reveal_seconds=12,
    bid_seconds=6,
    open_seconds=6,
    delivery_window_seconds=2,
    page_clock_seconds=4,
    low_window_seconds=4,
    window_slack_seconds=0,
)
RUNTIME = keccak256(b"a runtime class of tests")


def item_bytes(job_id: bytes, lot: int, item: int) -> bytes:
    """What an honest fake run yields: 5,000 bytes, so that an item has two pages."""
    return hashlib.shake_256(job_id + bytes([lot, item])).digest(5_000)


@dataclass
class FakeRunner:
    """A runner without a sandbox. seconds: run time of a lot; hooks change what a lot does."""

    seconds: float = 0.0
    items: Callable[[bytes, int, int], bytes] = item_bytes
    before: Callable[[int], None] = lambda lot: None
    opened: int = 0
    lots_run: list[int] = field(default_factory=list)

    lie: Callable[[ItemResult], ItemResult] = lambda result: result

    def open(self, job_id: bytes, terms: Terms, material: Material) -> FakeWork:
        self.opened += 1
        return FakeWork(self, job_id, terms, material.exact)


@dataclass
class FakeWork:
    runner: FakeRunner
    job_id: bytes
    terms: Terms
    exact: ExactJob | None = None
    closed: threading.Event = field(default_factory=threading.Event)

    def run_lot(self, lot: int) -> Sequence[bytes]:
        self.runner.before(lot)
        if self.closed.wait(self.runner.seconds):
            raise LotFailed("closed")
        self.runner.lots_run.append(lot)
        first = lot * self.terms.items_per_lot
        count = min(self.terms.items_per_lot, self.terms.items - first)
        if self.exact is not None:
            return [self._exact_item(first + item) for item in range(count)]
        return [self.runner.items(self.job_id, lot, item) for item in range(count)]

    def _exact_item(self, item: int) -> bytes:
        """As the reference runs it, and as the runner lies about it."""
        assert self.exact is not None
        run = LotRun(self.exact.program, self.exact.inputs, 1, item).item(item)
        return self.runner.lie(ItemResult.of(run.main.tuple(-1), run.entries[1:])).encode()

    def close(self) -> None:
        self.closed.set()


class World:
    """Chain, contracts, accounts, store and daemons; `stop` ends all of it."""

    def __init__(
        self, folder: Path, accounts: dict[str, Any], *, params: Any = SHORT, state: Path | None = None
    ) -> None:
        self.folder, self.accounts = folder, accounts
        folder.mkdir(parents=True, exist_ok=True)
        # a genesis of its own: two worlds of one second would share key locks otherwise
        gas_limit = 30_000_000 + secrets.randbelow(1_000_000)
        self.chain = Anvil(extra=["--block-time", "0.2", "--gas-limit", str(gas_limit)], state=state).start()
        self.deployment_path = folder / "deployment.json"
        try:
            deploy(
                Web3(Web3.HTTPProvider(self.chain.url)), accounts["deployer"], params, self.deployment_path
            )
        except BaseException:
            self.chain.stop()
            raise
        self.deployment = Deployment.load(self.deployment_path)
        self.w3 = connect(self.chain.url)
        self.store_url = (folder / "artifacts").as_uri()
        self.store = ArtifactStore(self.store_url)
        self.board = JobBoardClient(self.w3, self.deployment)
        self.market = JobMarketClient(self.w3, self.deployment)
        self.vault = StakeVaultClient(self.w3, self.deployment)
        self.escrow = EscrowClient(self.w3, self.deployment)
        self.availability = AvailabilityClient(self.w3, self.deployment)
        self.usd = UsdClient(self.w3, self.deployment)
        self.devices: dict[str, bytes] = {}
        self.daemons: dict[str, tuple[ProviderDaemon, threading.Thread]] = {}
        self._salt = 0

    # --- accounts ---

    def send(self, role: str, *calls: Any) -> None:
        """Sends calls of one account, one after the other, and waits for each."""
        account = self.accounts[role]
        with TxSender(self.w3, account, self.folder / f"{role}.outbox", lock_wait_seconds=10) as sender:
            for call in calls:
                self._salt += 1
                sender.send(f"{role}-{self._salt}-{time.monotonic_ns()}", call)

    def set_up_providers(self, stake_usd6: int = 100 * USD, runtime: bytes = RUNTIME, **asks: int) -> None:
        """Funds the buyer; funds, stakes, registers and asks for three providers (price of one: asks[name])."""
        registry, auction = (kind(self.w3, self.deployment) for kind in (DeviceRegistryClient, AuctionClient))
        self.send(
            "deployer", *[self.usd.mint(self.accounts[r].address, 1_000 * USD) for r in ("buyer", *PROVIDERS)]
        )
        threads = [
            threading.Thread(target=self._set_up, args=(name, registry, auction, stake_usd6, runtime, asks))
            for name in PROVIDERS
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _set_up(
        self, name: str, registry: Any, auction: Any, stake: int, runtime: bytes, asks: dict[str, int]
    ) -> None:
        me = self.accounts[name].address
        device = registry.device_id_of(me, keccak256(name.encode()))
        self.devices[name] = device
        self.send(
            name,
            self.usd.approve(self.vault.address, stake),
            self.vault.deposit(me, stake),
            registry.register_device(
                serial_hash=keccak256(name.encode()),
                runtime_class=runtime,
                spec_hash=bytes(32),
                name=name,
                accelerator="test",
                memory_bytes=1 << 30,
            ),
            auction.post_ask(device, asks.get(name, PRICE_PER_HOUR), 4_096),
        )

    # --- jobs ---

    def terms(
        self, *, lots: int = 4, items_per_lot: int = 2, seats: int = 2, spares: int = 1, **changes: Any
    ) -> Terms:
        """Terms of a fake job whose material lies in the store."""
        program, inputs = b"a program", [b"an input", b"another input" * 1_000]
        for data in (program, *inputs):
            self.store.put(Kind.BYTES, id_of(Kind.BYTES, data), data)
        ids = [id_of(Kind.BYTES, data) for data in inputs]
        self.store.put(Kind.LIST, list_root(ids), list_bytes(ids))
        spec = {"kind": "fake", "lots": lots}
        self.store.put(Kind.SPEC, spec_hash(spec), canonical_bytes(spec))
        values: dict[str, Any] = {
            "program_root": id_of(Kind.BYTES, program),
            "inputs_root": list_root(ids),
            "spec_hash": spec_hash(spec),
            "runtime_class": RUNTIME,
            "grade": 3 if seats > 1 else 1,
            "seats": seats,
            "spares": spares,
            "lots": lots,
            "items_per_lot": items_per_lot,
            "items": lots * items_per_lot - 1,
            "lot_seconds": 1,
            "ceiling_usd6": PRICE_PER_HOUR // 3600,
            "audit_bps": 0,
        }
        return Terms(**(values | changes))

    def exact_terms(
        self,
        program: Program,
        inputs: Sequence[Any],
        *,
        lots: int = 1,
        items_per_lot: int = 1,
        **changes: Any,
    ) -> Terms:
        """Terms of an exact job, refereed with one seat; its material lies in the store."""
        encoded, roots = program.encode(), [tensor_root(array) for array in inputs]
        for array in (*inputs, *program.constants.values()):
            self.store.put_bytes(object_of(np.asarray(array)), Kind.TENSOR)
        self.store.put_bytes(encoded)
        self.store.put_bytes(list_bytes(roots), Kind.LIST)
        spec = ExactSpec(
            "0x" + id_of(Kind.BYTES, encoded).hex(), lots * items_per_lot, items_per_lot
        ).to_json()
        self.store.put(Kind.SPEC, spec_hash(spec), canonical_bytes(spec))
        values: dict[str, Any] = {
            "program_root": program.root,
            "inputs_root": list_root(roots),
            "spec_hash": spec_hash(spec),
            "runtime_class": bytes(32),
            "grade": 4,
            "seats": 1,
            "spares": 0,
            "lots": lots,
            "items_per_lot": items_per_lot,
            "items": lots * items_per_lot,
            "lot_seconds": 5,
            "ceiling_usd6": PRICE_PER_HOUR // 720,
            "audit_bps": 0,
        }
        return Terms(**(values | changes))

    def post(
        self, terms: Terms, units: Sequence[int] | None = None, *, providers: Sequence[str] = PROVIDERS
    ) -> bytes:
        """Posts as the buyer; each provider gets `lots` units by default (width = three)."""
        self._salt += 1
        salt = keccak256(f"salt {self._salt} {time.monotonic_ns()}".encode())
        counts = units or [terms.lots] * len(providers)
        picks = [Pick(self.devices[name], count) for name, count in zip(providers, counts, strict=True)]
        escrow = self.board.escrow_for(terms)
        self.send(
            "buyer", self.usd.approve(self.escrow.address, escrow), self.board.post_job(terms, picks, salt)
        )
        buyer = self.accounts["buyer"].address
        return job_id_of(self.deployment.chain_id, self.market.address, buyer, salt, terms_hash_of(terms))

    def auction(self, terms: Terms) -> bytes:
        """Posts at auction as the buyer."""
        self._salt += 1
        salt = keccak256(f"salt {self._salt} {time.monotonic_ns()}".encode())
        escrow = self.board.auction_escrow_for(terms)
        self.send(
            "buyer", self.usd.approve(self.escrow.address, escrow), self.board.post_auction(terms, salt)
        )
        buyer = self.accounts["buyer"].address
        return job_id_of(self.deployment.chain_id, self.market.address, buyer, salt, terms_hash_of(terms))

    def post_with_seat(self, name: str, terms: Terms) -> bytes:
        """Posts until the draw gives this provider a seat, not spares alone (eleven times in twelve)."""
        me = self.accounts[name].address
        for _ in range(12):
            job_id = self.post(terms)
            job = self.until(job_id, lambda job: bool(job.lots))
            if any(seat.provider == me for lot in job.lots for seat in lot.seats[: terms.seats]):
                return job_id
            self.until_ended(job_id)
        raise AssertionError(f"{name} was never drawn")

    def job(self, job_id: bytes) -> JobRecord:
        """The job as an outsider folds it from the logs now."""
        follower = Follower(self.w3, self.deployment, keep=lambda job: True)
        while follower.refresh() is None:
            time.sleep(0.05)
        return follower.jobs[job_id]

    def until(self, job_id: bytes, met: Callable[[JobRecord], bool], *, seconds: float = 40.0) -> JobRecord:
        """Follows the job until `met`; fails with what was seen last."""
        follower = Follower(self.w3, self.deployment, keep=lambda job: job.job_id == job_id)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if follower.refresh() is not None and (job := follower.jobs.get(job_id)) is not None and met(job):
                return job
            time.sleep(0.05)
        raise AssertionError(f"not reached in {seconds} s: {follower.jobs.get(job_id)}")

    def until_ended(self, job_id: bytes, *, seconds: float = 60.0) -> JobRecord:
        """Follows the job to its end."""
        return self.until(job_id, lambda job: job.ended, seconds=seconds)

    # --- daemons ---

    def settings(self, name: str, **changes: Any) -> WorkerSettings:
        """Quick settings of a provider's daemon."""
        base = WorkerSettings(
            name=name,
            rpc_url=self.chain.url,
            deployment=self.deployment_path,
            store_urls=(self.store_url,),
            folder=self.folder / "workers" / name,
            poll_seconds=0.05,
            herd_seconds=1,
            drain_seconds=5,
            min_free_bytes=1,
            withdraw_min_usd6=1,
        )
        return replace(base, **changes)

    def start(
        self, name: str, runner: Any = None, *, wrap: Any = None, mind: Any = None, **changes: Any
    ) -> ProviderDaemon:
        """Starts a provider's daemon in a thread; `wrap` may change the daemon before it runs."""
        settings = self.settings(name, **changes)
        daemon = build(settings, self.accounts[name], runner=runner or FakeRunner(), mind=mind)
        if wrap is not None:
            wrap(daemon)
        daemon.start()
        thread = threading.Thread(target=daemon.run, name=f"daemon-{name}", daemon=True)
        thread.start()
        self.daemons[name] = (daemon, thread)
        return daemon

    def stop_daemon(self, name: str) -> None:
        daemon, thread = self.daemons.pop(name)
        daemon.stop()
        thread.join(20)

    def stop(self) -> None:
        for name in list(self.daemons):
            self.stop_daemon(name)
        self.chain.stop()


@contextmanager
def world(folder: Path, accounts: dict[str, Any], **options: Any) -> Iterator[World]:
    """A world with its providers set up."""
    made = World(folder, accounts, **options)
    try:
        made.set_up_providers()
        yield made
    finally:
        made.stop()

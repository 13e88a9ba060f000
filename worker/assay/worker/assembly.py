"""Builds a daemon from settings and a key. Called by `assay worker run`, and by tests with a runner of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from eth_account.signers.local import LocalAccount

from assay.buyer.offers import read_devices
from assay.disputes.faulty import check_chain
from assay.market.follower import Follower
from assay.market.records import BidStatus, JobRecord
from assay.protocol.chain import connect, head
from assay.protocol.clients import (
    AvailabilityClient,
    EscrowClient,
    JobBoardClient,
    JobMarketClient,
    StakeVaultClient,
    UsdClient,
)
from assay.protocol.deployment import Deployment
from assay.protocol.generated.structs import Terms
from assay.protocol.pricing import MarketParams
from assay.protocol.sender import TxSender
from assay.protocol.states import JobState
from assay.worker.bidding import Bidder
from assay.worker.bidding import Chain as BidChain
from assay.worker.calls import Calls
from assay.worker.daemon import Parts, ProviderDaemon
from assay.worker.dispatch import Dispatcher
from assay.worker.disputing.assembly import build_desk
from assay.worker.disputing.book import GameBook
from assay.worker.disputing.cases import Cases
from assay.worker.disputing.faulty_runner import FaultyRunner
from assay.worker.disputing.hunt import has_claims
from assay.worker.disputing.mind import Mind
from assay.worker.disputing.modes import Mode
from assay.worker.herd import Herd
from assay.worker.log import logger
from assay.worker.material import Materials, open_stores
from assay.worker.metrics import Metrics
from assay.worker.money import Till
from assay.worker.opening import Opener
from assay.worker.pages import Pages
from assay.worker.results import ResultStore
from assay.worker.running import Material, Runner
from assay.worker.salts import Salts
from assay.worker.seats import SeatPlanner
from assay.worker.settings import WorkerSettings
from assay.worker.uploads import Uploader
from assay.worker.workbench import Workbench


def build(
    settings: WorkerSettings,
    account: LocalAccount,
    *,
    runner: Runner | None = None,
    mind: Mind | None = None,
) -> ProviderDaemon:
    """A daemon, not started. Raises AssayError when chain, deployment, stores or key cannot be used.

    runner: what runs lots; the sandbox by default. mind: what thinks about disputes; children of its own by default.
    """
    settings.folder.mkdir(parents=True, exist_ok=True)
    log = logger(settings.name, settings.folder / "log.jsonl")
    metrics = Metrics()
    deployment = Deployment.load(settings.deployment)
    w3 = connect(settings.rpc_url, chain_id=deployment.chain_id, genesis=deployment.genesis_hash)
    provider = account.address
    store = open_stores(settings, account, deployment.chain_id)
    results = ResultStore(settings.results, min_free_bytes=settings.min_free_bytes)
    materials = Materials(
        store, max_bytes=settings.max_input_bytes, path_moves=deployment.param("path_moves")
    )
    runs = runner or _sandbox()
    if settings.faulty:
        check_chain(deployment.chain_id)
        runs = FaultyRunner(runs, deployment.chain_id)
    cases = Cases(settings.folder / "cases", store, deployment.param("path_moves"))
    bench = Workbench(runs, _keeping(materials, cases), results, metrics, log)
    uploads = Uploader(results, materials, log, patience_seconds=deployment.param("min_reveal_seconds") / 3)
    herd = Herd(settings.herd_seconds)
    market, vault = JobMarketClient(w3, deployment), StakeVaultClient(w3, deployment)
    escrow, usd = EscrowClient(w3, deployment), UsdClient(w3, deployment)
    page_price = deployment.param("page_price_usd6")
    pages = Pages(provider, AvailabilityClient(w3, deployment), store, results, log)
    salts = Salts(bytes(account.key))
    bidder = Bidder(
        provider,
        BidChain(
            chain_id=deployment.chain_id,
            bid_book=deployment.address("BidBook"),
            board=JobBoardClient(w3, deployment),
            escrow=escrow,
            vault=vault,
            usd=usd,
            params=MarketParams.from_mapping(deployment.params),
            devices=lambda: read_devices(w3, deployment, head(w3).number),
        ),
        salts,
        settings.bids,
        herd,
        settings.folder / "bids",
        log,
        device_id=settings.device_id,
    )
    opener = Opener(
        chain_id=deployment.chain_id,
        market=market.address,
        provider=provider,
        salts=salts,
    )
    calls = Calls(
        provider,
        market=market,
        vault=vault,
        escrow=escrow,
        usd=usd,
        pages=pages,
        bidder=bidder,
        page_price_usd6=page_price,
        log=log,
    )
    book = GameBook()
    follower = Follower(
        w3,
        deployment,
        keep=_keeper(provider, settings),
        start_block=_floor(settings, deployment),
        also=book,
    )
    sender = TxSender(w3, account, settings.state_db, lock_wait_seconds=5.0)
    desk = build_desk(
        provider,
        settings.mode,
        w3=w3,
        deployment=deployment,
        follower=follower,
        book=book,
        sender=sender,
        cases=cases,
        herd=herd,
        metrics=metrics,
        log=log,
        reexecutions=settings.reexecutions,
        faulty=settings.faulty,
        mind=mind,
    )
    parts = Parts(
        settings=settings,
        provider=provider,
        follower=follower,
        dispatcher=Dispatcher(sender, calls, metrics, log),
        bench=bench,
        uploads=uploads,
        planner=SeatPlanner(
            provider,
            bench,
            opener,
            uploads,
            herd,
            can_ask=lambda: usd.balance_of(provider) >= page_price,
            audits=settings.mode.audits,
        ),
        pages=pages,
        bidder=bidder,
        till=Till(provider, vault, escrow, withdraw_min_usd6=settings.withdraw_min_usd6),
        results=results,
        herd=herd,
        sender=sender,
        genesis=deployment.genesis_hash,
        desk=desk,
    )
    log.info("worker ready", provider=provider, chain=deployment.chain_id, market=market.address)
    return ProviderDaemon(parts, metrics, log)


def _keeping(materials: Materials, cases: Cases) -> Callable[[Terms], Material]:
    """Fetches a job's material; of an exact job all is kept that a defence needs, before anything of it is run."""

    def fetch(terms: Terms) -> Material:
        material = materials.fetch(terms)
        if material.exact is not None:
            cases.keep(terms, material.spec, material.exact)
        return material

    return fetch


def _sandbox() -> Runner:
    from assay.worker.sandboxed import SandboxRunner

    return SandboxRunner()


def _keeper(provider: str, settings: WorkerSettings) -> Any:
    """Follow jobs that name this provider (and this worker's device, when one is set); a challenger all with claims."""

    def keep(job: JobRecord) -> bool:
        if settings.mode is Mode.CHALLENGER and has_claims(job):
            return True
        own = job.bidding.bid_of(provider) if job.bidding is not None else None
        if job.state == JobState.CANCELLED and own is not None and own.status == BidStatus.SEALED:
            return True  # its deposit is still to be fetched
        awardee = job.awardee_of(provider)
        return awardee is not None and settings.device_id in (None, awardee.device_id)

    return keep


def _floor(settings: WorkerSettings, deployment: Deployment) -> int | None:
    """The block noted by an earlier run against the same chain; None reads from the deployment on."""
    try:
        noted = json.loads((settings.folder / "floor.json").read_text())
        same = noted["genesis"] == deployment.genesis_hash.hex()
        return int(noted["block"]) if same else None
    except (OSError, ValueError, KeyError, TypeError):
        return None

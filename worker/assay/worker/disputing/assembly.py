"""Builds a worker's disputes: book, mind, keeper, hunt, desk. Called by worker/assembly.py and the command line."""

from __future__ import annotations

from typing import Any

from web3 import Web3

from assay.market.follower import Follower
from assay.protocol.deployment import Deployment
from assay.protocol.sender import TxSender
from assay.worker.dispatch import Dispatcher
from assay.worker.disputing.book import GameBook
from assay.worker.disputing.cases import Cases
from assay.worker.disputing.contracts import GameContracts
from assay.worker.disputing.desk import DisputeDesk
from assay.worker.disputing.hunt import Challenges, Hunt
from assay.worker.disputing.keeper import Keeper
from assay.worker.disputing.metrics import DisputeMetrics
from assay.worker.disputing.mind import Mind, child_mind
from assay.worker.disputing.modes import Mode
from assay.worker.disputing.moves import DisputeCalls
from assay.worker.herd import Herd
from assay.worker.metrics import Metrics


def build_desk(
    account: str,
    mode: Mode,
    *,
    w3: Web3,
    deployment: Deployment,
    follower: Follower,
    book: GameBook,
    sender: TxSender,
    cases: Cases,
    herd: Herd,
    metrics: Metrics,
    log: Any,
    reexecutions: int = 1,
    faulty: bool = False,
    mind: Mind | None = None,
) -> DisputeDesk:
    """A desk for `account`, which signs by `sender`. book: the one that `follower` folds.

    faulty: think with a fault, on the local chain only. mind: by default children that know jobs from `cases`.
    """
    contracts = GameContracts(w3, deployment)
    thinks = mind or child_mind(
        cases.load,
        reexecutions=reexecutions,
        faulty_chain=deployment.chain_id if faulty else None,
    )
    return DisputeDesk(
        account,
        follower,
        book,
        Keeper(account, book, contracts, thinks, herd, log),
        Hunt(thinks, log, mine="" if mode is Mode.CHALLENGER else account),
        Challenges(account, book, contracts),
        thinks,
        Dispatcher(sender, DisputeCalls(), metrics, log),
        DisputeMetrics(metrics.registry),
        log,
        cases,
    )

"""The demonstrated dispute, start to end: real training steps, one wrong bit, a conviction, money back.

A buyer posts a refereed fine-tuning job; the faulty provider gets the lot and flips one bit of one product of one
step; a challenger, who re-executes what it sees, plays it down to that product on chain. Called by `assay demo`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eth_account.signers.local import LocalAccount

from assay.buyer.exact_order import ExactDraft, ExactWanted, draft_exact_order
from assay.buyer.market import Market
from assay.buyer.posting import check_balance, post, prepare_order, upload
from assay.buyer.receipt import receipt_of
from assay.demo.cast import Cast
from assay.demo.telling import Teller
from assay.demo.troupe import Troupe
from assay.jobs.finetune.training import finetune_program
from assay.market.follower import Follower
from assay.market.records import JobRecord
from assay.protocol.chain import logs_between
from assay.protocol.errors import AssayError
from assay.protocol.generated.events import CreditAdded, StakeSlashed
from assay.protocol.generated.structs import Pick
from assay.protocol.logs import decode_hex_log
from assay.protocol.sender import TxSender
from assay.stack.roles import CHALLENGER, FAULTY
from assay.worker.disputing.book import GameBook

LOT_SECONDS = 30  # at the demo's prices lots of less than 16 s are too cheap to be disputed
TIMEOUT_SECONDS = 600.0
KINDS = {2: "refund", 3: "poke", 4: "reward", 5: "compensation"}  # contracts/modules/kinds.vy


@dataclass(frozen=True)
class Buyer:
    """Who pays for the demonstrated job."""

    market: Market
    account: LocalAccount
    sender: TxSender
    orders: Path


def demonstrate(buyer: Buyer, cast: Cast, say: Callable[[str], None], *, steps: int) -> dict[str, Any]:
    """Runs it and gives what it came to. Raises AssayError when it does not end in a conviction in time."""
    began = time.monotonic()
    cast.enter(say)
    try:
        with Troupe(cast) as troupe:
            say("tracing the training steps as one exact program")
            draft = _draft(buyer.market, cast, steps)
            job_id = _post(buyer, draft, say)
            job, book = _follow(buyer, job_id, draft.block, troupe, say)
    finally:
        cast.leave()
    return _outcome(buyer, cast, job, book, time.monotonic() - began)


def _draft(market: Market, cast: Cast, steps: int) -> ExactDraft:
    """The order as anybody's would be, but for the faulty device alone."""
    submission = finetune_program(steps)
    wanted = ExactWanted(
        submission.program,
        submission.inputs,
        submission.outputs,
        title=f"Fine-tuning on digits, {steps} steps (demonstrated dispute)",
        lot_seconds=LOT_SECONDS,
    )
    draft = draft_exact_order(market, wanted)
    return replace(draft, picks=(Pick(cast.economy.device_id(FAULTY), 1),))


def _post(buyer: Buyer, draft: ExactDraft, say: Callable[[str], None]) -> bytes:
    market, account = buyer.market, buyer.account
    order = prepare_order(market, draft, account.address, buyer.orders, buyer.sender)
    check_balance(market, draft, account.address)
    upload(market, draft, lambda _: None)
    post(market, order, account, buyer.sender)
    say(f"posted job 0x{order.job_id.hex()}: {draft.summary}, refereed")
    return order.job_id


def _follow(
    buyer: Buyer, job_id: bytes, start: int, troupe: Troupe, say: Callable[[str], None]
) -> tuple[JobRecord, GameBook]:
    market, book, teller = buyer.market, GameBook(), Teller(job_id)
    follower = Follower(
        market.w3, market.deployment, keep=lambda job: job.job_id == job_id, start_block=start, also=book
    )
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        buyer.sender.tick()
        troupe.check()
        follower.refresh()
        job = follower.jobs.get(job_id)
        if job is not None:
            for line in teller.news(job, book):
                say(line)
            if job.ended:
                return job, book
        time.sleep(0.3)
    raise AssayError(
        f"The demonstrated job 0x{job_id.hex()} did not end within {TIMEOUT_SECONDS:.0f} s.",
        f"Look at it with: assay job show 0x{job_id.hex()}",
    )


def _outcome(buyer: Buyer, cast: Cast, job: JobRecord, book: GameBook, seconds: float) -> dict[str, Any]:
    claims = [claim for claim in book.claims.values() if claim.job_id == job.job_id]
    games = [game for claim in claims for game in book.games_on(claim.claim_id)]
    if not games or not any(claim.enforced for claim in claims):
        reason = "no reason" if job.reason is None else job.reason.name
        raise AssayError(
            f"The demonstrated job ended without a conviction ({reason}).",
            f"Look at the logs worker-{FAULTY}.log and worker-{CHALLENGER}.log in {cast.paths.root / 'logs'}.",
        )
    game = games[0]
    receipt = receipt_of(buyer.market, job, seconds=round(seconds, 1))
    return {
        "job": receipt.job_id,
        "seconds": receipt.seconds,
        "reason": receipt.reason,
        "game": game.game_id,
        "claim": "0x" + game.claim_id.hex(),
        "verdict": None if game.verdict is None else game.verdict.name,
        "rounds": len(book.journal.positions.get(game.game_id, [])),
        "escrow_usd6": str(receipt.escrow_usd6),
        "refund_usd6": str(receipt.refund_usd6),
        **_money(buyer.market, cast, job),
    }


def _money(market: Market, cast: Cast, job: JobRecord) -> dict[str, str]:
    """What was slashed and who got how much of it, from the chain's logs."""
    head = int(market.w3.eth.block_number)
    people = {cast.economy.accounts[CHALLENGER].address.lower(): "challenger", job.buyer.lower(): "buyer"}
    found = {"slashed_usd6": 0, "challenger_reward_usd6": 0, "buyer_compensation_usd6": 0}
    for event in _events(market, ("Escrow", "StakeVault"), job.posted_block, head):
        if getattr(event, "job_id", None) != job.job_id:
            continue
        if isinstance(event, StakeSlashed):
            found["slashed_usd6"] += event.amount_usd6
        elif isinstance(event, CreditAdded):
            name = f"{people.get(event.account.lower())}_{KINDS.get(event.kind)}_usd6"
            if name in found:
                found[name] += event.amount_usd6
    return {name: str(value) for name, value in found.items()}


def _events(market: Market, names: tuple[str, ...], first: int, last: int) -> Iterator[Any]:
    for name in names:
        for log in logs_between(market.w3, [market.deployment.address(name)], first, last):
            yield decode_hex_log(name, log["topics"], log["data"])

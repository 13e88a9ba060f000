"""The purchase of an exact job: quote, pay, watch, check, save. Called by `assay exact post` and `assay exact demo`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from assay.buyer.collecting import ResultMissing
from assay.buyer.exact_collecting import ExactCollector
from assay.buyer.exact_order import ExactDraft, ExactWanted, draft_exact_order
from assay.buyer.market import Market
from assay.buyer.order import CannotOrder
from assay.buyer.posting import check_balance, escrow_of, post, prepare_order, upload
from assay.buyer.receipt import Receipt, receipt_of
from assay.buyer.watching import watch
from assay.cli.failures import Failed, TimedOut, Usage
from assay.cli.output import Output
from assay.cli.progress import JobProgress
from assay.cli.session import Paying, open_market, paying, sender_folder
from assay.cli.texts import show_auction, show_draft, show_receipt, show_refusals, usd
from assay.market.records import JobRecord
from assay.protocol.pricing import MarketParams, bond_usd6
from assay.protocol.states import Grade


@dataclass(frozen=True)
class Choices:
    """Flags that say how the command behaves. judge: what to say of the arrays of a whole result."""

    out: Path
    dry_run: bool
    yes: bool
    wait: float | None
    watch: bool
    pay_with: str | None
    password_file: Path | None
    judge: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    auction: bool = False


def buy(output: Output, wanted: ExactWanted, choices: Choices) -> None:
    """The whole purchase, or with --dry-run its quote."""
    if choices.dry_run:
        market = open_market()
        draft = _draft(output, market, wanted)
        output.result(draft.to_json(), lambda console: _show(console, draft, market))
        return
    if not choices.out.parent.is_dir():
        raise Usage(f"There is no folder {choices.out.parent} for the results.", "Create it, or give --out.")
    with paying(choices.pay_with, choices.password_file) as payer:
        _buy(output, payer, wanted, choices)


def _draft(output: Output, market: Market, wanted: ExactWanted) -> ExactDraft:
    try:
        return draft_exact_order(market, wanted)
    except CannotOrder as error:
        show_refusals(output.err, error.refused)
        raise


def _show(console: Console, draft: ExactDraft, market: Market) -> None:
    show_draft(console, draft)
    terms = draft.terms
    console.print(f"Program 0x{terms.program_root.hex()}", markup=False, soft_wrap=True)
    if terms.grade == Grade.TRUSTED:
        console.print("Trusted: nobody checks the result but you (assay verify).", markup=False)
        return
    cheapest = min(awardee.price_usd6 for awardee in draft.quote.awardees)
    params = MarketParams.from_mapping(market.deployment.params)
    least = bond_usd6(cheapest, terms.grade, terms.audit_bps, params)
    console.print(
        f"To cheat, a seat risks {usd(least)} a lot; anyone who holds the inputs can convict it.",
        markup=False,
    )


def _buy(output: Output, payer: Paying, wanted: ExactWanted, choices: Choices) -> None:
    started = time.monotonic()
    market, account = payer.market, payer.account
    draft = _draft(output, market, wanted)
    if not output.as_json:
        _show(output.err, draft, market)
        if choices.auction:
            show_auction(output.err, market.bids.windows())
    folder = sender_folder(market, account.address) / "orders"
    order = prepare_order(market, draft, account.address, folder, payer.sender, auction=choices.auction)
    if order.terms == draft.terms:
        check_balance(market, draft, account.address, auction=choices.auction)
    output.confirm(
        f"Pay {usd(escrow_of(market, draft, auction=choices.auction))} into escrow from {account.address}?",
        yes=choices.yes,
    )
    upload(market, draft, output.say)
    post(market, order, account, payer.sender)
    job_id = "0x" + order.job_id.hex()
    output.say(f"Posted job {job_id}")
    if not choices.watch:
        output.result(
            {"job_id": job_id, "state": "OPEN" if choices.auction else "AWARDED"},
            lambda console: console.print(job_id),
        )
        return
    collector = ExactCollector(market.store, draft.spec, draft.plan, wanted.program)
    job = _follow(output, payer, order.job_id, draft, collector, choices)
    _finish(output, market, job, collector, choices, time.monotonic() - started)


def _follow(  # noqa: PLR0917 - the parts of one purchase
    output: Output,
    payer: Paying,
    job_id: bytes,
    draft: ExactDraft,
    collector: ExactCollector,
    choices: Choices,
) -> JobRecord:
    job: JobRecord | None = None
    with JobProgress(output, draft.plan.lots) as progress:
        changes = watch(
            payer.market, job_id, start_block=draft.block, timeout=choices.wait, tend=payer.sender.tick
        )
        for change in changes:
            job = change.job or job
            progress.show(change)
            if change.job is not None:
                collector.collect(change.job)
    if job is None or not job.ended:
        text = "0x" + job_id.hex()
        raise TimedOut(f"Job {text} is not done yet; it goes on.", f"See it with: assay job watch {text}")
    return job


def _finish(  # noqa: PLR0917 - the parts of one purchase
    output: Output,
    market: Market,
    job: JobRecord,
    collector: ExactCollector,
    choices: Choices,
    seconds: float,
) -> None:
    saved = None
    try:
        collector.collect_all(job)
        if collector.items:
            collector.save(choices.out)
            saved = str(choices.out)
    except ResultMissing as error:
        output.say(f"{error.message} {error.hint}")
    receipt = receipt_of(market, job, seconds=seconds, results=saved)
    if job.lots_paid < job.terms.lots or saved is None:
        raise Failed(
            f"{job.lots_paid} of {job.terms.lots} lots were delivered ({receipt.reason}: {receipt.reason_text}) "
            f"{usd(receipt.refund_usd6)} came back as your credit.",
            "Look closer with: assay job show " + receipt.job_id,
        )
    if not receipt.balanced:
        raise Failed(
            "The receipt does not add up to the escrow.", "Report this with the job id " + receipt.job_id
        )
    judged = choices.judge(collector.arrays(0)) if choices.judge else {}
    output.result(receipt.to_json() | judged, lambda console: _show_end(console, receipt, judged))


def _show_end(console: Console, receipt: Receipt, judged: dict[str, Any]) -> None:
    show_receipt(console, receipt)
    for name, value in judged.items():
        console.print(f"{name.replace('_', ' '):<16} {value}", markup=False)
    console.print(f"Run it again yourself: assay verify {receipt.job_id}", markup=False, soft_wrap=True)

"""`assay job show|watch|cancel|results`: one job, from the chain alone."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from assay.buyer.collecting import Collector, plan_of
from assay.buyer.exact_collecting import collector_of
from assay.buyer.market import Market
from assay.buyer.receipt import receipt_of
from assay.buyer.watching import job_now, watch
from assay.cli.failures import Failed, TimedOut
from assay.cli.keys import KEY_HELP
from assay.cli.output import Output
from assay.cli.progress import JobProgress
from assay.cli.session import open_market, paying
from assay.cli.texts import parse_wait, short, show_receipt, usd
from assay.jobs.exact.loading import is_exact
from assay.market.records import Bidding, JobRecord
from assay.protocol.call import Call
from assay.protocol.generated.structs import Order
from assay.protocol.ids import from_hex
from assay.protocol.states import JobState

app = typer.Typer(help="Show, watch or cancel a job, or fetch its results.", no_args_is_help=True)

JobArg = Annotated[str, typer.Argument(help="Job id, 0x and 64 hex digits.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


@app.command()
def show(job_id: JobArg, as_json: Json = False) -> None:
    """State, lots, seats and money of a job.

    Example: assay job show 0x5f…c1
    """
    job = job_now(open_market(), from_hex(job_id))
    Output(as_json=as_json).result(job_json(job), lambda console: _draw(console, job))


@app.command("watch")
def watch_job(
    job_id: JobArg,
    wait: Annotated[str | None, typer.Option(help="Give up after 90s, 5m…")] = None,
    as_json: Json = False,
) -> None:
    """Follow a job to its end; exits 0 when every lot was paid, 1 otherwise, 3 when the time was up.

    Example: assay job watch 0x5f…c1 --wait 5m
    """
    output, market, identity = Output(as_json=as_json), open_market(), from_hex(job_id)
    last: JobRecord | None = None
    with JobProgress(output, 0) as progress:
        for change in watch(market, identity, timeout=parse_wait(wait)):
            last = change.job or last
            progress.show(change)
    if last is None or not last.ended:
        raise TimedOut(f"Job {job_id} is not done yet; it goes on.", "Watch again, or give a longer --wait.")
    receipt = receipt_of(market, last)
    if last.lots_paid < last.terms.lots:
        raise Failed(
            f"{receipt.reason}: {receipt.lots_paid} of {receipt.lots} lots were paid. {receipt.reason_text}"
        )
    output.result(receipt.to_json(), lambda console: show_receipt(console, receipt))


@app.command()
def cancel(  # noqa: PLR0917 - one parameter an option
    job_id: JobArg,
    pay_with: Annotated[str | None, typer.Option(help=KEY_HELP)] = None,
    password_file: Annotated[Path | None, typer.Option(help="File with the keystore's password.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; send nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Cancel a job of yours: before the draw all comes back; after it, lots that nobody has sealed end.

    At auction all comes back until the first bid is opened, and again from the award to the draw.

    Example: assay job cancel 0x5f…c1 --pay-with buyer.json
    """
    output, identity = Output(as_json=as_json), from_hex(job_id)
    market = open_market()
    job = job_now(market, identity)
    if job.ended or job.cancelled_at:
        raise Failed("This job has ended or was cancelled already.", f"See it: assay job show {job_id}")
    if job.state == JobState.OPEN and job.bidding is not None and job.bidding.opened:
        raise Failed(
            "A bid has been opened: the job is awarded, or ends, by the bids.",
            "Cancel it once it is awarded, before its draw.",
        )
    output.say(_cancel_words(job))
    if dry_run:
        output.result({"job_id": job_id, "would": _cancel_words(job)})
        return
    with paying(pay_with, password_file) as payer:
        if payer.account.address.lower() != job.buyer.lower():
            raise Failed(f"Only its buyer {job.buyer} can cancel it; this key is {payer.account.address}.")
        output.confirm("Cancel it?", yes=yes)
        payer.sender.send(f"cancel:{identity.hex()}", _cancel_call(market, job))
    after = job_now(market, identity)
    output.result(job_json(after), lambda console: _draw(console, after))


@app.command()
def results(
    job_id: JobArg,
    out: Annotated[
        Path | None, typer.Option(help="The picture, or the .npz; by default picture.png, results.npz.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Fetch a job's revealed lots, check them against the chain, assemble the picture or the arrays again.

    Example: assay job results 0x5f…c1 --out picture.png
    """
    output, market = Output(as_json=as_json), open_market()
    job = job_now(market, from_hex(job_id))
    if is_exact(job.terms):
        _exact_results(output, market, job, out or Path("results.npz"))
        return
    out = out or Path("picture.png")
    plan, exposure = plan_of(market.store, job)
    collector = Collector(market.store, plan, exposure)
    collector.collect_all(job)
    if not collector.items:
        raise Failed("No lot of this job is revealed yet.", f"Watch it: assay job watch {job_id}")
    out.write_bytes(collector.picture())
    value = {"job_id": job_id, "picture": str(out), "items": len(collector.items), "items_in_all": plan.items}
    output.result(
        value,
        lambda console: console.print(f"{out}: {len(collector.items)} of {plan.items} items", markup=False),
    )


def _exact_results(output: Output, market: Market, job: JobRecord, out: Path) -> None:
    collector = collector_of(market.store, job)
    collector.collect_all(job)
    if not collector.items:
        raise Failed("No lot of this job stands revealed.", f"Watch it: assay job watch 0x{job.job_id.hex()}")
    collector.save(out)
    value = {
        "job_id": "0x" + job.job_id.hex(),
        "results": str(out),
        "items": len(collector.items),
        "items_in_all": collector.plan.items,
    }
    output.result(
        value,
        lambda console: console.print(
            f"{out}: {len(collector.items)} of {collector.plan.items} items", markup=False
        ),
    )


def job_json(job: JobRecord) -> dict[str, Any]:
    """A job as JSON: ids as 0x strings, amounts as strings."""
    terms = {key: "0x" + v.hex() if isinstance(v, bytes) else v for key, v in asdict(job.terms).items()}
    return {
        "job_id": "0x" + job.job_id.hex(),
        "buyer": job.buyer,
        "state": job.state.name,
        "reason": job.reason.name if job.reason else None,
        "block": job.posted_block,
        "terms": terms,
        "escrow_usd6": str(job.escrow_usd6),
        "paid_usd6": str(job.paid_usd6),
        "fee_usd6": str(job.fee_usd6),
        "refund_usd6": str(job.refund_usd6),
        "auction": _auction_json(job),
        "lots_closed": job.lots_closed,
        "lots_paid": job.lots_paid,
        "lots": [
            {
                "lot": lot.index,
                "phase": lot.phase.name,
                "reason": lot.reason.name if lot.reason else None,
                "root": "0x" + lot.root.hex() if lot.root else None,
                "deadline": lot.deadline,
                "seats": [
                    {
                        "place": seat.place,
                        "provider": seat.provider,
                        "device_id": "0x" + seat.device_id.hex(),
                        "status": seat.status.name,
                        "amount_usd6": str(seat.amount_usd6),
                        "slashed_usd6": str(seat.slashed_usd6),
                    }
                    for seat in lot.called
                ],
            }
            for lot in job.lots
        ],
    }


def _auction_json(job: JobRecord) -> dict[str, Any] | None:
    """The bidding, None of an instant order."""
    bidding = job.bidding
    if bidding is None:
        return None
    return {
        "seal_deadline": bidding.seal_deadline,
        "open_deadline": bidding.open_deadline,
        "price_usd6": str(bidding.price_usd6),
        "surplus_usd6": str(bidding.surplus_usd6),
        "forfeited_usd6": str(bidding.forfeited_usd6),
        "bids": [
            {
                "provider": bid.provider,
                "status": bid.status.name,
                "units": bid.units,
                "price_usd6": str(bid.price_usd6),
                "deposit_usd6": str(bid.deposit_usd6),
            }
            for bid in bidding.bids
        ],
    }


def _draw_bids(console: Console, job: JobRecord, bidding: Bidding) -> None:
    line = f"bids: {len(bidding.bids)} sealed until {bidding.seal_deadline}"
    line += f", {bidding.opened} opened until {bidding.open_deadline} (chain time)"
    if job.awardees:
        line += f"; cleared at {usd(bidding.price_usd6)} a seat, {usd(bidding.surplus_usd6)} came back"
    console.print(line, markup=False)
    table = Table()
    for column in ("bidder", "bid", "price a seat", "units"):
        table.add_column(column)
    for bid in bidding.bids:
        price = usd(bid.price_usd6) if bid.price_usd6 else "hidden"
        table.add_row(short(bid.provider), bid.status.name, price, str(bid.units))
    if bidding.bids:
        console.print(table)


def _draw(console: Console, job: JobRecord) -> None:
    reason = f", {job.reason.name}: {job.reason.text}" if job.reason else ""
    console.print(f"Job 0x{job.job_id.hex()}\n{job.state.name}{reason}", markup=False)
    console.print(
        f"escrow {usd(job.escrow_usd6)}, paid {usd(job.paid_usd6)}, fee {usd(job.fee_usd6)}, "
        f"back {usd(job.refund_usd6)}; {job.lots_closed} of {job.terms.lots} lots closed",
        markup=False,
    )
    if job.bidding is not None:
        _draw_bids(console, job, job.bidding)
    table = Table()
    for column in ("lot", "phase", "reason", "seats"):
        table.add_column(column)
    for lot in job.lots:
        seats = ", ".join(f"{short(seat.provider)} {seat.status.name}" for seat in lot.called)
        table.add_row(str(lot.index), lot.phase.name, lot.reason.name if lot.reason else "", seats)
    if job.lots:
        console.print(table)


def _cancel_call(market: Market, job: JobRecord) -> Call:
    if job.state == JobState.OPEN:
        return market.board.cancel_auction(Order(job.buyer, job.client_salt, job.terms))
    return market.jobs.cancel_job(job.job_id)


def _cancel_words(job: JobRecord) -> str:
    if job.state == JobState.OPEN:
        return f"No bid is opened yet: all {usd(job.escrow_usd6)} come back as your credit."
    if job.state == JobState.AWARDED:
        return f"The seats are not drawn yet: all {usd(job.held_usd6)} come back as your credit."
    open_lots = sum(not any(seat.seal for seat in lot.seats) for lot in job.lots)
    return (
        f"{open_lots} of {len(job.lots)} lots have no seal yet: they end, their seats get a cancellation fee, the rest "
        "comes back. Lots with a seal go on."
    )

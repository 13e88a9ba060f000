"""`assay render`: a picture of a scene, from quote to receipt."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from assay.buyer.answering import Answers
from assay.buyer.collecting import Collector, ResultMissing
from assay.buyer.order import CannotOrder, RenderDraft, Wanted, draft_order
from assay.buyer.posting import Order, check_balance, escrow_of, post, post_call, prepare_order, upload
from assay.buyer.receipt import receipt_of
from assay.buyer.watching import watch
from assay.cli.failures import Failed, TimedOut, Usage
from assay.cli.keys import KEY_HELP
from assay.cli.output import Output
from assay.cli.progress import JobProgress
from assay.cli.session import Paying, open_market, paying, sender_folder
from assay.cli.texts import (
    AUCTION_HELP,
    parse_audit,
    parse_size,
    parse_wait,
    show_auction,
    show_draft,
    show_receipt,
    show_refusals,
    usd,
)
from assay.market.records import JobRecord
from assay.protocol.errors import AssayError
from assay.protocol.units import parse_usd6

MAX_SCENE_BYTES = 64 * 2**20


@dataclass(frozen=True)
class _Choices:
    """Flags that say how the command behaves."""

    out: Path
    dry_run: bool
    yes: bool
    wait: float | None
    detach: bool
    explain: bool
    auction: bool


def render(  # noqa: PLR0917 - one parameter an option
    scene: Annotated[Path, typer.Argument(help="A glTF 2.0 scene in one file, .glb or .gltf.")],
    size: Annotated[str, typer.Option(help="Width x height in pixels.")] = "320x180",
    samples: Annotated[int, typer.Option(help="Light paths for each pixel.")] = 16,
    pay_with: Annotated[str | None, typer.Option(help=KEY_HELP)] = None,
    password_file: Annotated[
        Path | None, typer.Option(help="File with the keystore's password, mode 0600.")
    ] = None,
    seats: Annotated[int, typer.Option(help="Providers that must agree on each lot; 1 is trusted.")] = 2,
    spares: Annotated[int, typer.Option(help="Providers that wait behind them.")] = 1,
    audit: Annotated[
        str | None,
        typer.Option(help="With --seats 1: the part of lots that a second provider computes too, as 0.1."),
    ] = None,
    max_price: Annotated[str | None, typer.Option(help="Most USD per device-hour.")] = None,
    seed: Annotated[int, typer.Option(help="Another seed gives other noise.")] = 0,
    exposure: Annotated[float, typer.Option(help="Brightness in stops.")] = 0.0,
    out: Annotated[
        Path | None, typer.Option(help="The picture; by default beside the scene, as .png.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Quote only: sign and send nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before paying.")] = False,
    wait: Annotated[
        str | None, typer.Option(help="Give up watching after 90s, 5m…; the job goes on.")
    ] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Post, print the job id, leave.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Print the calls that are sent.")] = False,
    auction: Annotated[bool, typer.Option("--auction", help=AUCTION_HELP)] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Render a glTF scene as a buyer: quote, pay, watch, verify, assemble.

    Example: assay render scene.glb --size 320x180 --samples 16 --pay-with buyer.json --out picture.png
    """
    width, height = parse_size(size)
    wanted = Wanted(
        scene=_read_scene(scene),
        width=width,
        height=height,
        samples=samples,
        seed=seed,
        exposure=exposure,
        seats=seats,
        spares=spares,
        audit_bps=_audit_bps(audit, seats),
        max_price_per_hour_usd6=None if max_price is None else parse_usd6(max_price),
    )
    target = out or scene.with_suffix(".png")
    choices = _Choices(target, dry_run, yes, parse_wait(wait), detach, explain, auction)
    output = Output(as_json=as_json)
    if dry_run:
        _show(output, _draft(output, open_market(), wanted), final=True)
        return
    _check_target(target)
    with paying(pay_with, password_file) as payer:
        _buy(output, payer, wanted, choices)


def _audit_bps(audit: str | None, seats: int) -> int:
    if audit is None:
        return 0
    if seats != 1:
        raise Usage(f"--audit goes with --seats 1, not with {seats}: with more, every lot is compared.")
    return parse_audit(audit)


def _buy(output: Output, payer: Paying, wanted: Wanted, choices: _Choices) -> None:
    started = time.monotonic()
    market, account = payer.market, payer.account
    draft = _draft(output, market, wanted)
    _show(output, draft, final=False)
    if choices.auction and not output.as_json:
        show_auction(output.err, market.bids.windows())
    folder = sender_folder(market, account.address) / "orders"
    order = prepare_order(market, draft, account.address, folder, payer.sender, auction=choices.auction)
    if order.terms == draft.terms:
        check_balance(market, draft, account.address, auction=choices.auction)
    if choices.explain:
        call = post_call(market, order, account)
        output.say(f"Call {call.label} at {call.to}: {len(call.data):,} bytes, 0x{call.data[:4].hex()}…")
    output.confirm(
        f"Pay {usd(escrow_of(market, draft, auction=choices.auction))} into escrow from {account.address}?",
        yes=choices.yes,
    )
    upload(market, draft, output.say)
    post(market, order, account, payer.sender)
    job_id = "0x" + order.job_id.hex()
    output.say(f"Posted job {job_id}")
    if choices.detach:
        output.result(
            {"job_id": job_id, "state": "OPEN" if choices.auction else "AWARDED"},
            lambda console: console.print(job_id),
        )
        return
    _follow(output, payer, draft, order, choices, started)


def _follow(  # noqa: PLR0917 - the parts of one purchase
    output: Output, payer: Paying, draft: RenderDraft, order: Order, choices: _Choices, started: float
) -> None:
    market = payer.market
    collector = Collector(market.store, draft.plan, draft.spec.exposure)
    job: JobRecord | None = None
    tend, answers = payer.sender.tick, Answers(market, payer.sender, output.say)
    with JobProgress(output, draft.plan.lots) as progress:
        for change in watch(market, order.job_id, start_block=draft.block, timeout=choices.wait, tend=tend):
            job = change.job or job
            progress.show(change)
            if change.job is not None:
                answers.answer(change.job)
            if change.job is not None and collector.collect(change.job):
                _write(choices.out, collector.picture())
    if job is None or not job.ended:
        job_id = "0x" + order.job_id.hex()
        raise TimedOut(f"Job {job_id} is not done yet; it goes on.", f"See it with: assay job watch {job_id}")
    picture = None
    try:
        collector.collect_all(job)
        if collector.items:
            _write(choices.out, collector.picture())
            picture = str(choices.out)
    except ResultMissing as error:
        output.say(f"{error.message} {error.hint}")
    receipt = receipt_of(market, job, seconds=time.monotonic() - started, picture=picture)
    if job.lots_paid < job.terms.lots or picture is None:
        raise Failed(
            f"{job.lots_paid} of {job.terms.lots} lots were delivered ({receipt.reason}: {receipt.reason_text}) "
            f"{usd(receipt.refund_usd6)} came back as your credit.",
            "Render again for the rest, or look closer with: assay job show " + receipt.job_id,
        )
    if not receipt.balanced:
        raise Failed(
            "The receipt does not add up to the escrow.", "Report this with the job id " + receipt.job_id
        )
    output.result(receipt.to_json(), lambda console: show_receipt(console, receipt))


def _draft(output: Output, market: Any, wanted: Wanted) -> RenderDraft:
    try:
        return draft_order(market, wanted)
    except CannotOrder as error:
        show_refusals(output.err, error.refused)
        raise


def _show(output: Output, draft: RenderDraft, *, final: bool) -> None:
    if final:
        output.result(draft.to_json(), lambda console: show_draft(console, draft))
    elif not output.as_json:
        show_draft(output.err, draft)


def _read_scene(path: Path) -> bytes:
    if not path.is_file():
        raise Usage(f"There is no scene {path}.", "Give a .glb or .gltf file.")
    if path.stat().st_size > MAX_SCENE_BYTES:
        raise Usage(
            f"{path} has {path.stat().st_size:,} bytes; the limit is {MAX_SCENE_BYTES:,}.",
            "Simplify the scene.",
        )
    return path.read_bytes()


def _check_target(path: Path) -> None:
    """Before any money moves: the picture can be written."""
    if not path.parent.is_dir():
        raise Usage(f"There is no folder {path.parent} for the picture.", "Create it, or give another --out.")


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise AssayError(
            f"The picture {path} cannot be written: {error.strerror}.", "Fetch it later: assay job results."
        ) from error

"""Plain words and tables that several commands show: money first, then who, then what can go wrong."""

from __future__ import annotations

import re
from typing import Any

from rich.console import Console
from rich.table import Table

from assay.buyer.order import Draft
from assay.buyer.receipt import Receipt
from assay.cli.failures import Usage
from assay.protocol.offers import Refusal
from assay.protocol.order_bounds import MIN_AUDIT_BPS
from assay.protocol.pricing import BPS
from assay.protocol.units import format_usd6


def usd(amount_usd6: int) -> str:
    """An amount with its unit."""
    return f"{format_usd6(amount_usd6)} USD"


def short(identity: str) -> str:
    """An id or address, shortened for reading."""
    return f"{identity[:8]}…{identity[-4:]}"


AUCTION_HELP = (
    "Ask for sealed bids instead of taking standing asks: everyone is paid the clearing price, never above the quoted "
    "ceiling, and the rest returns. Costs one more poke and the bidding's time."
)


def show_auction(console: Console, windows: tuple[int, int]) -> None:
    """What an auction means, before anything is signed."""
    sealing, opening = windows
    console.print(
        f"At auction: providers seal bids for {sealing} s and open them for up to {opening} s more. All seats are paid "
        "one price, that of the first bid which wins nothing (or of the dearest winner), at most the ceiling above. "
        "You can cancel until the first bid is opened; with too few bids everything but a poke comes back.",
        markup=False,
    )


def show_draft(console: Console, draft: Draft[Any, Any]) -> None:
    """The order before anything is signed."""
    price, terms = draft.quote.price, draft.terms
    money = Table(title="Before you sign", show_header=False, title_justify="left")
    money.add_row("Escrow now", usd(price.escrow_usd6), "taken when the job is posted; more is never owed")
    money.add_row(
        "Expected cost", usd(price.expected_usd6), "when every seat delivers, at the prices awarded"
    )
    money.add_row("  seats at the ceiling", usd(price.seats_total_usd6), _places(draft))
    money.add_row("  protocol fee", usd(price.fee_usd6), "on top of the price, only for work paid")
    money.add_row("  pokes", usd(price.pokes_usd6), "paid to whoever moves the job on")
    money.add_row("Back if you cancel before the draw", usd(price.refund_if_cancelled_now_usd6), "all of it")
    money.add_row(
        "Back if you cancel after it",
        usd(price.refund_if_cancelled_after_draw_usd6),
        "at least, while no seal",
    )
    console.print(money)
    who = Table(title="Who would do it", title_justify="left")
    for column in ("provider", "device", "places", "price a seat"):
        who.add_column(column)
    for awardee in draft.quote.awardees:
        who.add_row(
            short(awardee.provider), short(awardee.device_id), str(awardee.units), usd(awardee.price_usd6)
        )
    console.print(who)
    show_refusals(console, draft.quote.refused)
    console.print(
        f"{draft.summary}: {terms.lots} lots, {terms.seats} seats and {terms.spares} spares each; "
        f"about {draft.quote.expected_seconds} s.",
        markup=False,
    )
    for warning in draft.warnings:
        console.print(f"Note: {warning}.", markup=False)


def _places(draft: Draft[Any, Any]) -> str:
    return f"{draft.terms.seats} seats of {draft.terms.lots} lots"


def show_refusals(console: Console, refused: list[Refusal]) -> None:
    """Why devices would not take it."""
    for refusal in refused:
        console.print(f"Not: {refusal.name or short(refusal.device_id)}: {refusal.reason}", markup=False)


def show_receipt(console: Console, receipt: Receipt) -> None:
    """The same lines as settled."""
    table = Table(title="Receipt", show_header=False, title_justify="left")
    table.add_row("Job", receipt.job_id)
    table.add_row("Ended", f"{receipt.reason}: {receipt.reason_text}")
    table.add_row("Lots paid", f"{receipt.lots_paid} of {receipt.lots}")
    table.add_row("Escrow", usd(receipt.escrow_usd6))
    table.add_row("  paid to seats", usd(receipt.paid_usd6))
    table.add_row("  protocol fee", usd(receipt.fee_usd6))
    table.add_row("  pokes", usd(receipt.pokes_usd6))
    table.add_row("  back to you", usd(receipt.refund_usd6))
    if receipt.slashed_usd6:
        table.add_row("Slashed from providers", usd(receipt.slashed_usd6))
    if receipt.picture:
        table.add_row("Picture", receipt.picture)
    if receipt.results:
        table.add_row("Results", receipt.results)
    console.print(table)


def parse_size(text: str) -> tuple[int, int]:
    """(width, height) of `320x180`. Raises Usage."""
    match = re.fullmatch(r"(\d{1,6})[xX](\d{1,6})", text.strip())
    if match is None:
        raise Usage(f"--size {text!r} is not a size.", "Write width x height in pixels, such as 320x180.")
    return int(match.group(1)), int(match.group(2))


def parse_audit(text: str) -> int:
    """Basis points of a part such as `0.1` or `10%`. Raises Usage."""
    match = re.fullmatch(r"(\d{1,3}(?:\.\d{1,4})?)\s*(%?)", text.strip())
    bps = round(float(match.group(1)) * (100 if match.group(2) else BPS)) if match else 0
    if not MIN_AUDIT_BPS <= bps <= BPS:
        raise Usage(
            f"--audit is {text!r}, but must be from 0.01 to 1.", "Write 0.1 or 10% for one lot in ten."
        )
    return bps


def parse_wait(text: str | None) -> float | None:
    """Seconds of `90s`, `5m`, `1h` or a plain number; None for no limit. Raises Usage."""
    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,6}(?:\.\d+)?)\s*(s|m|h|)", text.strip())
    if match is None:
        raise Usage(f"--wait {text!r} is not a time.", "Write 90s, 5m or 1h.")
    return float(match.group(1)) * {"s": 1, "": 1, "m": 60, "h": 3_600}[match.group(2)]

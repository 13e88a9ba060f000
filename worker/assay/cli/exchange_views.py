"""What `assay exchange` shows: books, orders, trades, in words and tables."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from assay.cli.texts import short, usd
from assay.protocol.units import format_shares


def show_order(console: Console, order: dict[str, Any]) -> None:
    """One order just placed."""
    side = "Offered" if order["sell"] else "Bid for"
    console.print(
        f"{side} {format_shares(int(order['amount']))} shares at {usd(int(order['price_usd6']))} each.",
        markup=False,
    )
    console.print(f"Order {order['digest']}", markup=False, soft_wrap=True)


def show_book(console: Console, book: dict[str, Any]) -> None:
    """Asks from the dearest to the best, then bids from the best down."""
    if not book["asks"] and not book["bids"]:
        console.print("Nobody offers or wants shares of this device now.", markup=False)
        return
    table = Table(title="Book")
    for column in ("side", "price", "shares", "orders"):
        table.add_column(column, justify="right")
    for side, levels in (("sell", book["asks"][::-1]), ("buy", book["bids"])):
        for level in levels:
            amount, price = format_shares(int(level["amount"])), usd(int(level["price_usd6"]))
            table.add_row(side, price, amount, str(level["orders"]))
    console.print(table)


def show_orders(console: Console, orders: list[dict[str, Any]]) -> None:
    """Orders, each with the digest that names it."""
    if not orders:
        console.print("No such order.", markup=False)
    for order in orders:
        side = "sells" if order["sell"] else "buys"
        state = f"{format_shares(int(order['fillable']))} can be filled"
        if order["reason"]:
            state = order["reason"]
        console.print(
            f"{short(order['maker'])} {side} {format_shares(int(order['amount']))} at "
            f"{usd(int(order['price_usd6']))}: {state}",
            markup=False,
        )
        console.print(f"  {order['digest']}", markup=False, soft_wrap=True)


def show_trades(console: Console, trades: list[dict[str, Any]]) -> None:
    """Trades, newest first."""
    if not trades:
        console.print("No trade yet.", markup=False)
    for trade in trades:
        console.print(
            f"{format_shares(int(trade['amount']))} shares for {usd(int(trade['value_usd6']))}: "
            f"{short(trade['seller'])} to {short(trade['buyer'])}, block {trade['block']}",
            markup=False,
        )


def show_filled(console: Console, done: dict[str, Any]) -> None:
    """What a fill came to."""
    verb, paid = ("Bought", "paid") if done["bought"] else ("Sold", "received")
    console.print(
        f"{verb} {format_shares(int(done['amount']))} shares, {paid} {usd(int(done['total_usd6']))} "
        f"(fee {usd(int(done['fee_usd6']))} included).",
        markup=False,
    )

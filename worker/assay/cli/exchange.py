"""`assay exchange sell|buy|book|orders|fill|cancel|trades`: shares for dollars by signed limit orders."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from assay.cli.exchange_views import show_book, show_filled, show_order, show_orders, show_trades
from assay.cli.failures import Usage
from assay.cli.keys import KEY_HELP
from assay.cli.output import Output
from assay.cli.relay import Relay
from assay.cli.session import Paying, open_deployment, paying
from assay.cli.texts import usd
from assay.protocol import chain
from assay.protocol.abi import MAX_UINT256
from assay.protocol.clients import DeviceShareClient, ShareExchangeClient, UsdClient
from assay.protocol.eip712 import permit_typed_data, sign_permit
from assay.protocol.generated.structs import Permit, ShareOrder
from assay.protocol.ids import ZERO_ADDRESS, checksum, from_hex, to_hex
from assay.protocol.share_orders import check_order, order_digest, order_json, order_of, sign_order
from assay.protocol.share_prices import fee_of, taker_total, value_of
from assay.protocol.units import format_shares, parse_shares, parse_usd6

app = typer.Typer(
    help="Trade shares of devices: sell, buy, book, orders, fill, cancel, trades.", no_args_is_help=True
)

DAY = 86_400
TAKER_SECONDS = 600  # how long a sent fill may wait to be mined

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Key = Annotated[str | None, typer.Option(help=KEY_HELP)]
Password = Annotated[Path | None, typer.Option(help="File with the keystore's password.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before signing.")]
Share = Annotated[str, typer.Argument(help="The share's contract.")]
Amount = Annotated[str, typer.Argument(help="Shares, such as 12.5.")]
Price = Annotated[str, typer.Option(help="USD for a whole share, such as 12.50.")]
Days = Annotated[float, typer.Option(help="How long the order stands.")]
Taker = Annotated[str | None, typer.Option(help="The only account that may take it.")]


@dataclass(frozen=True)
class Offer:
    """What sell and buy have in common."""

    share: str
    amount: str
    price: str
    days: float
    taker: str | None
    sell: bool


@app.command()
def sell(
    share: Share, amount: Amount, *, price: Price, days: Days = 7, taker: Taker = None,
    pay_with: Key = None, password_file: Password = None, yes: Yes = False, as_json: Json = False,
) -> None:  # fmt: skip
    """Offer shares at a price: signed, brought to the relay, yours until somebody takes them.

    Example: assay exchange sell 0x… 12.5 --price 10.25 --pay-with investor.json
    """
    with paying(pay_with, password_file) as payer:
        _offer(payer, Offer(share, amount, price, days, taker, sell=True), Output(as_json=as_json), yes=yes)


@app.command()
def buy(
    share: Share, amount: Amount, *, price: Price, days: Days = 7, taker: Taker = None,
    pay_with: Key = None, password_file: Password = None, yes: Yes = False, as_json: Json = False,
) -> None:  # fmt: skip
    """Bid for shares at a price: signed, brought to the relay; the money stays yours until somebody sells.

    Example: assay exchange buy 0x… 12.5 --price 9.75 --pay-with investor.json
    """
    with paying(pay_with, password_file) as payer:
        _offer(payer, Offer(share, amount, price, days, taker, sell=False), Output(as_json=as_json), yes=yes)


@app.command()
def book(share: Share, as_json: Json = False) -> None:
    """Best prices and depth of a share, as the relay has them.

    Example: assay exchange book 0x…
    """
    value = Relay().get(f"shares/{checksum(share)}/book")
    Output(as_json=as_json).result(value, lambda console: show_book(console, value))


@app.command()
def orders(
    maker: Annotated[str | None, typer.Option(help="Orders of this account.")] = None,
    share: Annotated[str | None, typer.Option(help="Orders for this share.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Also those that cannot be filled now.")] = False,
    as_json: Json = False,
) -> None:
    """Orders at the relay, newest first; the digest names one.

    Example: assay exchange orders --maker 0x…
    """
    asked = {"maker": checksum(maker)} if maker else {}
    asked |= {"share": checksum(share)} if share else {}
    value = Relay().get("orders", **asked, **({} if every else {"open": "true"}))
    Output(as_json=as_json).result(value, lambda console: show_orders(console, value["results"]))


@app.command()
def trades(share: Share, as_json: Json = False) -> None:
    """Trades of a share, newest first.

    Example: assay exchange trades 0x…
    """
    value = Relay().get("trades", share=checksum(share))
    Output(as_json=as_json).result(value, lambda console: show_trades(console, value["results"]))


@app.command()
def fill(
    digest: Annotated[str, typer.Argument(help="The order, as `orders` names it.")],
    amount: Annotated[str | None, typer.Argument(help="Shares; left out: all that can be filled.")] = None,
    *, pay_with: Key = None, password_file: Password = None, yes: Yes = False, as_json: Json = False,
) -> None:  # fmt: skip
    """Take an order, whole or in part: one transaction, the approval in it by permit.

    Example: assay exchange fill 0x… 2.5 --pay-with investor.json
    """
    output = Output(as_json=as_json)
    with paying(pay_with, password_file) as payer:
        listed = Relay().get(f"orders/{to_hex(from_hex(digest))}")
        order, signature = _order_listed(listed), from_hex_any(listed["signature"])
        exchange = ShareExchangeClient(payer.market.w3, payer.market.deployment)
        state = exchange.state_of(order)
        wanted = parse_shares(amount) if amount else state.fillable
        if not 0 < wanted <= state.fillable:
            raise Usage(
                f"{format_shares(state.fillable)} shares of this order can be filled now.", "Ask for less."
            )
        fee_bps = exchange.fee_bps()
        value = value_of(wanted, order.price_usd6, sell=order.sell)
        fee, total = (
            fee_of(value, fee_bps),
            taker_total(wanted, order.price_usd6, sell=order.sell, fee_bps=fee_bps),
        )
        verb = "Pay" if order.sell else "Receive"
        output.confirm(
            f"{verb} {usd(total)} (fee {usd(fee)} included) for {format_shares(wanted)} shares?", yes=yes
        )
        record = payer.sender.send(
            f"fill:{digest}:{payer.sender.totals()[0]}",
            exchange.fill_order(
                order,
                signature,
                wanted,
                limit_usd6=total,
                deadline=chain.head(payer.market.w3).timestamp + TAKER_SECONDS,
                permits=_permits(payer, exchange.address, order, wanted, total),
            ),
        )
        done = {
            "digest": to_hex(state.digest), "amount": str(wanted), "value_usd6": str(value), "fee_usd6": str(fee),
            "total_usd6": str(total), "bought": order.sell, "tx": to_hex(record.tx_hash or b""),
        }  # fmt: skip
        output.result(done, lambda console: show_filled(console, done))


@app.command()
def cancel(
    digest: Annotated[str | None, typer.Argument(help="The order, as `orders` names it.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every order you have ever signed.")] = False,
    pay_with: Key = None, password_file: Password = None, as_json: Json = False,
) -> None:  # fmt: skip
    """Cancel one of your orders, or all of them, on the chain: no relay can bring them back.

    Example: assay exchange cancel 0x… --pay-with investor.json
    """
    if (digest is None) != every:
        raise Usage("Name one order, or say --all.")
    output = Output(as_json=as_json)
    with paying(pay_with, password_file) as payer:
        exchange = ShareExchangeClient(payer.market.w3, payer.market.deployment)
        if digest is None:
            call = exchange.cancel_all()
        else:
            order = _order_listed(Relay().get(f"orders/{to_hex(from_hex(digest))}"))
            if order.maker != payer.account.address:
                raise Usage(f"This order is of {order.maker}, not of {payer.account.address}.")
            call = exchange.cancel_orders([order])
        record = payer.sender.send(f"cancel:{digest or 'all'}:{payer.sender.totals()[0]}", call)
        value = {
            "cancelled": digest or "all",
            "maker": payer.account.address,
            "tx": to_hex(record.tx_hash or b""),
        }
        output.result(
            value, lambda console: console.print(f"Cancelled: {digest or 'all orders'}", markup=False)
        )


def _offer(payer: Paying, offer: Offer, output: Output, *, yes: bool) -> None:
    market, me = payer.market, payer.account.address
    exchange = ShareExchangeClient(market.w3, market.deployment)
    order = ShareOrder(
        maker=me,
        share=checksum(offer.share),
        sell=offer.sell,
        amount=parse_shares(offer.amount),
        price_usd6=parse_usd6(offer.price),
        taker=checksum(offer.taker) if offer.taker else ZERO_ADDRESS,
        expiry=chain.head(market.w3).timestamp + int(offer.days * DAY),
        epoch=exchange.epoch_of(me),
        salt=secrets.randbits(128),
    )
    check_order(order)
    value = value_of(order.amount, order.price_usd6, sell=order.sell)
    verb, limit = ("Sell", "at least") if order.sell else ("Buy", "at most")
    output.confirm(
        f"{verb} {format_shares(order.amount)} shares for {limit} {usd(value)}? It may be taken at any time.",
        yes=yes,
    )
    _allow(payer, exchange.address, order, value)
    signature = sign_order(
        payer.account, chain_id=market.deployment.chain_id, exchange=exchange.address, order=order
    )
    placed = Relay().bring(order_json(order), signature)
    output.result(placed, lambda console: show_order(console, placed))


def _allow(payer: Paying, exchange: str, order: ShareOrder, value: int) -> None:
    """A maker's allowance has to be there before anybody comes: one approval a token."""
    market = payer.market
    token: DeviceShareClient | UsdClient = UsdClient(market.w3, market.deployment)
    if order.sell:
        token = DeviceShareClient(market.w3, market.deployment, address=order.share)
    needed = order.amount if order.sell else value
    if int(token.read("allowance", order.maker, exchange)) < needed:
        call = token.call("approve", exchange, MAX_UINT256)
        payer.sender.send(f"approve:{token.address}:{payer.sender.totals()[0]}", call)


def _permits(payer: Paying, exchange: str, order: ShareOrder, wanted: int, total: int) -> list[Permit]:
    """The taker's own approval, signed into the fill; none where there is allowance enough."""
    market, me = payer.market, payer.account.address
    token: DeviceShareClient | UsdClient = UsdClient(market.w3, market.deployment)
    needed = total
    if not order.sell:
        token, needed = DeviceShareClient(market.w3, market.deployment, address=order.share), wanted
    if int(token.read("allowance", me, exchange)) >= needed:
        return []
    _, name, version, *_ = token.read("eip712Domain")
    deadline = chain.head(market.w3).timestamp + TAKER_SECONDS
    message = permit_typed_data(
        token=token.address,
        token_name=name,
        version=version,
        chain_id=market.deployment.chain_id,
        owner=me,
        spender=exchange,
        value=needed,
        nonce=int(token.read("nonces", me)),
        deadline=deadline,
    )
    return [Permit(token.address, me, needed, deadline, *sign_permit(payer.account, message))]


def _order_listed(listed: dict[str, Any]) -> ShareOrder:
    """The order of a relay's JSON; its digest must be what the relay says, so that it is the one that was asked for."""
    order = order_of({name: listed[name] for name, _ in ShareOrder.FIELDS if name in listed})
    deployment = open_deployment()
    digest = order_digest(deployment.chain_id, deployment.address("ShareExchange"), order)
    if to_hex(digest) != listed.get("digest"):
        raise Usage("The relay's order is not the one of that digest.", "Use another relay: ASSAY_API_URL.")
    return order


def from_hex_any(text: str) -> bytes:
    """Bytes of 0x text of any length. Raises Usage."""
    try:
        return bytes.fromhex(text.removeprefix("0x"))
    except ValueError as error:
        raise Usage("The relay's signature is not hex.", "Use another relay: ASSAY_API_URL.") from error

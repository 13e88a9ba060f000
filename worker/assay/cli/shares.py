"""`assay shares show|claim`: income of the shares an account holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from assay.cli.keys import KEY_HELP
from assay.cli.output import Output
from assay.cli.session import open_market, paying
from assay.cli.texts import short, usd
from assay.protocol import chain
from assay.protocol.clients import DeviceShareClient
from assay.protocol.generated.events import ShareCreated
from assay.protocol.ids import checksum
from assay.protocol.logs import decode_hex_log
from assay.protocol.units import SHARE_UNIT

app = typer.Typer(help="Income of a device's shares: show, claim.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


@app.command()
def show(address: Annotated[str, typer.Argument(help="Holder's address.")], as_json: Json = False) -> None:
    """Every share this account holds, and the income it can claim now.

    Example: assay shares show 0x9965…A4dc
    """
    market = open_market()
    holder = checksum(address)
    value = {"address": holder, "shares": holdings(market, holder)}
    Output(as_json=as_json).result(value, lambda console: _draw(console, value))


@app.command()
def claim(
    pay_with: Annotated[str | None, typer.Option(help=KEY_HELP)] = None,
    password_file: Annotated[Path | None, typer.Option(help="File with the keystore's password.")] = None,
    share: Annotated[str | None, typer.Option(help="Only this share contract.")] = None,
    as_json: Json = False,
) -> None:
    """Claim the income of every share you hold (or of one), and your operator's cut.

    Example: assay shares claim --pay-with investor.json
    """
    output = Output(as_json=as_json)
    with paying(pay_with, password_file) as payer:
        market, me = payer.market, payer.account.address
        total = 0
        for held in holdings(market, me):
            if share is not None and held["share"].lower() != share.lower():
                continue
            client = DeviceShareClient(market.w3, market.deployment, address=held["share"])
            number = payer.sender.totals()[0]
            if int(held["claimable_usd6"]):
                payer.sender.send(f"claim:{held['share']}:{number}", client.claim())
                total += int(held["claimable_usd6"])
            if int(held["operator_claimable_usd6"]):
                payer.sender.send(f"claim-operator:{held['share']}:{number}", client.claim_operator())
                total += int(held["operator_claimable_usd6"])
        value = {"address": me, "claimed_usd6": str(total)}
        output.result(value, lambda console: console.print(f"{usd(total)} claimed to {me}", markup=False))


def holdings(market: Any, holder: str) -> list[dict[str, Any]]:
    """Shares with a balance or income of this account, at the head; amounts as strings."""
    head = chain.head(market.w3).number
    factory = market.deployment.address("ShareFactory")
    found = []
    for raw in chain.logs_between(
        market.w3, [factory], market.deployment.deployed_block, head, [ShareCreated.TOPIC0]
    ):
        created = decode_hex_log("ShareFactory", raw["topics"], raw["data"])
        if not isinstance(created, ShareCreated):
            continue
        client = DeviceShareClient(market.w3, market.deployment, address=created.share)
        balance, claimable = client.balance_of(holder, block=head), client.claimable(holder, block=head)
        operates = created.operator.lower() == holder.lower()
        cut = client.operator_claimable(block=head) if operates else 0
        if balance or claimable or cut:
            found.append(
                {
                    "share": created.share,
                    "symbol": created.symbol,
                    "device_id": "0x" + created.device_id.hex(),
                    "balance": str(balance),
                    "claimable_usd6": str(claimable),
                    "operator_claimable_usd6": str(cut),
                }
            )
    return found


def _draw(console: Any, value: dict[str, Any]) -> None:
    if not value["shares"]:
        console.print(f"{value['address']} holds no share.", markup=False)
    for held in value["shares"]:
        amount = int(held["balance"]) / SHARE_UNIT
        console.print(
            f"{held['symbol']}: {amount:,.4f} of device {short(held['device_id'])}, "
            f"{usd(int(held['claimable_usd6']))} to claim",
            markup=False,
        )

"""`assay wallet new|import|show|withdraw`: encrypted keystores and what their accounts hold."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from assay.cli.failures import Usage
from assay.cli.keys import KEY_HELP
from assay.cli.output import Output
from assay.cli.texts import usd

app = typer.Typer(help="Encrypted keystores: new, import, show, withdraw credit.", no_args_is_help=True)

KeyFile = Annotated[Path, typer.Argument(help="The keystore file.")]
PasswordFile = Annotated[Path, typer.Option(help="File with the password, mode 0600, at least 8 characters.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


@app.command()
def new(keystore: KeyFile, password_file: PasswordFile, as_json: Json = False) -> None:
    """Create a key and write it encrypted; an existing file is never replaced.

    Example: assay wallet new buyer.json --password-file buyer.password
    """
    from assay.protocol.keystore import create_keystore

    _written(Output(as_json=as_json), keystore, create_keystore(keystore, password_file))


@app.command("import")
def import_key(keystore: KeyFile, password_file: PasswordFile, as_json: Json = False) -> None:
    """Write a private key, read from standard input as 0x hex, encrypted.

    Example: assay wallet import buyer.json --password-file buyer.password < key.txt
    """
    from assay.protocol.keystore import create_keystore

    text = sys.stdin.readline().strip().removeprefix("0x")
    try:
        key = bytes.fromhex(text)
        if len(key) != 32:
            raise ValueError
    except ValueError:
        raise Usage(
            "Standard input does not hold a private key.", "Give 0x and 64 hex digits on one line."
        ) from None
    _written(Output(as_json=as_json), keystore, create_keystore(keystore, password_file, private_key=key))


@app.command()
def show(keystore: KeyFile, as_json: Json = False) -> None:
    """Address of a keystore, with its money on chain when the node answers; no password is needed.

    Example: assay wallet show buyer.json
    """
    from assay.cli.session import open_market
    from assay.protocol.chain import balance_at
    from assay.protocol.errors import AssayError
    from assay.protocol.keystore import address_of_keystore

    output = Output(as_json=as_json)
    address = address_of_keystore(keystore)
    value: dict[str, Any] = {"address": address, "keystore": str(keystore)}
    try:
        market = open_market()
        value |= {
            "chain_id": market.deployment.chain_id,
            "usd6": str(market.usd.balance_of(address)),
            "credit_usd6": str(market.escrow.credit_of(address)),
            "gas_wei": str(balance_at(market.w3, address)),
        }
    except AssayError as error:
        output.say(f"No balances: {error}")

    def draw(console: Any) -> None:
        console.print(address, markup=False)
        if "usd6" in value:
            console.print(
                f"{usd(int(value['usd6']))} in the account, {usd(int(value['credit_usd6']))} credit",
                markup=False,
            )

    output.result(value, draw)


@app.command()
def withdraw(
    pay_with: Annotated[str | None, typer.Option(help=KEY_HELP)] = None,
    password_file: Annotated[Path | None, typer.Option(help="File with the keystore's password.")] = None,
    as_json: Json = False,
) -> None:
    """Move your credit (refunds, income) from the escrow to your account.

    Example: assay wallet withdraw --pay-with buyer.json
    """
    from assay.cli.session import paying

    output = Output(as_json=as_json)
    with paying(pay_with, password_file) as payer:
        address = payer.account.address
        credit = payer.market.escrow.credit_of(address)
        if credit:
            number = payer.sender.totals()[0]
            payer.sender.send(f"withdraw:{address}:{number}", payer.market.escrow.withdraw(address))
        value = {"address": address, "withdrawn_usd6": str(credit)}
        output.result(
            value, lambda console: console.print(f"{usd(credit)} withdrawn to {address}", markup=False)
        )


def _written(output: Output, keystore: Path, address: str) -> None:
    value = {"address": address, "keystore": str(keystore)}
    output.result(
        value,
        lambda console: console.print(f"{address} in {keystore}; keep the password file safe", markup=False),
    )

"""`assay provider register|stake|unstake|withdraw|ask|show`: devices, stake and asks of one provider."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from assay.cli.failures import Failed, Usage
from assay.cli.keys import KEY_HELP
from assay.cli.output import Output
from assay.cli.provider_view import draw_provider, provider_json
from assay.cli.session import Paying, open_market, paying
from assay.cli.texts import usd
from assay.protocol.call import Call
from assay.protocol.ids import from_hex
from assay.protocol.keccak import keccak256
from assay.protocol.units import parse_usd6

app = typer.Typer(help="Register devices, stake, ask, withdraw.", no_args_is_help=True)

Key = Annotated[str | None, typer.Option("--pay-with", "--keystore", help=KEY_HELP)]
Password = Annotated[Path | None, typer.Option("--password-file", help="File with the keystore's password.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
DeviceArg = Annotated[str, typer.Argument(help="Device id, 0x and 64 hex digits.")]


@app.command()
def register(  # noqa: PLR0917 - one parameter an option
    name: Annotated[str, typer.Option(help="What people read, at most 64 bytes.")],
    serial: Annotated[str, typer.Option(help="Serial number; only its hash is published.")],
    pay_with: Key = None,
    password_file: Password = None,
    document: Annotated[
        Path | None, typer.Option(help="Device document; default: measure this machine.")
    ] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Register this machine as a device: measure it, publish its document, write its deed.

    Example: assay provider register --name "North one" --serial 4711 --pay-with north.json
    """
    from assay.artifacts import Kind
    from assay.cli.measure import device_document
    from assay.protocol.device_spec import DeviceSpec
    from assay.protocol.spec import canonical_bytes, spec_hash

    output = Output(as_json=as_json)
    spec = (
        DeviceSpec.from_json(json.loads(document.read_text()))
        if document
        else device_document(name, output.say)
    )
    runtime = _runtime_id(spec.runtime)
    body = spec.to_json()
    with paying(pay_with, password_file) as payer:
        market = payer.market
        output.say(f"Device {name!r}, runtime class 0x{runtime.hex()[:12]}…, {spec.benchmark} units a second")
        output.confirm("Write its deed on chain (gas only)?", yes=yes)
        market.store.put(Kind.SPEC, spec_hash(body), canonical_bytes(body))
        serial_hash = keccak256(serial.encode())
        device_id = market.registry.device_id_of(payer.account.address, serial_hash)
        call = market.registry.register_device(
            serial_hash=serial_hash,
            runtime_class=runtime,
            spec_hash=spec_hash(body),
            name=name,
            accelerator=spec.accelerator,
            memory_bytes=spec.memory_bytes,
        )
        payer.sender.send(f"register:{device_id.hex()}", call)
        value = {"device_id": "0x" + device_id.hex(), "runtime_class": "0x" + runtime.hex()}
        output.result(
            value, lambda console: console.print(f"Registered device {value['device_id']}", markup=False)
        )


@app.command()
def stake(
    amount: Annotated[str, typer.Argument(help="USD, such as 100 or 12.50.")],
    pay_with: Key = None,
    password_file: Password = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Add stake: it backs the bonds of your seats, and missed duties are taken from it.

    Example: assay provider stake 100 --pay-with north.json
    """
    output, units = Output(as_json=as_json), parse_usd6(amount)
    if units == 0:
        raise Usage("The stake is zero.", "Give an amount in USD, such as 100.")
    with paying(pay_with, password_file) as payer:
        market, me = payer.market, payer.account.address
        held = market.usd.balance_of(me)
        if held < units:
            raise Failed(
                f"{me} holds {usd(held)}, less than {usd(units)}.", "Fund the account or stake less."
            )
        days = market.deployment.param("unbonding_seconds") / 86_400
        output.say(f"{usd(units)} go into the vault. Getting stake back takes {days:g} days after you ask.")
        output.confirm("Stake it?", yes=yes)
        number = _number(payer)
        payer.sender.submit(f"approve:{number}", market.usd.approve(market.vault.address, units))
        payer.sender.send(f"stake:{number}", market.vault.deposit(me, units))
        _show(output, payer)


@app.command()
def unstake(
    amount: Annotated[str, typer.Argument(help="USD of free stake.")],
    pay_with: Key = None,
    password_file: Password = None,
    as_json: Json = False,
) -> None:
    """Ask free stake back; `assay provider withdraw` pays it when the unbonding time is over.

    Example: assay provider unstake 50 --pay-with north.json
    """
    output, units = Output(as_json=as_json), parse_usd6(amount)
    with paying(pay_with, password_file) as payer:
        free = payer.market.vault.free_of(payer.account.address)
        if units > free:
            raise Failed(
                f"Only {usd(free)} are free.", "The rest is bonded to jobs or being unbonded: wait for it."
            )
        payer.sender.send(f"unbond:{_number(payer)}", payer.market.vault.request_unbond(units))
        _show(output, payer)


@app.command()
def withdraw(
    request_id: Annotated[
        int | None, typer.Argument(help="Unbonding request; none: only the income.")
    ] = None,
    pay_with: Key = None,
    password_file: Password = None,
    as_json: Json = False,
) -> None:
    """Take out income (credit), and stake whose unbonding time is over.

    Example: assay provider withdraw 0 --pay-with north.json
    """
    output = Output(as_json=as_json)
    with paying(pay_with, password_file) as payer:
        market, me = payer.market, payer.account.address
        calls: list[Call] = []
        if request_id is not None:
            calls.append(market.vault.withdraw(me, request_id))
        if market.escrow.credit_of(me) > 0:
            calls.append(market.escrow.withdraw(me))
        for index, call in enumerate(calls):
            payer.sender.send(f"take:{_number(payer)}:{index}", call)
        if not calls:
            output.say("There is no credit to withdraw.")
        _show(output, payer)


@app.command()
def ask(  # noqa: PLR0917 - one parameter an option
    device_id: DeviceArg,
    price: Annotated[str | None, typer.Option(help="USD per device-hour.")] = None,
    max_units: Annotated[int, typer.Option(help="Most places of lots in one job.")] = 4_096,
    remove: Annotated[bool, typer.Option("--remove", help="Take the ask back.")] = False,
    pay_with: Key = None,
    password_file: Password = None,
    as_json: Json = False,
) -> None:
    """Post a standing ask: any job at or under it may award the device at once.

    Example: assay provider ask 0x5f…c1 --price 0.90 --pay-with north.json
    """
    output, identity = Output(as_json=as_json), from_hex(device_id)
    if (price is None) == (not remove):
        raise Usage("Give --price or --remove, one of them.")
    if not 0 < max_units < 2**32:
        raise Usage(f"--max-units is {max_units}; it must be from 1 to {2**32 - 1}.")
    with paying(pay_with, password_file) as payer:
        auction = payer.market.auction
        call = (
            auction.withdraw_ask(identity)
            if price is None
            else auction.post_ask(identity, parse_usd6(price), max_units)
        )
        payer.sender.send(f"ask:{_number(payer)}", call)
        _show(output, payer)


@app.command()
def show(
    address: Annotated[str, typer.Argument(help="Provider's address.")],
    as_json: Json = False,
) -> None:
    """Stake, credit and devices of a provider.

    Example: assay provider show 0x3C44…93BC
    """
    value = provider_json(open_market(), address)
    Output(as_json=as_json).result(value, lambda console: draw_provider(console, value))


def _show(output: Output, payer: Paying) -> None:
    value = provider_json(payer.market, payer.account.address)
    output.result(value, lambda console: draw_provider(console, value))


def _number(payer: Paying) -> int:
    """Makes an intent's key new each time: these commands are meant to be repeated."""
    return payer.sender.totals()[0]


def _runtime_id(runtime: Any) -> bytes:
    """The runtime class of a document: SHA-256 of its canonical parts."""
    import hashlib

    from assay.protocol.spec import canonical_bytes

    return hashlib.sha256(canonical_bytes(dict(runtime))).digest()

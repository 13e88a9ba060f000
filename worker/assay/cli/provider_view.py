"""A provider as `assay provider` shows it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.console import Console

from assay.buyer.market import Market
from assay.buyer.offers import read_devices
from assay.cli.texts import short, usd
from assay.protocol import chain
from assay.protocol.ids import checksum


def provider_json(market: Market, address: str) -> dict[str, Any]:
    """A provider at the head: amounts as strings."""
    me = checksum(address)
    block = chain.head(market.w3).number
    devices = [
        d for d in read_devices(market.w3, market.deployment, block).by_id.values() if d.provider == me
    ]
    return {
        "address": me,
        "block": block,
        **{name: str(amount) for name, amount in asdict(market.vault.exposure_of(me, block=block)).items()},
        "credit_usd6": str(market.escrow.credit_of(me, block=block)),
        "devices": [
            {
                "id": "0x" + device.device_id.hex(),
                "name": device.name,
                "runtime_class": "0x" + device.runtime_class.hex(),
                "retired": device.retired,
                "shared": device.shared,
                "ask": None
                if device.price_per_hour_usd6 is None
                else {"price_per_hour_usd6": str(device.price_per_hour_usd6), "max_units": device.max_units},
            }
            for device in devices
        ],
    }


def draw_provider(console: Console, value: dict[str, Any]) -> None:
    money = {
        name: usd(int(value[f"{name}_usd6"])) for name in ("stake", "locked", "unbonding", "free", "credit")
    }
    console.print(f"Provider {value['address']}", markup=False)
    console.print(", ".join(f"{name} {amount}" for name, amount in money.items()), markup=False)
    for device in value["devices"]:
        ask = device["ask"]
        price = f"asks {usd(int(ask['price_per_hour_usd6']))} an hour" if ask else "no ask"
        console.print(
            f"  {short(device['id'])} {device['name']}: {price}{', retired' if device['retired'] else ''}",
            markup=False,
        )

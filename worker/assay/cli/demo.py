"""`assay demo`: a dispute on the local market, from a flipped bit to the buyer's money back."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from assay.cli.failures import Usage
from assay.cli.output import Output


def demo(
    steps: Annotated[int, typer.Option(help="Steps of training in the job.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Show a wrong result convicted: needs a running market (`make run`) on this machine.

    A provider flips one bit in one product of one training step; a challenger finds it; the contract recomputes that
    product; the bond is slashed; the buyer is refunded and compensated. Local chain only.

    Example: assay demo
    """
    from assay.cli.session import open_deployment, paying, sender_folder
    from assay.demo.cast import Cast
    from assay.demo.dispute import Buyer, demonstrate
    from assay.protocol.keystore import DEVNET_CHAIN_ID
    from assay.stack.economy import Economy
    from assay.stack.paths import StackPaths

    output = Output(as_json=as_json)
    deployment = open_deployment()
    chain_id = deployment.chain_id
    if chain_id != DEVNET_CHAIN_ID:
        raise Usage(f"A demonstration is for the local chain {DEVNET_CHAIN_ID}, not for chain {chain_id}.")
    if steps < 1:
        raise Usage(f"--steps is {steps}, but must be 1 or more.")
    with paying("devnet:buyer", None) as payer:
        assert deployment.path is not None
        record = json.loads(deployment.path.read_text())
        cast = Cast(Economy(payer.market.w3, record), StackPaths.default())
        orders = sender_folder(payer.market, payer.account.address) / "orders"
        buyer = Buyer(payer.market, payer.account, payer.sender, orders)
        outcome = demonstrate(buyer, cast, output.say, steps=steps)
    output.result(outcome, lambda console: _show(console, outcome))


def _show(console: Any, outcome: dict[str, Any]) -> None:
    from assay.protocol.units import format_usd6

    def usd(name: str) -> str:
        return format_usd6(int(outcome[name]))

    console.print(
        f"{outcome['verdict']} after {outcome['rounds']} rounds, {outcome['seconds']} s.", markup=False
    )
    console.print(
        f"The faulty provider lost {usd('slashed_usd6')}: {usd('challenger_reward_usd6')} to the challenger, "
        f"{usd('buyer_compensation_usd6')} to the buyer, who was also refunded {usd('refund_usd6')} of its "
        f"{usd('escrow_usd6')}.",
        markup=False,
    )
    console.print(f"See it on the dashboard: /disputes/{outcome['game']}", markup=False)

"""`assay audit`: recomputes draws, settlements, income and solvency of a deployment from its logs, with no backend."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from assay.audit import Report, audit
from assay.cli.output import Output
from assay.cli.session import open_deployment, rpc_url
from assay.protocol import chain
from assay.protocol.units import format_usd6

SHOWN_FINDINGS = 50


def audit_command(
    block: Annotated[int | None, typer.Option(help="Audit as of this block; default: the latest.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Recompute a deployment from its logs; exits 0 when everything adds up, 1 when something does not.

    Not audited: sales of shares (ShareOffering) and buyouts (DeviceTender), whose ledgers have no book here.
    Needs the node and the deployment file, nothing else. A block in the past needs a node that keeps old state.

    Example: assay audit --json
    """
    output = Output(as_json=as_json)
    deployment = open_deployment()
    w3 = chain.connect(rpc_url(), chain_id=deployment.chain_id, genesis=deployment.genesis_hash)
    report = audit(w3, deployment, at=block, progress=lambda last: output.say(f"read up to block {last}"))
    output.result(report.to_json(), lambda console: _show(console, report))
    if not report.sound:
        raise typer.Exit(1)


def _show(console: Console, report: Report) -> None:
    table = Table(title=f"Chain {report.chain_id}, block {report.block}: {report.logs} logs")
    for heading in ("book", "checked and held", "figures in USD"):
        table.add_column(heading)
    for book, checks in report.checked.items():
        held = ", ".join(f"{name} {count}" for name, count in checks.items()) or "nothing to check"
        figures = report.figures.get(book, {})
        table.add_row(
            book, held, ", ".join(f"{name} {format_usd6(amount)}" for name, amount in figures.items())
        )
    console.print(table)
    for finding in report.findings[:SHOWN_FINDINGS]:
        where = f" (transaction {finding.tx})" if finding.tx else ""
        console.print(
            f"{finding.book}: {finding.subject}: {finding.what}{where}", markup=False, soft_wrap=True
        )
    if report.sound:
        console.print("Everything adds up.")
    else:
        rest = len(report.findings) - SHOWN_FINDINGS
        more = f" {rest} more: see --json." if rest > 0 else ""
        console.print(f"{len(report.findings)} things do not add up.{more}", markup=False)

"""`assay verify`: runs an exact job's lots again and compares their roots with those on chain.

Needs the chain and the artifact store, no backend and nobody's word.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console

from assay.artifacts import StoreError
from assay.buyer.verifying import CannotVerify, Finding, verify_job
from assay.buyer.watching import job_now
from assay.cli.output import Output
from assay.cli.session import open_market
from assay.cli.texts import short
from assay.protocol.errors import AssayError
from assay.protocol.ids import from_hex


def verify(
    job_id: Annotated[str, typer.Argument(help="Job id, 0x and 64 hex digits.")],
    lot: Annotated[int | None, typer.Option(help="Only this lot.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Run an exact job again here; exits 0 when every root is the one on chain, 1 when one differs, 2 when it cannot.

    Example: assay verify 0x5f…c1
    """
    output = Output(as_json=as_json)
    try:
        identity = from_hex(job_id)
        market = open_market()
        job = job_now(market, identity)
        path_moves = market.deployment.param("path_moves")
        findings = verify_job(market.store, job, lot, path_moves=path_moves, say=output.say)
    except (AssayError, StoreError) as error:
        raise CannotVerify(error.message, error.hint) from error
    equal = all(finding.equal for finding in findings if not finding.convicted)
    value = {"job_id": job_id, "equal": equal, "lots": [finding.to_json() for finding in findings]}
    output.result(value, lambda console: _show(console, findings))
    if not equal:
        raise typer.Exit(1)


def _show(console: Console, findings: list[Finding]) -> None:
    for finding in findings:
        who = f"lot {finding.lot}, place {finding.place} ({short(finding.provider)})"
        found: Any = "same root" if finding.equal else finding.where or "another root"
        note = " (convicted)" if finding.convicted else ""
        console.print(f"{who}: {found}{note}", markup=False, soft_wrap=True)

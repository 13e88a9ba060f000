"""`assay doctor`: what keeps this machine from taking part, and how to mend it."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from assay.cli.failures import Failed
from assay.cli.output import Output

MARKS = {"ok": "✓", "warn": "!", "fail": "✗"}


def doctor(
    keystore: Annotated[
        Path | None, typer.Option(help="Keystore of a provider; its stake and devices are looked at too.")
    ] = None,
    device: Annotated[bool, typer.Option(help="Run the device's self-test (some seconds).")] = True,
    contracts: Annotated[
        bool, typer.Option("--contracts", help="Only the contracts: code, owners, wiring, roles, caps.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Check chain, contracts, store, sandbox, device, clock and backend; exits 1 when something must be
    mended.

    Example: assay doctor --keystore north.json, assay doctor --contracts
    """
    from assay.cli.session import rpc_url
    from assay.doctor import Level, Patient, examine
    from assay.protocol.keystore import address_of_keystore
    from assay.worker.settings import run_folder

    output = Output(as_json=as_json)
    if contracts:
        _contracts(output)
        return
    patient = Patient(
        rpc_url=rpc_url(),
        deployment_path=os.environ.get("ASSAY_DEPLOYMENT") or run_folder() / "deployments" / "31337.json",
        store_url=os.environ.get("ASSAY_STORE_URL") or (run_folder() / "artifacts").as_uri(),
        api_url=os.environ.get("ASSAY_API_URL"),
        provider=address_of_keystore(keystore) if keystore else None,
        device=device,
    )
    findings: list[dict[str, Any]] = []
    for finding in examine(patient):
        findings.append(asdict(finding))
        if not as_json:
            output.say(f"{MARKS[finding.level]} {finding.name:<10} {finding.what}")
            if finding.mend:
                output.say(f"  {'':<10} → {finding.mend}")
    broken = [found["name"] for found in findings if found["level"] == Level.FAIL]
    if as_json:
        output.result({"ok": not broken, "findings": findings})
    if broken and not as_json:
        raise Failed(f"To mend: {', '.join(dict.fromkeys(broken))}.")
    if broken:
        raise typer.Exit(1)
    output.say("This machine can take part.")


def _contracts(output: Output) -> None:
    """Who can do what to the contracts; exits 1 when a statement does not hold."""
    from assay.audit.ownership import ownership
    from assay.cli.session import open_deployment, rpc_url
    from assay.protocol.chain import connect

    deployment = open_deployment()
    w3 = connect(rpc_url(), chain_id=deployment.chain_id, genesis=deployment.genesis_hash)
    facts = list(ownership(w3, deployment))
    wrong = [fact for fact in facts if not fact.holds]
    if output.as_json:
        output.result({"ok": not wrong, "facts": [asdict(fact) for fact in facts]})
    else:
        for fact in facts:
            output.say(f"{MARKS['ok' if fact.holds else 'fail']} {fact.contract:<20} {fact.what}")
    if wrong and not output.as_json:
        raise Failed(f"{len(wrong)} statements about the contracts do not hold.")
    if wrong:
        raise typer.Exit(1)
    output.say("No key can slash, seize, price or block an exit.")

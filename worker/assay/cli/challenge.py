"""`assay challenge`: runs a lot of an exact job again, and challenges what differs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer
from rich.console import Console

from assay.buyer.market import Market
from assay.cli.dispute import draw_game
from assay.cli.failures import Failed, Usage
from assay.cli.keys import KEY_HELP
from assay.cli.output import Output
from assay.cli.session import open_market, paying
from assay.cli.texts import short, usd
from assay.market.records import JobRecord
from assay.protocol.ids import from_hex
from assay.protocol.states import LotPhase
from assay.worker.disputing.helper import Helper
from assay.worker.disputing.hunt import Finding, has_claims
from assay.worker.disputing.loading import store_loader
from assay.worker.disputing.reading import Reader
from assay.worker.disputing.single import Duel, Examined, examine, reward_usd6


def challenge(  # noqa: PLR0917 - one parameter an option
    job_id: Annotated[str, typer.Argument(help="Job id, 0x and 64 hex digits.")],
    lot: Annotated[int, typer.Argument(help="Lot, from 0.", min=0)],
    place: Annotated[
        int | None, typer.Option(help="Which place's claim; default the first wrong one.")
    ] = None,
    key: Annotated[str | None, typer.Option(help=KEY_HELP)] = None,
    password_file: Annotated[Path | None, typer.Option(help="File with the keystore's password.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Run the lot again and compare; send nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Run a lot again, show what differs, open a game against it and play to the end.

    Example: assay challenge 0x5f…c1 0 --dry-run
    """
    output, market = Output(as_json=as_json), open_market()
    reader = Reader.open(market.w3, market.deployment, lambda job: job.job_id == from_hex(job_id))
    reader.refresh()
    job = _job(reader, job_id, lot)
    output.say(f"Running lot {lot} again …")
    helper = Helper(store_loader(market.store, reader.contracts.path_moves))
    try:
        _challenge(output, market, reader, job, lot, helper, Wanted(place, key, password_file, yes, dry_run))
    finally:
        helper.close()


@dataclass(frozen=True)
class Wanted:
    """What the command line says of how far to go."""

    place: int | None
    key: str | None
    password_file: Path | None
    yes: bool
    dry_run: bool


def _challenge(  # noqa: PLR0917 - the command, with what it has opened
    output: Output,
    market: Market,
    reader: Reader,
    job: JobRecord,
    lot: int,
    helper: Helper,
    wanted: Wanted,
) -> None:
    found = examine(job, lot, helper)
    value = _value(job, lot, found, reader, market.deployment)
    if wanted.dry_run or not found.wrong:
        output.result(value, lambda console: _draw(console, value))
        return
    chosen = _chosen(found, wanted.place)
    bond, reward = reader.contracts.bond_usd6, reward_usd6(chosen.claim, market.deployment)
    if not output.as_json:
        _draw(output.err, value)
    output.confirm(
        f"Challenge place {chosen.claim.seat.place}: a bond of {usd(bond)}, a conviction earns {usd(reward)}?",
        yes=wanted.yes,
    )
    with paying(wanted.key, wanted.password_file) as payer:
        balance = market.usd.balance_of(payer.account.address)
        if balance < bond:
            raise Failed(f"The account has {usd(balance)}, a game's bond is {usd(bond)}.", "Fund it first.")
        duel = Duel(reader, payer.sender, job, chosen, helper, structlog.get_logger())
        for line in duel.play():
            output.say(line)
    game = duel.game
    if game is None:
        raise Failed("No game was opened: the window closed, or the claim fell to somebody else's game.")
    ended = reader.game_json(game, reader.refresh())
    output.result(value | {"game": ended}, lambda console: draw_game(console, ended))
    if not ended["verdict"].startswith(("CONVICTED", "CLOSED")):
        raise typer.Exit(1)


def _job(reader: Reader, job_id: str, lot: int) -> JobRecord:
    job = reader.jobs.get(from_hex(job_id))
    if job is None:
        raise Failed(f"There is no job {job_id} on this chain, or it is not awarded yet.")
    if not has_claims(job):
        raise Usage(
            "Roots of this job cannot be challenged.",
            "Only exact jobs of the grades replicated and refereed have claims.",
        )
    if lot >= job.terms.lots:
        raise Usage(f"The job has {job.terms.lots} lots, 0 to {job.terms.lots - 1}; there is no lot {lot}.")
    if not job.lots or job.lots[lot].phase != LotPhase.WINDOW:
        phase = job.lots[lot].phase.name.lower() if job.lots else "not drawn yet"
        raise Failed(f"Lot {lot} is not in its challenge window ({phase}).", "See `assay job show`.")
    return job


def _chosen(found: Examined, place: int | None) -> Finding:
    if place is None:
        return found.wrong[0]
    for finding in found.wrong:
        if finding.claim.seat.place == place:
            return finding
    raise Usage(
        f"Place {place} has no wrong claim in this lot.",
        f"Wrong ones: {', '.join(str(finding.claim.seat.place) for finding in found.wrong)}.",
    )


def _value(job: JobRecord, lot: int, found: Examined, reader: Reader, deployment: Any) -> dict[str, Any]:
    return {
        "job": "0x" + job.job_id.hex(),
        "lot": lot,
        "own_root": "0x" + found.own.hex(),
        "claims": [
            {
                "claim": "0x" + claim.claim_id.hex(),
                "place": claim.seat.place,
                "provider": claim.seat.provider,
                "root": "0x" + claim.root.hex(),
                "differs": claim.root != found.own,
                "reward_usd6": str(reward_usd6(claim, deployment)),
            }
            for claim in found.claims
        ],
        "bond_usd6": str(reader.contracts.bond_usd6),
        "window_end": job.lots[lot].deadline,
        "game": None,
    }


def _draw(console: Console, value: dict[str, Any]) -> None:
    console.print(f"own run     {value['own_root']}", markup=False)
    for claim in value["claims"]:
        says = "DIFFERS" if claim["differs"] else "equal"
        console.print(
            f"place {claim['place']:<5} {claim['root']}  {says}  ({short(claim['provider'])})", markup=False
        )
    if any(claim["differs"] for claim in value["claims"]):
        best = max(int(claim["reward_usd6"]) for claim in value["claims"] if claim["differs"])
        console.print(
            f"A game's bond is {usd(int(value['bond_usd6']))}; a conviction gives it back and earns {usd(best)}.",
            markup=False,
        )
    else:
        console.print("Nothing differs: there is nothing to challenge.", markup=False)

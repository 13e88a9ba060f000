"""`assay dispute show|list`: claims under challenge and their games, from the chain alone."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console

from assay.cli.failures import Failed, Usage
from assay.cli.output import Output
from assay.cli.session import open_deployment, rpc_url
from assay.cli.texts import short, usd
from assay.protocol.chain import connect
from assay.protocol.ids import from_hex
from assay.worker.disputing.reading import Reader

app = typer.Typer(help="Show disputes: claims, games, who is on the clock.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


@app.command()
def show(
    subject: Annotated[str, typer.Argument(help="A game's number, or a claim's id, 0x and 64 hex digits.")],
    as_json: Json = False,
) -> None:
    """The descent of a game, its clocks and its end; of a claim, all its games.

    Example: assay dispute show 0
    """
    reader = open_reader()
    head = reader.refresh()
    output = Output(as_json=as_json)
    if subject.startswith("0x"):
        claim = reader.book.claims.get(from_hex(subject))
        if claim is None:
            raise Failed(f"No claim {subject} was ever stated on this chain.", "See `assay dispute list`.")
        value = reader.claim_json(claim, head)
        output.result(value, lambda console: draw_claim(console, value))
        return
    if not subject.isdigit():
        raise Usage(f"{subject!r} is neither a game's number nor a claim's id.", "See `assay dispute list`.")
    game = reader.book.games.get(int(subject))
    if game is None:
        raise Failed(f"There is no game {subject} on this chain.", "See `assay dispute list`.")
    value = reader.game_json(game, head)
    output.result(value, lambda console: draw_game(console, value))


@app.command("list")
def list_games(
    every: Annotated[bool, typer.Option("--all", help="Also games that have ended.")] = False,
    as_json: Json = False,
) -> None:
    """Games that are open, the newest first.

    Example: assay dispute list --all
    """
    reader = open_reader()
    head = reader.refresh()
    games = [game for game in reader.book.games.values() if every or game.is_open]
    values = [reader.game_json(game, head) for game in reversed(games)]

    def draw(console: Console) -> None:
        if not values:
            console.print("No game is open." if not every else "There was never a game.", markup=False)
        for value in values:
            console.print(headline(value), markup=False)

    Output(as_json=as_json).result(values, draw)


def open_reader() -> Reader:
    """A reader of the deployment of the environment; it keeps no job."""
    deployment = open_deployment()
    w3 = connect(rpc_url(), chain_id=deployment.chain_id, genesis=deployment.genesis_hash)
    return Reader.open(w3, deployment, lambda job: False)


def headline(value: dict[str, Any]) -> str:
    """A game in a line."""
    who = f"game {value['game']}: {short(value['challenger'])} challenges {short(value['defender'])}"
    if value["verdict"]:
        return f"{who}; {value['verdict_words']}"
    return f"{who}; the {value['to_move']} is on the clock, {value['seconds_left']} s left"


def draw_game(console: Console, value: dict[str, Any]) -> None:
    """A game for people."""
    console.print(headline(value), markup=False)
    console.print(
        f"  bond {usd(int(value['bond_usd6']))}, clocks of {value['clock_seconds']} s", markup=False
    )
    for number, position in enumerate(value["positions"], 1):
        mark = "answered" if position["answered"] else "not answered yet"
        console.print(f"  {number:>2}. {position['words']} ({mark})", markup=False)
    if value["verdict"]:
        paid = usd(int(value["paid_usd6"]))
        console.print(f"  {paid} to {short(value['paid'])}", markup=False)


def draw_claim(console: Console, value: dict[str, Any]) -> None:
    """A claim for people."""
    console.print(f"claim {value['claim']}", markup=False)
    console.print(
        f"  job {value['job']}, lot {value['lot']}, place {value['place']} of {value['defender']}",
        markup=False,
    )
    console.print(f"  root {value['root']}", markup=False)
    end = "stands" if value["convicted"] is None else value["convicted"]
    console.print(f"  {end}{', enforced' if value['enforced'] else ''}", markup=False)
    for game in value["games"]:
        draw_game(console, game)

"""Reads of claims, games, their descents, convictions. Called by views of this app and of the market; never writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from assay.disputes.states import Verdict
from assay.protocol.reasons import Reason
from backend.disputes import words
from backend.disputes.models import Claim, Conviction, Game, GameCredit
from backend.market.models import Lot, Payment, PaymentKind
from backend.market.selectors import reason_name
from backend.web.columns import amount, decimal_text, named, optional, parsed_json, text
from backend.web.keyset import Column, Filter, KeysetList
from backend.web.params import address, bytes32, choice

# What a slashed bond is split into; the ledger names the receiver of each part.
_PARTS = (
    PaymentKind.REWARD,
    PaymentKind.COMPENSATION,
    PaymentKind.KITTY,
    PaymentKind.BURNED,
    PaymentKind.POKE,
)
_GAME_COLUMNS = {
    "id": Column("id", str),
    "claim_id": text("claim_id"),
    "job_id": text("job_key"),
    "lot": text("lot"),
    "place": text("place"),
    "challenger": text("challenger"),
    "defender": text("defender"),
    "state": Column("state", named(words.GAME_STATES)),
    "verdict": Column("verdict", lambda value: words.VERDICTS.get(value, str(value)) if value else None),
    "contested": Column("contested", named(words.STATES)),
    "bond_usd6": amount("bond_usd6"),
    "clock_seconds": text("clock_seconds"),
    "defender_used_seconds": text("defender_used"),
    "challenger_used_seconds": text("challenger_used"),
    "turn": Column("turn", words.TURNS.get),
    "turn_since": optional("turn_since"),
    "steps": text("steps"),
    "moves": text("moves"),
    "paid": optional("paid"),
    "paid_usd6": amount("paid_usd6"),
    "opened_at": text("opened_at"),
    "ended_at": optional("ended_at"),
    "ended_tx": optional("ended_tx"),
    "block": text("block"),
    "tx": text("tx"),
}
_NAMES = {name: number for number, name in words.GAME_STATES.items()}
GAMES = KeysetList(
    "disputes",
    Game.objects.all,
    _GAME_COLUMNS,
    {
        "job": Filter("job_key", bytes32, "games on claims of this job"),
        "claim": Filter("claim_id", bytes32, "games on this claim"),
        "provider": Filter("defender", address, "games against claims of this provider"),
        "challenger": Filter("challenger", address, "games of this challenger"),
        "state": Filter("state", choice(_NAMES), "OPEN or ENDED"),
        "verdict": Filter(
            "verdict",
            choice({name: number for number, name in words.VERDICTS.items()}),
            "games that ended so",
        ),
    },
)
CLAIMS = KeysetList(
    "claims",
    Claim.objects.all,
    {
        "id": text("id"),
        "job_id": text("job_key"),
        "lot": text("lot"),
        "place": text("place"),
        "defender": text("defender"),
        "root": text("root"),
        "items": text("items"),
        "first_item": Column("first_item", decimal_text),
        "program_root": text("program_root"),
        "inputs_root": text("inputs_root"),
        "move_seconds": text("move_seconds"),
        "stated_at": text("stated_at"),
        "state": Column("state", named(words.CLAIM_STATES)),
        "games": text("games"),
        "open_games": Column("open_games", lambda value: [str(game) for game in parsed_json(value)]),
        "reason": Column("reason", reason_name),
        "convicted_by": optional("convicted_by"),
        "convicted_at": optional("convicted_at"),
        "convicted_tx": optional("convicted_tx"),
        "enforced_at": optional("enforced_at"),
        "enforced_tx": optional("enforced_tx"),
        "slashed_usd6": amount("slashed_usd6"),
        "block": text("block"),
        "tx": text("tx"),
    },
    {
        "job": Filter("job_key", bytes32, "claims of this job"),
        "provider": Filter("defender", address, "claims of this provider"),
        "state": Filter(
            "state", choice({name: number for number, name in words.CLAIM_STATES.items()}), "by state"
        ),
    },
)
CONVICTIONS = KeysetList(
    "convictions",
    Conviction.objects.all,
    {
        "provider": text("provider"),
        "job_id": text("job_key"),
        "lot": text("lot"),
        "place": text("place"),
        "reason": Column("reason", reason_name),
        "slashed_usd6": amount("slashed_usd6"),
        "claim_id": optional("claim_key"),
        "timestamp": text("timestamp"),
        "block": text("block"),
        "tx": text("tx"),
    },
    {
        "provider": Filter("provider", address, "convictions of this provider"),
        "job": Filter("job_key", bytes32, "convictions in this job"),
    },
)


def games_finish(games: Iterable[dict[str, Any]]) -> None:
    """Adds what follows from a game's columns: its clocks' ends, and the verdict in words."""
    for game in games:
        used = game["defender_used_seconds" if game["turn"] == "DEFENDER" else "challenger_used_seconds"]
        running = game["turn"] is not None
        game["clock_ends"] = game["turn_since"] + game["clock_seconds"] - used if running else None
        if not running:
            game["turn_since"] = None
        verdict = game["verdict"]
        game["verdict_text"] = (
            words.VERDICT_TEXTS[Verdict[verdict]] if verdict in Verdict.__members__ else None
        )


def claims_finish(claims: Sequence[dict[str, Any]]) -> None:
    """Adds each claim's lot as it is now, its reason in words, and how its bond was split; three queries."""
    lots = _lots_of({(claim["job_id"], claim["lot"]) for claim in claims})
    splits = splits_of({(claim["enforced_tx"], claim["job_id"]) for claim in claims if claim["enforced_tx"]})
    for claim in claims:
        lot = lots.get((claim["job_id"], claim["lot"]))
        claim["held"] = bool(lot and lot.held)
        claim["window_end"] = (lot.window_end or None) if lot else None
        claim["reason_text"] = reason_text(claim["reason"])
        claim["split"] = splits.get((claim["enforced_tx"], claim["job_id"]), [])


def convictions_finish(convictions: Sequence[dict[str, Any]]) -> None:
    """Adds the reason in words and how the bond was split."""
    splits = splits_of({(one["tx"], one["job_id"]) for one in convictions})
    for one in convictions:
        one["reason_text"] = reason_text(one["reason"])
        one["split"] = splits.get((one["tx"], one["job_id"]), [])


def splits_of(places: set[tuple[str, str]]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Where slashed bonds went, line by line as the ledger has it, by (transaction, job)."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    if not places:
        return found
    transactions, jobs = zip(*places, strict=True)
    kinds = [kind.value for kind in _PARTS]
    lines = Payment.objects.filter(job_key__in=jobs, tx__in=transactions, kind__in=kinds)
    for line in lines.order_by("position"):
        found.setdefault((line.tx, line.job_key), []).append(
            {"kind": line.kind, "account": line.account or None, "amount_usd6": str(line.amount_usd6)}
        )
    return found


def reason_text(name: str | None) -> str | None:
    """One plain sentence for a reason's name."""
    return Reason[name].text if name is not None and name in Reason.__members__ else None


def game_credit_usd6(account: str) -> int:
    """What DisputeGame owes an account in bonds."""
    credit = GameCredit.objects.filter(account=account).first()
    return credit.balance_usd6 if credit else 0


def _lots_of(keys: set[tuple[str, int]]) -> dict[tuple[str, int], Lot]:
    found = Lot.objects.filter(id__in=[f"{job}:{lot}" for job, lot in keys])
    return {(lot.job_id, lot.lot): lot for lot in found}

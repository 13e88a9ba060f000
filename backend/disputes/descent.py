"""One game as its page shows it: the claim, every position with its answer in order, and how it ended."""

from __future__ import annotations

from typing import Any

from assay.disputes.states import State
from backend.artifacts.specs import spec_of
from backend.disputes import selectors, words
from backend.disputes.calldata import called_by
from backend.disputes.calls import answer_of, call_of, head_of
from backend.disputes.models import Contest, GameStep
from backend.market.models import Job
from backend.web.deployed import deployment
from backend.web.finality import Tip

_BIG = ("node", "count", "index", "first", "last", "element", "value")  # of up to 256 bits: decimal text


def game_get(game_id: int, tip: Tip) -> dict[str, Any] | None:
    """The game with its claim, program, descent and ruling; None if the index does not know it."""
    game = selectors.GAMES.one(id=game_id)
    if game is None:
        return None
    selectors.games_finish([game])
    claim = claim_get(game["claim_id"], tip)
    tip.label([game])
    game["claim"] = claim
    game["program"] = program_of(game["job_id"])
    game["descent"] = _descent(game_id)
    game["ruling"] = _ruling(game)
    return game


def claim_get(claim_id: str, tip: Tip) -> dict[str, Any] | None:
    """A stated claim; None if the index does not know it."""
    claim = selectors.CLAIMS.one(id=claim_id)
    if claim is not None:
        selectors.claims_finish([claim])
        tip.label([claim])
    return claim


def program_of(job_id: str) -> dict[str, Any]:
    """What is known of a job's program: its artifact and title from the spec, null while no store has it."""
    job = Job.objects.filter(id=job_id).values("program_root", "spec_hash").first()
    spec = spec_of(job["spec_hash"]) if job else None
    artifact, title = ((spec or {}).get(name) for name in ("program", "title"))
    return {
        "root": job["program_root"] if job else None,
        "artifact": artifact if isinstance(artifact, str) else None,
        "kind": spec.get("kind") if spec else None,
        "title": title if isinstance(title, str) else None,
        "spec_hash": job["spec_hash"] if job else None,
    }


def _descent(game_id: int) -> list[dict[str, Any]]:
    steps = list(GameStep.objects.filter(game_id=game_id).order_by("index"))
    contests = Contest.objects.in_bulk([step.contest_id for step in steps])
    return [_level(game_id, step, contests[step.contest_id]) for step in steps]


def _level(game_id: int, step: GameStep, contest: Contest) -> dict[str, Any]:
    found = dict(contest.fields)
    position = {**found, "state": words.STATES[contest.state], **{name: str(found[name]) for name in _BIG}}
    position["tensor"] = head_of(found["head"])
    level = {
        "index": step.index,
        "key": contest.key,
        "contested": words.CONTESTED[State(contest.state)],
        "position": position,
        "contract": step.contract,
        "named_at": step.named_at,
        "named_tx": step.tx,
        "defender_used_seconds": step.defender_used,
        "challenger_used_seconds": step.challenger_used,
        "block": step.block,
        "answer": None,
    }
    if contest.answer_tx:
        level["answer"] = {
            **answer_of(contest.state, contest.answer, found["head"]),
            "at": contest.answered_at,
            "tx": contest.answer_tx,
            "game_id": str(contest.answer_game),
            "shared": contest.answer_game != game_id,
        }
    return level


def _ruling(game: dict[str, Any]) -> dict[str, Any] | None:
    """The transaction that ended the game; its calldata is null while the node does not give it."""
    if game["verdict"] is None:
        return None
    called = called_by(game["ended_tx"])
    addresses = {record.address.lower(): name for name, record in deployment().contracts.items()}
    contract = addresses.get(called.to) if called else None
    decoded = call_of(contract, called.data) if called else {"function": None, "args": None}
    return {
        "verdict": game["verdict"],
        "text": game["verdict_text"],
        "at": game["ended_at"],
        "tx": game["ended_tx"],
        "contract": contract,
        **decoded,
        "calldata": called.data if called else None,
    }

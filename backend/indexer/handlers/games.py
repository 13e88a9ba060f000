"""Rows of games, whichever contract of the dispute game logs: who stands where, and whose clock runs.

Clocks follow the contract: the defender's runs from a naming to the answer, the challenger's from the answer to
the next naming; an answer that another game brought about before costs no time here.
"""

from typing import ClassVar, Protocol

from assay.disputes.positions import position_from
from backend.chain.tables import Row
from backend.disputes.models import Claim, Contest, Game, GameState, GameStep, Turn
from backend.indexer.fact import Fact, text32
from backend.indexer.timeline import plain


class Named(Protocol):
    """PositionNamed of any of the contracts."""

    CONTRACT: ClassVar[str]
    game_id: int
    claim_id: bytes
    position_key: bytes
    position: bytes


class Answered(Protocol):
    """PositionAnswered of any of the contracts."""

    claim_id: bytes
    position_key: bytes
    game_id: int
    answer: bytes


def on_position_named(fact: Fact, event: Named) -> None:
    """The challenger named what differs (of a new game: its start). An answer that is there already serves it too."""
    contest = _contest(fact, event)
    game = game_row(fact, event.game_id)
    if game["standing"]:
        _spend(fact, game)
        left = fact.rows.edit(Contest, game["standing"])
        left["games"] = [one for one in left["games"] if one != game["id"]]
        game["moves"] += left["answer_game"] == game["id"]
    contest["games"] = [*contest["games"], game["id"]]
    game["standing"], game["contested"], game["named_at"] = contest["key"], contest["state"], fact.at
    game["turn"] = int(Turn.CHALLENGER if contest["answer_tx"] else Turn.DEFENDER)
    game["turn_since"] = fact.at
    fact.rows.put(
        GameStep,
        f"{game['id']}:{game['steps']}",
        position=fact.position,
        tx=fact.tx,
        game_id=game["id"],
        index=game["steps"],
        contract=event.CONTRACT,
        contest_id=contest["key"],
        named_at=fact.at,
        defender_used=game["defender_used"],
        challenger_used=game["challenger_used"],
    )
    game["steps"] += 1


def on_position_answered(fact: Fact, event: Answered) -> None:
    """The defender answered: every game that stands here goes on with its challenger."""
    contest = fact.rows.edit(Contest, text32(event.position_key))
    contest["answer"], contest["answer_tx"] = "0x" + event.answer.hex(), fact.tx
    contest["answered_at"], contest["answer_game"] = fact.at, event.game_id
    for game_id in contest["games"]:
        game = game_row(fact, game_id)
        _spend(fact, game)
        game["turn"], game["turn_since"] = int(Turn.CHALLENGER), fact.at


def end(fact: Fact, game: Row) -> None:
    """The game is over: its clocks stand still, it stands nowhere."""
    _spend(fact, game)
    left = fact.rows.edit(Contest, game["standing"])
    left["games"] = [one for one in left["games"] if one != game["id"]]
    game["standing"], game["turn"], game["state"] = "", int(Turn.NOBODY), int(GameState.ENDED)
    game["ended_at"], game["ended_tx"] = fact.at, fact.tx


def stop(fact: Fact, game_id: int) -> None:
    """Another game convicted the claim: nobody moves here any more, anyone may close it."""
    game = game_row(fact, game_id)
    _spend(fact, game)
    game["turn"], game["turn_since"] = int(Turn.NOBODY), fact.at


def game_row(fact: Fact, game_id: int) -> Row:
    """The row of a game, to be changed; clients of it, of its job and of both sides are told."""
    game = fact.rows.edit(Game, game_id)
    game_changed(fact, game)
    return game


def game_changed(fact: Fact, game: Row) -> None:
    """Tells clients of a game, of the list of games, of its job, and of both sides."""
    text = str(game["id"])
    fact.rows.change("dispute", f"dispute:{text}", text)
    fact.rows.change("dispute", "disputes", text)
    fact.rows.change("lot", f"job:{game['job_key']}", f"{game['job_key']}:{game['lot']}")
    fact.account_changed(game["challenger"], game["defender"])


def claim_row(fact: Fact, claim_id: bytes | str) -> Row:
    """The row of a stated claim, to be changed."""
    return fact.rows.edit(Claim, claim_id if isinstance(claim_id, str) else text32(claim_id))


def _spend(fact: Fact, game: Row) -> None:
    side = {Turn.DEFENDER: "defender_used", Turn.CHALLENGER: "challenger_used"}.get(Turn(game["turn"]))
    if side is not None:
        game[side] += fact.at - game["turn_since"]


def _contest(fact: Fact, event: Named) -> Row:
    key = text32(event.position_key)
    if fact.rows.get(Contest, key) is not None:
        return fact.rows.edit(Contest, key)
    position = position_from(event.position)
    state = int(position.state)
    return fact.rows.put(
        Contest,
        key,
        position=fact.position,
        claim_id=text32(event.claim_id),
        state=state,
        fields={**plain("position", position), "state": state},
        games=[],
    )

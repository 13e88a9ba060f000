"""Rows from DisputeGame: games opened and ended, bonds, and the moves it takes itself."""

from assay.disputes.states import Verdict
from assay.protocol.generated.events import (
    BondWithdrawn,
    GameEnded,
    GameOpened,
    PositionAnswered,
    PositionNamed,
)
from backend.chain.tables import Row
from backend.disputes.models import Game, GameCredit
from backend.indexer.fact import Fact, Handlers, text32
from backend.indexer.handlers import games

CONVICTED = (Verdict.CONVICTED_LEAF, Verdict.CONVICTED_CLOCK)


def on_game_opened(fact: Fact, event: GameOpened) -> None:
    """A challenger put up its bond against a claim; the first position is named by the next log."""
    claim = games.claim_row(fact, event.claim_id)
    claim["games"] += 1
    claim["open_games"] = [*claim["open_games"], event.game_id]
    game = fact.rows.put(
        Game,
        event.game_id,
        position=fact.position,
        tx=fact.tx,
        claim_id=text32(event.claim_id),
        job_key=claim["job_key"],
        lot=claim["lot"],
        place=claim["place"],
        challenger=event.challenger,
        defender=event.defender,
        bond_usd6=event.bond_usd6,
        clock_seconds=event.clock_seconds,
        opened_at=fact.at,
    )
    fact.totals()["games"] += 1
    games.game_changed(fact, game)


def on_game_ended(fact: Fact, event: GameEnded) -> None:
    """A ruling, a clock, or a conviction elsewhere ended it; the bond is somebody's credit."""
    game = games.game_row(fact, event.game_id)
    games.end(fact, game)
    game["verdict"], game["moves"] = event.verdict, event.moves
    game["paid"], game["paid_usd6"] = event.paid, event.paid_usd6
    claim = games.claim_row(fact, event.claim_id)
    claim["open_games"] = [one for one in claim["open_games"] if one != event.game_id]
    if event.verdict in CONVICTED:
        for other in claim["open_games"]:
            games.stop(fact, other)
    credit = _credit(fact, event.paid)
    credit["balance_usd6"] += event.paid_usd6
    credit["added_usd6"] += event.paid_usd6
    fact.account_changed(event.paid)


def on_bond_withdrawn(fact: Fact, event: BondWithdrawn) -> None:
    """An account was sent the bonds it is owed."""
    credit = _credit(fact, event.account)
    credit["balance_usd6"] -= event.amount_usd6
    credit["withdrawn_usd6"] += event.amount_usd6
    fact.account_changed(event.account)


def _credit(fact: Fact, account: str) -> Row:
    if fact.rows.get(GameCredit, account) is None:
        return fact.rows.put(GameCredit, account, position=fact.position)
    return fact.rows.edit(GameCredit, account)


HANDLERS: Handlers = {
    GameOpened: on_game_opened,
    PositionNamed: games.on_position_named,
    PositionAnswered: games.on_position_answered,
    GameEnded: on_game_ended,
    BondWithdrawn: on_bond_withdrawn,
}

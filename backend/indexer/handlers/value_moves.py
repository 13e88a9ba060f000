"""Rows from ValueMoves, which takes moves about pages, elements and terms."""

from assay.protocol.generated.events import ValueMovesPositionAnswered, ValueMovesPositionNamed
from backend.indexer.fact import Handlers
from backend.indexer.handlers import games

HANDLERS: Handlers = {
    ValueMovesPositionAnswered: games.on_position_answered,
    ValueMovesPositionNamed: games.on_position_named,
}

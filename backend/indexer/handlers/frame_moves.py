"""Rows from FrameMoves, which takes moves that open a frame."""

from assay.protocol.generated.events import FrameMovesPositionAnswered, FrameMovesPositionNamed
from backend.indexer.fact import Handlers
from backend.indexer.handlers import games

HANDLERS: Handlers = {
    FrameMovesPositionAnswered: games.on_position_answered,
    FrameMovesPositionNamed: games.on_position_named,
}

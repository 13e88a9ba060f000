"""Rows from TraceMoves, which takes namings that look into a committed state trace."""

from assay.protocol.generated.events import TraceMovesPositionNamed
from backend.indexer.fact import Handlers
from backend.indexer.handlers import games

HANDLERS: Handlers = {TraceMovesPositionNamed: games.on_position_named}

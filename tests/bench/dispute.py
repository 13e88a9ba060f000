"""Disputes: gas of the leaf that a contract recomputes, of each move, of whole games.

Every figure is a whole transaction under Prague rules.
"""

from typing import Any

from tests.bench import dispute_game, dispute_leaf

# each adds the rows of one measurement
PARTS = (dispute_leaf.rows, dispute_game.rows)


def run(args: list[str]) -> list[dict[str, Any]]:
    """Rows for the table; `args` is unused."""
    return [row for part in PARTS for row in part()]

"""Exact arithmetic and its commitments against native floats, as ratios in one run.

ROWS lists functions that each return one row; a file `exact_*.py` of this folder owns its rows and is listed here.
"""

import sys
from collections.abc import Callable
from typing import Any

from tests.bench import exact_commitment, exact_dots, exact_steps

ROWS: tuple[Callable[[], dict[str, Any]], ...] = (*exact_dots.ROWS, *exact_commitment.ROWS, *exact_steps.ROWS)


def run(args: list[str]) -> list[dict[str, Any]]:
    """Every row, or those whose function is named."""
    found = []
    for row in ROWS:
        if args and row.__name__ not in args:
            continue
        found.append(row())
        print(f"  {found[-1]['name']}: {found[-1]['value']}", file=sys.stderr, flush=True)
    return found

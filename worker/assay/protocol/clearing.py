"""The rule that clears sealed bids; twin of contracts/BidBook.vy.

Bids win in the order of (price, order of sealing) until the seats and spares of all lots are filled. Every unit is paid
one price: that of the first bid that wins nothing, or, where every bid wins something, that of the highest winner. A
bidder of one unit therefore does best at its cost wherever another bid stands behind it: what it says decides whether
it wins, not what it is paid. A bidder of several units may gain by asking more for the last of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MAX_KEPT = 20
DEPOSIT_BPS = 500


@dataclass(frozen=True, slots=True)
class OpenedBid:
    """A bid that was opened. order: of sealing, from 0; units: seat places of lots, at most the lots."""

    provider: str
    price_usd6: int
    units: int
    order: int


@dataclass(frozen=True, slots=True)
class Clearing:
    """awarded: units of each winner, cheapest first; empty when the bids do not fill the seats."""

    awarded: tuple[tuple[OpenedBid, int], ...]
    price_usd6: int
    spares: int


def deposit_of(ceiling_usd6: int, units: int) -> int:
    """What a bid puts down until it is opened, rounded up."""
    return -(-ceiling_usd6 * units * DEPOSIT_BPS // 10_000)


def clear(opened: Iterable[OpenedBid], *, lots: int, seats: int, spares: int) -> Clearing:
    """Who wins what, at which price, with how many spares; the order in which bids were opened does not matter."""
    ranked = sorted(opened, key=lambda bid: (bid.price_usd6, bid.order))
    kept, rest = ranked[:MAX_KEPT], ranked[MAX_KEPT:]
    width = min(seats + spares, sum(bid.units for bid in kept) // lots)
    if width < seats:
        return Clearing((), 0, 0)
    left, awarded = lots * width, []
    for bid in kept:
        units = min(bid.units, left)
        if units:
            awarded.append((bid, units))
        left -= units
    behind = [*kept[len(awarded) :], *rest]
    price = behind[0].price_usd6 if behind else awarded[-1][0].price_usd6
    return Clearing(tuple(awarded), price, width - seats)

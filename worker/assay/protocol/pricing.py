"""What a job costs, to the last unit: the contracts' own formulas in Python.

Called by: quoting.py (and through it the backend's quotes and the CLI buyer). Pure, no I/O. All amounts are
integers in units of 10^-6 USD; every division rounds up, as Auction, JobBoard and JobMarket do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BPS = 10_000
SECONDS_PER_HOUR = 3_600
USD6 = 10**6
TRUSTED = 1
REPLICATED = 3
REFEREED = 4
BOND_GAMES = 2  # a claim that can be disputed puts up at least so many bonds of a game


@dataclass(frozen=True)
class MarketParams:
    """Numbers fixed at deployment that a price depends on (`params` of the deployment json)."""

    fee_bps: int
    poke_price_usd6: int
    cancel_fee_bps: int
    trusted_bond_bps: int
    replicated_bond_bps: int
    seed_delay_blocks: int
    delivery_window_seconds: int
    refereed_bond_bps: int
    path_moves: int
    move_price_usd6: int
    low_window_seconds: int
    mid_window_seconds: int
    high_window_seconds: int
    window_slack_seconds: int

    @classmethod
    def from_mapping(cls, params: Mapping[str, Any]) -> MarketParams:
        """Reads the numbers out of a deployment's `params`; KeyError names the one that is missing."""
        return cls(**{name: int(params[name]) for name in cls.__dataclass_fields__})

    def bond_bps(self, grade: int) -> int:
        """Share of a seat's price that is locked as bond under this grade."""
        return {
            TRUSTED: self.trusted_bond_bps,
            REPLICATED: self.replicated_bond_bps,
            REFEREED: self.refereed_bond_bps,
        }[grade]

    @property
    def least_claim_bond_usd6(self) -> int:
        """What a claim that can be disputed must put up: JobBoard takes no cheaper one."""
        return BOND_GAMES * self.path_moves * self.move_price_usd6

    def least_disputable_price_usd6(self, grade: int) -> int:
        """The least price of a seat whose bond is that high."""
        return ceil_div((self.least_claim_bond_usd6 - 1) * BPS + 1, self.bond_bps(grade))

    def window_seconds(self, grade: int, escrow_usd6: int, lot_seconds: int) -> int:
        """How long a lot waits after its root is shown, when nothing is challenged (a refereed job is exact)."""
        if grade != REFEREED:
            return self.delivery_window_seconds
        least = (
            self.low_window_seconds
            if escrow_usd6 < 100 * USD6
            else self.mid_window_seconds
            if escrow_usd6 < 10_000 * USD6
            else self.high_window_seconds
        )
        return max(least, 2 * lot_seconds + self.window_slack_seconds)


@dataclass(frozen=True)
class Price:
    """The lines of an order before it is signed; seats_total + fee + pokes = escrow, always."""

    ceiling_usd6: int  # most paid to one seat of one lot
    seats_total_usd6: int
    fee_usd6: int
    pokes_usd6: int
    escrow_usd6: int
    worst_case_usd6: int  # nothing beyond the escrow is ever owed
    expected_usd6: int  # when every seat delivers, at the awarded prices and the draw's average
    refund_if_cancelled_now_usd6: int  # before the draw
    refund_if_cancelled_after_draw_usd6: int  # least, while no lot has a seal yet


def ceil_div(value: int, divisor: int) -> int:
    """value / divisor rounded up, for value >= 0 and divisor > 0."""
    return -(-value // divisor)


def seat_price_usd6(price_per_hour_usd6: int, lot_seconds: int) -> int:
    """Price of one seat of one lot: ceil(price per hour * stated seconds / 3600)."""
    return ceil_div(price_per_hour_usd6 * lot_seconds, SECONDS_PER_HOUR)


def bond_usd6(price_usd6: int, bond_bps: int) -> int:
    """Stake locked for one unit of the ring."""
    return ceil_div(price_usd6 * bond_bps, BPS)


def fee_usd6(price_usd6: int, fee_bps: int) -> int:
    """Protocol fee on one seat's price, on top of it."""
    return ceil_div(price_usd6 * fee_bps, BPS)


def price_lines(
    *,
    lots: int,
    seats: int,
    ceiling_usd6: int,
    expected_seats_usd6: int,
    expected_fees_usd6: int,
    params: MarketParams,
) -> Price:
    """All lines of an order from its terms. escrow = lots * (seats * (ceiling + fee) + poke) + poke."""
    seats_total = lots * seats * ceiling_usd6
    fee_total = lots * seats * fee_usd6(ceiling_usd6, params.fee_bps)
    pokes = (lots + 1) * params.poke_price_usd6
    escrow = seats_total + fee_total + pokes
    # the draw poke is spent, each called seat gets its cancellation fee, each lot is closed by a paid poke
    cancelled = lots * seats * ceil_div(ceiling_usd6 * params.cancel_fee_bps, BPS) + pokes
    return Price(
        ceiling_usd6=ceiling_usd6,
        seats_total_usd6=seats_total,
        fee_usd6=fee_total,
        pokes_usd6=pokes,
        escrow_usd6=escrow,
        worst_case_usd6=escrow,
        expected_usd6=expected_seats_usd6 + expected_fees_usd6 + pokes,
        refund_if_cancelled_now_usd6=escrow,
        refund_if_cancelled_after_draw_usd6=max(0, escrow - cancelled),
    )

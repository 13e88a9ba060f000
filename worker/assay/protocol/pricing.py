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
SAMPLED = 2
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

    def bond_bps(self, grade: int, audit_bps: int = 0) -> int:
        """Share of a seat's price that is locked as bond under this grade; sampled: the bond law, rounded up."""
        if grade == SAMPLED:
            return max(BPS, ceil_div(2 * BPS * (BPS - audit_bps), audit_bps))
        return {
            TRUSTED: self.trusted_bond_bps,
            REPLICATED: self.replicated_bond_bps,
            REFEREED: self.refereed_bond_bps,
        }[grade]

    @property
    def least_claim_bond_usd6(self) -> int:
        """What a claim that can be disputed must put up: JobBoard takes no cheaper one."""
        return BOND_GAMES * self.path_moves * self.move_price_usd6

    def least_disputable_price_usd6(self, grade: int, audit_bps: int = 0) -> int:
        """The least price of a seat whose bond is that high."""
        least = max(1, self.least_claim_bond_usd6 * BPS // self.bond_bps(grade, audit_bps) - 1)
        while bond_usd6(least, grade, audit_bps, self) < self.least_claim_bond_usd6:
            least += 1
        return least

    def window_seconds(self, grade: int, escrow_usd6: int, lot_seconds: int, *, exact: bool = True) -> int:
        """How long a lot waits after its root is shown, when nothing is challenged (a refereed job is exact)."""
        if not exact or grade not in (SAMPLED, REFEREED):
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


def bond_usd6(price_usd6: int, grade: int, audit_bps: int, params: MarketParams) -> int:
    """Stake locked for one unit of the ring: what grades._bond of the contracts gives."""
    if grade == SAMPLED:
        return max(price_usd6, ceil_div(2 * price_usd6 * (BPS - audit_bps), audit_bps))
    return ceil_div(price_usd6 * params.bond_bps(grade), BPS)


def priced_seats(grade: int, seats: int) -> int:
    """Seats that a lot's budget covers: of a sampled lot the seat and its auditor."""
    return 2 if grade == SAMPLED else seats


def fee_usd6(price_usd6: int, fee_bps: int) -> int:
    """Protocol fee on one seat's price, on top of it."""
    return ceil_div(price_usd6 * fee_bps, BPS)


def price_lines(
    *,
    lots: int,
    seats: int,
    called: int,
    ceiling_usd6: int,
    expected_seats_usd6: int,
    expected_fees_usd6: int,
    params: MarketParams,
) -> Price:
    """All lines of an order from its terms. escrow = lots * (seats * (ceiling + fee) + poke) + poke.

    seats: as priced_seats has them; called: places that compute each lot from the start.
    """
    seats_total = lots * seats * ceiling_usd6
    fee_total = lots * seats * fee_usd6(ceiling_usd6, params.fee_bps)
    pokes = (lots + 1) * params.poke_price_usd6
    escrow = seats_total + fee_total + pokes
    # the draw poke is spent, each called seat gets its cancellation fee, each lot is closed by a paid poke
    cancelled = lots * called * ceil_div(ceiling_usd6 * params.cancel_fee_bps, BPS) + pokes
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

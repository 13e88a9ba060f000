"""The numbers a deployment is made with: immutable constructor arguments, published in the deployment file.

Money in units of 10^-6 USD, shares of an amount in basis points, times in seconds, the seed delay in blocks.
"""

from dataclasses import asdict, dataclass
from typing import Final

HOUR: Final = 3_600
DAY: Final = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Params:
    """One set of numbers, under the names they have in the deployment file."""

    name: str
    # money
    fee_bps: int = 200
    poke_price_usd6: int = 1_000
    page_price_usd6: int = 20_000
    cancel_fee_bps: int = 1_000
    exchange_fee_bps: int = 30  # of the value of a trade of shares, paid by its taker; at most 100
    # bond of one unit of the ring, of its seat price, by grade
    trusted_bond_bps: int = 1_000
    replicated_bond_bps: int = 10_000
    refereed_bond_bps: int = 20_000
    # a game's bond and each side's clock are this many moves
    path_moves: int = 40
    move_price_usd6: int = 1_000
    # timers
    bid_seconds: int = 20
    open_seconds: int = 20
    seed_delay_blocks: int = 2
    min_commit_seconds: int = 30
    min_reveal_seconds: int = 30
    delivery_window_seconds: int = 10
    page_clock_seconds: int = 20
    unbonding_seconds: int = 120
    min_move_seconds: int = 20
    # challenge window of an exact job: at least this by the job's escrow (under 100 USD, under 10,000 USD,
    # above), and twice the stated run time of a lot with the slack
    low_window_seconds: int = 30
    mid_window_seconds: int = 30
    high_window_seconds: int = 30
    window_slack_seconds: int = 10
    # a lost wallet's shares move, and a tender is completed, no sooner than this after it was announced
    recovery_notice_seconds: int = 120
    tender_notice_seconds: int = 60
    # the guardian stops new jobs and offerings only, for `guardian_pause_seconds` at a time, until its power ends
    guardian_pause_seconds: int = 7 * DAY
    guardian_seconds: int = 365 * DAY

    def as_dict(self) -> dict[str, int | str]:
        """Every number by name, as the deployment file has them."""
        return asdict(self)


DEVNET: Final = Params(name="devnet")

PRODUCTION: Final = Params(
    name="production",
    bid_seconds=300,
    open_seconds=300,
    seed_delay_blocks=4,
    min_commit_seconds=600,
    min_reveal_seconds=600,
    delivery_window_seconds=HOUR,
    page_clock_seconds=1_800,
    unbonding_seconds=14 * DAY,
    recovery_notice_seconds=14 * DAY,
    tender_notice_seconds=7 * DAY,
    move_price_usd6=50_000,
    min_move_seconds=1_800,
    low_window_seconds=HOUR,
    mid_window_seconds=DAY,
    high_window_seconds=DAY * 7 // 2,
    window_slack_seconds=600,
)

PARAMS: Final[dict[str, Params]] = {"devnet": DEVNET, "production": PRODUCTION}

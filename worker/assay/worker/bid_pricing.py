"""What a worker bids for a job at auction. A strategy is one method; `strategy_from` reads the setting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from assay.protocol.errors import BadInput
from assay.protocol.generated.structs import Terms
from assay.protocol.pricing import BPS, ceil_div, seat_price_usd6
from assay.protocol.units import parse_usd6

HINT = "Use ask, off, or cost-plus:USD_PER_DEVICE_HOUR:PERCENT, such as cost-plus:0.80:10."


class BidPricingStrategy(Protocol):
    """The price of one seat of one lot; None: no bid. For one unit the cost itself is the best answer: the clearing
    price is another's, so a bid decides whether it wins and not what it is paid.
    """

    def price_usd6(self, terms: Terms, ask_per_hour_usd6: int) -> int | None:
        """ask_per_hour_usd6: the standing ask of the device that would do it."""
        ...


@dataclass(frozen=True, slots=True)
class AskPricing:
    """Bids what the device asks for instant orders."""

    def price_usd6(self, terms: Terms, ask_per_hour_usd6: int) -> int | None:
        """The ask's price of a seat."""
        return seat_price_usd6(ask_per_hour_usd6, terms.lot_seconds)


@dataclass(frozen=True, slots=True)
class CostPlus:
    """Bids a cost per device-hour and a margin on it, whatever the ask."""

    cost_per_hour_usd6: int
    margin_bps: int

    def price_usd6(self, terms: Terms, ask_per_hour_usd6: int) -> int | None:
        """Cost of the stated run time of a lot, and the margin."""
        hour = ceil_div(self.cost_per_hour_usd6 * (BPS + self.margin_bps), BPS)
        return max(1, seat_price_usd6(hour, terms.lot_seconds))


@dataclass(frozen=True, slots=True)
class NoBids:
    """Takes instant orders only."""

    def price_usd6(self, terms: Terms, ask_per_hour_usd6: int) -> int | None:
        """Never a bid."""
        return None


def strategy_from(text: str) -> BidPricingStrategy:
    """The strategy of a setting: ask, off, or cost-plus:USD:PERCENT. Raises BadInput."""
    name, *numbers = text.strip().split(":")
    if name == "ask" and not numbers:
        return AskPricing()
    if name == "off" and not numbers:
        return NoBids()
    if name == "cost-plus" and len(numbers) == 2:
        try:
            cost, percent = parse_usd6(numbers[0]), float(numbers[1])
        except (ValueError, BadInput):
            raise BadInput(f"The bid strategy {text!r} has a malformed number.", HINT) from None
        if cost > 0 and 0 <= percent <= 10_000:
            return CostPlus(cost, round(percent * 100))
        raise BadInput(f"The bid strategy {text!r} needs a cost above 0 and 0 to 10000 percent.", HINT)
    raise BadInput(f"There is no bid strategy {text!r}.", HINT)

"""Money as integers of 10^-6 USD, converted from and to text at one border, exactly."""

import re
from typing import NewType

from assay.protocol.errors import BadInput

Usd6 = NewType("Usd6", int)
Bps = NewType("Bps", int)
Seconds = NewType("Seconds", int)
BlockNumber = NewType("BlockNumber", int)

USD = 1_000_000
SHARE_UNIT = 10**18  # DeviceShare has 18 decimals
_AMOUNT = re.compile(r"(\d{1,60})(?:\.(\d{1,6}))?")


def parse_usd6(text: str) -> Usd6:
    """Units of 10^-6 USD of a decimal text such as "12", "0.5" or "1.000001".

    Raises BadInput for signs, exponents, separators, more than six decimals, or anything else.
    """
    match = _AMOUNT.fullmatch(text.strip()) if isinstance(text, str) and text.isascii() else None
    if match is None:
        raise BadInput(
            f"{text!r} is not an amount in USD.",
            "Write digits with at most six decimals, such as 12 or 0.25.",
        )
    whole, fraction = match.group(1), match.group(2) or ""
    return Usd6(int(whole) * USD + int(fraction.ljust(6, "0")))


def format_usd6(amount: int) -> str:
    """Decimal text with two to six decimals and no separators: 1_500_000 → "1.50"."""
    sign, value = ("-", -amount) if amount < 0 else ("", amount)
    whole, fraction = divmod(value, USD)
    digits = f"{fraction:06d}".rstrip("0").ljust(2, "0")
    return f"{sign}{whole}.{digits}"

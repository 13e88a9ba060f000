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
SHARE_DECIMALS = 18
_SHARES = re.compile(r"(\d{1,30})(?:\.(\d{1,18}))?")
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


def parse_shares(text: str) -> int:
    """Units of 10^-18 share of a decimal text such as "12" or "0.5". Raises BadInput for anything else."""
    match = _SHARES.fullmatch(text.strip()) if isinstance(text, str) and text.isascii() else None
    if match is None:
        raise BadInput(
            f"{text!r} is not an amount of shares.",
            "Write digits with at most eighteen decimals, such as 12 or 0.25.",
        )
    return int(match.group(1)) * SHARE_UNIT + int((match.group(2) or "").ljust(SHARE_DECIMALS, "0"))


def format_shares(amount: int) -> str:
    """Decimal text without trailing zeros, exact: 2_500_000_000_000_000_000 → "2.5"."""
    whole, fraction = divmod(amount, SHARE_UNIT)
    digits = f"{fraction:018d}".rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)

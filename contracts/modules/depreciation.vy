# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title What a device is still worth by the schedule that was fixed when its shares were made
@notice Book value, not a price: an agreed rule over time, read by pages and by the floor of a tender. Integers only, rounded down.
        Straight line: from cost to salvage over the life. Declining: what lies above salvage halves every `life_seconds`, in a
        straight line inside each of them.
"""

MAX_COST_USD6: constant(uint256) = 10**18  # a million million dollars: no product below comes near 2**256
MAX_LIFE_SECONDS: constant(uint256) = 100 * 365 * 86_400
MAX_HALVINGS: constant(uint256) = 64  # above it nothing is left of MAX_COST_USD6


@view
@internal
def _check(cost_usd6: uint256, salvage_usd6: uint256, life_seconds: uint256):
    """
    @dev A cost of zero means that there is no schedule: then the others must be zero too.
    """
    if cost_usd6 == 0:
        assert salvage_usd6 == 0 and life_seconds == 0, "schedule: a cost is missing"
        return
    assert cost_usd6 <= MAX_COST_USD6, "schedule: cost above the limit"
    assert salvage_usd6 <= cost_usd6, "schedule: salvage above cost"
    assert life_seconds != 0, "schedule: life is zero"
    assert life_seconds <= MAX_LIFE_SECONDS, "schedule: life above the limit"


@pure
@internal
def _book_value(
    cost_usd6: uint256, salvage_usd6: uint256, life_seconds: uint256, declining: bool, age_seconds: uint256
) -> uint256:
    if cost_usd6 == 0:
        return 0
    above: uint256 = cost_usd6 - salvage_usd6
    if declining:
        halvings: uint256 = age_seconds // life_seconds
        if halvings >= MAX_HALVINGS:
            return salvage_usd6
        # the value falls from above / 2**n to half of that while `inside` runs from 0 to life_seconds
        inside: uint256 = age_seconds % life_seconds
        scaled: uint256 = above * (2 * life_seconds - inside)
        return salvage_usd6 + scaled // (2 * life_seconds * 2**halvings)
    if age_seconds >= life_seconds:
        return salvage_usd6
    return salvage_usd6 + above * (life_seconds - age_seconds) // life_seconds

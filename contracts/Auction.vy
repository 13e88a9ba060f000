# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title Standing asks, the award of an instant order, and what terms any order may have
@notice A provider posts what an hour of one of its devices costs and how many units it takes in one job. JobBoard calls award()
        when a job is posted; anyone may call it before, to see the refusal and its cause.
@custom:kill Not stopped: it holds no money. A provider ends its part with withdraw_ask; new jobs are paused in JobBoard.
"""

from contracts.interfaces import IAuction
from contracts.interfaces import IDeviceRegistry
from contracts.modules import grades

implements: IAuction

MAX_PRICE_PER_HOUR_USD6: constant(uint256) = 10**12  # a million a device-hour; keeps every product far from overflow
MAX_LOTS: constant(uint256) = 4_096
MAX_ITEMS_PER_LOT: constant(uint256) = 65_536  # a page proof's list has at most 16 levels
MAX_LOT_SECONDS: constant(uint256) = 7 * 86_400
MAX_CEILING_USD6: constant(uint256) = 10**15   # fits the market's packed slot
HOUR_SECONDS: constant(uint256) = 3_600

REGISTRY: immutable(IDeviceRegistry)

_asks: HashMap[bytes32, IAuction.Ask]  # device => ask


@deploy
def __init__(registry: IDeviceRegistry):
    REGISTRY = registry


@external
def post_ask(device_id: bytes32, price_per_hour_usd6: uint256, max_units: uint32):
    """
    @notice The device's provider states or replaces its price; 1 <= price <= MAX_PRICE_PER_HOUR_USD6.
    """
    provider: address = staticcall REGISTRY.provider_of(device_id)
    assert msg.sender == provider, "auction: only the device's provider"
    device: IDeviceRegistry.Device = staticcall REGISTRY.device(device_id)
    assert not device.retired, "auction: the device is retired"
    assert price_per_hour_usd6 > 0, "auction: price is zero"
    assert price_per_hour_usd6 <= MAX_PRICE_PER_HOUR_USD6, "auction: price too high"
    assert max_units > 0, "auction: max units is zero"
    self._asks[device_id] = IAuction.Ask(
        provider=provider, price_per_hour_usd6=price_per_hour_usd6, max_units=max_units
    )
    log IAuction.AskPosted(
        device_id=device_id, provider=provider, price_per_hour_usd6=price_per_hour_usd6, max_units=max_units
    )


@external
def withdraw_ask(device_id: bytes32):
    """
    @notice Ends an ask. Jobs awarded before are not touched.
    """
    provider: address = self._asks[device_id].provider
    assert provider != empty(address), "auction: no ask"
    assert msg.sender == provider, "auction: only the provider of the ask"
    self._asks[device_id] = empty(IAuction.Ask)
    log IAuction.AskWithdrawn(device_id=device_id, provider=provider)


@view
@external
def ask_of(device_id: bytes32) -> IAuction.Ask:
    return self._asks[device_id]


@pure
@internal
def _check_terms(
    runtime_class: bytes32,
    grade: uint8,
    seats: uint8,
    spares: uint8,
    lots: uint32,
    items_per_lot: uint32,
    items: uint64,
    lot_seconds: uint32,
    ceiling_usd6: uint256,
    audit_bps: uint16,
):
    exact: bool = runtime_class == empty(bytes32)
    assert exact or convert(grade, uint256) != grades.REFEREED, "auction: refereed jobs have no runtime class"
    assert grades._holds(convert(grade, uint256), convert(seats, uint256)), "auction: no such grade with these seats"
    admitted: bool = grades._admits(
        convert(grade, uint256), convert(seats, uint256), convert(spares, uint256), convert(audit_bps, uint256)
    )
    assert admitted, "auction: spares or audited part do not fit the grade"
    assert lots > 0 and convert(lots, uint256) <= MAX_LOTS, "auction: lots out of range"
    assert items_per_lot > 0, "auction: items per lot is zero"
    assert convert(items_per_lot, uint256) <= MAX_ITEMS_PER_LOT, "auction: too many items per lot"
    whole: uint256 = convert(lots, uint256) * convert(items_per_lot, uint256)
    assert convert(items, uint256) <= whole, "auction: more items than the lots hold"
    assert convert(items, uint256) > whole - convert(items_per_lot, uint256), "auction: the last lot would be empty"
    assert lot_seconds > 0, "auction: lot seconds is zero"
    assert convert(lot_seconds, uint256) <= MAX_LOT_SECONDS, "auction: lot seconds too high"
    assert ceiling_usd6 > 0, "auction: ceiling is zero"
    assert ceiling_usd6 <= MAX_CEILING_USD6, "auction: ceiling too high"


@view
@external
def check_terms(
    runtime_class: bytes32,
    grade: uint8,
    seats: uint8,
    spares: uint8,
    lots: uint32,
    items_per_lot: uint32,
    items: uint64,
    lot_seconds: uint32,
    ceiling_usd6: uint256,
    audit_bps: uint16,
) -> bool:
    """
    @notice True when these terms can be ordered, whoever is hired then; else reverts with the cause.
    """
    self._check_terms(
        runtime_class, grade, seats, spares, lots, items_per_lot, items, lot_seconds, ceiling_usd6, audit_bps
    )
    return True


@view
@external
def award(
    picks: DynArray[IAuction.Pick, 20],
    runtime_class: bytes32,
    grade: uint8,
    seats: uint8,
    spares: uint8,
    lots: uint32,
    items_per_lot: uint32,
    items: uint64,
    lot_seconds: uint32,
    ceiling_usd6: uint256,
    audit_bps: uint16,
) -> DynArray[IAuction.Awardee, 20]:
    """
    @notice The award list for these picks, or a revert with the cause.
    """
    exact: bool = runtime_class == empty(bytes32)
    self._check_terms(
        runtime_class, grade, seats, spares, lots, items_per_lot, items, lot_seconds, ceiling_usd6, audit_bps
    )
    awardees: DynArray[IAuction.Awardee, 20] = []
    total: uint256 = 0
    last_price_per_hour_usd6: uint256 = 0
    for pick: IAuction.Pick in picks:
        ask: IAuction.Ask = self._asks[pick.device_id]
        assert ask.provider != empty(address), "auction: a picked device has no ask"
        assert ask.price_per_hour_usd6 >= last_price_per_hour_usd6, "auction: picks are not in ascending price"
        last_price_per_hour_usd6 = ask.price_per_hour_usd6
        for earlier: IAuction.Awardee in awardees:
            assert earlier.provider != ask.provider, "auction: a provider is picked twice"
        assert pick.units > 0, "auction: units is zero"
        assert pick.units <= lots, "auction: more units than lots"
        assert pick.units <= ask.max_units, "auction: more units than the ask allows"
        price_usd6: uint256 = (
            ask.price_per_hour_usd6 * convert(lot_seconds, uint256) + HOUR_SECONDS - 1
        ) // HOUR_SECONDS
        assert price_usd6 <= ceiling_usd6, "auction: the ask is above the ceiling"
        provider: address = staticcall REGISTRY.provider_of(pick.device_id)
        assert provider == ask.provider, "auction: the deed has changed hands since the ask"
        device: IDeviceRegistry.Device = staticcall REGISTRY.device(pick.device_id)
        assert not device.retired, "auction: a picked device is retired"
        assert exact or device.runtime_class == runtime_class, "auction: a picked device has another runtime class"
        total += convert(pick.units, uint256)
        awardees.append(
            IAuction.Awardee(
                provider=provider,
                device_id=pick.device_id,
                payee=device.payee,
                price_usd6=price_usd6,
                units=pick.units,
            )
        )
    width: uint256 = convert(seats, uint256) + convert(spares, uint256)
    assert total == convert(lots, uint256) * width, "auction: units do not add up to lots x (seats + spares)"
    return awardees

# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Who of those whose shares a contract keeps has earned which part of the income of what it keeps
@notice The income accumulator once more, for many pools in one contract: a pool is an offering, a share or a tender, a member an
        account or a pool. `_deposit` is called with income that has arrived, before units change hands.
        Per pool: sum of owed_scaled + carry_scaled + SCALE * (taken) = SCALE * (deposits), always.
"""

SCALE: constant(uint256) = 10**36

struct Pool:
    units: uint256  # of all members
    index_scaled: uint256  # income of one unit since the beginning
    carry_scaled: uint256  # did not divide, or came while there were no units: part of the next deposit


_pools: HashMap[bytes32, Pool]  # pool => its sums
_units_of: HashMap[bytes32, HashMap[bytes32, uint256]]  # pool => member => units
_seen_scaled: HashMap[bytes32, HashMap[bytes32, uint256]]  # pool => member => index at its last settlement
_owed_scaled: HashMap[bytes32, HashMap[bytes32, uint256]]  # pool => member => income not yet taken


@internal
def _deposit(pool: bytes32, amount: uint256):
    sums: Pool = self._pools[pool]
    pot: uint256 = amount * SCALE + sums.carry_scaled
    if pot == 0:
        return
    if sums.units == 0:
        self._pools[pool].carry_scaled = pot
        return
    self._pools[pool].index_scaled = sums.index_scaled + pot // sums.units
    self._pools[pool].carry_scaled = pot % sums.units


@internal
def _settle(pool: bytes32, member: bytes32):
    index: uint256 = self._pools[pool].index_scaled
    units: uint256 = self._units_of[pool][member]
    if units != 0:
        self._owed_scaled[pool][member] += units * (index - self._seen_scaled[pool][member])
    self._seen_scaled[pool][member] = index


@internal
def _add(pool: bytes32, member: bytes32, units: uint256):
    self._settle(pool, member)
    self._units_of[pool][member] += units
    self._pools[pool].units += units


@internal
def _remove(pool: bytes32, member: bytes32, units: uint256):
    self._settle(pool, member)
    self._units_of[pool][member] -= units
    self._pools[pool].units -= units


@internal
def _take(pool: bytes32, member: bytes32) -> uint256:
    """
    @return Whole units of money owed to the member, now off the books; the fraction stays owed.
    """
    self._settle(pool, member)
    owed: uint256 = self._owed_scaled[pool][member]
    self._owed_scaled[pool][member] = owed % SCALE
    return owed // SCALE


@pure
@internal
def _member(account: address) -> bytes32:
    return convert(convert(account, uint256), bytes32)

# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Splits income among holders of a token by what they held when it arrived, exactly
@notice The deployable calls `_settle` for a holder before its balance changes, `_deposit` when income arrives, `_claim` to pay.
        Everything is kept in units of 1/SCALE of a token unit and nothing is rounded away before a claim:
        sum over holders of owed_scaled + carry_scaled + SCALE * (paid by _claim) = SCALE * (sum of deposits), always.
        So a stranger who makes a holder settle often (by sending it nothing, again and again) costs that holder nothing.
        No product can overflow while the deposits sum to less than 2**136, since balance * index <= SCALE * deposits.
"""

# a power of ten, so that supplies of round numbers of shares divide without any remainder at all
SCALE: constant(uint256) = 10**36

# income of one unit of balance since the beginning, times SCALE
index_scaled: uint256
# the dust: scaled income that did not divide by the supply, or came while there was no supply; part of the next deposit
carry_scaled: uint256
seen_scaled: HashMap[address, uint256]  # holder => index_scaled at its last settlement
owed_scaled: HashMap[address, uint256]  # holder => income of the settled past, times SCALE, not yet claimed


@internal
def _deposit(amount: uint256, supply: uint256):
    """
    @dev Accounts `amount` for all holders of `supply`.
    """
    pot: uint256 = amount * SCALE + self.carry_scaled
    if supply == 0:
        self.carry_scaled = pot
        return
    self.index_scaled += pot // supply
    self.carry_scaled = pot % supply


@internal
def _settle(holder: address, balance: uint256):
    """
    @dev Fixes what `holder` has earned with `balance`. Must run before the balance changes.
    """
    index: uint256 = self.index_scaled
    seen: uint256 = self.seen_scaled[holder]
    if seen == index:
        return
    self.seen_scaled[holder] = index
    if balance != 0:
        self.owed_scaled[holder] += balance * (index - seen)


@internal
def _settle_both(giver: address, giver_balance: uint256, taker: address, taker_balance: uint256):
    """
    @dev `_settle` for the two sides of a transfer.
    """
    index: uint256 = self.index_scaled
    seen: uint256 = self.seen_scaled[giver]
    if seen != index:
        self.seen_scaled[giver] = index
        if giver_balance != 0:
            self.owed_scaled[giver] += giver_balance * (index - seen)
    seen = self.seen_scaled[taker]
    if seen != index:
        self.seen_scaled[taker] = index
        if taker_balance != 0:
            self.owed_scaled[taker] += taker_balance * (index - seen)


@internal
def _hand_over(giver: address, taker: address):
    """
    @dev Everything that `giver` is owed, settled before, is owed to `taker`: for a wallet that is recovered, never for a transfer.
    """
    owed: uint256 = self.owed_scaled[giver]
    self.owed_scaled[giver] = 0
    self.owed_scaled[taker] += owed


@internal
def _claim(holder: address, balance: uint256) -> uint256:
    """
    @dev Takes the whole units owed to `holder` off the books; the fraction stays owed.
    @return What must now be sent to `holder`.
    """
    self._settle(holder, balance)
    owed: uint256 = self.owed_scaled[holder]
    amount: uint256 = owed // SCALE
    if amount != 0:
        self.owed_scaled[holder] = owed % SCALE
    return amount


@view
@internal
def _claimable(holder: address, balance: uint256) -> uint256:
    """
    @dev What `_claim` would return.
    """
    fresh: uint256 = balance * (self.index_scaled - self.seen_scaled[holder])
    return (self.owed_scaled[holder] + fresh) // SCALE

# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title What one transaction has to pay: gathered while lots are moved, spent in one distribution
@notice Transient storage, so that a poke of many lots pays each account once. Slashes land here too.
"""

from contracts.interfaces import IAuction
from contracts.interfaces import IEscrow
from contracts.interfaces import IJobMarket
from contracts.modules import grades
from contracts.modules import job_store
from contracts.modules import kinds
from contracts.modules import parts
from contracts.modules import reasons

uses: parts

SIDE_KINDS: constant(uint8[4]) = [kinds.POKE, kinds.REFUND, kinds.REWARD, kinds.COMPENSATION]

# sums of one transaction: the first four go to accounts, in the order of SIDE_KINDS
POKE: constant(uint256) = 0
REFUND: constant(uint256) = 1
REWARD: constant(uint256) = 2        # to the requester of a page, to a challenger
COMPENSATION: constant(uint256) = 3  # to the buyer
FEE: constant(uint256) = 4
KITTY: constant(uint256) = 5
BURN: constant(uint256) = 6
MOVED: constant(uint256) = 7         # no money: lots that were due

# what one transaction has to pay in the end, however many lots it moved; spent and emptied by _pay
_income: transient(uint256[20])  # by award index
_sums: transient(uint256[8])


@internal
def _add(sum: uint256, amount: uint256):
    # one function: a checked addition in place costs twice the code of this call
    self._sums[sum] += amount


@internal
def _slash(
    job: job_store.Job,
    index: uint256,
    place: uint256,
    phase: uint256,
    awardee: IAuction.Awardee,
    slash_bps: uint256,
    reason: uint256,
):
    bond: uint256 = grades._bond(job.grade, awardee.price_usd6, job.audit_bps)
    wanted: uint256 = (bond * slash_bps + 9_999) // 10_000
    taken: uint256 = extcall parts.VAULT.slash(awardee.provider, job.id, wanted, convert(reason, uint8))
    if reason >= reasons.CONVICTED_LEAF:
        # never all to the accuser; a buyer that is the provider gets nothing back this way
        half: uint256 = taken // 2
        quarter: uint256 = taken // 4
        tenth: uint256 = taken // 10
        if awardee.provider == job.buyer:
            quarter = 0
        rest: uint256 = taken - half - quarter - tenth
        if reason != reasons.CONVICTED_WITHHELD:
            # enforcing a ruling is paid like a poke
            poke: uint256 = min(parts.PARAMS.poke_price_usd6, rest)
            self._add(POKE, poke)
            rest -= poke
        self._add(REWARD, half)
        self._add(COMPENSATION, quarter)
        self._add(BURN, tenth)
        self._add(KITTY, rest)
        log IJobMarket.ProviderConvicted(
            job_id=job.id,
            provider=awardee.provider,
            lot=convert(index, uint32),
            place=convert(place, uint8),
            slashed_usd6=taken,
            reason=convert(reason, uint8),
        )
    else:
        poke: uint256 = min(parts.PARAMS.poke_price_usd6, taken)
        self._add(POKE, poke)
        self._add(KITTY, taken - poke)
        log IJobMarket.SeatDefaulted(
            job_id=job.id,
            provider=awardee.provider,
            lot=convert(index, uint32),
            place=convert(place, uint8),
            phase=convert(phase, uint8),
            slashed_usd6=taken,
        )


@internal
def _pay(job: job_store.Job, awardees: DynArray[IAuction.Awardee, 20], poker: address, requester: address):
    # Escrow skips what is zero
    payments: DynArray[IEscrow.Payment, 24] = []
    for k: uint256 in range(len(awardees), bound=20):
        payments.append(
            IEscrow.Payment(account=awardees[k].payee, amount_usd6=self._income[k], kind=kinds.INCOME)
        )
        self._income[k] = 0
    accounts: address[4] = [poker, job.buyer, requester, job.buyer]
    for sum: uint256 in range(4):
        payments.append(
            IEscrow.Payment(account=accounts[sum], amount_usd6=self._sums[sum], kind=SIDE_KINDS[sum])
        )
    fee: uint256 = self._sums[FEE]
    kitty: uint256 = self._sums[KITTY]
    burn: uint256 = self._sums[BURN]
    self._sums = empty(uint256[8])
    extcall parts.ESCROW.distribute(job.id, payments, fee, kitty, burn)

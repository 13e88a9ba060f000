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

# what one transaction has to pay in the end, however many lots it moved; spent and emptied by _pay
_income: transient(uint256[20])  # by award index
_poke_usd6: transient(uint256)
_refund_usd6: transient(uint256)
_reward_usd6: transient(uint256)        # to the requester of a page
_compensation_usd6: transient(uint256)  # to the buyer
_fee_usd6: transient(uint256)
_kitty_usd6: transient(uint256)
_burn_usd6: transient(uint256)
_moved: transient(uint256)  # lots that were due


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
    bond: uint256 = grades._bond(job.grade, awardee.price_usd6)
    wanted: uint256 = (bond * slash_bps + 9_999) // 10_000
    taken: uint256 = extcall parts.VAULT.slash(awardee.provider, job.id, wanted, convert(reason, uint8))
    if reason == reasons.CONVICTED_WITHHELD:
        # never all to the accuser; a buyer that is the provider gets nothing back this way
        half: uint256 = taken // 2
        quarter: uint256 = taken // 4
        tenth: uint256 = taken // 10
        if awardee.provider == job.buyer:
            quarter = 0
        self._reward_usd6 += half
        self._compensation_usd6 += quarter
        self._burn_usd6 += tenth
        self._kitty_usd6 += taken - half - quarter - tenth
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
        self._poke_usd6 += poke
        self._kitty_usd6 += taken - poke
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
    k: uint256 = 0
    for awardee: IAuction.Awardee in awardees:
        payments.append(
            IEscrow.Payment(account=awardee.payee, amount_usd6=self._income[k], kind=kinds.INCOME)
        )
        self._income[k] = 0
        k += 1
    accounts: address[4] = [poker, job.buyer, requester, job.buyer]
    amounts: uint256[4] = [
        self._poke_usd6, self._refund_usd6, self._reward_usd6, self._compensation_usd6
    ]
    for kind: uint256 in range(4):
        payments.append(
            IEscrow.Payment(
                account=accounts[kind], amount_usd6=amounts[kind], kind=SIDE_KINDS[kind]
            )
        )
    fee: uint256 = self._fee_usd6
    kitty: uint256 = self._kitty_usd6
    burn: uint256 = self._burn_usd6
    self._poke_usd6 = 0
    self._refund_usd6 = 0
    self._reward_usd6 = 0
    self._compensation_usd6 = 0
    self._fee_usd6 = 0
    self._kitty_usd6 = 0
    self._burn_usd6 = 0
    self._moved = 0
    extcall parts.ESCROW.distribute(job.id, payments, fee, kitty, burn)

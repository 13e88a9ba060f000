"""Bids for jobs at auction: seal, open, have the bids cleared, fetch a deposit back.

Called by the daemon each cycle with the jobs as folded at the head; calls.py asks it for the transactions. What was
sealed is on disk before the seal is sent, and its salt is derived from the key: a worker that was killed in between
opens its bid when it returns. With the disk lost too, the price it would bid now is tried.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.buyer.offers import DeviceFacts, Devices
from assay.market.follower import Head
from assay.market.records import Bidding, BidRecord, BidStatus, JobRecord
from assay.protocol.call import Call
from assay.protocol.clearing import deposit_of
from assay.protocol.clients import EscrowClient, JobBoardClient, StakeVaultClient, UsdClient
from assay.protocol.digests import bid_seal_of
from assay.protocol.generated.structs import Bid, Order
from assay.protocol.pricing import TRUSTED, MarketParams, bond_usd6
from assay.protocol.states import JobState
from assay.worker.bid_pricing import BidPricingStrategy
from assay.worker.herd import Herd
from assay.worker.moves import Move, Verb
from assay.worker.salts import Salts

ALLOWANCE_DEPOSITS = 20  # allowed to Escrow at once, so that not each bid needs an approval


@dataclass(frozen=True, slots=True)
class Chain:
    """Where bids go, and the ledgers they are paid and covered from."""

    chain_id: int
    bid_book: str
    board: JobBoardClient
    escrow: EscrowClient
    vault: StakeVaultClient
    usd: UsdClient
    params: MarketParams
    devices: Callable[[], Devices]  # all devices with their asks


class Bidder:
    """Decides on the bids of one provider."""

    def __init__(  # noqa: PLR0917 - the parts of a bidder
        self,
        provider: str,
        chain: Chain,
        salts: Salts,
        strategy: BidPricingStrategy,
        herd: Herd,
        folder: Path,
        log: Any,
        *,
        device_id: bytes | None = None,
    ) -> None:
        """device_id: bid with this device only; None: with whichever of the provider's is cheapest."""
        self._me, self._chain, self._salts, self._strategy = provider, chain, salts, strategy
        self._herd, self._folder, self._log, self._device_id = herd, folder, log, device_id
        self._bids: dict[bytes, Bid | None] = {}  # what was decided; None: no bid for this job

    # --- decisions ---

    def moves(self, jobs: Iterable[JobRecord], head: Head, *, draining: bool) -> list[Move]:
        """What is due now. A worker that drains seals nothing new, and opens what it has sealed."""
        found: list[Move] = []
        known = list(jobs)
        for job in known:
            if job.bidding is None:
                continue
            own = job.bidding.bid_of(self._me)
            if job.state == JobState.OPEN:
                found += self._open_job(job, job.bidding, own, known, head, draining)
            elif job.state == JobState.CANCELLED and own is not None and own.status == BidStatus.SEALED:
                found.append(Move(Verb.RETURN_DEPOSIT, job.job_id))
        return found

    def _open_job(  # noqa: PLR0917 - one job and its moment
        self,
        job: JobRecord,
        bidding: Bidding,
        own: BidRecord | None,
        jobs: list[JobRecord],
        head: Head,
        draining: bool,
    ) -> list[Move]:
        if bidding.is_due(head.timestamp):
            rank = own.order if own is not None else len(bidding.bids)
            duty = ("award", job.job_id)
            return [Move(Verb.AWARD, job.job_id)] if self._herd.my_turn(duty, rank) else []
        # a transaction is mined after the head
        if own is None and head.timestamp < bidding.seal_deadline and not draining:
            return [Move(Verb.SEAL_BID, job.job_id)] if self._decide(job, bidding, jobs, head) else []
        opens = own is not None and own.status == BidStatus.SEALED and head.timestamp > bidding.seal_deadline
        return [Move(Verb.OPEN_BID, job.job_id)] if opens else []

    def _decide(self, job: JobRecord, bidding: Bidding, jobs: list[JobRecord], head: Head) -> bool:
        """Whether to bid; decided once a job, and on disk before anything is sent."""
        if job.job_id not in self._bids:
            bid, reason = self._read(job), ""
            if bid is None:
                bid, reason = self._make(job, bidding, jobs, head)
            if bid is None:
                self._log.info("no bid", job=job.job_id, reason=reason)
            else:
                self._write(job, bid)
            self._bids[job.job_id] = bid
        return self._bids[job.job_id] is not None

    def _make(
        self, job: JobRecord, bidding: Bidding, jobs: list[JobRecord], head: Head
    ) -> tuple[Bid | None, str]:
        """The bid, or why there is none."""
        terms, chain = job.terms, self._chain
        exact = not any(terms.runtime_class)
        candidates: list[tuple[int, DeviceFacts]] = []
        for device in chain.devices().by_id.values():
            price = self._price(job, device, exact=exact)
            if price is not None:
                candidates.append((price, device))
        if not candidates:
            return None, "no device of this provider has an ask and fits the job under this strategy"
        price, device = min(candidates, key=lambda one: (one[0], one[1].device_id))
        if price > terms.ceiling_usd6:
            return None, f"the price {price} is above the ceiling {terms.ceiling_usd6} (usd6 a seat)"
        bond = bond_usd6(terms.ceiling_usd6, terms.grade, terms.audit_bps, chain.params)
        free = chain.vault.free_of(self._me, block=head.number) - self._promised(jobs)
        units = min(device.max_units, bidding.max_units, free // bond)
        if units < 1:
            return None, f"a bond of {bond} a unit is needed, {free} (usd6) of the stake is free"
        deposit = deposit_of(terms.ceiling_usd6, units)
        held = chain.usd.balance_of(self._me)
        if held < deposit:
            return None, f"the deposit is {deposit}, the account holds {held} (usd6)"
        return Bid(device.device_id, price, units, self._salts.bid_salt(job.job_id)), ""

    def _price(self, job: JobRecord, device: DeviceFacts, *, exact: bool) -> int | None:
        """What to bid with this device; None when it cannot or will not take the job."""
        terms = job.terms
        mine = device.provider.lower() == self._me.lower() and not device.retired
        fits = exact or device.runtime_class == terms.runtime_class
        chosen = self._device_id in (None, device.device_id)
        if not (mine and fits and chosen) or device.price_per_hour_usd6 is None:
            return None
        price = self._strategy.price_usd6(terms, device.price_per_hour_usd6)
        if price is not None and exact and terms.grade != TRUSTED:
            # below it the contracts refuse the opening: the claim could not be disputed
            least = self._chain.params.least_disputable_price_usd6(terms.grade, terms.audit_bps)
            price = max(price, least)
        return price

    def _promised(self, jobs: list[JobRecord]) -> int:
        """Stake that own sealed bids will lock when they are opened."""
        total = 0
        for job in jobs:
            own = job.bidding.bid_of(self._me) if job.bidding is not None else None
            if job.state == JobState.OPEN and own is not None and own.status == BidStatus.SEALED:
                terms = job.terms
                bond = bond_usd6(terms.ceiling_usd6, terms.grade, terms.audit_bps, self._chain.params)
                total += own.units * bond
        return total

    # --- transactions ---

    def call(self, verb: Verb, job: JobRecord) -> Call | None:
        """The call of one of the bidding verbs; None when it cannot be made now."""
        board = self._chain.board
        order = Order(job.buyer, job.client_salt, job.terms)
        if verb == Verb.AWARD:
            return board.award_auction(order)
        if verb == Verb.RETURN_DEPOSIT:
            return board.return_deposit(job.job_id, self._me)
        if verb == Verb.SEAL_BID:
            bid = self._bids.get(job.job_id)
            return None if bid is None else self._seal_call(job, order, bid)
        own = job.bidding.bid_of(self._me) if job.bidding is not None else None
        opening = None if own is None else self._opening(job, own)
        return None if opening is None else board.open_bid(order, opening)

    def _seal_call(self, job: JobRecord, order: Order, bid: Bid) -> Call:
        """The seal, or first the allowance its deposit is taken from (the next cycle asks again)."""
        deposit = deposit_of(job.terms.ceiling_usd6, bid.units)
        if self._chain.usd.allowance(self._me, self._chain.escrow.address) < deposit:
            self._log.info("allowing the escrow to take deposits of bids", job=job.job_id)
            return self._chain.usd.approve(self._chain.escrow.address, deposit * ALLOWANCE_DEPOSITS)
        return self._chain.board.seal_bid(order, self._digest(job, bid), bid.units)

    def _opening(self, job: JobRecord, own: BidRecord) -> Bid | None:
        """What was sealed: as remembered, as on disk, or as it would be bid now; whichever hashes to the seal."""
        for bid in (self._bids.get(job.job_id), self._read(job), *self._guesses(job, own)):
            if bid is not None and self._digest(job, bid) == own.seal:
                return bid
        self._log.error("bid cannot be opened: its price is lost, and the deposit with it", job=job.job_id)
        return None

    def _guesses(self, job: JobRecord, own: BidRecord) -> Iterable[Bid]:
        exact = not any(job.terms.runtime_class)
        for device in self._chain.devices().by_id.values():
            price = self._price(job, device, exact=exact)
            if price is not None:
                yield Bid(device.device_id, price, own.units, self._salts.bid_salt(job.job_id))

    def _digest(self, job: JobRecord, bid: Bid) -> bytes:
        return bid_seal_of(
            chain_id=self._chain.chain_id,
            bid_book=self._chain.bid_book,
            job_id=job.job_id,
            provider=self._me,
            price_usd6=bid.price_usd6,
            units=bid.units,
            salt=bid.salt,
        )

    # --- the disk ---

    def _path(self, job: JobRecord) -> Path:
        return self._folder / f"{job.job_id.hex()}.json"

    def _write(self, job: JobRecord, bid: Bid) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._path(job).with_suffix(".part")
        with open(part, "w") as file:
            json.dump({"device": bid.device_id.hex(), "price_usd6": bid.price_usd6, "units": bid.units}, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path(job))

    def _read(self, job: JobRecord) -> Bid | None:
        try:
            kept = json.loads(self._path(job).read_text())
            device, price, units = bytes.fromhex(kept["device"]), int(kept["price_usd6"]), int(kept["units"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return Bid(device, price, units, self._salts.bid_salt(job.job_id))

    def forget(self, job_id: bytes) -> None:
        """Drops what is remembered of a job that is over."""
        self._bids.pop(job_id, None)
        (self._folder / f"{job_id.hex()}.json").unlink(missing_ok=True)

    def sweep(self, open_jobs: Iterable[bytes]) -> None:
        """Forgets every bid of a job that is not followed any more."""
        followed = set(open_jobs)
        for job_id in [one for one in self._bids if one not in followed]:
            self.forget(job_id)

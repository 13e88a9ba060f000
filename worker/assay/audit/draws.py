"""Draws: ids and hashes follow from their parts, seeds from blocks; every place acts for who drew it (INV-08)."""

from __future__ import annotations

from typing import Any, ClassVar

from assay.audit.book import Book, Facts
from assay.audit.entries import Entry
from assay.audit.finding import Sheet
from assay.protocol.abi import id_word
from assay.protocol.digests import award_hash_of, tag_of, terms_hash_of
from assay.protocol.draw import is_audited
from assay.protocol.generated import events as ev
from assay.protocol.ids import job_id_of, to_hex
from assay.protocol.keccak import keccak256


class Draws(Book):
    """Needs nothing but the logs and the hashes of the seed blocks."""

    NAME = "draws"

    def __init__(self, facts: Facts, sheet: Sheet) -> None:
        super().__init__(facts, sheet)
        self._awarded: dict[bytes, int] = {}

    def on_posted(self, entry: Entry, event: ev.JobPosted) -> None:
        """A job's id binds chain, market, buyer and terms."""
        market = self.facts.deployment.address("JobMarket")
        identity = job_id_of(
            self.facts.deployment.chain_id, market, event.buyer, event.client_salt, terms_hash_of(event.terms)
        )
        job = to_hex(event.job_id)
        self.sheet.equal(
            to_hex(identity), job, "job ids", job, "The id of these terms is another", tx=entry.tx
        )

    def on_awarded(self, entry: Entry, event: ev.JobAwarded) -> None:
        """The award list is bound by its hash; its providers are distinct."""
        job = to_hex(event.job_id)
        self._awarded[event.job_id] = entry.block
        found = to_hex(award_hash_of(event.awardees))
        self.sheet.equal(
            found, to_hex(event.award_hash), "award hashes", job, "The award list hashes to", tx=entry.tx
        )
        providers = {awardee.provider for awardee in event.awardees}
        distinct = len(providers) == len(event.awardees)
        self.sheet.hold(distinct, "distinct providers", job, "A provider is awarded twice.", tx=entry.tx)

    def on_seed(self, entry: Entry, event: ev.SeedDrawn) -> None:
        """The seed is the hash of a block that came after the award, bound to the job."""
        subject = to_hex(event.job_id)
        awarded = self._awarded.get(event.job_id)
        self.sheet.hold(
            awarded is not None, "awards", subject, "It was drawn and never awarded.", tx=entry.tx
        )
        later = awarded is not None and event.seed_block > awarded
        self.sheet.hold(later, "seed blocks", subject, "Its seed block is not after its award.", tx=entry.tx)
        seed = keccak256(self.facts.block(event.seed_block).hash + id_word(event.job_id))
        what = f"The seed of block {event.seed_block} is"
        self.sheet.equal(to_hex(seed), to_hex(event.seed), "seeds", subject, what, tx=entry.tx)

    def on_audit(self, entry: Entry, event: ev.AuditDrawn) -> None:
        """Whether a sealed lot is audited follows from the hash of a block after its seal."""
        job = self.facts.job(event.job_id)
        subject = f"{to_hex(event.job_id)} lot {event.lot}"
        if job is None or event.lot >= len(job.lots):
            self.sheet.hold(False, "audits", subject, "There is no such lot.", tx=entry.tx)
            return
        lot = job.lots[event.lot]
        hashed = self.facts.block(lot.audit_block).hash
        drawn = is_audited(hashed, event.job_id, event.lot, job.terms.audit_bps)
        # with nobody left to call, what would be audited stands as it is
        drawn = drawn and lot.active < job.width
        what = f"By block {lot.audit_block} it is audited"
        self.sheet.equal(str(event.audited), str(drawn), "audits", subject, what, tx=entry.tx)

    def on_audit_due(self, entry: Entry, event: ev.AuditDue) -> None:
        """The block comes after the seal."""
        subject = f"{to_hex(event.job_id)} lot {event.lot}"
        later = event.audit_block > entry.block
        self.sheet.hold(later, "audit blocks", subject, "Its audit block is not after its seal.", tx=entry.tx)

    def on_seat(self, entry: Entry, event: Any) -> None:
        """Whoever is named for a place is its holder by the draw."""
        job = self.facts.job(event.job_id)
        subject = f"{to_hex(event.job_id)} lot {event.lot} place {event.place}"
        if job is None or event.lot >= len(job.lots) or event.place >= job.width:
            self.sheet.hold(False, "holders", subject, "There is no such place.", tx=entry.tx)
            return
        holder = job.lots[event.lot].seats[event.place].provider
        self.sheet.equal(
            event.provider, holder, "holders", subject, "It acts for another than drew it", tx=entry.tx
        )

    def on_root(self, entry: Entry, event: ev.RootRevealed) -> None:
        """A root opens the tag that its place showed before."""
        job = self.facts.job(event.job_id)
        if job is None:
            return
        shown = job.lots[event.lot].seats[event.place].tag
        subject = f"{to_hex(event.job_id)} lot {event.lot} place {event.place}"
        tag = tag_of(event.job_id, event.lot, event.root)
        self.sheet.equal(to_hex(tag), to_hex(shown), "roots", subject, "Its root opens the tag", tx=entry.tx)

    HANDLERS: ClassVar = {
        ev.JobPosted: on_posted,
        ev.JobAwarded: on_awarded,
        ev.SeedDrawn: on_seed,
        ev.AuditDue: on_audit_due,
        ev.AuditDrawn: on_audit,
        ev.SeatSealed: on_seat,
        ev.SeatTagged: on_seat,
        ev.SeatDeclined: on_seat,
        ev.SeatDefaulted: on_seat,
        ev.SeatPaid: on_seat,
        ev.SeatUnpaid: on_seat,
        ev.ProviderConvicted: on_seat,
        ev.RootRevealed: on_root,
    }

"""What the contracts say, compared with the rows: the only judge of the handlers."""

from assay.protocol.ids import ZERO_ADDRESS, to_hex
from backend.devices.models import Ask, Device, Investment, Offering, Recovery, Share, ShareBalance, Tender
from backend.exchange.models import MakerEpoch, OrderRecord
from backend.market.models import Bid, BidStatus, Credit, Job, Lot, Seat, Totals
from backend.providers.models import Bond, Provider, Unbond
from tests.backend.indexer.market_life import Life


def assert_rows_equal_contracts(life: Life) -> None:
    """Every number a contract can be asked for."""
    for job_id in life.jobs.values():
        _job(life, job_id)
    for provider in Provider.objects.all():
        for column, view in (("stake", "stake_of"), ("locked", "locked_of"), ("unbonding", "unbonding_of")):
            value = getattr(provider, f"{column}_usd6")
            assert value == life.read("StakeVault", view, provider.address), f"{column} of {provider}"
        assert provider.free_usd6 == life.read("StakeVault", "free_of", provider.address)
    for bond in Bond.objects.all():
        key = bytes.fromhex(bond.job_key[2:])
        assert bond.locked_usd6 == life.read("StakeVault", "bond_of", bond.provider_id, key)
    for unbond in Unbond.objects.all():
        on_chain = life.read("StakeVault", "unbonds", unbond.provider_id, unbond.request_id)
        assert on_chain[0] == (unbond.amount_usd6 if unbond.state == 0 else 0)
    for credit in Credit.objects.all():
        assert credit.balance_usd6 == life.read("Escrow", "credit_of", credit.account), f"credit of {credit}"
    _devices(life)
    for record in OrderRecord.objects.all():
        said = life.read("ShareExchange", "filled_of", bytes.fromhex(record.digest[2:]))
        assert (2**256 - 1 if record.cancelled else record.filled) == said, f"filled of {record}"
    for epoch in MakerEpoch.objects.all():
        assert epoch.epoch == life.read("ShareExchange", "epoch_of", epoch.maker)
    totals = Totals.objects.get()
    assert totals.kitty_usd6 == life.read("Escrow", "kitty_usd6")
    assert totals.burned_usd6 == life.read("Escrow", "burned_usd6")
    assert totals.staked_usd6 == life.read("StakeVault", "total_stake_usd6")
    assert totals.paused_until == life.read("JobBoard", "paused_until")
    assert totals.jobs == Job.objects.count()


def _job(life: Life, job_id: bytes) -> None:
    row = Job.objects.get(pk=to_hex(job_id))
    names = "buyer state reason cancelled_at seed_block seed award_hash drawn_at commit_seconds lots_closed lots_paid"
    said = dict(zip(names.split(), life.read("JobMarket", "job", job_id), strict=False))
    if row.bids_until:
        _auction(life, row, job_id)
    if not said["state"]:  # at auction, or never awarded: the market does not know it
        said = {}
    for name, value in said.items():
        expected = (to_hex(value) if any(value) else "") if isinstance(value, bytes) else value
        assert getattr(row, name) == expected, f"{name} of {row}"
    for lot in Lot.objects.filter(job=row):
        told = life.read("JobMarket", "lot", job_id, lot.lot)
        phase, reason, active, deadline, winning_tag, held, audit_block, audit_due, audited = told
        assert (lot.audit_block, lot.audit_due, lot.audited) == (audit_block, audit_due, audited)
        assert (lot.phase, lot.reason, lot.active) == (phase, reason, active), f"{lot}"
        assert lot.deadline == deadline, f"deadline of {lot} in phase {phase}"
        assert not held or lot.held or lot.paused, f"{lot} is held on chain only"
        if lot.agreed:
            assert lot.winning_tag == to_hex(winning_tag)
    for seat in Seat.objects.filter(job=row):
        status, digest = life.read("JobMarket", "seat", job_id, seat.lot_index, seat.place)
        assert seat.status == status, f"{seat} is {seat.status}, the contract says {status}"
        if any(digest):
            assert (seat.tag or seat.seal) == to_hex(digest)


def _auction(life: Life, row: Job, job_id: bytes) -> None:
    state, until, opens, sealed, opened, kept, _, _ = life.read("BidBook", "book_of", job_id)
    assert (row.bids_until, row.opens_until) == (until, opens)
    assert (row.bids_sealed, row.bids_opened) == (sealed, opened)
    assert row.award_hash or row.state == state
    assert Bid.objects.filter(job=row, status=BidStatus.OPENED).count() == kept
    for bid in Bid.objects.filter(job=row):
        status, order, units, deposit, digest = life.read("BidBook", "bid_of", job_id, bid.provider)
        assert (bid.order, bid.units, bid.deposit_usd6) == (order, units, deposit)
        assert status == (BidStatus.OPENED if bid.status == BidStatus.DISPLACED else bid.status)
        assert (bid.device_id or bid.seal) == to_hex(digest)


def _devices(life: Life) -> None:
    for device in Device.objects.all():
        key = bytes.fromhex(device.id[2:])
        runtime, _, payee, shared, retired = life.read("DeviceRegistry", "device", key)
        assert (device.runtime_class, device.payee) == (to_hex(runtime), payee)
        assert (device.shared, device.retired) == (shared, retired)
        assert device.provider == life.read("DeviceRegistry", "provider_of", key)
    for ask in Ask.objects.all():
        provider, price, units = life.read("Auction", "ask_of", bytes.fromhex(ask.device_id[2:]))
        assert (ask.provider, ask.price_per_hour_usd6, ask.max_units) == (provider, price, units)
    for share in Share.objects.all():
        received = share.total_income_usd6 + share.proceeds_usd6
        assert received == life.read("DeviceShare", "total_income_usd6", address=share.address)
        for name in ("policy", "cost_usd6", "salvage_usd6", "life_seconds", "declining"):
            said = life.read("DeviceShare", name, address=share.address)
            assert (getattr(share, name) or said) == said, f"{name} of {share}"
        paid = share.claimed_usd6 + share.operator_paid_usd6
        assert paid == life.read("DeviceShare", "paid_out_usd6", address=share.address)
    _sales(life)
    for balance in ShareBalance.objects.all():
        assert balance.balance == life.read(
            "DeviceShare", "balanceOf", balance.holder, address=balance.share_id
        )


def _sales(life: Life) -> None:
    for offering in Offering.objects.all():
        key = bytes.fromhex(offering.id[2:])
        provider, sale, sold, share, cancelled = life.read("ShareOffering", "offering", key)
        assert (offering.provider, offering.sold, offering.cancelled) == (provider, sold, cancelled)
        assert (offering.share or ZERO_ADDRESS) == share
        assert (offering.price_usd6, offering.target, offering.cap) == tuple(sale[3:6])
    for place in Investment.objects.all():
        key = bytes.fromhex(place.offering_id[2:])
        assert place.shares == life.read("ShareOffering", "shares_of", key, place.investor)
    for tender in Tender.objects.all():
        said = life.read("DeviceTender", "tender", bytes.fromhex(tender.id[2:]))
        assert (tender.bidder, tender.share_key, tender.price_usd6) == tuple(said[:3])
        assert (tender.completed_at or 0, tender.paid_usd6, tender.escrow_usd6) == (
            said[6],
            said[9],
            said[10],
        )
        assert (tender.ended_at is not None) == said[11]
    for recovery in Recovery.objects.all():
        waits = life.read("DeviceShare", "recovery_of", recovery.lost, address=recovery.share_key)[1]
        assert (recovery.state == 0) == (waits != 0), f"{recovery} is {recovery.state}"

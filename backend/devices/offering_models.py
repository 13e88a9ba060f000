"""Sales of devices' shares, buyouts, recoveries. Written only by the indexer, from logs; conventions as in
backend.market.models.
"""

from typing import ClassVar

from django.db import models

from backend.chain.fields import AddressField, Bytes32Field, KeyField, UintField


class Offering(models.Model):
    """One primary sale; what state it is in follows from these numbers and the head's time."""

    id = Bytes32Field(primary_key=True)
    position = models.BigIntegerField(unique=True)
    block = models.BigIntegerField()
    tx = Bytes32Field()
    device_key = Bytes32Field()
    provider = AddressField()
    spec_hash = Bytes32Field(blank=True)
    attestation_hash = Bytes32Field(blank=True)
    price_usd6 = UintField()
    target = models.BigIntegerField()
    cap = models.BigIntegerField()
    retained = models.BigIntegerField()
    sold = models.BigIntegerField(default=0)
    refunded = models.BigIntegerField(default=0)
    deadline = models.BigIntegerField()
    activation_deadline = models.BigIntegerField()
    operator_cut_bps = models.IntegerField()
    policy = AddressField(blank=True)
    name = models.CharField(max_length=64)
    symbol = models.CharField(max_length=16)
    share = AddressField(default="", blank=True)
    cancelled = models.BooleanField(default=False)
    opened_at = models.BigIntegerField()

    class Meta:
        """A device's sales in order."""

        indexes: ClassVar = [models.Index(fields=["device_key", "position"], name="devices_offering_device")]

    def __str__(self) -> str:
        """Symbol and id."""
        return f"{self.symbol} {self.id}"


class Investment(models.Model):
    """Whole shares that an account has paid for in one sale, and what became of them."""

    id = KeyField(primary_key=True, max_length=112)  # offering:investor
    position = models.BigIntegerField(db_index=True)
    block = models.BigIntegerField()
    offering = models.ForeignKey(Offering, models.DO_NOTHING, db_constraint=False, related_name="investments")
    investor = AddressField(db_index=True)
    shares = models.BigIntegerField(default=0)
    paid_usd6 = UintField(default=0)
    refunded_usd6 = UintField(default=0)
    delivered = UintField(default=0)  # 18 decimals

    def __str__(self) -> str:
        """Offering and investor."""
        return self.id


class Tender(models.Model):
    """One offer to buy all shares of a device."""

    id = Bytes32Field(primary_key=True)
    position = models.BigIntegerField(unique=True)
    block = models.BigIntegerField()
    tx = Bytes32Field()
    share_key = AddressField()
    bidder = AddressField()
    price_usd6 = UintField()  # of one whole share
    escrow_usd6 = UintField()
    deadline = models.BigIntegerField()
    accepted = UintField(default=0)  # 18 decimals
    paid_usd6 = UintField(default=0)
    opened_at = models.BigIntegerField()
    completed_at = models.BigIntegerField(null=True)
    ended_at = models.BigIntegerField(null=True)

    class Meta:
        """A share's tenders in order."""

        indexes: ClassVar = [models.Index(fields=["share_key", "position"], name="devices_tender_share")]

    def __str__(self) -> str:
        """Share and id."""
        return f"{self.share_key} {self.id}"


class Recovery(models.Model):
    """The last announcement that a wallet is lost, and what came of it: 0 announced, 1 vetoed, 2 moved."""

    id = KeyField(primary_key=True, max_length=88)  # share:lost wallet
    position = models.BigIntegerField(db_index=True)
    block = models.BigIntegerField()
    tx = Bytes32Field()
    share_key = AddressField(db_index=True)
    lost = AddressField()
    to = AddressField()
    agent = AddressField()
    ready_at = models.BigIntegerField()
    state = models.IntegerField(default=0)
    amount = UintField(default=0)

    def __str__(self) -> str:
        """Share and wallet."""
        return self.id

"""Devices, their asks, shares and income. Written only by the indexer, from logs; conventions as in
backend.market.models.
"""

from typing import ClassVar

from django.db import models

from backend.chain.fields import AddressField, Bytes32Field, KeyField, UintField
from backend.devices.offering_models import Investment, Offering, Recovery, Tender

__all__ = [
    "Ask",
    "Device",
    "IncomeClaim",
    "Investment",
    "Offering",
    "Recovery",
    "Share",
    "ShareBalance",
    "ShareIncome",
    "ShareTransfer",
    "Tender",
]


class Device(models.Model):
    """A registered device and its deed's owner. Names are what the provider wrote: untrusted text."""

    id = Bytes32Field(primary_key=True)
    position = models.BigIntegerField(unique=True)
    block = models.BigIntegerField()
    tx = Bytes32Field()
    provider = AddressField()
    name = models.CharField(max_length=64)
    accelerator = models.CharField(max_length=64)
    memory_bytes = UintField()
    runtime_class = Bytes32Field()
    spec_hash = Bytes32Field()
    attestation_hash = Bytes32Field(default="", blank=True)
    payee = AddressField()
    shared = models.BooleanField(default=False)
    retired = models.BooleanField(default=False)
    registered_at = models.BigIntegerField()
    lots_paid = models.BigIntegerField(default=0)
    income_usd6 = UintField(default=0)

    class Meta:
        """A provider's devices and a class's devices in order."""

        indexes: ClassVar = [
            models.Index(fields=["provider", "position"], name="devices_device_provider"),
            models.Index(fields=["runtime_class", "position"], name="devices_device_class"),
        ]

    def __str__(self) -> str:
        """The device's id."""
        return self.id


class Ask(models.Model):
    """A device's standing price per hour; `open` is false once withdrawn."""

    device = models.OneToOneField(
        Device, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="ask"
    )
    position = models.BigIntegerField(db_index=True)
    block = models.BigIntegerField()
    tx = Bytes32Field()
    provider = AddressField(db_index=True)
    price_per_hour_usd6 = UintField()
    max_units = models.BigIntegerField()
    open = models.BooleanField()

    def __str__(self) -> str:
        """The device's id."""
        return str(self.device_id)


class Share(models.Model):
    """The ERC-20 of one device."""

    address = AddressField(primary_key=True)
    position = models.BigIntegerField(unique=True)
    block = models.BigIntegerField()
    tx = Bytes32Field()
    device = models.OneToOneField(Device, models.DO_NOTHING, db_constraint=False, related_name="share")
    operator = AddressField()
    operator_cut_bps = models.IntegerField()
    supply = UintField()
    name = models.CharField(max_length=64)
    symbol = models.CharField(max_length=16)
    created_at = models.BigIntegerField()
    total_income_usd6 = UintField(default=0)
    operator_income_usd6 = UintField(default=0)
    holders_income_usd6 = UintField(default=0)
    operator_paid_usd6 = UintField(default=0)
    claimed_usd6 = UintField(default=0)
    proceeds_usd6 = UintField(default=0)  # of a retired device; not part of the income
    # terms: empty and zero where the share has no policy, no schedule
    policy = AddressField(default="", blank=True)
    cost_usd6 = UintField(default=0)
    salvage_usd6 = UintField(default=0)
    life_seconds = models.BigIntegerField(default=0)
    declining = models.BooleanField(default=False)

    def __str__(self) -> str:
        """Symbol and address."""
        return f"{self.symbol} {self.address}"


class ShareBalance(models.Model):
    """What one holder has of one share (18 decimals), and the income it has taken."""

    id = KeyField(primary_key=True, max_length=88)  # share:holder
    position = models.BigIntegerField(db_index=True)
    block = models.BigIntegerField()
    share = models.ForeignKey(Share, models.DO_NOTHING, db_constraint=False, related_name="balances")
    holder = AddressField(db_index=True)
    balance = UintField(default=0)
    claimed_usd6 = UintField(default=0)

    def __str__(self) -> str:
        """Share and holder."""
        return self.id


class ShareTransfer(models.Model):
    """One movement of shares; the sender is the zero address when they were made."""

    position = models.BigIntegerField(primary_key=True)
    block = models.BigIntegerField()
    timestamp = models.BigIntegerField()
    tx = Bytes32Field()
    share = models.ForeignKey(
        Share, models.DO_NOTHING, db_constraint=False, related_name="transfers", db_index=False
    )
    sender = AddressField()
    receiver = AddressField()
    amount = UintField()

    class Meta:
        """A share's movements in order."""

        indexes: ClassVar = [models.Index(fields=["share", "position"], name="devices_transfer_share")]

    def __str__(self) -> str:
        """Share and amount."""
        return f"{self.share_id} {self.amount}"


class ShareIncome(models.Model):
    """One deposit of income into a share; `job_key` and `lots` are set when paid seats caused it."""

    position = models.BigIntegerField(primary_key=True)
    block = models.BigIntegerField()
    timestamp = models.BigIntegerField()
    tx = Bytes32Field()
    share = models.ForeignKey(
        Share, models.DO_NOTHING, db_constraint=False, related_name="income", db_index=False
    )
    device_key = Bytes32Field()
    payer = AddressField()
    job_key = Bytes32Field(default="", blank=True)
    lot = models.BigIntegerField(null=True)  # when it was one lot
    lots = models.JSONField(default=list)
    operator = AddressField()  # who earned the operator's part
    amount_usd6 = UintField()
    operator_usd6 = UintField()
    holders_usd6 = UintField()

    class Meta:
        """A share's and a device's income in order."""

        indexes: ClassVar = [
            models.Index(fields=["share", "position"], name="devices_income_share"),
            models.Index(fields=["device_key", "position"], name="devices_income_device"),
        ]

    def __str__(self) -> str:
        """Share and amount."""
        return f"{self.share_id} {self.amount_usd6}"


class IncomeClaim(models.Model):
    """Income taken out of a share: by a holder, or the operator's cut."""

    position = models.BigIntegerField(primary_key=True)
    block = models.BigIntegerField()
    timestamp = models.BigIntegerField()
    tx = Bytes32Field()
    share = models.ForeignKey(
        Share, models.DO_NOTHING, db_constraint=False, related_name="claims", db_index=False
    )
    account = AddressField()
    operator = models.BooleanField()
    amount_usd6 = UintField()

    class Meta:
        """A share's claims and an account's claims in order."""

        indexes: ClassVar = [
            models.Index(fields=["share", "position"], name="devices_claim_share"),
            models.Index(fields=["account", "position"], name="devices_claim_account"),
        ]

    def __str__(self) -> str:
        """Account and amount."""
        return f"{self.account} {self.amount_usd6}"

"""Trades of shares as the chain tells them (written by the indexer, from logs), and signed orders as makers
bring them (written by services: the relay, of which anyone may run another). Conventions as in backend.market.models.
"""

from typing import ClassVar

from django.db import models

from backend.chain.fields import AddressField, Bytes32Field, KeyField, UintField


class OrderRecord(models.Model):
    """What the chain knows of an order, whether or not it was ever brought here: how much is filled, whether it is
    cancelled.
    """

    digest = Bytes32Field(primary_key=True)
    position = models.BigIntegerField(db_index=True)  # a match may be the first of two orders
    block = models.BigIntegerField()
    maker = AddressField()
    filled = UintField(default=0)
    cancelled = models.BooleanField(default=False)

    def __str__(self) -> str:
        """The digest."""
        return self.digest


class MakerEpoch(models.Model):
    """The epoch that a maker's orders must carry; 0 for makers without a row."""

    maker = AddressField(primary_key=True)
    position = models.BigIntegerField(unique=True)
    block = models.BigIntegerField()
    epoch = models.BigIntegerField()

    def __str__(self) -> str:
        """Maker and epoch."""
        return f"{self.maker} {self.epoch}"


class Trade(models.Model):
    """Shares that changed hands on the exchange. The buyer paid value_usd6 and the fee on top of it; where a buy
    order was taken, the fee came out of the value.
    """

    position = models.BigIntegerField(primary_key=True)
    block = models.BigIntegerField()
    timestamp = models.BigIntegerField()
    tx = Bytes32Field()
    share = AddressField()
    seller = AddressField()
    buyer = AddressField()
    taker = AddressField(blank=True)  # who took the other's order; empty where two orders were matched
    digest = Bytes32Field()  # of the order that was taken, or of the seller's in a match
    other_digest = Bytes32Field(blank=True)  # of the buyer's in a match
    amount = UintField()
    value_usd6 = UintField()
    fee_usd6 = UintField()

    class Meta:
        """A share's trades, and each side's, in order."""

        indexes: ClassVar = [
            models.Index(fields=["share", "position"], name="exchange_trade_share"),
            models.Index(fields=["seller", "position"], name="exchange_trade_seller"),
            models.Index(fields=["buyer", "position"], name="exchange_trade_buyer"),
        ]

    def __str__(self) -> str:
        """Share and amount."""
        return f"{self.share} {self.amount}"


class Candle(models.Model):
    """A share's trades of one minute, hour or day of chain time: prices in usd6 for a whole share."""

    id = KeyField(primary_key=True, max_length=80)  # share:seconds:start
    position = models.BigIntegerField()  # of its first trade
    block = models.BigIntegerField()
    share = AddressField()
    seconds = models.IntegerField()
    start = models.BigIntegerField()
    open_usd6 = UintField()
    high_usd6 = UintField()
    low_usd6 = UintField()
    close_usd6 = UintField()
    amount = UintField(default=0)
    value_usd6 = UintField(default=0)
    trades = models.BigIntegerField(default=0)

    class Meta:
        """A share's candles of one length in order; and what a rebuild deletes by."""

        indexes: ClassVar = [
            models.Index(fields=["share", "seconds", "start"], name="exchange_candle_share"),
            models.Index(fields=["position"], name="exchange_candle_position"),
        ]

    def __str__(self) -> str:
        """Share, length and start."""
        return self.id


class SignedOrder(models.Model):
    """An order that its maker signed and brought here. What can be filled of it was asked of the chain at
    checked_block.

    An order that cannot be filled now (no balance, no allowance) is hidden and shown again when it can; one that never
    can again (`final`) stays as its maker's history until it is pruned.
    """

    position = models.BigAutoField(primary_key=True)
    digest = Bytes32Field(unique=True)
    maker = AddressField()
    share = AddressField()
    sell = models.BooleanField()
    amount = UintField()
    price_usd6 = UintField()
    taker = AddressField()
    expiry = UintField()
    epoch = UintField()
    salt = UintField()
    signature = models.TextField()
    by_contract = (
        models.BooleanField()
    )  # its maker is a contract: whether it stands behind the order may change
    received_at = models.DateTimeField(auto_now_add=True)
    filled = UintField(default=0)
    fillable = UintField(default=0)
    reason = models.CharField(
        max_length=16, blank=True
    )  # why it cannot be filled: see words.py; empty while it can
    ended_block = models.BigIntegerField(
        default=0
    )  # where the reason became one that does not pass; 0: it may pass
    final = models.BooleanField(default=False)  # that block cannot be taken back any more
    checked_block = models.BigIntegerField(default=0)

    class Meta:
        """A share's book by side, a maker's orders, and which were not looked at for longest."""

        indexes: ClassVar = [
            models.Index(fields=["share", "sell", "final", "price_usd6"], name="exchange_order_book"),
            models.Index(fields=["maker", "position"], name="exchange_order_maker"),
            models.Index(fields=["final", "checked_block"], name="exchange_order_checked"),
        ]

    def __str__(self) -> str:
        """The digest."""
        return self.digest

"""Providers and their stake. Written only by the indexer, from logs; conventions as in backend.market.models."""

from django.db import models

from backend.chain.fields import AddressField, Bytes32Field, KeyField, UintField


class Provider(models.Model):
    """An account with stake or devices. free = stake - locked - unbonding."""

    address = AddressField(primary_key=True)
    position = models.BigIntegerField(db_index=True)
    block = models.BigIntegerField()
    stake_usd6 = UintField(default=0)
    locked_usd6 = UintField(default=0)
    unbonding_usd6 = UintField(default=0)
    slashed_usd6 = UintField(default=0)
    earned_usd6 = UintField(default=0)  # paid for its seats, whoever the payee was
    devices_count = models.IntegerField(default=0)
    seats_paid = models.BigIntegerField(default=0)
    seats_unpaid = models.BigIntegerField(default=0)
    seats_defaulted = models.BigIntegerField(default=0)
    seats_declined = models.BigIntegerField(default=0)
    seats_convicted = models.BigIntegerField(default=0)

    @property
    def free_usd6(self) -> int:
        """Stake that can be locked by a new job or asked back."""
        return self.stake_usd6 - self.locked_usd6 - self.unbonding_usd6

    def __str__(self) -> str:
        """The address."""
        return self.address


class UnbondState(models.IntegerChoices):
    """Life of an unbonding request."""

    WAITING = 0
    CANCELLED = 1
    WITHDRAWN = 2


class Unbond(models.Model):
    """A request to take stake back, payable from `available_at` on."""

    id = KeyField(primary_key=True, max_length=124)  # provider:request_id
    position = models.BigIntegerField(unique=True)
    block = models.BigIntegerField()
    tx = Bytes32Field()
    provider = models.ForeignKey(Provider, models.DO_NOTHING, db_constraint=False, related_name="unbonds")
    request_id = UintField()
    amount_usd6 = UintField()
    available_at = models.BigIntegerField()
    state = models.SmallIntegerField(choices=UnbondState.choices, default=UnbondState.WAITING)

    def __str__(self) -> str:
        """Provider and request."""
        return self.id


class Bond(models.Model):
    """A provider's stake locked by one job."""

    id = KeyField(primary_key=True, max_length=112)  # provider:job
    position = models.BigIntegerField(db_index=True)
    block = models.BigIntegerField()
    provider = models.ForeignKey(Provider, models.DO_NOTHING, db_constraint=False, related_name="bonds")
    job_key = Bytes32Field(db_index=True)
    locked_usd6 = UintField(default=0)
    slashed_usd6 = UintField(default=0)
    released_usd6 = UintField(default=0)

    def __str__(self) -> str:
        """Provider and job."""
        return self.id

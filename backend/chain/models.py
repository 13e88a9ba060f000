"""What the chain said: blocks, raw logs, how far they are applied, and how to take them back. No domain word here.

The indexer is the only writer. Rows of one block are written, or taken back, in one database transaction.
A *position* is block << 20 | log_index: one integer that orders every log and never repeats on one chain.
"""

from typing import ClassVar

from django.db import models

from backend.chain.fields import AddressField, Bytes32Field

POSITION_BITS = 20


def position_of(block: int, log_index: int) -> int:
    """The position of a log: sorts like (block, log_index)."""
    return block << POSITION_BITS | log_index


class Block(models.Model):
    """A block of the canonical chain as last seen. `parent_hash` is empty where only logs named the block."""

    number = models.BigIntegerField(primary_key=True)
    chain_id = models.BigIntegerField()
    hash = Bytes32Field()
    parent_hash = Bytes32Field(default="", blank=True)
    timestamp = models.BigIntegerField()

    def __str__(self) -> str:
        """Number and hash."""
        return f"{self.number} {self.hash}"


class Log(models.Model):
    """A raw log of a watched contract; domain rows are a pure function of these, in order of position."""

    position = models.BigIntegerField(primary_key=True)
    chain_id = models.BigIntegerField()
    block_number = models.BigIntegerField()
    block_hash = Bytes32Field()
    log_index = models.IntegerField()
    timestamp = models.BigIntegerField()
    tx_hash = Bytes32Field()
    tx_index = models.IntegerField()
    address = AddressField()  # lower case: as the node gave it
    topics = models.TextField()  # 0x texts joined by ","
    data = models.TextField()  # 0x text

    class Meta:
        """One log can be stored once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["chain_id", "block_hash", "log_index"], name="chain_log_once"),
        ]

    def __str__(self) -> str:
        """Place on the chain."""
        return f"{self.block_number}:{self.log_index}"


class Watch(models.Model):
    """A contract made by a watched contract, whose logs are followed from `block` on."""

    address = AddressField(primary_key=True)  # lower case
    contract = models.CharField(max_length=64)
    block = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        """Contract name and address."""
        return f"{self.contract} {self.address}"


class Cursor(models.Model):
    """How far the index is: the last block applied, and what the node said the head and the finalized block were.

    One row. `floor` is the highest block that can no longer be taken back (no undo record is kept for it).
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    chain_id = models.BigIntegerField()
    genesis_hash = Bytes32Field()
    deployment = Bytes32Field()  # digest of the watched contracts: another deployment is another index
    number = models.BigIntegerField()
    hash = Bytes32Field()
    timestamp = models.BigIntegerField()
    head_number = models.BigIntegerField()
    head_hash = Bytes32Field()
    head_timestamp = models.BigIntegerField()
    finalized_number = models.BigIntegerField()
    floor = models.BigIntegerField()
    reorgs = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        """The block it stands at."""
        return f"{self.number}/{self.head_number}"


class Undo(models.Model):
    """A row of `table` as it was before the first change a block made to it, as JSON.

    Rows a block created need no record: their `position` tells.
    """

    id = models.BigAutoField(primary_key=True)
    block = models.BigIntegerField(db_index=True)
    table = models.CharField(max_length=64)
    key = models.CharField(max_length=160)
    before = models.TextField()

    def __str__(self) -> str:
        """What it restores."""
        return f"{self.table} {self.key} before {self.block}"


class Change(models.Model):
    """What changed, in commit order, for server-sent events: `seq` is the event id a client resumes from.

    `topic` is what a client subscribes to (`head`, `jobs`, `disputes`, `job:0x…`, `dispute:7`, `device:0x…`,
    `account:0x…`), `kind` names the event (`head`, `job`, `lot`, `dispute`, `device`, `account`), `ref` the
    object: a job, device or account id, a game's number, `0x…:lot` for a lot. The same fields travel as JSON
    {seq, topic, kind, id, block} on the Redis channel `assay:events`.
    """

    seq = models.BigAutoField(primary_key=True)
    topic = models.CharField(max_length=100, db_index=True)
    kind = models.CharField(max_length=16)
    ref = models.CharField(max_length=100)
    block = models.BigIntegerField()
    created = models.DateTimeField()

    def __str__(self) -> str:
        """Sequence and topic."""
        return f"{self.seq} {self.topic}"

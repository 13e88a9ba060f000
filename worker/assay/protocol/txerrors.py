"""How a transaction can fail, in plain words."""

from assay.protocol.errors import AssayError
from assay.protocol.txrecord import TxRecord


class TxRefused(AssayError):
    """The contract would refuse it, or the account cannot pay the gas: nothing was signed. reason: plain
    text.
    """

    def __init__(self, record: TxRecord) -> None:
        super().__init__(f"{record.call.label or 'The transaction'} was refused: {record.reason}.")
        self.record = record
        self.reason = record.reason


class TxReverted(TxRefused):
    """It was mined and reverted: the gas is spent, nothing else happened."""


class TxTimeout(AssayError):
    """It is not in a block yet. It may still come: the intent stays in the outbox."""


class IntentConflict(AssayError):
    """An intent key was used again for another call."""

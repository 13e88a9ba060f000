"""One call to a contract, not yet anybody's transaction: a sender or a wallet can sign it."""

from dataclasses import dataclass

from assay.protocol.ids import Address


@dataclass(frozen=True, slots=True)
class Call:
    """label: "JobBoard.post_job", for logs. gas: least gas limit (None: as estimated)."""

    to: Address
    data: bytes
    value: int = 0
    label: str = ""
    gas: int | None = None

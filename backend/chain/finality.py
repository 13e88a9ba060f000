"""How settled a row is, from the block it was written in. Called by serializers."""

from typing import Literal

from django.conf import settings

from backend.chain.models import Cursor

Finality = Literal["pending", "confirmed", "finalized"]


def cursor_get(using: str = "default") -> Cursor | None:
    """The one cursor row; None before the first block was indexed."""
    return Cursor.objects.using(using).filter(pk=1).first()


def finality(block: int, cursor: Cursor | None) -> Finality:
    """`finalized` when the node says so, `confirmed` under ASSAY_CONFIRMATIONS blocks on top, else `pending`."""
    if cursor is None:
        return "pending"
    if block <= cursor.finalized_number:
        return "finalized"
    return "confirmed" if block + settings.ASSAY_CONFIRMATIONS <= cursor.number else "pending"

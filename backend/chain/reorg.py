"""Taking blocks back: the only place where applied blocks are removed. Called by backend.chain.sync inside its
transaction.

One function, one transaction: everything above a block goes, and every domain row is again what it was at that
block. The replacing blocks are applied in the same transaction by the caller, so readers see the old chain or
the new one, never half.
"""

import json
from collections.abc import Sequence

from django.apps import apps
from django.db import models

from backend.chain import tables
from backend.chain.errors import ReorgTooDeep
from backend.chain.models import POSITION_BITS, Block, Cursor, Log, Undo, Watch
from backend.chain.rows import Rows

Model = type[models.Model]


def rewind(rows: Rows, cursor: Cursor, to_block: int, domain: Sequence[Model]) -> None:
    """Makes `to_block` the last applied block and sets the cursor's block fields; the caller saves the cursor.

    `domain`: every table filled from logs. Raises ReorgTooDeep below `cursor.floor`.
    """
    if to_block < cursor.floor:
        raise too_deep(cursor, to_block)
    using, first = rows.using, to_block + 1
    first_position = first << POSITION_BITS
    rows.clear()
    oldest: dict[tuple[str, str], str] = {}
    for undo in Undo.objects.using(using).filter(block__gte=first).order_by("-id").iterator(chunk_size=5_000):
        oldest[(undo.table, undo.key)] = (
            undo.before
        )  # the smallest id wins: the state before the first change
    restored: dict[Model, list[tables.Row]] = {}
    everywhere: list[Model] = [*domain, Log]
    for (label, _), before in oldest.items():
        row = json.loads(before)
        if row["position"] < first_position:  # else it was made in a block that goes
            restored.setdefault(apps.get_model(label), []).append(row)
    for filled in everywhere:
        tables.delete_from(using, filled, "position", first_position)
    for model, old in restored.items():
        tables.upsert(using, model, old)
    tables.delete_from(using, Undo, "block", first)
    tables.delete_from(using, Watch, "block", first)
    tables.delete_from(using, Block, "number", first)
    block = Block.objects.using(using).get(number=to_block)
    cursor.number, cursor.hash, cursor.timestamp = block.number, block.hash, block.timestamp
    cursor.reorgs += 1


def too_deep(cursor: Cursor, block: int) -> ReorgTooDeep:
    """The sentence for a reorg that reaches below what can be taken back."""
    return ReorgTooDeep(
        f"the chain no longer has block {block + 1} as indexed, and blocks up to {cursor.floor} can no longer be taken "
        f"back (ASSAY_REORG_WINDOW). If the node serves the right chain, rebuild with "
        "`manage.py reindex --from-chain`; on a local chain `make reset` starts over."
    )

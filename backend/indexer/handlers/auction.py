"""Rows from Auction: standing asks."""

from assay.protocol.generated.events import AskPosted, AskWithdrawn
from backend.devices.models import Ask
from backend.indexer.fact import Fact, Handlers, text32


def on_ask_posted(fact: Fact, event: AskPosted) -> None:
    """A device's ask, new or replacing its last one."""
    key = text32(event.device_id)
    fact.rows.put(
        Ask,
        key,
        position=fact.position,
        tx=fact.tx,
        provider=event.provider,
        price_per_hour_usd6=event.price_per_hour_usd6,
        max_units=event.max_units,
        open=True,
    )
    fact.device_changed(key)
    fact.account_changed(event.provider)


def on_ask_withdrawn(fact: Fact, event: AskWithdrawn) -> None:
    """The device takes no new jobs."""
    key = text32(event.device_id)
    ask = fact.rows.edit(Ask, key)
    ask["open"], ask["tx"] = False, fact.tx
    fact.device_changed(key)
    fact.account_changed(event.provider)


HANDLERS: Handlers = {AskPosted: on_ask_posted, AskWithdrawn: on_ask_withdrawn}

"""Rows from ShareFactory: the shares of a device."""

from assay.protocol.generated.events import ShareCreated, ShareTermsSet
from assay.protocol.ids import ZERO_ADDRESS
from backend.devices.models import Share
from backend.indexer.fact import Fact, Handlers, text32


def on_share_created(fact: Fact, event: ShareCreated) -> None:
    """A device was tokenized; the share's own first logs came before this one."""
    fact.rows.put(
        Share,
        event.share,
        position=fact.position,
        tx=fact.tx,
        device_id=text32(event.device_id),
        operator=event.operator,
        operator_cut_bps=event.operator_cut_bps,
        supply=event.supply,
        name=event.name,
        symbol=event.symbol,
        created_at=fact.at,
    )
    fact.device_changed(text32(event.device_id))
    fact.account_changed(event.operator)


def on_share_terms_set(fact: Fact, event: ShareTermsSet) -> None:
    """Policy and schedule of a share made just before."""
    share = fact.rows.edit(Share, event.share)
    share["policy"] = "" if event.policy == ZERO_ADDRESS else event.policy
    share["cost_usd6"], share["salvage_usd6"] = event.cost_usd6, event.salvage_usd6
    share["life_seconds"], share["declining"] = event.life_seconds, event.declining


HANDLERS: Handlers = {ShareCreated: on_share_created, ShareTermsSet: on_share_terms_set}

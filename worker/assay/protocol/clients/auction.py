"""Standing asks, and the award of an instant order."""

from collections.abc import Sequence
from typing import cast

from assay.protocol.call import Call
from assay.protocol.clients.base import Block, ContractClient
from assay.protocol.generated.structs import Ask, Awardee, Pick, Terms


class AuctionClient(ContractClient):
    """Auction. A seat's price is ceil(price_per_hour_usd6 * lot_seconds / 3600)."""

    CONTRACT = "Auction"

    def ask_of(self, device_id: bytes, *, block: Block = None) -> Ask:
        """The standing ask; max_units 0 and the zero address where there is none."""
        return cast(Ask, self.struct(Ask, self.read("ask_of", device_id, block=block)))

    def award(self, picks: Sequence[Pick], terms: Terms, *, block: Block = None) -> tuple[Awardee, ...]:
        """The award list these picks would get. Raises Reverted ("auction: …") with the cause."""
        rows = self.read(
            "award",
            list(picks),
            terms.runtime_class,
            terms.grade,
            terms.seats,
            terms.spares,
            terms.lots,
            terms.items_per_lot,
            terms.items,
            terms.lot_seconds,
            terms.ceiling_usd6,
            terms.audit_bps,
            block=block,
        )
        return tuple(self.struct(Awardee, row) for row in rows)

    def post_ask(self, device_id: bytes, price_per_hour_usd6: int, max_units: int) -> Call:
        """Provider: offers the device, at most max_units places of lots in one job."""
        return self.call("post_ask", device_id, price_per_hour_usd6, max_units)

    def withdraw_ask(self, device_id: bytes) -> Call:
        """Provider: takes the offer back."""
        return self.call("withdraw_ask", device_id)

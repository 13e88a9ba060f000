"""The domain rows of Assay as a pure function of its logs: which handler takes which event of which contract."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from django.db import models

from assay.protocol.generated.events import BY_TOPIC, ShareCreated
from assay.protocol.ids import checksum
from assay.protocol.logs import LogMalformed, decode_hex_log
from backend.chain.errors import HandlerFailed
from backend.chain.node import RawLog
from backend.chain.rows import Rows
from backend.devices import models as devices
from backend.devices import offering_models as offerings
from backend.disputes import models as disputes
from backend.exchange import models as exchange
from backend.indexer import timeline
from backend.indexer.fact import Fact, Handlers
from backend.indexer.handlers import (
    auction,
    availability,
    bid_book,
    claims,
    device_registry,
    device_share,
    device_tender,
    dispute_game,
    escrow,
    frame_moves,
    job_board,
    job_market,
    share_exchange,
    share_factory,
    share_offering,
    stake_vault,
    trace_moves,
    value_moves,
)
from backend.market import models as market
from backend.providers import models as providers

# Contracts of a deployment whose logs are followed; shares join as they are made.
FOLLOWED = (
    "DeviceRegistry",
    "ShareFactory",
    "ShareOffering",
    "DeviceTender",
    "StakeVault",
    "Escrow",
    "Auction",
    "BidBook",
    "JobBoard",
    "JobMarket",
    "Availability",
    "Claims",
    "DisputeGame",
    "FrameMoves",
    "TraceMoves",
    "ValueMoves",
    "ShareExchange",
)
SHARE = "DeviceShare"

HANDLERS: Handlers = {
    **device_registry.HANDLERS,
    **share_factory.HANDLERS,
    **device_share.HANDLERS,
    **share_offering.HANDLERS,
    **device_tender.HANDLERS,
    **stake_vault.HANDLERS,
    **escrow.HANDLERS,
    **auction.HANDLERS,
    **bid_book.HANDLERS,
    **job_board.HANDLERS,
    **job_market.HANDLERS,
    **availability.HANDLERS,
    **claims.HANDLERS,
    **dispute_game.HANDLERS,
    **frame_moves.HANDLERS,
    **trace_moves.HANDLERS,
    **value_moves.HANDLERS,
    **share_exchange.HANDLERS,
}

# Events of followed contracts that no row depends on.
IGNORED = frozenset(
    {
        "Approval",
        "ApprovalForAll",
        "OwnershipTransferred",
        "RoleMinterChanged",
        # a policy is read from the chain by its address; credits of sales and tenders too
        "AllowListCreated",
        "KeptIncomeCredited",
        "OfferingCreditPaid",
        "OfferingsPaused",
        "TenderIncomeCredited",
        "TenderCreditPaid",
        # the transfer beside it moves the balance
        "SharesTaken",
    }
)

_SHARE_CREATED = "0x" + ShareCreated.TOPIC0.hex()
_BY_TOPIC_TEXT = {(contract, "0x" + topic.hex()): event for (contract, topic), event in BY_TOPIC.items()}
_checksum = lru_cache(maxsize=4_096)(checksum)


class AssayProjection:
    """Implements backend.chain.source.Projection."""

    tables: Sequence[type[models.Model]] = (
        market.Job,
        market.Award,
        market.Bid,
        market.Lot,
        market.Seat,
        market.JobEvent,
        market.Payment,
        market.Credit,
        market.PageRequest,
        market.Totals,
        disputes.Claim,
        disputes.Game,
        disputes.Contest,
        disputes.GameStep,
        disputes.GameCredit,
        disputes.Conviction,
        providers.Provider,
        providers.Unbond,
        providers.Bond,
        devices.Device,
        devices.Ask,
        devices.Share,
        devices.ShareBalance,
        devices.ShareTransfer,
        devices.ShareIncome,
        devices.IncomeClaim,
        exchange.OrderRecord,
        exchange.MakerEpoch,
        exchange.Trade,
        exchange.Candle,
        offerings.Offering,
        offerings.Investment,
        offerings.Tender,
        offerings.Recovery,
    )

    def discover(self, log: RawLog) -> tuple[str, str] | None:
        """The share that a ShareCreated log tells of."""
        if not log.topics.startswith(_SHARE_CREATED):
            return None
        return "0x" + log.topics.split(",")[2][26:].lower(), SHARE

    def apply(self, rows: Rows, logs: Sequence[RawLog], contracts: Mapping[str, str]) -> None:
        """Applies the logs of one block; HandlerFailed names the log that could not be applied."""
        for log in logs:
            rows.begin_tx(log.tx_hash)
            try:
                self._apply_one(rows, log, contracts[log.address])
            except HandlerFailed as error:
                raise HandlerFailed(f"{error} (log {log.log_index} of block {log.block_number})") from error
            except (LogMalformed, KeyError, ValueError, TypeError) as error:
                raise HandlerFailed(
                    f"log {log.log_index} of block {log.block_number} cannot be applied: {error!r}"
                ) from error

    def _apply_one(self, rows: Rows, log: RawLog, contract: str) -> None:
        topics = log.topics.split(",")
        kind = _BY_TOPIC_TEXT.get((contract, topics[0]))
        if kind is None:
            raise HandlerFailed(
                f"{contract} has no event with topic {topics[0]}: its ABI is of another version"
            )
        handler = HANDLERS.get(kind)
        if handler is None:
            if kind.NAME not in IGNORED:
                raise HandlerFailed(f"no handler for {contract}.{kind.NAME}")
            return
        event = decode_hex_log(contract, topics, log.data)
        assert event is not None
        fact = Fact(rows, log, _checksum(log.address))
        handler(fact, event)
        if kind in timeline.OF_JOBS:
            timeline.note(fact, event)

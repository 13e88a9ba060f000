"""The relay: orders are taken in when their signature holds and the chain says that something of them can be filled,
hidden while nothing can, shown again when it can, and pruned. Called by views and periodic tasks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Max
from django.utils import timezone

from assay.protocol.errors import BadInput
from assay.protocol.generated.structs import ShareOrder
from assay.protocol.share_orders import MAX_SIGNATURE_BYTES, check_order, order_digest, order_of
from backend.chain.models import Change
from backend.devices.models import Share
from backend.exchange.chain_state import Seen, look
from backend.exchange.models import SignedOrder
from backend.exchange.words import ENDED, WORDS
from backend.web.deployed import deployment
from backend.web.errors import Problem, not_found
from backend.web.finality import read_tip
from backend.web.throttles import take

CHECKED_A_RUN = 400  # orders looked at whether or not anything was heard of them
TOUCHED_A_RUN = 1_000
SEEN_KEY = "exchange:seen_change"
KEPT_DAYS = 30


def order_take(body: Any) -> SignedOrder:
    """Stores an order brought as {"order": {…}, "signature": "0x…"}. Raises Problem saying what is wrong with it.

    Bringing an order again is no error: it is looked at again.
    """
    order, signature = _parsed(body)
    digest = order_digest(deployment().chain_id, deployment().address("ShareExchange"), order)
    if not Share.objects.filter(address=order.share).exists():
        raise not_found("share", order.share)
    take("wallet", order.maker)
    block, (seen,) = look([(order, signature)])
    if seen.digest != digest:
        raise Problem(
            503, "other_contract", "The exchange at the node hashes orders in another way than this server."
        )
    known = SignedOrder.objects.filter(digest="0x" + digest.hex()).first()
    if seen.reason:
        if known is not None:
            orders_note([known], block, [seen])
        raise Problem(
            409, seen.reason, f"The order cannot be filled. {WORDS[seen.reason]}", _HINTS.get(seen.reason, "")
        )
    if known is None:
        _check_quota(order.maker)
        known = SignedOrder(
            digest="0x" + digest.hex(),
            maker=order.maker,
            share=order.share,
            sell=order.sell,
            amount=order.amount,
            price_usd6=order.price_usd6,
            taker=order.taker,
            expiry=order.expiry,
            epoch=order.epoch,
            salt=order.salt,
            by_contract=seen.by_contract,
        )
    known.signature = "0x" + signature.hex()
    _note(known, block, seen, read_tip().finalized)
    known.save()
    return known


_HINTS: Mapping[str, str] = {
    "unfunded": "Hold what you offer, approve the exchange to move it, then bring the order again.",
    "epoch": "Sign it again with the epoch that epoch_of gives for its maker.",
    "expired": "Sign it again with a later expiry.",
    "unsigned": "The maker's isValidSignature must accept the signature.",
}


def _parsed(body: Any) -> tuple[ShareOrder, bytes]:
    if (
        not isinstance(body, dict)
        or set(body) != {"order", "signature"}
        or not isinstance(body["order"], dict)
    ):
        raise Problem(400, "invalid", 'The body must be {"order": {…}, "signature": "0x…"}.')
    text = body["signature"]
    try:
        order = order_of(body["order"])
        check_order(order)
        if not isinstance(text, str) or not text.startswith("0x") or len(text) % 2:
            raise BadInput("signature is not 0x and pairs of hex digits.")
        signature = bytes.fromhex(text[2:])
    except (BadInput, ValueError) as error:
        raise Problem(400, "invalid", str(error), getattr(error, "hint", "")) from None
    if len(signature) > MAX_SIGNATURE_BYTES:
        raise Problem(
            400, "invalid", f"signature has {len(signature)} bytes; the limit is {MAX_SIGNATURE_BYTES}."
        )
    return order, signature


def _check_quota(maker: str) -> None:
    limit: int = settings.ASSAY_ORDERS_PER_MAKER
    kept = SignedOrder.objects.filter(maker=maker, final=False).exclude(reason__in=ENDED).count()
    if kept >= limit:
        detail = f"{maker} has {kept} orders here that may be filled; the limit is {limit}."
        raise Problem(429, "too_many_orders", detail, "Cancel some, or bring them to another relay.")


def orders_check() -> int:
    """Looks at orders of makers of whom the index has heard something since the last run, and at those that were not
    looked at for longest; returns how many.
    """
    since, last = cache.get(SEEN_KEY), Change.objects.aggregate(last=Max("seq"))["last"] or 0
    chosen: dict[int, SignedOrder] = {}
    open_orders = SignedOrder.objects.filter(final=False)
    if since is not None and since < last:
        topics = Change.objects.filter(seq__gt=since, kind="account").values_list("ref", flat=True).distinct()
        makers = list(topics[:TOUCHED_A_RUN])
        chosen = {one.position: one for one in open_orders.filter(maker__in=makers)[:TOUCHED_A_RUN]}
    for one in open_orders.order_by("checked_block", "position")[:CHECKED_A_RUN]:
        chosen[one.position] = one
    if chosen:
        rows = list(chosen.values())
        block, seen = look([(order_from(row), bytes.fromhex(row.signature[2:])) for row in rows])
        orders_note(rows, block, seen)
    cache.set(SEEN_KEY, last, None)
    return len(chosen)


def orders_note(rows: Iterable[SignedOrder], block: int, seen: Iterable[Seen]) -> None:
    """Writes what the chain said at a block."""
    finalized, changed = read_tip().finalized, []
    for row, one in zip(rows, seen, strict=True):
        _note(row, block, one, finalized)
        changed.append(row)
    columns = ["filled", "fillable", "reason", "ended_block", "final", "checked_block"]
    SignedOrder.objects.bulk_update(changed, columns)


def _note(row: SignedOrder, block: int, seen: Seen, finalized: int) -> None:
    row.filled, row.fillable, row.reason, row.checked_block = seen.filled, seen.fillable, seen.reason, block
    if seen.reason not in ENDED:
        row.ended_block = 0
        return
    row.ended_block = row.ended_block or block
    # a reorg can take back a fill or a cancellation until its block is final
    row.final = row.ended_block <= finalized


def orders_prune() -> int:
    """Forgets orders that ended long ago; returns how many."""
    old = timezone.now() - timedelta(days=KEPT_DAYS)
    deleted, _ = SignedOrder.objects.filter(final=True, received_at__lt=old).delete()
    return deleted


def order_from(row: SignedOrder) -> ShareOrder:
    """The order as its maker signed it."""
    return ShareOrder(
        maker=row.maker,
        share=row.share,
        sell=row.sell,
        amount=row.amount,
        price_usd6=row.price_usd6,
        taker=row.taker,
        expiry=row.expiry,
        epoch=row.epoch,
        salt=row.salt,
    )

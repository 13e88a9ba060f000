"""Uploads and posts an order so that a second try, after any interruption, is the same job and never a second payment.

The salt, and so the job id, is on disk before anything is sent. An order that was interrupted before it was seen on
chain is carried on by the next call with the same order; one that is on chain is done with, and the next call is a
new job.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eth_account.signers.local import LocalAccount

from assay.buyer.market import Market
from assay.buyer.order import Draft
from assay.protocol import chain
from assay.protocol.call import Call
from assay.protocol.digests import terms_hash_of
from assay.protocol.eip712 import sign_permit
from assay.protocol.errors import AssayError
from assay.protocol.generated.structs import Pick, Terms
from assay.protocol.ids import job_id_of
from assay.protocol.sender import TxSender
from assay.protocol.states import JobState
from assay.protocol.units import format_usd6

PERMIT_SECONDS = 3_600


class InsufficientBalance(AssayError):
    """The account holds less than the escrow."""


@dataclass(frozen=True)
class Order:
    """A salted order: its job id is fixed. auction: bids decide who does it and at what price; picks do not count."""

    job_id: bytes
    salt: bytes
    terms: Terms
    picks: tuple[Pick, ...]
    path: Path
    auction: bool = False


AnyDraft = Draft[Any, Any]


def prepare_order(
    market: Market, draft: AnyDraft, buyer: str, folder: Path, sender: TxSender, *, auction: bool = False
) -> Order:
    """The order with a salt that is on disk.

    When an interrupted call left the same order and it was signed or is on chain, that one comes back, with the prices
    it was made at: asking again must not pay again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_fingerprint(market, draft, buyer, auction=auction)}.json"
    left = _load(market, buyer, path, auction=auction)
    if left is not None and (_is_under_way(sender, left) or _is_posted(market, left)):
        return left
    order = _salted(market, buyer, secrets.token_bytes(32), draft.terms, draft.picks, path, auction=auction)
    part = path.with_suffix(".part")
    with open(part, "w") as file:
        json.dump(
            {
                "salt": order.salt.hex(),
                "terms": _plain(order.terms),
                "picks": [_plain(p) for p in order.picks],
            },
            file,
        )
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return order


def _salted(  # noqa: PLR0917 - the parts of an order
    market: Market,
    buyer: str,
    salt: bytes,
    terms: Terms,
    picks: tuple[Pick, ...],
    path: Path,
    *,
    auction: bool,
) -> Order:
    chain_id = market.deployment.chain_id
    job_id = job_id_of(chain_id, market.jobs.address, buyer, salt, terms_hash_of(terms))
    return Order(job_id, salt, terms, picks, path, auction)


def _plain(struct: Terms | Pick) -> dict[str, Any]:
    return {
        key: "0x" + value.hex() if isinstance(value, bytes) else value
        for key, value in asdict(struct).items()
    }


def _load(market: Market, buyer: str, path: Path, *, auction: bool) -> Order | None:
    """The order an earlier call left, None when there is none or it cannot be read."""

    def struct(kind: type[Any], values: dict[str, Any]) -> Any:
        return kind(**{k: bytes.fromhex(v[2:]) if isinstance(v, str) else v for k, v in values.items()})

    try:
        data = json.loads(path.read_text())
        picks = tuple(struct(Pick, values) for values in data["picks"])
        salt, terms = bytes.fromhex(data["salt"]), struct(Terms, data["terms"])
        return _salted(market, buyer, salt, terms, picks, path, auction=auction)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, AssayError):
        return None


def _is_under_way(sender: TxSender, order: Order) -> bool:
    record = sender.get(f"post:{order.job_id.hex()}")
    return record is not None and not record.failed


def _is_posted(market: Market, order: Order) -> bool:
    if order.auction:
        return market.bids.book_of(order.job_id).state != JobState.NONE
    return market.jobs.job(order.job_id).state != JobState.NONE


def escrow_of(market: Market, draft: AnyDraft, *, auction: bool) -> int:
    """What is taken when the order is posted: an auction sets a poke price more aside, for who has the bids cleared."""
    poke = market.deployment.param("poke_price_usd6") if auction else 0
    return int(draft.quote.price.escrow_usd6 + poke)


def check_balance(market: Market, draft: AnyDraft, buyer: str, *, auction: bool = False) -> None:
    """Raises InsufficientBalance naming what is there and what is needed."""
    held, needed = market.usd.balance_of(buyer), escrow_of(market, draft, auction=auction)
    if held < needed:
        raise InsufficientBalance(
            f"The job needs {format_usd6(needed)} USD in escrow; {buyer} holds {format_usd6(held)} USD.",
            "Fund the account, or ask for less work or fewer seats.",
        )


def upload(market: Market, draft: AnyDraft, say: Callable[[str], None]) -> None:
    """Puts program, inputs and spec where workers look. Raises StoreError."""
    for kind, identity, data in draft.uploads:
        if not market.store.has(kind, identity):
            market.store.put(kind, identity, data)
            say(f"uploaded {kind} 0x{identity.hex()[:12]}… ({len(data):,} bytes)")


def post(
    market: Market, order: Order, account: LocalAccount, sender: TxSender, *, timeout: float = 60.0
) -> None:
    """Sends the order once and waits until it is in a block. Raises TxRefused, TxReverted, TxTimeout.

    Pays by permit: one signature, one transaction, and an allowance of exactly the escrow.
    """
    if not _is_posted(market, order):
        intent = f"post:{order.job_id.hex()}"
        if not _is_under_way(sender, order):
            sender.submit(intent, post_call(market, order, account))
        sender.wait(intent, timeout=timeout)
        if not _is_posted(market, order):
            raise AssayError(
                f"The order 0x{order.job_id.hex()} is not on chain after its transaction.",
                "The chain was reorganised: call again, it is the same job and is paid once.",
            )
    order.path.unlink(missing_ok=True)


def post_call(market: Market, order: Order, account: LocalAccount) -> Call:
    """The posting transaction, with a fresh permit for exactly the escrow."""
    board = market.board
    escrow = board.auction_escrow_for(order.terms) if order.auction else board.escrow_for(order.terms)
    deadline = chain.head(market.w3).timestamp + PERMIT_SECONDS
    message = market.usd.permit_message(account.address, market.escrow.address, escrow, deadline=deadline)
    signature = sign_permit(account, message)
    if order.auction:
        return board.post_auction_with_permit(order.terms, order.salt, deadline=deadline, signature=signature)
    return board.post_job_with_permit(
        order.terms, order.picks, order.salt, deadline=deadline, signature=signature
    )


def _fingerprint(market: Market, draft: AnyDraft, buyer: str, *, auction: bool) -> str:
    """What makes two orders the same: chain, account and what is asked for; not the prices of the moment."""
    parts = [
        str(market.deployment.chain_id),
        market.deployment.genesis_hash.hex(),
        market.jobs.address,
        buyer.lower(),
    ]
    wanted = draft.wanted
    terms = draft.terms
    parts += [terms.spec_hash.hex(), terms.program_root.hex(), terms.inputs_root.hex(), str(terms.grade)]
    parts.append(str((wanted.seats, wanted.spares, wanted.max_price_per_hour_usd6)))
    parts += ["auction"] if auction else []
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]

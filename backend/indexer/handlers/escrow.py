"""Rows from Escrow: every movement of money, what it owes whom, and which income a paid seat caused."""

from assay.protocol.generated.events import (
    Burned,
    CreditAdded,
    CreditWithdrawn,
    FeesWithdrawn,
    FeeTaken,
    IncomePushed,
    JobFunded,
    KittyAdded,
)
from assay.protocol.states import CreditKind
from backend.chain.errors import HandlerFailed
from backend.devices.models import ShareIncome
from backend.indexer.fact import Fact, Handlers, text32
from backend.indexer.handlers.device_share import LAST_INCOME
from backend.market.models import Job, JobState, Payment, PaymentKind

PAID_LOTS = "paid_lots"  # note: (job, payee) -> lots whose seats were paid in this transaction

KINDS = {
    CreditKind.INCOME: PaymentKind.INCOME,
    CreditKind.REFUND: PaymentKind.REFUND,
    CreditKind.POKE: PaymentKind.POKE,
    CreditKind.REWARD: PaymentKind.REWARD,
    CreditKind.COMPENSATION: PaymentKind.COMPENSATION,
}


def on_job_funded(fact: Fact, event: JobFunded) -> None:
    """The payer's tokens arrived for a job, or for a page it asked for."""
    _payment(fact, PaymentKind.FUNDED, event.payer, event.amount_usd6, event.job_id)
    fact.account_changed(event.payer)


def on_credit_added(fact: Fact, event: CreditAdded) -> None:
    """An account may withdraw more. The whole escrow of a job cancelled before its draw comes back this way."""
    if event.kind not in KINDS:
        raise HandlerFailed(f"Escrow named the credit kind {event.kind}, which this version does not know")
    credit = fact.credit(event.account)
    credit["balance_usd6"] += event.amount_usd6
    credit["added_usd6"] += event.amount_usd6
    _payment(fact, KINDS[CreditKind(event.kind)], event.account, event.amount_usd6, event.job_id)
    fact.account_changed(event.account)
    job = fact.rows.get(Job, text32(event.job_id))
    # what an auction returns, BiddingClosed tells; a deposit is not the buyer's
    was_awarded = job is not None and job["state"] == JobState.CANCELLED and job["award_hash"]
    if event.kind == CreditKind.REFUND and was_awarded:
        fact.job(event.job_id)["refund_usd6"] += event.amount_usd6


def on_income_pushed(fact: Fact, event: IncomePushed) -> None:
    """Names the job and the lots behind the income the share has just accounted for."""
    _payment(fact, PaymentKind.PUSHED, event.share, event.amount_usd6, event.job_id)
    position = fact.rows.scratch.get(LAST_INCOME, {}).get(event.share)
    if position is None:
        raise HandlerFailed(f"income was pushed into {event.share}, which logged none")
    income = fact.rows.edit(ShareIncome, position)
    lots = sorted(fact.rows.scratch.get(PAID_LOTS, {}).get((event.job_id, event.share), ()))
    income["job_key"] = text32(event.job_id)
    income["lots"] = lots
    income["lot"] = lots[0] if len(lots) == 1 else None
    fact.device_changed(income["device_key"])


def on_fee_taken(fact: Fact, event: FeeTaken) -> None:
    """The protocol's fee of a job."""
    fact.totals()["fees_usd6"] += event.amount_usd6
    _payment(fact, PaymentKind.FEE, "", event.amount_usd6, event.job_id)


def on_kitty_added(fact: Fact, event: KittyAdded) -> None:
    """Slashed money kept for canaries and challengers."""
    fact.totals()["kitty_usd6"] += event.amount_usd6
    _payment(fact, PaymentKind.KITTY, "", event.amount_usd6, event.job_id)


def on_burned(fact: Fact, event: Burned) -> None:
    """Slashed money nobody gets."""
    fact.totals()["burned_usd6"] += event.amount_usd6
    _payment(fact, PaymentKind.BURNED, "", event.amount_usd6, event.job_id)


def on_credit_withdrawn(fact: Fact, event: CreditWithdrawn) -> None:
    """An account was sent its credit."""
    credit = fact.credit(event.account)
    credit["balance_usd6"] -= event.amount_usd6
    credit["withdrawn_usd6"] += event.amount_usd6
    _payment(fact, PaymentKind.WITHDRAWN, event.account, event.amount_usd6)
    fact.account_changed(event.account)


def on_fees_withdrawn(fact: Fact, event: FeesWithdrawn) -> None:
    """The fee recipient was sent the fees."""
    _payment(fact, PaymentKind.WITHDRAWN, event.recipient, event.amount_usd6)
    fact.account_changed(event.recipient)


def _payment(fact: Fact, kind: PaymentKind, account: str, amount_usd6: int, job_id: bytes = b"") -> None:
    fact.rows.append(
        Payment,
        {
            **fact.stamp(),
            "account": account,
            "kind": kind.value,
            "amount_usd6": amount_usd6,
            "job_key": text32(job_id),
        },
    )


HANDLERS: Handlers = {
    JobFunded: on_job_funded,
    CreditAdded: on_credit_added,
    IncomePushed: on_income_pushed,
    FeeTaken: on_fee_taken,
    KittyAdded: on_kitty_added,
    Burned: on_burned,
    CreditWithdrawn: on_credit_withdrawn,
    FeesWithdrawn: on_fees_withdrawn,
}

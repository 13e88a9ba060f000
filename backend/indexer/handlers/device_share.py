"""Rows from a DeviceShare: who holds it, the income it received and paid."""

from assay.protocol.generated.events import (
    DeviceShareApproval,
    DeviceShareTransfer,
    IncomeClaimed,
    IncomeDeposited,
    OperatorPaid,
    ProceedsDeposited,
    RecoveryAnnounced,
    RecoveryVetoed,
    SharesRecovered,
)
from assay.protocol.ids import ZERO_ADDRESS
from backend.chain.tables import Row
from backend.devices.models import Device, IncomeClaim, Share, ShareBalance, ShareIncome, ShareTransfer
from backend.devices.offering_models import Recovery
from backend.indexer.fact import Fact, Handlers

LAST_INCOME = "last_income"  # note: share -> position of its newest ShareIncome in this transaction


def on_device_share_transfer(fact: Fact, event: DeviceShareTransfer) -> None:
    """Balances of both sides; the zero address stands for making shares, and holds none."""
    fact.rows.append(
        ShareTransfer,
        {
            "position": fact.position,
            "block": fact.block,
            "timestamp": fact.at,
            "tx": fact.tx,
            "share_id": fact.account,
            "sender": event.sender,
            "receiver": event.receiver,
            "amount": event.value,
        },
    )
    if event.sender != ZERO_ADDRESS:
        _balance(fact, event.sender)["balance"] -= event.value
    if event.receiver != ZERO_ADDRESS:
        _balance(fact, event.receiver)["balance"] += event.value
    fact.account_changed(event.sender, event.receiver)


def on_device_share_approval(fact: Fact, event: DeviceShareApproval) -> None:
    """No row keeps allowances, but what an account offers for sale may have become possible, or impossible."""
    fact.account_changed(event.owner)


def on_income_deposited(fact: Fact, event: IncomeDeposited) -> None:
    """Income arrived. What caused it follows in the same transaction (escrow.on_income_pushed)."""
    share = fact.rows.edit(Share, fact.account)
    share["total_income_usd6"] += event.amount_usd6
    share["operator_income_usd6"] += event.operator_usd6
    share["holders_income_usd6"] += event.holders_usd6
    device = fact.rows.edit(Device, share["device_id"])
    device["income_usd6"] += event.amount_usd6
    fact.rows.put(
        ShareIncome,
        fact.position,
        timestamp=fact.at,
        tx=fact.tx,
        share_id=fact.account,
        device_key=share["device_id"],
        payer=event.payer,
        operator=device["provider"],
        lots=[],
        amount_usd6=event.amount_usd6,
        operator_usd6=event.operator_usd6,
        holders_usd6=event.holders_usd6,
    )
    fact.rows.scratch.setdefault(LAST_INCOME, {})[fact.account] = fact.position
    fact.totals()["income_to_shares_usd6"] += event.amount_usd6
    fact.device_changed(share["device_id"])
    fact.account_changed(device["provider"])


def on_income_claimed(fact: Fact, event: IncomeClaimed) -> None:
    """A holder was sent its income."""
    _balance(fact, event.holder)["claimed_usd6"] += event.amount_usd6
    fact.rows.edit(Share, fact.account)["claimed_usd6"] += event.amount_usd6
    _claimed(fact, event.holder, event.amount_usd6, operator=False)


def on_operator_paid(fact: Fact, event: OperatorPaid) -> None:
    """The operator was sent its cut."""
    fact.rows.edit(Share, fact.account)["operator_paid_usd6"] += event.amount_usd6
    _claimed(fact, event.operator, event.amount_usd6, operator=True)


def _claimed(fact: Fact, account: str, amount_usd6: int, operator: bool) -> None:
    share = fact.rows.get(Share, fact.account)
    assert share is not None
    fact.rows.append(
        IncomeClaim,
        {
            **fact.stamp(),
            "share_id": fact.account,
            "account": account,
            "operator": operator,
            "amount_usd6": amount_usd6,
        },
    )
    fact.device_changed(share["device_id"])
    fact.account_changed(account)


def _balance(fact: Fact, holder: str) -> Row:
    key = f"{fact.account}:{holder}"
    row = fact.rows.edit_if_there(ShareBalance, key)
    if row is None:
        row = fact.rows.put(ShareBalance, key, position=fact.position, share_id=fact.account, holder=holder)
    return row


def on_proceeds_deposited(fact: Fact, event: ProceedsDeposited) -> None:
    """A retired device was paid out."""
    share = fact.rows.edit(Share, fact.account)
    share["proceeds_usd6"] += event.amount_usd6
    fact.device_changed(share["device_id"])


def on_recovery_announced(fact: Fact, event: RecoveryAnnounced) -> None:
    """The notice runs; an earlier announcement for this wallet is void."""
    key = f"{fact.account}:{event.lost}"
    row = fact.rows.edit_if_there(Recovery, key)
    if row is None:
        row = fact.rows.put(
            Recovery,
            key,
            position=fact.position,
            tx=fact.tx,
            share_key=fact.account,
            lost=event.lost,
            to=event.to,
            agent=event.agent,
            ready_at=event.ready_at,
        )
    row |= {"tx": fact.tx, "to": event.to, "agent": event.agent, "ready_at": event.ready_at, "state": 0}
    fact.account_changed(event.lost, event.to)


def on_recovery_vetoed(fact: Fact, event: RecoveryVetoed) -> None:
    """The wallet is not lost."""
    fact.rows.edit(Recovery, f"{fact.account}:{event.lost}")["state"] = 1
    fact.account_changed(event.lost)


def on_shares_recovered(fact: Fact, event: SharesRecovered) -> None:
    """Moved; the transfer's own log changed the balances."""
    row = fact.rows.edit(Recovery, f"{fact.account}:{event.lost}")
    row["state"], row["amount"] = 2, event.amount
    fact.account_changed(event.lost, event.to)


HANDLERS: Handlers = {
    DeviceShareTransfer: on_device_share_transfer,
    DeviceShareApproval: on_device_share_approval,
    IncomeDeposited: on_income_deposited,
    IncomeClaimed: on_income_claimed,
    OperatorPaid: on_operator_paid,
    ProceedsDeposited: on_proceeds_deposited,
    RecoveryAnnounced: on_recovery_announced,
    RecoveryVetoed: on_recovery_vetoed,
    SharesRecovered: on_shares_recovered,
}

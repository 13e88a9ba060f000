"""Rows from StakeVault: stakes, the unbonding queue, bonds."""

from assay.protocol.generated.events import (
    BondLocked,
    BondReleased,
    BondUnlocked,
    StakeDeposited,
    StakeSlashed,
    StakeWithdrawn,
    UnbondCancelled,
    UnbondRequested,
)
from backend.chain.tables import Row
from backend.indexer.fact import Fact, Handlers, text32
from backend.providers.models import Bond, Unbond, UnbondState


def on_stake_deposited(fact: Fact, event: StakeDeposited) -> None:
    """Stake in, from the payer."""
    fact.provider(event.provider)["stake_usd6"] += event.amount_usd6
    fact.totals()["staked_usd6"] += event.amount_usd6
    fact.account_changed(event.provider, event.payer)


def on_unbond_requested(fact: Fact, event: UnbondRequested) -> None:
    """Free stake joined the queue."""
    fact.provider(event.provider)["unbonding_usd6"] += event.amount_usd6
    fact.rows.put(
        Unbond,
        f"{event.provider}:{event.request_id}",
        position=fact.position,
        tx=fact.tx,
        provider_id=event.provider,
        request_id=event.request_id,
        amount_usd6=event.amount_usd6,
        available_at=event.available_at,
    )
    fact.account_changed(event.provider)


def on_unbond_cancelled(fact: Fact, event: UnbondCancelled) -> None:
    """Back from the queue to free stake."""
    _leave_queue(fact, event.provider, event.request_id, event.amount_usd6, UnbondState.CANCELLED)


def on_stake_withdrawn(fact: Fact, event: StakeWithdrawn) -> None:
    """Out of the queue and out of the stake."""
    _leave_queue(fact, event.provider, event.request_id, event.amount_usd6, UnbondState.WITHDRAWN)
    fact.provider(event.provider)["stake_usd6"] -= event.amount_usd6
    fact.totals()["staked_usd6"] -= event.amount_usd6


def on_bond_locked(fact: Fact, event: BondLocked) -> None:
    """A job locked stake; this log may come before the job's own."""
    fact.provider(event.provider)["locked_usd6"] += event.amount_usd6
    _bond(fact, event.provider, event.job_id)["locked_usd6"] += event.amount_usd6
    fact.account_changed(event.provider)


def on_bond_released(fact: Fact, event: BondReleased | BondUnlocked) -> None:
    """A bond, or what an award does not need of one, is free again."""
    fact.provider(event.provider)["locked_usd6"] -= event.amount_usd6
    bond = _bond(fact, event.provider, event.job_id)
    bond["locked_usd6"] -= event.amount_usd6
    bond["released_usd6"] += event.amount_usd6
    fact.account_changed(event.provider)


def on_stake_slashed(fact: Fact, event: StakeSlashed) -> None:
    """Taken from a bond, hence from the stake."""
    provider = fact.provider(event.provider)
    provider["stake_usd6"] -= event.amount_usd6
    provider["locked_usd6"] -= event.amount_usd6
    provider["slashed_usd6"] += event.amount_usd6
    bond = _bond(fact, event.provider, event.job_id)
    bond["locked_usd6"] -= event.amount_usd6
    bond["slashed_usd6"] += event.amount_usd6
    totals = fact.totals()
    totals["staked_usd6"] -= event.amount_usd6
    totals["slashed_usd6"] += event.amount_usd6
    fact.account_changed(event.provider)


def _leave_queue(fact: Fact, provider: str, request_id: int, amount_usd6: int, state: UnbondState) -> None:
    fact.provider(provider)["unbonding_usd6"] -= amount_usd6
    fact.rows.edit(Unbond, f"{provider}:{request_id}")["state"] = int(state)
    fact.account_changed(provider)


def _bond(fact: Fact, provider: str, job_id: bytes) -> Row:
    key = f"{provider}:{text32(job_id)}"
    if fact.rows.get(Bond, key) is None:
        return fact.rows.put(Bond, key, position=fact.position, provider_id=provider, job_key=text32(job_id))
    return fact.rows.edit(Bond, key)


HANDLERS: Handlers = {
    StakeDeposited: on_stake_deposited,
    UnbondRequested: on_unbond_requested,
    UnbondCancelled: on_unbond_cancelled,
    StakeWithdrawn: on_stake_withdrawn,
    BondLocked: on_bond_locked,
    BondReleased: on_bond_released,
    BondUnlocked: on_bond_released,
    StakeSlashed: on_stake_slashed,
}

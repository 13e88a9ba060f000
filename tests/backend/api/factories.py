"""Rows of the read model as the indexer would write them, for tests of the API. Every id follows from a number."""

from __future__ import annotations

from typing import Any

from assay.protocol.ids import checksum
from backend.chain.models import Cursor
from backend.devices.models import Ask, Device, Share, ShareBalance, ShareIncome
from backend.disputes.lots import claim_id_of
from backend.disputes.models import Claim, Contest, Conviction, Game, GameStep
from backend.exchange.models import Candle, SignedOrder, Trade
from backend.market.models import Award, Credit, Job, JobEvent, Lot, Payment, Seat
from backend.providers.models import Provider

GENESIS = "0x" + "99" * 32


def address(number: int) -> str:
    """A checksummed address."""
    return str(checksum(f"0x{number:040x}"))


def bytes32(number: int) -> str:
    """A 32-byte id."""
    return f"0x{number:064x}"


def make_cursor(number: int = 100, *, head: int | None = None, finalized: int = 90) -> Cursor:
    """The index stands at `number`."""
    top = number if head is None else head
    row, _ = Cursor.objects.update_or_create(
        id=1,
        defaults={
            "chain_id": 31337,
            "genesis_hash": GENESIS,
            "deployment": bytes32(1),
            "number": number,
            "hash": bytes32(number),
            "timestamp": 1_000 + number,
            "head_number": top,
            "head_hash": bytes32(top),
            "head_timestamp": 1_000 + top,
            "finalized_number": finalized,
            "floor": finalized,
        },
    )
    return row


def make_job(number: int, **changes: Any) -> Job:
    """Job `number`, posted in block `number`."""
    values: dict[str, Any] = {
        "id": bytes32(number),
        "position": number << 20,
        "block": number,
        "tx": bytes32(10_000 + number),
        "buyer": address(1),
        "state": 3,
        "program_root": bytes32(2),
        "inputs_root": bytes32(3),
        "spec_hash": bytes32(4),
        "runtime_class": bytes32(5),
        "grade": 3,
        "seats": 2,
        "spares": 1,
        "lots": 2,
        "items_per_lot": 5,
        "items": 10,
        "lot_seconds": 30,
        "ceiling_usd6": 30_000,
        "client_salt": bytes32(6),
        "escrow_usd6": 200_000,
        "fee_bps": 200,
        "poke_price_usd6": 1_000,
        "posted_at": 1_000 + number,
    }
    return Job.objects.create(**values | changes)


def make_award(job: Job, index: int, provider: int, device: int) -> Award:
    """Provider `provider` is awardee `index` of the job."""
    return Award.objects.create(
        id=f"{job.id}:{index}",
        position=job.position + 1,
        block=job.block,
        job=job,
        index=index,
        provider=address(provider),
        device_id=bytes32(device),
        payee=address(provider),
        price_usd6=30_000,
        units=2,
    )


def make_lot(job: Job, number: int, **changes: Any) -> Lot:
    """Lot `number` with two seats and a spare, held by providers 11, 12, 13."""
    values: dict[str, Any] = {
        "id": f"{job.id}:{number}",
        "position": job.position + 2,
        "block": job.block,
        "job": job,
        "lot": number,
        "active": 2,
        "deadline": 2_000,
    }
    lot = Lot.objects.create(**values | changes)
    for place in range(3):
        Seat.objects.create(
            id=f"{job.id}:{number}:{place}",
            position=job.position + 2,
            block=job.block,
            job=job,
            lot=lot,
            lot_index=number,
            place=place,
            provider=address(11 + place),
            device_id=bytes32(21 + place),
            payee=address(11 + place),
            price_usd6=30_000,
            spare=place == 2,
            called=place < 2,
            tx=job.tx,
        )
    return lot


def make_event(job: Job, number: int, **changes: Any) -> JobEvent:
    """Line `number` of the job's timeline."""
    values: dict[str, Any] = {
        "position": job.position + number,
        "block": job.block,
        "timestamp": job.posted_at,
        "tx": job.tx,
        "log_index": number,
        "job": job,
        "contract": "JobMarket",
        "event": "JobPosted",
        "args": {"escrow_usd6": "200000"},
    }
    return JobEvent.objects.create(**values | changes)


def make_provider(number: int, **changes: Any) -> Provider:
    """Provider `number` with a stake of 100 USD."""
    values: dict[str, Any] = {
        "address": address(number),
        "position": number << 20,
        "block": number,
        "stake_usd6": 100_000_000,
    }
    return Provider.objects.create(**values | changes)


def make_device(number: int, provider: int, *, price: int | None = 3_600_000, **changes: Any) -> Device:
    """Device `number` of a provider, with an ask unless `price` is None."""
    values: dict[str, Any] = {
        "id": bytes32(number),
        "position": number << 20,
        "block": number,
        "tx": bytes32(20_000 + number),
        "provider": address(provider),
        "name": f"device {number}",
        "accelerator": "cpu",
        "memory_bytes": 8 << 30,
        "runtime_class": bytes32(5),
        "spec_hash": bytes32(6),
        "payee": address(provider),
        "registered_at": 1_000 + number,
    }
    device = Device.objects.create(**values | changes)
    if price is not None:
        Ask.objects.create(
            device=device,
            position=device.position,
            block=number,
            tx=device.tx,
            provider=device.provider,
            price_per_hour_usd6=price,
            max_units=4_096,
            open=True,
        )
    return device


def make_share(device: Device, holders: int = 2) -> Share:
    """The device's share, its holders 31, 32 …, and one deposit of income per holder."""
    share = Share.objects.create(
        address=address(500 + (device.position >> 20)),
        position=device.position + 1,
        block=device.block,
        tx=device.tx,
        device=device,
        operator=device.provider,
        operator_cut_bps=1_000,
        supply=10**21,
        name="Share",
        symbol="SHR",
        created_at=1_000,
    )
    for index in range(holders):
        ShareBalance.objects.create(
            id=f"{share.address}:{address(31 + index)}",
            position=device.position + 2 + index,
            block=device.block,
            share=share,
            holder=address(31 + index),
            balance=10**20,
        )
        ShareIncome.objects.create(
            position=device.position + 100 + index,
            block=device.block,
            timestamp=1_500 + index,
            tx=device.tx,
            share=share,
            device_key=device.id,
            payer=address(9),
            job_key=bytes32(1),
            lot=index,
            amount_usd6=30_000,
            operator_usd6=3_000,
            holders_usd6=27_000,
        )
    return share


def make_credit(number: int, balance: int) -> Credit:
    """What Escrow owes an account."""
    return Credit.objects.create(
        account=address(number),
        position=number,
        block=number,
        balance_usd6=balance,
        added_usd6=balance,
        jobs_posted=1,
    )


def make_claim(job: Job, number: int = 0, place: int = 0, **changes: Any) -> Claim:
    """A stated claim on lot `number`, defended by provider 11 + place; its seat shows the root and names the claim."""
    root = bytes32(800 + place)
    identity = claim_id_of(job.id, number, place, root)
    Seat.objects.filter(id=f"{job.id}:{number}:{place}").update(
        root=root, tag=bytes32(900 + place), status=2, claim_key=identity
    )
    values: dict[str, Any] = {
        "id": identity,
        "position": job.position + 500 + 10 * number + place,
        "block": job.block,
        "tx": bytes32(30_000 + place),
        "job_key": job.id,
        "lot": number,
        "place": place,
        "defender": address(11 + place),
        "root": root,
        "items": 5,
        "first_item": 5 * number,
        "program_root": job.program_root,
        "inputs_root": job.inputs_root,
        "move_seconds": 120,
        "stated_at": 1_500,
    }
    return Claim.objects.create(**values | changes)


POSITION = {
    "state": 1,
    "frame": bytes32(71),
    "node": 0,
    "root": bytes32(72),
    "head": "0x",
    "rooted": True,
    "count": 5,
    "level": 3,
    "index": 0,
    "agreed": bytes32(73),
    "first": 0,
    "last": 0,
    "kind": 0,
    "element": 0,
    "value": 0,
}


def make_game(claim: Claim, number: int, **changes: Any) -> Game:
    """Game `number` of challenger 41 on the claim, its turn the defender's since 1,600 after 30 s used."""
    values: dict[str, Any] = {
        "id": number,
        "position": claim.position + 1_000 + number,
        "block": claim.block,
        "tx": bytes32(31_000 + number),
        "claim": claim,
        "job_key": claim.job_key,
        "lot": claim.lot,
        "place": claim.place,
        "challenger": address(41),
        "defender": claim.defender,
        "bond_usd6": 40_000,
        "clock_seconds": 4_800,
        "opened_at": 1_550,
        "steps": 1,
        "contested": 1,
        "named_at": 1_600,
        "turn": 1,
        "turn_since": 1_600,
        "defender_used": 30,
    }
    game = Game.objects.create(**values | changes)
    Claim.objects.filter(pk=claim.pk).update(games=claim.games + 1, open_games=[*claim.open_games, number])
    return game


def make_step(game: Game, index: int = 0, answer: str = "", **fields: Any) -> Contest:
    """Step `index` of a game, at a position of its own, answered for this game when `answer` is given."""
    contest = Contest.objects.create(
        key=bytes32(50_000 + 100 * game.id + index),
        position=game.position + 1 + index,
        block=game.block,
        claim_id=game.claim_id,
        state=fields.get("state", POSITION["state"]),
        fields=POSITION | fields,
        games=[game.id],
        answer=answer,
        answered_at=1_620 if answer else 0,
        answer_tx=bytes32(33_000 + index) if answer else "",
        answer_game=game.id if answer else None,
    )
    GameStep.objects.create(
        id=f"{game.id}:{index}",
        position=contest.position,
        block=game.block,
        tx=bytes32(32_000 + index),
        game=game,
        index=index,
        contract="DisputeGame",
        contest=contest,
        named_at=1_600,
        defender_used=30,
        challenger_used=0,
    )
    return contest


def make_conviction(job: Job, provider: int, number: int = 1, **changes: Any) -> Conviction:
    """Provider `provider` lost 2 USD on lot 0, and the ledger's lines of it."""
    values: dict[str, Any] = {
        "position": job.position + 2_000 + number,
        "block": job.block,
        "timestamp": 1_700,
        "tx": bytes32(34_000 + number),
        "job_key": job.id,
        "lot": 0,
        "place": 0,
        "provider": address(provider),
        "reason": 12,
        "slashed_usd6": 2_000_000,
    }
    conviction = Conviction.objects.create(**values | changes)
    for index, (kind, account, part) in enumerate(
        (("reward", 41, 50), ("compensation", 1, 25), ("burned", 0, 10), ("kitty", 0, 15))
    ):
        Payment.objects.create(
            position=conviction.position * 10 + index,
            block=job.block,
            timestamp=1_700,
            tx=conviction.tx,
            account=address(account) if account else "",
            kind=kind,
            amount_usd6=20_000 * part,
            job_key=job.id,
        )
    return conviction


def make_signed_order(number: int, share: str, **changes: Any) -> SignedOrder:
    """A sale that can be filled."""
    values: dict[str, Any] = {
        "digest": bytes32(number),
        "maker": address(41),
        "share": share,
        "sell": True,
        "amount": 2 * 10**18,
        "price_usd6": 10_000_000,
        "taker": address(0),
        "expiry": 2**200,
        "epoch": 0,
        "salt": 2**255,
        "signature": "0x" + "11" * 65,
        "by_contract": False,
        "fillable": 10**18,
    }
    return SignedOrder.objects.create(**values | changes)


def make_trade(share: str) -> Trade:
    """Two orders matched, and the candle of it."""
    Candle.objects.create(
        id=f"{share}:3600:0",
        position=95 << 20,
        block=95,
        share=share,
        seconds=3_600,
        start=0,
        **dict.fromkeys(("open_usd6", "high_usd6", "low_usd6", "close_usd6"), 10_000_000),
        amount=10**18,
        value_usd6=10_000_000,
        trades=1,
    )
    return Trade.objects.create(
        position=95 << 20,
        block=95,
        timestamp=1_095,
        tx=bytes32(95),
        share=share,
        seller=address(41),
        buyer=address(42),
        taker="",
        digest=bytes32(91),
        other_digest=bytes32(92),
        amount=10**18,
        value_usd6=10_000_000,
        fee_usd6=30_000,
    )

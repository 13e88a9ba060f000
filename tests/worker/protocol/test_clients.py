"""The typed clients against the deployed contracts: a job from stake to draw, read at stated blocks."""

from pathlib import Path
from typing import Any

import pytest
from eth_account.signers.local import LocalAccount
from web3 import Web3

from assay.protocol import chain
from assay.protocol.call import Call
from assay.protocol.clients import (
    AuctionClient,
    AvailabilityClient,
    DeviceRegistryClient,
    DeviceShareClient,
    EscrowClient,
    JobBoardClient,
    JobMarketClient,
    ShareFactoryClient,
    StakeVaultClient,
    UsdClient,
)
from assay.protocol.clients.base import NotAContract
from assay.protocol.deployment import Deployment
from assay.protocol.digests import award_hash_of, terms_hash_of
from assay.protocol.draw import Ring
from assay.protocol.eip712 import sign_permit
from assay.protocol.errors import BadInput
from assay.protocol.generated import CONTRACTS, load_abi
from assay.protocol.generated.events import JobAwarded, JobPosted, SeedDrawn
from assay.protocol.generated.structs import Exposure, Pick, Terms
from assay.protocol.ids import ZERO_ADDRESS, address_from_bytes, checksum, device_id_of, job_id_of
from assay.protocol.logs import decode_hex_log
from assay.protocol.outbox import TxRecord
from assay.protocol.reverts import Reverted
from assay.protocol.sender import TxRefused, TxSender
from assay.protocol.states import Grade, JobState
from assay.stack.anvil import Anvil

USD = 1_000_000
CLASS = b"\x0c" * 32
FAR = 2**40


class Desk:
    """One account's sender and every client."""

    def __init__(self, w3: Web3, deployment: Deployment, account: LocalAccount, folder: Path) -> None:
        self.account, self.deployment = account, deployment
        self.sender = TxSender(w3, account, folder / f"{account.address}.db")
        self.usd, self.vault = UsdClient(w3, deployment), StakeVaultClient(w3, deployment)
        self.registry, self.factory = DeviceRegistryClient(w3, deployment), ShareFactoryClient(w3, deployment)
        self.auction, self.market = AuctionClient(w3, deployment), JobMarketClient(w3, deployment)
        self.board = JobBoardClient(w3, deployment)
        self.escrow = EscrowClient(w3, deployment)
        self._count = 0

    def do(self, call: Call) -> TxRecord:
        """Sends and waits."""
        self._count += 1
        return self.sender.send(f"{self._count} {call.label}", call)

    def permit(self, spender: str, value: int) -> tuple[int, bytes, bytes]:
        """A signed permit of the stablecoin."""
        message = self.usd.permit_message(self.account.address, spender, value, deadline=FAR)
        return sign_permit(self.account, message)

    def events(self, record: TxRecord) -> list[Any]:
        """Decoded events of a transaction."""
        assert record.tx_hash is not None
        receipt = chain.receipt(self.sender.w3, record.tx_hash)
        assert receipt is not None
        names = [(self.deployment.contract_at(log["address"]) or "", log) for log in receipt.logs]
        return [decode_hex_log(name, log["topics"], log["data"]) for name, log in names]


@pytest.fixture
def desks(anvil: Anvil, deployment: Deployment, accounts: dict[str, LocalAccount], tmp_path: Path) -> Any:
    w3 = chain.connect(anvil.url, chain_id=deployment.chain_id, genesis=deployment.genesis_hash)
    made = {
        role: Desk(w3, deployment, accounts[role], tmp_path) for role in ("buyer", "north", "south", "east")
    }
    yield made
    for desk in made.values():
        desk.sender.close()


def provide(desk: Desk, price: int) -> bytes:
    """Stakes by permit, registers a device and asks a price; returns the device id."""
    me = desk.account.address
    desk.do(desk.usd.mint(me, 500 * USD))
    signature = desk.permit(desk.vault.address, 400 * USD)
    desk.do(desk.vault.deposit_with_permit(me, 400 * USD, deadline=FAR, signature=signature))
    serial = b"\x05" * 32
    desk.do(
        desk.registry.register_device(
            serial_hash=serial,
            runtime_class=CLASS,
            spec_hash=bytes(32),
            name="Nürnberg 1",
            accelerator="cpu",
            memory_bytes=2**33,
        )
    )
    identity = device_id_of(desk.deployment.chain_id, desk.registry.address, me, serial)
    assert desk.registry.device_id_of(me, serial) == identity
    desk.do(desk.auction.post_ask(identity, price, 24))
    return identity


def terms_of(seats: int, spares: int) -> Terms:
    return Terms(
        program_root=b"\1" * 32,
        inputs_root=b"\2" * 32,
        spec_hash=b"\3" * 32,
        runtime_class=CLASS,
        grade=Grade.REPLICATED,
        seats=seats,
        spares=spares,
        lots=4,
        items_per_lot=2,
        items=7,
        lot_seconds=10,
        ceiling_usd6=USD,
        audit_bps=0,
    )


def test_clients__stake_to_draw__states_and_ids_agree_with_the_twins(
    desks: dict[str, Desk], anvil: Anvil
) -> None:
    prices = {"north": 36 * USD, "south": 72 * USD, "east": 108 * USD}
    devices = {role: provide(desks[role], price) for role, price in prices.items()}
    buyer = desks["buyer"]
    before = chain.head(buyer.sender.w3).number
    terms, picks = terms_of(2, 1), [Pick(devices[role], 4) for role in prices]
    expected = buyer.auction.award(picks, terms)
    assert [row.price_usd6 for row in expected] == [100_000, 200_000, 300_000]
    escrow = buyer.board.escrow_for(terms)
    buyer.do(buyer.usd.mint(buyer.account.address, escrow))
    signature = buyer.permit(buyer.escrow.address, escrow)
    salt = b"\x09" * 32
    record = buyer.do(buyer.board.post_job_with_permit(terms, picks, salt, deadline=FAR, signature=signature))
    deployment = buyer.deployment
    job_id = job_id_of(
        deployment.chain_id, buyer.market.address, buyer.account.address, salt, terms_hash_of(terms)
    )
    assert buyer.board.job_id_of(buyer.account.address, salt, terms) == job_id
    found = {type(event): event for event in buyer.events(record)}
    assert found[JobPosted].terms == terms and found[JobPosted].escrow_usd6 == escrow
    assert found[JobAwarded].awardees == expected
    job = buyer.market.job(job_id)
    assert job.state == JobState.AWARDED and job.award_hash == award_hash_of(expected)
    assert job.buyer == buyer.account.address and buyer.escrow.job_balance(job_id) == escrow
    assert buyer.market.job(job_id, block=before).state == JobState.NONE, "reads are at the block asked for"
    north = desks["north"]
    assert north.vault.bond_of(north.account.address, job_id) == 4 * 100_000
    assert north.vault.free_of(north.account.address) == 400 * USD - 400_000
    exposure = north.vault.exposure_of(north.account.address)
    assert exposure == Exposure(400 * USD, 400_000, 0, 400 * USD - 400_000)
    anvil.mine(4)
    drawn = next(e for e in buyer.events(buyer.do(buyer.market.draw_seed(job_id))) if type(e) is SeedDrawn)
    assert buyer.market.job(job_id).seed == drawn.seed
    ring = Ring(drawn.seed, [row.units for row in expected], terms.lots, 3)
    holder = expected[ring.seat(0, 0)].provider
    stranger = next(d for d in desks.values() if d.account.address not in {holder, buyer.account.address})
    with pytest.raises(TxRefused, match="market: "):
        stranger.do(stranger.market.seal_lots(job_id, expected, [0], [0], [b"\1" * 32]))
    owner = next(d for d in desks.values() if d.account.address == holder)
    assert owner.do(owner.market.seal_lots(job_id, expected, [0], [0], [b"\1" * 32])).done
    assert buyer.market.seat(job_id, 0, 0).digest == b"\1" * 32


def test_clients__share_of_a_device__created_and_read(desks: dict[str, Desk]) -> None:
    north = desks["north"]
    device = provide(north, 36 * USD)
    assert north.factory.share_of(device) == ZERO_ADDRESS
    supply = 10**21
    north.do(
        north.factory.create_share(
            device_id=device, supply=supply, operator_cut_bps=1_000, name="North share", symbol="NORTH"
        )
    )
    share = DeviceShareClient(north.sender.w3, north.deployment, north.factory.share_of(device))
    me = north.account.address
    assert str(share.operator()) == me and share.balance_of(me) == supply == share.total_supply()
    assert share.device_id() == device and share.symbol() == "NORTH" and share.operator_cut_bps() == 1_000
    north.do(share.transfer(desks["south"].account.address, supply // 4))
    north.do(north.usd.mint(share.address, 10 * USD))
    north.do(share.sync_income())
    assert share.total_income_usd6() == 10 * USD and share.operator_claimable() == USD
    assert share.claimable(desks["south"].account.address) == 9 * USD // 4
    deed = north.registry.device(device)
    assert deed.shared and deed.payee == share.address


def test_read__contract_refuses__plain_reason(desks: dict[str, Desk]) -> None:
    with pytest.raises(Reverted, match=r"registry: |unknown"):
        desks["buyer"].registry.provider_of(b"\x77" * 32)


def test_read__no_contract_there__says_the_deployment_is_another(
    deployment: Deployment, anvil: Anvil
) -> None:
    nowhere = UsdClient(chain.connect(anvil.url), deployment, address=address_from_bytes(b"\x55" * 20))
    with pytest.raises(NotAContract, match="another chain or version"):
        nowhere.balance_of("0x" + "11" * 20)


def test_call__argument_the_abi_cannot_hold__bad_input(deployment: Deployment, anvil: Anvil) -> None:
    usd = UsdClient(chain.connect(anvil.url), deployment)
    for value in (-1, 2**256, "ten", None):
        with pytest.raises(BadInput, match=r"TestUSD\.approve"):
            usd.approve("0x" + "11" * 20, value)  # type: ignore[arg-type]
    with pytest.raises(BadInput):
        usd.approve("not an address", 1)


def test_availability__no_request__empty_and_prices_as_deployed(deployment: Deployment, anvil: Anvil) -> None:
    client = AvailabilityClient(chain.connect(anvil.url), deployment)
    assert client.request_of(bytes(32), 0).id == bytes(32)
    assert client.page_price_usd6() > 0 and client.page_clock_seconds() > 0


def test_deployment__every_listed_contract__has_code_and_an_abi(deployment: Deployment, anvil: Anvil) -> None:
    w3 = chain.connect(anvil.url)
    for name in CONTRACTS:
        assert load_abi(name)
        if f"{name}Blueprint" not in deployment.contracts:
            assert chain.code_at(w3, deployment.address(name))
    with pytest.raises(KeyError, match="unknown contract"):
        load_abi("Nothing")
    assert checksum(deployment.address("JobMarket").lower()) == deployment.address("JobMarket")

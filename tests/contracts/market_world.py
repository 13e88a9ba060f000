"""The whole system in titanoboa: real contracts, five staked providers (one device shared), a buyer, a stranger.

`MarketWorld.post` gives a `PostedJob` that plays each role's moves; roots are the honest ones unless told otherwise.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import boa

from assay.protocol.digests import mark_of, seal_of, tag_of
from assay.protocol.draw import Ring, is_audited
from assay.protocol.generated.structs import Awardee, Pick, Terms
from contracts.scripts.params import DEVNET
from tests.contracts.worlds import CLASS, SHARE, USD, deployer, fund, register, role

TRUSTED, SAMPLED, REPLICATED, REFEREED = 1, 2, 3, 4
SEALING, TAGGING, REVEALING, WINDOW, LOT_CLOSED = range(5)
DRAWN, SEALED, TAGGED, PAID, UNPAID, DEFAULTED, CONVICTED, DECLINED = range(8)
SETTLED_QUIET, SETTLED_AGREED, SETTLED_UPHELD, CANCELLED_BUYER, NO_SEAL, NO_REVEAL = 1, 2, 3, 4, 6, 7
NO_AGREEMENT, NO_SPARE, LEAF, CLOCK, WITHHELD, INPUTS_UNAVAILABLE = 8, 9, 10, 11, 12, 13
AWARDED, RUNNING, CLOSED, CANCELLED = 2, 3, 4, 5
STAKE = 10_000 * USD
FEE_BPS, POKE, PAGE_PRICE = DEVNET.fee_bps, DEVNET.poke_price_usd6, DEVNET.page_price_usd6
NUMBERS = (
    DEVNET.fee_bps,
    DEVNET.poke_price_usd6,
    DEVNET.cancel_fee_bps,
    DEVNET.seed_delay_blocks,
    DEVNET.delivery_window_seconds,
)
WINDOWS = (
    DEVNET.low_window_seconds,
    DEVNET.mid_window_seconds,
    DEVNET.high_window_seconds,
    DEVNET.window_slack_seconds,
)
GAME_BOND = DEVNET.path_moves * DEVNET.move_price_usd6


def fee_of(amount: int) -> int:
    """The protocol's part on top of a price."""
    return -(-amount * FEE_BPS // 10_000)


def budget_of(terms: Terms) -> int:
    """What is set aside for one lot."""
    seats = 2 if terms.grade == SAMPLED else int(terms.seats)
    return seats * (terms.ceiling_usd6 + fee_of(terms.ceiling_usd6)) + POKE


@dataclass
class Provider:
    """A staked provider with one device on ask."""

    address: str
    device_id: bytes
    price_per_hour: int
    share: Any = None


@dataclass
class MarketWorld:
    """Everything deployed, everybody funded."""

    usd: Any
    registry: Any
    factory: Any
    vault: Any
    escrow: Any
    auction: Any
    bids: Any
    draw: Any
    availability: Any
    market: Any
    board: Any
    claims: Any
    game: Any  # a mock that rules as it is told, unless a real one was given
    buyer: str
    stranger: str
    guardian: str
    fee_recipient: str
    fresh_escrow: Callable[[str], Any]  # another Escrow of the same partners over this token
    providers: list[Provider] = field(default_factory=list)
    salts: int = 0

    def add_provider(self, name: str, price_per_hour: int, *, shared: bool = False) -> Provider:
        """Registers a device, stakes, asks; shared: the device is tokenized before."""
        address = role(name)
        device_id = register(self.registry, address, len(self.providers).to_bytes(32, "big"))
        share = None
        if shared:
            with boa.env.prank(address):
                share = deployer("DeviceShare").at(
                    self.factory.create_share(device_id, 1_000 * SHARE, 1_000, "Share", "SHR")
                )
        fund(self.usd, address, 2 * STAKE)
        with boa.env.prank(address):
            self.usd.approve(self.vault.address, STAKE)
            self.vault.deposit(address, STAKE)
            self.usd.approve(self.escrow.address, STAKE)
            self.auction.post_ask(device_id, price_per_hour, 4096)
        provider = Provider(address, device_id, price_per_hour, share)
        self.providers.append(provider)
        return provider

    def terms(self, **changes: Any) -> Terms:
        """Two lots of two seats and two spares, replicated, unless changed."""
        values: dict[str, Any] = {
            "program_root": b"\x11" * 32,
            "inputs_root": b"\x12" * 32,
            "spec_hash": b"\x13" * 32,
            "runtime_class": CLASS,
            "grade": REPLICATED,
            "seats": 2,
            "spares": 2,
            "lots": 2,
            "items_per_lot": 3,
            "items": 0,
            "lot_seconds": 3,
            "ceiling_usd6": 2 * USD,
            "audit_bps": 0,
        }
        values.update(changes)
        values["items"] = changes.get("items", values["lots"] * values["items_per_lot"])
        return Terms(**values)

    def even_picks(self, terms: Terms, count: int | None = None) -> list[Pick]:
        """The ring in blocks as equal as can be over the cheapest `count` providers (default: as many as places)."""
        width = terms.seats + terms.spares
        chosen = sorted(self.providers, key=lambda one: one.price_per_hour)[: count or max(width, 2)]
        total, size = terms.lots * width, len(chosen)
        units = [total // size + (k < total % size) for k in range(size)]
        return [Pick(one.device_id, count) for one, count in zip(chosen, units, strict=True) if count]

    def post(
        self, terms: Terms | None = None, picks: list[Pick] | None = None, **changes: Any
    ) -> "PostedJob":
        """Posts as the buyer; the allowance is there already."""
        terms = terms or self.terms(**changes)
        picks = picks if picks is not None else self.even_picks(terms)
        self.salts += 1
        salt = self.salts.to_bytes(32, "big")
        awardees = [Awardee(*row) for row in self.award(picks, terms)]
        with boa.env.prank(self.buyer):
            job_id = self.board.post_job(plain(terms), [plain(pick) for pick in picks], salt)
        return PostedJob(self, job_id, terms, salt, awardees)

    def award(self, picks: list[Pick], terms: Terms) -> list[tuple[Any, ...]]:
        """What Auction would award."""
        return self.auction.award(  # type: ignore[no-any-return]
            [plain(pick) for pick in picks],
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
        )

    def provider(self, address: str) -> Provider:
        """The provider of an address."""
        return next(one for one in self.providers if one.address == address)

    def check_solvent(self) -> None:
        """INV-01 for every contract that holds tokens."""
        assert self.usd.balanceOf(self.escrow) >= self.escrow.liabilities_usd6()
        stakes = sum(self.vault.stake_of(one.address) for one in self.providers)
        assert self.usd.balanceOf(self.vault) >= stakes


def plain(value: Any) -> tuple[Any, ...]:
    """A generated struct as the tuple titanoboa wants."""
    return tuple(getattr(value, name) for name in value.__slots__)


@dataclass
class PostedJob:
    """One job, with moves named after what they do. Deadlines are read from the market."""

    world: MarketWorld
    job_id: bytes
    terms: Terms
    salt: bytes
    awardees: list[Awardee]

    @property
    def width(self) -> int:
        return self.terms.seats + self.terms.spares

    @property
    def award_list(self) -> list[tuple[Any, ...]]:
        return [plain(one) for one in self.awardees]

    @cached_property
    def ring(self) -> Ring:
        """The Python twin of the draw; only after the draw."""
        seed = self.state().seed
        assert seed != b"\0" * 32
        return Ring(seed, [one.units for one in self.awardees], self.terms.lots, self.width)

    def state(self) -> Any:
        return self.world.market.job(self.job_id)

    def lot(self, lot: int) -> Any:
        return self.world.market.lot(self.job_id, lot)

    def status(self, lot: int, place: int) -> int:
        return int(self.world.market.seat(self.job_id, lot, place).status)

    def holder(self, lot: int, place: int) -> str:
        return self.awardees[self.ring.seat(lot, place)].provider

    def price(self, lot: int, place: int) -> int:
        return int(self.awardees[self.ring.seat(lot, place)].price_usd6)

    def root(self, lot: int, lie: int = 0) -> bytes:
        """The honest root of a lot; another number gives a wrong one."""
        return bytes([lie]) + b"root" + self.job_id[:23] + lot.to_bytes(4, "big")

    def draw_now(self, caller: str | None = None) -> "PostedJob":
        """Moves to the block after the seed block and draws."""
        wait = self.state().seed_block + 1 - boa.env.evm.patch.block_number
        boa.env.time_travel(blocks=wait, block_delta=1)
        with boa.env.prank(caller or self.world.stranger):
            self.world.market.draw_seed(self.job_id)
        return self

    def seal(
        self, lot: int, place: int, lie: int = 0, caller: str | None = None, salt: bytes | None = None
    ) -> None:
        holder = caller or self.holder(lot, place)
        seal = self.seal_digest(lot, place, holder, lie, salt)
        with boa.env.prank(holder):
            self.world.market.seal_lots(self.job_id, self.award_list, [lot], [place], [seal])

    def mark(self, lot: int, place: int, lie: int = 0) -> bytes:
        """The salt of every seal here: good for late places too."""
        return mark_of(self.job_id, lot, place, self.root(lot, lie))

    def seal_digest(
        self, lot: int, place: int, holder: str, lie: int = 0, salt: bytes | None = None
    ) -> bytes:
        return seal_of(
            chain_id=boa.env.evm.patch.chain_id,
            market=self.world.market.address,
            provider=holder,
            job_id=self.job_id,
            lot=lot,
            tag=tag_of(self.job_id, lot, self.root(lot, lie)),
            salt=salt or self.mark(lot, place, lie),
        )

    def tag(
        self, lot: int, place: int, lie: int = 0, caller: str | None = None, salt: bytes | None = None
    ) -> None:
        tag = tag_of(self.job_id, lot, self.root(lot, lie))
        with boa.env.prank(caller or self.holder(lot, place)):
            self.world.market.tag_lots(
                self.job_id, [lot], [place], [tag], [salt or self.mark(lot, place, lie)]
            )

    def reveal(self, lot: int, place: int, lie: int = 0, caller: str | None = None) -> None:
        with boa.env.prank(caller or self.holder(lot, place)):
            self.world.market.reveal_lots(self.job_id, [lot], [place], [self.root(lot, lie)])

    def draw_audits(self, *lots: int, caller: str | None = None) -> None:
        with boa.env.prank(caller or self.world.stranger):
            self.world.market.draw_audits(self.job_id, list(lots))

    def pass_audit_block(self, lot: int) -> bool:
        """Moves to the block after the lot's audit block; whether it is audited by that."""
        block = self.lot(lot).audit_block
        boa.env.time_travel(blocks=block + 1 - boa.env.evm.patch.block_number, block_delta=1)
        return is_audited(self.world.draw.block_hash(block), self.job_id, lot, self.terms.audit_bps)

    def decline(self, lot: int, place: int, caller: str | None = None) -> None:
        with boa.env.prank(caller or self.holder(lot, place)):
            self.world.market.decline_lots(self.job_id, self.award_list, [lot], [place])

    def poke(self, *lots: int, caller: str | None = None) -> None:
        with boa.env.prank(caller or self.world.stranger):
            self.world.market.poke_lots(self.job_id, self.award_list, list(lots))

    def pass_deadline(self, lot: int, beyond: int = 1) -> None:
        """Time moves to the lot's deadline plus `beyond` seconds."""
        to_time(self.lot(lot).deadline + beyond)

    def agree(self, lot: int, places: tuple[int, ...] | None = None) -> None:
        """Places (default: the seats) seal, tag and reveal the honest root: the lot is in its window."""
        places = places or tuple(range(self.terms.seats))
        for place in places:
            self.seal(lot, place)
        for place in places:
            self.tag(lot, place)
        self.reveal(lot, places[0])

    def settle(self, lot: int, caller: str | None = None) -> None:
        """The whole honest life of a lot."""
        self.agree(lot)
        self.pass_deadline(lot)
        self.poke(lot, caller=caller)


def to_time(timestamp: int) -> None:
    """Block time becomes `timestamp` exactly; a block passes."""
    boa.env.time_travel(seconds=timestamp - boa.env.evm.patch.timestamp)


def market_world(
    providers: int = 5,
    *,
    usd: Any = None,
    variants: dict[str, Any] | None = None,
    game_of: Callable[[Any, str], Any] | None = None,
) -> MarketWorld:
    """Deploys all contracts at addresses told to each other beforehand.

    `variants`: factories used instead, by name; `game_of`: deploys the dispute game over (usd, address of Claims),
    in place of a mock that rules as it is told.
    """
    made = variants or {}

    def of(name: str) -> Any:
        return made.get(name) or deployer(name)

    usd = usd or deployer("TestUSD").deploy()
    at = {
        name: role(name)
        for name in ("factory", "vault", "escrow", "board", "market", "availability", "claims", "bids")
    }
    guardian, fee_recipient = role("guardian"), role("fee_recipient")
    registry = of("DeviceRegistry").deploy(at["factory"])
    factory = of("ShareFactory").deploy(
        registry.address,
        usd.address,
        of("DeviceShare").deploy_as_blueprint().address,
        of("AllowListPolicy").deploy_as_blueprint().address,
        role("offering"),
        role("tender"),
        DEVNET.recovery_notice_seconds,
        override_address=at["factory"],
    )
    vault = of("StakeVault").deploy(
        usd.address,
        at["board"],
        at["market"],
        at["escrow"],
        DEVNET.unbonding_seconds,
        override_address=at["vault"],
    )
    partners = [at[name] for name in ("board", "market", "availability", "vault", "factory")]
    escrow = of("Escrow").deploy(usd.address, *partners, fee_recipient, override_address=at["escrow"])
    auction = of("Auction").deploy(registry.address)
    bids = of("BidBook").deploy(
        at["board"], registry.address, DEVNET.bid_seconds, DEVNET.open_seconds, override_address=at["bids"]
    )
    draw = of("Draw").deploy()
    availability = of("Availability").deploy(
        at["market"],
        at["escrow"],
        draw.address,
        PAGE_PRICE,
        DEVNET.page_clock_seconds,
        override_address=at["availability"],
    )
    market = of("JobMarket").deploy(
        at["board"],
        at["escrow"],
        at["vault"],
        draw.address,
        at["availability"],
        at["claims"],
        NUMBERS,
        override_address=at["market"],
    )
    game = game_of(usd, at["claims"]) if game_of else deployer("MockGame").deploy(at["claims"], GAME_BOND)
    claims = of("Claims").deploy(
        at["market"], draw.address, game.address, DEVNET.min_move_seconds, override_address=at["claims"]
    )
    board = of("JobBoard").deploy(
        at["market"],
        at["escrow"],
        at["vault"],
        auction.address,
        bids.address,
        game.address,
        guardian,
        boa.env.evm.patch.timestamp + DEVNET.guardian_seconds,
        DEVNET.min_commit_seconds,
        DEVNET.min_reveal_seconds,
        WINDOWS,
        override_address=at["board"],
    )
    buyer, stranger = role("buyer"), role("stranger")
    fund(usd, buyer, 50_000_000 * USD)
    with boa.env.prank(buyer):
        usd.approve(escrow.address, 2**256 - 1)
    world = MarketWorld(
        usd, registry, factory, vault, escrow, auction, bids, draw, availability, market, board,
        claims, game, buyer, stranger, guardian, fee_recipient,
        fresh_escrow=lambda token: of("Escrow").deploy(token, *partners, fee_recipient),
    )  # fmt: skip
    for k in range(providers):
        world.add_provider(f"provider {k}", (1_000 + 100 * k) * USD, shared=k == 0)
    return world

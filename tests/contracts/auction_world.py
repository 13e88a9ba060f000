"""An order at auction, with the moves of its roles; becomes a PostedJob when it is awarded."""

from dataclasses import astuple, dataclass, field, replace
from typing import Any

import boa

from assay.protocol.clearing import OpenedBid
from assay.protocol.digests import bid_seal_of
from assay.protocol.generated.structs import Awardee, Terms
from contracts.scripts.params import DEVNET
from tests.contracts.market_world import MarketWorld, PostedJob, Provider, fee_of, plain
from tests.contracts.worlds import fund, register, role

OPEN = 1
SALT = b"\x5b" * 32
BID_SECONDS, OPEN_SECONDS = DEVNET.bid_seconds, DEVNET.open_seconds


def bidder(world: MarketWorld, name: str, stake: int) -> Provider:
    """A staked provider with a device and no ask, not among the world's own; its allowance to Escrow is there."""
    address = role(name)
    device_id = register(world.registry, address)
    fund(world.usd, address, 2 * stake)
    with boa.env.prank(address):
        world.usd.approve(world.vault.address, stake)
        world.vault.deposit(address, stake)
        world.usd.approve(world.escrow.address, 2**256 - 1)
    return Provider(address, device_id, 0)


@dataclass
class AuctionedJob:
    """One order whose bids come in; prices and units of sealed bids are kept here for their opening."""

    world: MarketWorld
    job_id: bytes
    terms: Terms
    salt: bytes
    sealed: dict[str, tuple[int, int]] = field(default_factory=dict)  # provider => (price, units)

    @property
    def order(self) -> tuple[Any, ...]:
        return (self.world.buyer, self.salt, plain(self.terms))

    @property
    def book(self) -> Any:
        return self.world.bids.book_of(self.job_id)

    def bid_of(self, provider: str) -> Any:
        return self.world.bids.bid_of(self.job_id, provider)

    def digest(self, provider: str, price: int, units: int, salt: bytes = SALT) -> bytes:
        return bid_seal_of(
            chain_id=boa.env.evm.patch.chain_id,
            bid_book=self.world.bids.address,
            job_id=self.job_id,
            provider=provider,
            price_usd6=price,
            units=units,
            salt=salt,
        )

    def seal(self, one: Provider, price: int, units: int = 1, *, cover: int | None = None) -> None:
        """cover: the units that the deposit covers, where they are not those of the bid."""
        digest = self.digest(one.address, price, units)
        with boa.env.prank(one.address):
            self.world.board.seal_bid(self.order, digest, cover or units)
        self.sealed[one.address] = (price, units)

    def open(self, one: Provider, **changes: Any) -> None:
        """With what was sealed, unless told otherwise."""
        price, units = self.sealed[one.address]
        bid = {"device_id": one.device_id, "price": price, "units": units, "salt": SALT} | changes
        with boa.env.prank(one.address):
            self.world.board.open_bid(self.order, tuple(bid.values()))

    def start_opening(self) -> "AuctionedJob":
        boa.env.time_travel(seconds=self.book.seal_deadline + 1 - boa.env.evm.patch.timestamp)
        return self

    def end_opening(self) -> "AuctionedJob":
        boa.env.time_travel(seconds=self.book.open_deadline + 1 - boa.env.evm.patch.timestamp)
        return self

    def award(self, caller: str | None = None) -> PostedJob | None:
        """Clears; the job when there is one."""
        with boa.env.prank(caller or self.world.stranger):
            self.world.board.award_auction(self.order)
        logs = {type(event).__name__: event for event in self.world.board.get_logs()}
        if "JobAwarded" not in logs:
            return None
        closed = logs["BiddingClosed"]
        awardees = [Awardee(*astuple_of(row)) for row in logs["JobAwarded"].awardees]
        terms = replace(self.terms, spares=closed.spares, ceiling_usd6=closed.price_usd6)
        return PostedJob(self.world, self.job_id, terms, self.salt, awardees)

    def cancel(self, caller: str | None = None) -> None:
        with boa.env.prank(caller or self.world.buyer):
            self.world.board.cancel_auction(self.order)

    def return_deposit(self, provider: str) -> None:
        with boa.env.prank(self.world.stranger):
            self.world.board.return_deposit(self.job_id, provider)

    def held(self) -> int:
        return int(self.world.escrow.job_balance(self.job_id))

    def bond(self, provider: str) -> int:
        return int(self.world.vault.bond_of(provider, self.job_id))

    def credit(self, account: str) -> int:
        return int(self.world.escrow.credit_of(account))

    def opened(self) -> list[OpenedBid]:
        """What the twin of the rule is given."""
        found = []
        for provider, (price, units) in self.sealed.items():
            bid = self.bid_of(provider)
            if bid.status == 2:
                found.append(OpenedBid(provider, price, units, bid.order))
        return found


def astuple_of(row: Any) -> tuple[Any, ...]:
    """A row of an event as a plain tuple."""
    return tuple(row) if isinstance(row, tuple | list) else astuple(row)


def auction(world: MarketWorld, **changes: Any) -> AuctionedJob:
    """Posted by the buyer; terms as MarketWorld.terms has them."""
    terms = world.terms(**changes)
    world.salts += 1
    salt = world.salts.to_bytes(32, "big")
    with boa.env.prank(world.buyer):
        job_id = world.board.post_auction(plain(terms), salt)
    return AuctionedJob(world, job_id, terms, salt)


def budget_at(terms: Terms, price: int, poke: int) -> int:
    """What JobMarket needs for a job whose seats cost at most this."""
    return int(terms.lots * (terms.seats * (price + fee_of(price)) + poke) + poke)

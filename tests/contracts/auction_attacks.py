"""Attack stories on auctions. As in attacks.py: each returns its loot, 0 where the contracts are sound."""

import boa

from tests.contracts.attacks import refused
from tests.contracts.auction_world import SALT, AuctionedJob, auction, bidder
from tests.contracts.market_world import TRUSTED, MarketWorld, plain
from tests.contracts.worlds import USD, fund


def one_seat(world: MarketWorld) -> AuctionedJob:
    return auction(world, grade=TRUSTED, seats=1, spares=0, lots=1)


def winners(job: AuctionedJob) -> list[str]:
    awarded = job.end_opening().award()
    return [] if awarded is None else [one.provider for one in awarded.awardees]


def copy_a_sealed_bid(world: MarketWorld) -> int:
    """Seals what a rival has sealed before it, and opens it with what the rival shows."""
    job = one_seat(world)
    honest, thief = world.providers[:2]
    digest = world.bids.seal_of(job.job_id, honest.address, 1_000, 1, SALT)
    for one in (thief, honest):
        with boa.env.prank(one.address):
            world.board.seal_bid(job.order, digest, 1)
        job.sealed[one.address] = (1_000, 1)
    job.start_opening().open(honest)
    refused(lambda: job.open(thief))
    return int(thief.address in winners(job))


def snipe_once_prices_show(world: MarketWorld) -> int:
    """Seals a unit below the price that a rival has just opened with."""
    job = one_seat(world)
    honest, sniper = world.providers[:2]
    job.seal(honest, 1_000)
    job.start_opening().open(honest)
    if refused(lambda: job.seal(sniper, 999)):
        return 0
    job.open(sniper)
    return int(sniper.address in winners(job))


def stall_by_a_seal(world: MarketWorld) -> int:
    """Seals a bid, never opens it, and the job of others never begins."""
    job = one_seat(world)
    honest, staller = world.providers[:2]
    job.seal(staller, 1)
    job.seal(honest, 1_000)
    job.start_opening().open(honest)
    return int(refused(lambda: job.end_opening().award()))


def win_without_a_bond(world: MarketWorld) -> int:
    """Wins with stake for nothing: a lot then waits for somebody who has nothing to lose."""
    job = one_seat(world)
    poor = bidder(world, "poor", 1)
    fund(world.usd, poor.address, USD)
    job.seal(poor, 1_000)
    job.start_opening()
    refused(lambda: job.open(poor))
    return int(poor.address in winners(job))


def take_a_deposit_twice(world: MarketWorld) -> int:
    """After a cancellation, the deposit of another bidder too."""
    job = one_seat(world)
    honest, thief = world.providers[:2]
    for one in (honest, thief):
        job.seal(one, 1)
    job.cancel()
    job.return_deposit(thief.address)
    refused(lambda: job.return_deposit(thief.address))
    return job.credit(thief.address) - job.bid_of(thief.address).deposit_usd6


def look_at_prices_and_cancel(world: MarketWorld) -> int:
    """The buyer has the bids opened, and takes its money to whoever was cheapest."""
    job = one_seat(world)
    job.seal(world.providers[0], 1_000)
    job.start_opening().open(world.providers[0])
    return int(not refused(job.cancel))


def cancel_anothers_auction(world: MarketWorld) -> int:
    """A rival ends it while bids are sealed."""
    job = one_seat(world)
    return int(not refused(lambda: job.cancel(world.providers[0].address)))


def order_again_at_once(world: MarketWorld) -> int:
    """The same order as an instant one while bids are sealed: one balance for two jobs, and the award is stuck."""
    job = one_seat(world)
    picks = [plain(pick) for pick in world.even_picks(job.terms, 1)[:1]]
    with boa.env.prank(world.buyer):
        return int(not refused(lambda: world.board.post_job(plain(job.terms), picks, job.salt)))


def ask_above_the_ceiling(world: MarketWorld) -> int:
    """The only bidder names a price that the escrow does not hold, and the award never passes."""
    job = one_seat(world)
    job.seal(world.providers[0], 3 * USD)
    job.start_opening()
    refused(lambda: job.open(world.providers[0]))
    return int(refused(lambda: job.end_opening().award()))


def grind_a_smaller_address(world: MarketWorld) -> int:
    """Equal prices: the later bidder has looked for an address that sorts first."""
    job = one_seat(world)
    grinder, honest = sorted(world.providers[:2], key=lambda one: int(one.address, 16))
    for one in (honest, grinder):
        job.seal(one, 1_000)
    job.start_opening()
    for one in (honest, grinder):
        job.open(one)
    return int(grinder.address in winners(job))


def bid_with_anothers_device(world: MarketWorld) -> int:
    """Wins with a device it does not have: its provider's name and payee stand behind the attacker's work."""
    job = one_seat(world)
    honest, thief = world.providers[:2]
    job.seal(thief, 1)
    job.start_opening()
    return int(not refused(lambda: job.open(thief, device_id=honest.device_id)))

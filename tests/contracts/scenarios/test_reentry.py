"""A token that calls back amid a transfer: posting cannot be entered again, from its own side or the market's."""

import boa
import pytest

from assay.protocol.generated.structs import Terms
from tests.contracts.market_world import AWARDED, WINDOW, MarketWorld, market_world, plain
from tests.contracts.worlds import USD, deployer

INNER_SALT = b"\x77" * 32


@pytest.fixture
def odd() -> MarketWorld:
    """The whole system over a token that may call back; the token is a buyer with money and allowance itself."""
    token = deployer("OddToken").deploy()
    world = market_world(usd=token)
    token.mint(token.address, 1_000 * USD)
    with boa.env.prank(token.address):
        token.approve(world.escrow.address, 1_000 * USD)
    return world


def order(world: MarketWorld) -> tuple[Terms, bytes]:
    """Terms and calldata of an order that the token could place at any other time."""
    terms = world.terms(lots=1)
    picks = [plain(pick) for pick in world.even_picks(terms)]
    return terms, world.board.post_job.prepare_calldata(plain(terms), picks, INNER_SALT)


def place(world: MarketWorld, calldata: bytes) -> None:
    """The very call that failed inside works outside: the lock was the reason, not the call."""
    world.usd.set_callback("0x" + "00" * 20, b"")
    boa.env.raw_call(world.board.address, sender=world.usd.address, data=calldata)


def test_post_job__token_posts_again_inside_the_payment__finds_the_board_locked(odd: MarketWorld) -> None:
    terms, calldata = order(odd)
    odd.usd.set_callback(odd.board.address, calldata)
    job = odd.post(lots=1)
    assert odd.usd.callback_tried() and not odd.usd.callback_worked()
    assert job.state().state == AWARDED
    inner = odd.board.job_id_of(odd.usd.address, INNER_SALT, plain(terms))
    assert not odd.market.is_known(inner)
    place(odd, calldata)
    assert odd.market.is_known(inner)


def test_post_job__token_touches_the_half_posted_job__finds_nothing_to_touch(odd: MarketWorld) -> None:
    """Money has come, bonds and job have not: draw, cancellation, release and opening by hand all fail."""
    terms = odd.terms(lots=1)
    salt = (odd.salts + 1).to_bytes(32, "big")
    half = odd.board.job_id_of(odd.buyer, salt, plain(terms))
    hand = (odd.usd.address, 1, 1, 0, 1, USD, 0, 30, 30, 0, b"\x01" * 32)
    providers = [one.address for one in odd.providers]
    for target, calldata in (
        (odd.market, odd.market.draw_seed.prepare_calldata(half)),
        (odd.market, odd.market.cancel_job.prepare_calldata(half)),
        (odd.market, odd.market.open_job.prepare_calldata(half, hand)),
        (odd.vault, odd.vault.release.prepare_calldata(half, providers)),
        (odd.escrow, odd.escrow.withdraw.prepare_calldata(odd.buyer)),
    ):
        with boa.env.anchor():
            odd.usd.set_callback(target.address, calldata)
            job = odd.post(terms)
            assert job.job_id == half and odd.usd.callback_tried() and not odd.usd.callback_worked()
            assert job.state().state == AWARDED
            for one in job.awardees:
                assert odd.vault.bond_of(one.provider, half) == one.units * one.price_usd6
        odd.salts -= 1


def test_poke_lots__token_posts_inside_a_slash__finds_the_market_locked(odd: MarketWorld) -> None:
    job = odd.post(lots=1).draw_now()
    terms, calldata = order(odd)
    job.pass_deadline(0)
    odd.usd.set_callback(odd.board.address, calldata)
    job.poke(0)
    assert odd.usd.callback_tried() and not odd.usd.callback_worked()
    inner = odd.board.job_id_of(odd.usd.address, INNER_SALT, plain(terms))
    assert not odd.market.is_known(inner)
    place(odd, calldata)
    assert odd.market.is_known(inner)


def test_post_job__another_job_settled_inside_the_payment__finds_escrow_locked(odd: MarketWorld) -> None:
    """A poke is open to anyone at any time, but no money moves while money is on its way in."""
    other = odd.post(lots=1, seats=2, spares=0).draw_now()
    other.agree(0)
    other.pass_deadline(0)
    poke = odd.market.poke_lots.prepare_calldata(other.job_id, other.award_list, [0])
    odd.usd.set_callback(odd.market.address, poke)
    job = odd.post(lots=1)
    assert odd.usd.callback_tried() and not odd.usd.callback_worked()
    assert other.lot(0).phase == WINDOW
    odd.usd.set_callback("0x" + "00" * 20, b"")
    other.poke(0)
    job.draw_now().settle(0)
    assert odd.escrow.job_balance(job.job_id) == odd.escrow.job_balance(other.job_id) == 0
    odd.check_solvent()

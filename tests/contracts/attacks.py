"""Attack stories. Each plays the attacker on a world and returns its loot: 0 where the contracts are sound.

Loot is what the attacker gains or takes from another beyond its due: units of 10^-6 USD, or 1 for "it worked".
"""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import boa

from assay.commitment import artifact_id, list_proof, list_root
from assay.protocol.digests import tag_of
from assay.protocol.generated.structs import Pick
from tests.contracts.exact_job import BY_LEAF, ExactJob, exact_job
from tests.contracts.market_world import (
    CONVICTED,
    LEAF,
    PAGE_PRICE,
    PAID,
    TRUSTED,
    WINDOW,
    MarketWorld,
    plain,
)
from tests.contracts.paged_job import ITEMS, OUTPUT, proof_of, with_data
from tests.contracts.worlds import USD, deployer, fund, register, role

GARBAGE = b"\x6b" * 32


def refused(act: Callable[[], object]) -> bool:
    """Whether the contracts refuse it."""
    try:
        act()
    except boa.BoaError:
        return True
    return False


def open_a_seal_with_anothers_tag(world: MarketWorld) -> int:
    """Seals garbage, waits for an honest tag, and opens with that."""
    job = world.post(lots=1, spares=0).draw_now()
    job.seal(0, 0)
    thief, tag = job.holder(0, 1), tag_of(job.job_id, 0, job.root(0))
    with boa.env.prank(thief):
        world.market.seal_lots(job.job_id, job.award_list, [0], [1], [GARBAGE])
    job.tag(0, 0)
    with boa.env.prank(thief):
        if refused(lambda: world.market.tag_lots(job.job_id, [0], [1], [tag], [GARBAGE])):
            return 0
    job.reveal(0, 0)
    job.pass_deadline(0)
    job.poke(0)
    return int(world.escrow.credit_of(thief)) or int(job.status(0, 1) == 3)


def copy_a_tag_as_a_late_spare(world: MarketWorld) -> int:
    """Called when a tag is public, seals and shows that tag without having worked."""
    job = world.post(lots=1, spares=1).draw_now()
    job.seal(0, 0)
    job.seal(0, 1)
    job.tag(0, 0)
    job.pass_deadline(0)
    job.poke(0)
    job.seal(0, 2, salt=GARBAGE)
    job.tag(0, 2, salt=GARBAGE)
    job.reveal(0, 0)
    job.pass_deadline(0)
    job.poke(0)
    return int(job.status(0, 2) == 3)


def squat_on_an_order(world: MarketWorld) -> int:
    """Opens a job under the id of an order seen in the mempool, unpaid, so that the order fails."""
    terms = world.terms()
    salt = (world.salts + 1).to_bytes(32, "big")
    job_id = world.board.job_id_of(world.buyer, salt, plain(terms))
    opened = (world.stranger, 1, 1, 0, 1, USD, 0, 30, 30, 0, GARBAGE)
    with boa.env.prank(world.stranger):
        refused(lambda: world.market.open_job(job_id, opened))
    return int(refused(lambda: world.post(terms)))


def distribute_to_oneself(world: MarketWorld) -> int:
    """Asks Escrow for the balance of somebody's job."""
    job = world.post()
    held = world.escrow.job_balance(job.job_id)
    with boa.env.prank(world.stranger):
        refused(lambda: world.escrow.distribute(job.job_id, [(world.stranger, held, 2)], 0, 0, 0))
        return int(world.escrow.withdraw(world.stranger))


def spend_anothers_allowance(world: MarketWorld) -> int:
    """Funds a job of its own out of the allowance that a buyer gave to Escrow."""
    before = world.usd.balanceOf(world.buyer)
    with boa.env.prank(world.stranger):
        refused(lambda: world.escrow.fund_with_permit(GARBAGE, world.buyer, 50 * USD, 0, 0, b"", b""))
    return int(before - world.usd.balanceOf(world.buyer))


def lock_a_rivals_stake(world: MarketWorld) -> int:
    """Locks all that a rival has free, under a job that never closes."""
    rival = world.providers[1].address
    free = world.vault.free_of(rival)
    with boa.env.prank(world.stranger):
        refused(lambda: world.vault.lock(rival, GARBAGE, free))
    return int(free - world.vault.free_of(rival))


def leave_with_the_bond(world: MarketWorld) -> int:
    """Hired, asks all its stake back, and is gone before its job is."""
    job = world.post()
    leaver = job.awardees[1].provider
    stake = world.vault.stake_of(leaver)
    with boa.env.prank(leaver):
        if refused(lambda: world.vault.request_unbond(stake)):
            return 0
    boa.env.time_travel(seconds=121)
    world.vault.withdraw(leaver, 1)
    return int(world.vault.locked_of(leaver) - world.vault.stake_of(leaver))


def settle_inside_the_window(world: MarketWorld) -> int:
    """Pokes a lot before the buyer could ask for a page."""
    job = world.post(lots=1, spares=0).draw_now()
    job.agree(0)
    assert job.lot(0).phase == WINDOW
    return int(not refused(lambda: job.poke(0)))


def settle_twice(world: MarketWorld) -> int:
    """Pokes a closed lot again: its poke price and refund would come out of the lot beside it."""
    job = world.post(lots=2, spares=0).draw_now()
    job.settle(0)
    boa.env.time_travel(seconds=1)
    before = world.escrow.job_balance(job.job_id)
    refused(lambda: job.poke(0))
    return int(before - world.escrow.job_balance(job.job_id))


def name_oneself_as_payee(world: MarketWorld) -> int:
    """Settles others' work with an award list in which every payee is the poker."""
    job = world.post(lots=1, spares=0).draw_now()
    job.agree(0)
    job.pass_deadline(0)
    before = world.escrow.credit_of(world.stranger)
    forged = [plain(replace(one, payee=world.stranger)) for one in job.awardees]
    with boa.env.prank(world.stranger):
        if refused(lambda: world.market.poke_lots(job.job_id, forged, [0])):
            return 0
    return int(world.escrow.credit_of(world.stranger) - before)


def deny_pages_by_a_forged_count(world: MarketWorld) -> int:
    """The winners agree on an item of no pages but 9,000 bytes, and answer that no such page exists."""
    top = b"\x05" * 32
    lengths = (0).to_bytes(8, "big") + (9_000).to_bytes(8, "big")
    forged = sha256(b"\x02assay/artifact/1" + lengths + top).digest()
    items = [artifact_id(ITEMS[0]), forged, artifact_id(ITEMS[2])]
    job = with_data(world)
    job.result = list_root(items)
    job.draw_now()
    job.agree(0)
    job.request(OUTPUT, 1, 0, caller=world.buyer)
    listed = list_proof(items, 1)
    shown = replace(
        proof_of(ITEMS, 1, 9), list_proof=listed.siblings, list_top=listed.top, artifact_id=forged
    )
    shown = replace(shown, page_count=0, byte_length=9_000, page_index=0, artifact_top=top)
    return int(not refused(lambda: job.answer(shown, root=job.result)))


def deny_items_by_a_shorter_list(world: MarketWorld) -> int:
    """The winners agree on one item instead of three, and answer that the second is not there."""
    job = with_data(world)
    job.result = list_root([artifact_id(ITEMS[0])])
    job.draw_now()
    job.agree(0)
    job.request(OUTPUT, 1, 0, caller=world.buyer)
    return int(not refused(lambda: job.answer(proof_of(ITEMS[:1], 1, 0), root=job.result)))


def crowd_out_the_buyer(world: MarketWorld) -> int:
    """A winner keeps the only request of its lot open over a page that it has, until the window is over."""
    job = with_data(world)
    job.draw_now()
    job.agree(0)
    job.request(OUTPUT, 1, 0, place=0)
    return int(refused(lambda: job.request(OUTPUT, 2, 1, caller=world.buyer)))


def convict_oneself_as_the_buyer(world: MarketWorld) -> int:
    """The buyer is the only provider of its lot and withholds from itself: loot is what it gets back beyond half."""
    own = world.providers[1]
    fund(world.usd, own.address, 1_000 * USD)
    with boa.env.prank(own.address):
        world.usd.approve(world.escrow.address, 2**200)
    honest, world.buyer = world.buyer, own.address
    try:
        picks = [Pick(one.device_id, 1) for one in world.providers[1:2]]
        job = world.post(picks=picks, lots=1, grade=TRUSTED, seats=1, spares=0).draw_now()
        taken = world.escrow.job_balance(job.job_id)
        job.agree(0)
        with boa.env.prank(own.address):
            world.availability.request_page(job.job_id, job.award_list, 0, 0, OUTPUT, 0, 0)
        boa.env.time_travel(seconds=21)
        with boa.env.prank(world.stranger):
            world.availability.close_request(job.job_id, job.award_list, 0)
    finally:
        world.buyer = honest
    bond = -(-job.price(0, 0) // 10)
    due = taken - 1_000 + PAGE_PRICE + bond // 2  # all but the poke that closed the lot, and half the bond
    return max(0, int(world.escrow.credit_of(own.address)) - due)


def own_job(world: MarketWorld) -> ExactJob:
    """A refereed job of a provider that bought it itself and is its only seat."""
    own = world.providers[1]
    fund(world.usd, own.address, 1_000 * USD)
    with boa.env.prank(own.address):
        world.usd.approve(world.escrow.address, 2**200)
    honest, world.buyer = world.buyer, own.address
    try:
        return exact_job(world, picks=[Pick(own.device_id, 1)])
    finally:
        world.buyer = honest


def settle_during_a_game(world: MarketWorld) -> int:
    """The challenged provider is paid at the end of its window, before the game is over."""
    job = exact_job(world)
    job.show(1)
    job.challenge(0, 0, 1)
    job.pass_deadline(0)
    refused(lambda: job.poke(0))
    return int(job.status(0, 0) == PAID)


def convict_by_a_word(world: MarketWorld) -> int:
    """A stranger tells Claims that the game has convicted an honest claim, and enforces it."""
    job = exact_job(world)
    job.show(0)
    claim = job.state_claim(0, 0)
    with boa.env.prank(world.stranger):
        refused(lambda: world.claims.convict(claim, world.stranger, BY_LEAF))
    before = world.escrow.credit_of(world.stranger)
    refused(lambda: job.enforce(claim))
    return int(world.escrow.credit_of(world.stranger) - before)


def rule_as_a_stranger(world: MarketWorld) -> int:
    """A stranger rules on a lot of JobMarket itself, with itself as the accuser."""
    job = exact_job(world)
    job.show(0)
    before = world.escrow.credit_of(world.stranger)
    with boa.env.prank(world.stranger):
        refused(
            lambda: world.market.rule_lot(
                job.job_id, job.award_list, 0, LEAF, 1, False, world.stranger, world.stranger
            )
        )
    return int(world.escrow.credit_of(world.stranger) - before)


def end_a_lot_by_two_rulings(world: MarketWorld) -> int:
    """Two claims of one lot are convicted; the second ruling ends the lot again, out of the lot beside it."""
    job = exact_job(world, seats=2, lots=2)
    job.show(1, 1)
    claims = [job.challenge(0, place, 1) for place in (0, 1)]
    for claim in claims:
        job.rule(claim, BY_LEAF)
    job.enforce(claims[0])
    before = world.escrow.job_balance(job.job_id)
    refused(lambda: job.enforce(claims[1]))
    return int(before - world.escrow.job_balance(job.job_id))


def pin_anothers_root_on_a_place(world: MarketWorld) -> int:
    """States the wrong root of one seat as the claim of the honest other one, and convicts that."""
    job = exact_job(world, seats=2)
    job.show(1, 0)
    if refused(lambda: job.state_claim(0, 1, 1)):
        return 0
    world.game.open_game(job.claim_id(0, 1, 1))
    job.rule(job.claim_id(0, 1, 1), BY_LEAF)
    refused(lambda: job.enforce(job.claim_id(0, 1, 1)))
    return int(job.status(0, 1) == CONVICTED)


def name_another_as_defender(world: MarketWorld) -> int:
    """States a claim by an award list of its own, so that whoever must answer may not."""
    job = exact_job(world)
    job.show(0)
    forged = [plain(replace(one, provider=world.stranger)) for one in job.awardees]
    refused(lambda: job.state_claim(0, 0, awardees=forged))
    return int(world.claims.facts_of(job.claim_id(0, 0)).defender == world.stranger)


def differ_and_keep_silent(world: MarketWorld) -> int:
    """A later seat claims another root and challenges nobody: it would lose nothing by it."""
    job = exact_job(world, seats=2)
    job.show(0, 1)
    job.pass_deadline(0)
    job.poke(0)
    return int(job.status(0, 1) != CONVICTED)


def ask_for_a_page_that_cannot_be_shown(world: MarketWorld) -> int:
    """The buyer of an exact job asks for an artifact's page, which nobody can prove against roots of tensors."""
    job = exact_job(world, TRUSTED)
    job.agree(0)
    with boa.env.prank(world.buyer):
        if refused(lambda: world.availability.request_page(job.job_id, job.award_list, 0, 0, OUTPUT, 0, 0)):
            return 0
    boa.env.time_travel(seconds=21)
    world.availability.close_request(job.job_id, job.award_list, 0)
    return int(job.status(0, 0) == CONVICTED)


def hold_both_seats(world: MarketWorld) -> int:
    """One provider with two devices takes both seats of a lot and agrees with itself on a lie."""
    twin = role("twin")
    fund(world.usd, twin, 1_000 * USD)
    devices = []
    with boa.env.prank(twin):
        world.usd.approve(world.vault.address, 1_000 * USD)
        world.vault.deposit(twin, 1_000 * USD)
    for serial in (b"\xa1" * 32, b"\xa2" * 32):
        devices.append(register(world.registry, twin, serial))
        with boa.env.prank(twin):
            world.auction.post_ask(devices[-1], 900 * USD, 4096)
    picks = [Pick(device, 1) for device in devices]
    terms = world.terms(lots=1, spares=0)
    if refused(lambda: world.award(picks, terms)):
        return 0
    job = world.post(terms, picks).draw_now()
    for place in (0, 1):
        job.seal(0, place, lie=1)
    for place in (0, 1):
        job.tag(0, place, lie=1)
    job.reveal(0, 0, lie=1)
    job.pass_deadline(0)
    job.poke(0)
    return int(world.escrow.credit_of(twin))


def leave_after_seeing_the_draw(world: MarketWorld) -> int:
    """The buyer waits for the seed, dislikes who was drawn, and cancels for nothing."""
    job = world.post()
    boa.env.time_travel(blocks=job.state().seed_block + 1 - boa.env.evm.patch.block_number, block_delta=1)
    with boa.env.prank(world.buyer):
        refused(lambda: world.market.cancel_job(job.job_id))
    return int(world.escrow.credit_of(world.buyer))


def pay_with_a_token_that_keeps_a_part(world: MarketWorld) -> int:
    """The token keeps a fee on the way in: what Escrow owes and does not have."""
    token = deployer("OddToken").deploy()
    token.mint(world.buyer, 100)
    escrow = world.fresh_escrow(token.address)
    with boa.env.prank(world.buyer):
        token.approve(escrow.address, 100)
    token.set_fee(1)
    with boa.env.prank(world.board.address):
        refused(lambda: escrow.fund_with_permit(GARBAGE, world.buyer, 100, 0, 0, b"", b""))
    return int(escrow.liabilities_usd6() - token.balanceOf(escrow))

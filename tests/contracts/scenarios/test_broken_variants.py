"""Each attack fails on the contracts as they are, and works once the one line that stops it is taken out.

So none of these stories can pass for another reason than the defence it is about.
"""

from collections.abc import Callable

import pytest

from tests.contracts import attacks
from tests.contracts.broken import Patch, broken
from tests.contracts.market_world import MarketWorld, market_world

Attack = Callable[[MarketWorld], int]

# attack, the deployable that is compiled anew, the line taken out
STORIES: list[tuple[Attack, str, Patch]] = [
    (
        attacks.open_a_seal_with_anothers_tag,
        "JobMarket",
        Patch(
            "modules/moves.vy",
            "    causes._require(seal == lot_store._digests[job.id][slot], causes.WRONG_SEAL)\n",
            "",
        ),
    ),
    (
        attacks.copy_a_tag_as_a_late_spare,
        "JobMarket",
        Patch("modules/moves.vy", "    if lot.late & (1 << place) == 0:\n", "    if lot.late >= 0:\n"),
    ),
    (
        attacks.squat_on_an_order,
        "JobMarket",
        Patch("modules/opening.vy", "    causes._require(msg.sender == parts.BOARD, causes.NOT_BOARD)\n", ""),
    ),
    (
        attacks.leave_after_seeing_the_draw,
        "JobMarket",
        Patch(
            "modules/opening.vy",
            "        causes._require(block.number <= job.seed_block, causes.DRAW_FIRST)\n",
            "",
        ),
    ),
    (
        attacks.settle_inside_the_window,
        "JobMarket",
        Patch("modules/settlement.vy", "    if not late:\n        return job\n", ""),
    ),
    (
        attacks.settle_twice,
        "JobMarket",
        Patch(
            "modules/settlement.vy",
            "    if lot.phase == states.LOT_CLOSED or ",
            "    if ",
        ),
    ),
    (
        attacks.convict_oneself_as_the_buyer,
        "JobMarket",
        Patch("modules/purse.vy", "            quarter = 0\n", "            quarter += 0\n"),
    ),
    (
        attacks.name_oneself_as_payee,
        "Draw",
        Patch("Draw.vy", '    assert listed == award_hash, "draw: another award list"\n', ""),
    ),
    (
        attacks.hold_both_seats,
        "Auction",
        Patch(
            "Auction.vy",
            '            assert earlier.provider != ask.provider, "auction: a provider is picked twice"\n',
            "            pass\n",
        ),
    ),
    (
        attacks.distribute_to_oneself,
        "Escrow",
        Patch(
            "Escrow.vy",
            '    assert msg.sender in [MARKET, AVAILABILITY, BOARD], "escrow: only the market"\n',
            "",
        ),
    ),
    (
        attacks.spend_anothers_allowance,
        "Escrow",
        Patch("Escrow.vy", '    assert msg.sender == BOARD, "escrow: only JobBoard"\n', ""),
    ),
    (
        attacks.pay_with_a_token_that_keeps_a_part,
        "Escrow",
        Patch(
            "Escrow.vy",
            '    assert after == before + amount_usd6, "escrow: the amount did not arrive"\n',
            "",
        ),
    ),
    (
        attacks.lock_a_rivals_stake,
        "StakeVault",
        Patch(
            "StakeVault.vy",
            "def lock(provider: address, job_id: bytes32, amount_usd6: uint256):\n"
            '    assert msg.sender == BOARD, "vault: caller is not the board"\n',
            "def lock(provider: address, job_id: bytes32, amount_usd6: uint256):\n",
        ),
    ),
    (
        attacks.leave_with_the_bond,
        "StakeVault",
        Patch(
            "StakeVault.vy",
            "    return self.stake_of[provider] - self.locked_of[provider] - self.unbonding_of[provider]\n",
            "    return self.stake_of[provider] - self.unbonding_of[provider]\n",
        ),
    ),
    (
        attacks.deny_pages_by_a_forged_count,
        "Availability",
        Patch(
            "modules/page_proof.vy",
            '    assert proof.page_count == pages, "page: count and length disagree"\n',
            "",
        ),
    ),
    (
        attacks.deny_items_by_a_shorter_list,
        "Availability",
        Patch(
            "Availability.vy",
            '        assert proof.list_count == items, "availability: the root holds another number of items"\n',
            "",
        ),
    ),
    (
        attacks.crowd_out_the_buyer,
        "Availability",
        Patch(
            "Availability.vy",
            "    yields: bool = subject == subjects.OUTPUT and by_buyer and old.requester != msg.sender\n",
            "    yields: bool = False\n",
        ),
    ),
    (
        attacks.settle_during_a_game,
        "JobMarket",
        Patch(
            "modules/settlement.vy",
            "lot.flags & (lot_store.REQUESTED | lot_store.CONTESTED) != 0",
            "lot.flags & lot_store.REQUESTED != 0",
        ),
    ),
    (
        attacks.convict_by_a_word,
        "Claims",
        Patch(
            "Claims.vy",
            '    assert msg.sender == GAME, "claims: only the game"\n'
            "    ruling: claim_store.Ruling = claim_store._ruling(claim_id)\n"
            "    ruling.challenger",
            "    ruling: claim_store.Ruling = claim_store._ruling(claim_id)\n    ruling.challenger",
        ),
    ),
    (
        attacks.rule_as_a_stranger,
        "JobMarket",
        Patch("JobMarket.vy", "    causes._require(msg.sender == partner, causes.NOT_PARTNER)\n", ""),
    ),
    (
        attacks.end_a_lot_by_two_rulings,
        "Claims",
        Patch("Claims.vy", '    assert falling > 0, "claims: this place does not stand any more"\n', ""),
    ),
    (
        attacks.pin_anothers_root_on_a_place,
        "Claims",
        Patch("Claims.vy", "== states.TAGGED and seat.digest == tag\n", "== states.TAGGED\n"),
    ),
    (
        attacks.name_another_as_defender,
        "Draw",
        Patch("Draw.vy", '    assert listed == award_hash, "draw: another award list"\n', ""),
    ),
    (
        attacks.differ_and_keep_silent,
        "JobMarket",
        Patch(
            "modules/lot_rules.vy",
            "        elif reason == reasons.SETTLED_UPHELD and not lied:\n",
            "        elif reason == reasons.SETTLED_UPHELD and lied:\n",
        ),
    ),
    (
        attacks.ask_for_a_page_that_cannot_be_shown,
        "Availability",
        Patch(
            "Availability.vy", "    assert job.window_seconds == 0, ", "    assert job.window_seconds >= 0, "
        ),
    ),
]
NAMES = [story[0].__name__ for story in STORIES]


@pytest.mark.parametrize("attack", [story[0] for story in STORIES], ids=NAMES)
def test_attack__on_the_contracts_as_they_are__gains_nothing(world: MarketWorld, attack: Attack) -> None:
    assert attack(world) == 0


@pytest.mark.parametrize(("attack", "name", "patch"), STORIES, ids=NAMES)
def test_attack__with_its_defence_taken_out__works(attack: Attack, name: str, patch: Patch) -> None:
    assert attack(market_world(variants={name: broken(name, patch)})) > 0


def test_broken__patch_that_matches_nothing__is_an_error() -> None:
    with pytest.raises(AssertionError, match="has 0 times"):
        broken("Draw", Patch("Draw.vy", "no such line", ""))


def test_broken__patch_that_changes_only_a_comment__is_an_error() -> None:
    with pytest.raises(AssertionError, match="change nothing"):
        broken("Draw", Patch("Draw.vy", "@title Who holds which seat", "@title Who sits where"))

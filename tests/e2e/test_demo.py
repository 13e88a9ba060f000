"""`assay demo` beside a running market: a flipped bit is convicted, the money is where it must be, the page says so."""

import json
import subprocess
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from assay.stack.economy import STAKE_USD6, Economy
from assay.stack.roles import CHALLENGER, FAULTY
from assay.stack.tools import REPOSITORY
from tests.e2e.market import ASSAY, Market, environment

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.timeout(600)]

STEPS = 24


def printed(market: Market, *command: str) -> dict[str, Any]:
    """What a command prints with --json."""
    done = subprocess.run(
        [*ASSAY, *command, "--json"],
        env=environment(market.run) | {"ASSAY_RPC_URL": market.rpc_url},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    outcome: dict[str, Any] = json.loads(done.stdout)
    return outcome


def test_demo__a_flipped_bit__convicted_the_stake_moved_and_the_buyer_made_whole(
    market: Market, economy: Economy, page: Page
) -> None:
    escrow, vault, auction = (economy.contract(name) for name in ("Escrow", "StakeVault", "Auction"))
    buyer = economy.accounts["buyer"].address
    before = escrow.functions.credit_of(buyer).call()

    outcome = printed(market, "demo", "--steps", str(STEPS))

    assert (outcome["reason"], outcome["verdict"]) == ("CONVICTED_LEAF", "CONVICTED_LEAF")
    slashed, refund = int(outcome["slashed_usd6"]), int(outcome["refund_usd6"])
    assert int(outcome["challenger_reward_usd6"]) == slashed // 2
    assert int(outcome["buyer_compensation_usd6"]) == slashed // 4
    gained = escrow.functions.credit_of(buyer).call() - before
    assert gained == refund + slashed // 4
    faulty = economy.accounts[FAULTY].address
    assert vault.functions.stake_of(faulty).call() == STAKE_USD6 - slashed
    assert auction.functions.ask_of(economy.device_id(FAULTY)).call()[1] == 0  # it asks for no more work
    claims = economy.contract("Claims")
    challenger, state = claims.functions.ruling_of(outcome["claim"]).call()
    assert (challenger, state) == (economy.accounts[CHALLENGER].address, 4)  # enforced

    # and from the logs alone, with no backend, everything adds up
    audited = printed(market, "audit")
    assert audited["findings"] == []
    assert int(audited["figures_usd6"]["stakes"]["slashed"]) >= slashed

    page.goto(f"/disputes/{outcome['game']}")
    expect(page.get_by_text("Recomputed in your browser: same as the contract.")).to_be_visible()
    page.goto(f"/jobs/{outcome['job']}")
    expect(page.get_by_text("of it to the buyer, as compensation")).to_be_visible()

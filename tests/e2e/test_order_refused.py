"""What a buyer meets when something is wrong before a job exists: a sentence, no money moved, and a way on."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from eth_account import Account
from playwright.sync_api import Page, expect
from web3 import Web3

from assay.stack.economy import USD, Economy
from tests.e2e.order import (
    HEIGHT,
    POST,
    SAMPLES,
    WIDTH,
    fill_job,
    logs_of,
    new_scene,
    stop_job,
    upload_if_asked,
    wait_posted,
    wallet_of,
)
from tests.e2e.wallet import WRONG_CHAIN

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

WRONG_NETWORK = "Your wallet is on chain 1, this market is on the local chain. Nothing is signed or sent"
REJECTED = "You rejected it in the wallet. Nothing was sent."


@contextmanager
def no_money_moves(economy: Economy, address: str) -> Iterator[None]:
    """The account's tokens and gas money, its allowance and the number of jobs are the same after as before."""

    def holdings() -> tuple[int, ...]:
        usd, escrow = economy.contract("TestUSD").functions, economy.contract("Escrow")
        return (
            usd.balanceOf(address).call(),
            usd.allowance(address, escrow.address).call(),
            escrow.w3.eth.get_balance(address),
            len(logs_of(economy, "JobBoard", "JobPosted")),
        )

    before = holdings()
    yield
    assert holdings() == before


@pytest.mark.parametrize("knows_chain", [True, False], ids=["chain known", "chain to be added"])
def test_order__wallet_on_another_chain__says_so_beside_each_button_and_switches(
    page: Page, web3: Web3, economy: Economy, tmp_path: Path, knows_chain: bool
) -> None:
    buyer = economy.accounts["buyer"]
    with no_money_moves(economy, buyer.address):
        wallet = wallet_of(page, web3, buyer, chain_id=WRONG_CHAIN, knows_chain=knows_chain)
        # the scene is new: its upload is the first button that signs
        fill_job(page, new_scene(tmp_path))
        switch = page.get_by_role("button", name="Switch wallet to the local chain")
        expect(switch).to_be_visible()
        expect(page.get_by_role("button", name="Upload the scene")).to_have_count(0)
        expect(switch.locator("xpath=..").get_by_text(WRONG_NETWORK)).to_be_visible()
        wallet.refuse = {"wallet_switchEthereumChain", "wallet_addEthereumChain"}
        switch.click()
        expect(page.get_by_text("You kept the wallet where it is.")).to_be_visible()
        wallet.refuse = set()
        switch.click()
        expect(page.get_by_role("button", name="Upload the scene")).to_be_enabled()
        assert "eth_signTypedData_v4" not in wallet.log
        assert ("wallet_addEthereumChain" in wallet.log) is not knows_chain
        upload_if_asked(page)
        expect(page.get_by_role("button", name=POST)).to_be_enabled()


def test_order__wallet_leaves_the_chain_before_posting__post_button_gives_way_to_the_switch(
    page: Page, web3: Web3, economy: Economy
) -> None:
    buyer = economy.accounts["buyer"]
    wallet = wallet_of(page, web3, buyer)
    fill_job(page)
    upload_if_asked(page)
    with no_money_moves(economy, buyer.address):
        wallet.move(page, WRONG_CHAIN)
        switch = page.get_by_role("button", name="Switch wallet to the local chain")
        expect(switch).to_be_visible()
        expect(page.get_by_role("button", name=POST)).to_have_count(0)
        expect(switch.locator("xpath=..").get_by_text(WRONG_NETWORK)).to_be_visible()
        switch.click()
        expect(page.get_by_role("button", name=POST)).to_be_enabled()


@dataclass(frozen=True)
class Prompt:
    """One question a wallet asks on the way to a job, and how a test makes it the one that is refused."""

    refuse: str
    lacks: str = ""


PROMPTS = (
    Prompt("eth_signTypedData_v4:Upload"),  # the input list and the spec
    Prompt("eth_signTypedData_v4:Permit"),
    Prompt(
        "eth_sendTransaction", lacks="eth_signTypedData_v4"
    ),  # the approval of a wallet that cannot sign a permit
    Prompt("eth_sendTransaction"),  # the job itself
)


def test_order__every_prompt_refused_once__nothing_lost_and_the_retry_posts(
    page: Page, web3: Web3, economy: Economy, tmp_path: Path
) -> None:
    buyer = economy.accounts["buyer"]
    wallet = wallet_of(page, web3, buyer)
    post = page.get_by_role("button", name=POST)
    with no_money_moves(economy, buyer.address):
        fill_job(page, new_scene(tmp_path))
        wallet.refuse = {"eth_signTypedData_v4:Upload"}
        page.get_by_role("button", name="Upload the scene").click()
        expect(page.get_by_role("alert").get_by_text(REJECTED)).to_be_visible()
        wallet.refuse = set()
        upload_if_asked(page)
        for prompt in PROMPTS:
            wallet.refuse, wallet.lacks = {prompt.refuse}, {prompt.lacks}
            post.click()
            expect(page.get_by_text(REJECTED)).to_be_visible()
            expect(post).to_be_enabled()
            for label, value in (("Width", WIDTH), ("Height", HEIGHT), ("Samples per pixel", SAMPLES)):
                expect(page.get_by_label(label)).to_have_value(str(value))
            expect(page.get_by_text("In the artifact store", exact=True)).to_be_visible()
            # the next prompt is reached only if what was signed before is kept
            wallet.refuse, wallet.lacks = set(), set()
    post.click()
    job = wait_posted(page)
    assert len(logs_of(economy, "JobBoard", "JobPosted", job_id=job)) == 1
    stop_job(economy, job)


def test_order__post_clicked_twice_at_once__one_job(page: Page, web3: Web3, economy: Economy) -> None:
    buyer = economy.accounts["buyer"]
    wallet = wallet_of(page, web3, buyer)
    fill_job(page)
    upload_if_asked(page)
    before = economy.usd_of("buyer"), len(logs_of(economy, "JobBoard", "JobPosted", buyer=buyer.address))
    button = page.get_by_role("button", name=POST)
    expect(button).to_be_enabled()
    # two clicks in one turn of the page's event loop, before it can redraw the button as busy
    button.evaluate("button => { button.click(); button.click(); }")
    job = wait_posted(page)
    posted = logs_of(economy, "JobBoard", "JobPosted", buyer=buyer.address)
    assert len(posted) == before[1] + 1
    assert wallet.log.count("eth_sendTransaction") == 1
    escrow = logs_of(economy, "JobBoard", "JobPosted", job_id=job)[0]["args"]["escrow_usd6"]
    assert before[0] - economy.usd_of("buyer") == escrow
    stop_job(economy, job)


def test_order__empty_wallet__names_what_is_missing_and_the_faucets_give_it(
    page: Page, web3: Web3, economy: Economy
) -> None:
    newcomer = Account.create()
    wallet_of(page, web3, newcomer)
    fill_job(page)
    # reading a price costs nothing: the scene is in the store, put there by somebody with money or without
    upload_if_asked(page)
    dollars = re.compile(r"It holds 0\.00 USD of the [\d.]+ USD that the escrow takes")
    gas = re.compile(r"It holds 0 ETH of the about [\d.]+ ETH that the gas costs")
    with no_money_moves(economy, newcomer.address):
        blocked = page.get_by_role("button", name=re.compile(r"^Not enough tUSD: [\d.,]+ USD missing$"))
        expect(blocked).to_be_disabled()
        expect(page.get_by_text(dollars)).to_be_visible()
        expect(page.get_by_text(gas)).to_be_visible()
    page.get_by_role("button", name="Get 1 test ETH from the local node").click()
    expect(page.get_by_text(gas)).to_have_count(0)
    assert web3.eth.get_balance(newcomer.address) == 10**18
    expect(blocked).to_be_disabled()
    page.get_by_role("button", name="Get 10,000 test USD from the faucet").click()
    expect(page.get_by_role("button", name=POST)).to_be_enabled()
    expect(page.get_by_text(dollars)).to_have_count(0)
    assert economy.contract("TestUSD").functions.balanceOf(newcomer.address).call() == 10_000 * USD

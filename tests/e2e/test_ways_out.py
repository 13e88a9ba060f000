"""Ways out, with real clicks: cancel a job, ask stake back, notice that the chain under the page was reset."""

import json
import re
import time
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from web3 import Web3

from assay.stack.anvil import rpc
from assay.stack.economy import USD, Economy
from tests.e2e.market import Market
from tests.e2e.order import fill_job, logs_of, post_job, wallet_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def usd_shown(text: str) -> int:
    """An amount as the page prints it, in 10^-6 USD, rounded as printed."""
    found = re.search(r"([\d,]+\.\d+)\s*USD", text)
    assert found, f"no amount in {text!r}"
    return round(float(found.group(1).replace(",", "")) * USD)


def wait_until(true: Any, what: str, seconds: float = 90) -> None:
    """Polls the chain."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.3)


def test_cancel__from_the_jobs_page__at_least_what_was_promised_returns(
    page: Page, web3: Web3, economy: Economy
) -> None:
    buyer = economy.accounts["buyer"]
    wallet = wallet_of(page, web3, buyer)
    fill_job(page, samples=64)
    job = post_job(page)
    wait_until(lambda: logs_of(economy, "JobMarket", "SeedDrawn", job_id=job), "the seats were not drawn")
    page.get_by_role("button", name="Cancel the job").click()
    dialog = page.get_by_role("dialog", name="Cancel this job?")
    # a change of mind and a refusal in the wallet both leave the job running
    dialog.get_by_role("button", name="Keep it running").click()
    page.get_by_role("button", name="Cancel the job").click()
    wallet.refuse = {"eth_sendTransaction"}
    dialog.get_by_role("button", name="Cancel the job").click()
    expect(dialog.get_by_text("You rejected it in the wallet. Nothing was sent.")).to_be_visible()
    assert logs_of(economy, "JobMarket", "JobCancelled", job_id=job) == []
    wallet.refuse = set()
    expect(dialog.get_by_text("Lots without any seal end now")).to_be_visible()
    promised = usd_shown(dialog.get_by_role("definition").first.inner_text())
    dialog.get_by_role("button", name="Cancel the job").click()
    expect(page.get_by_text("Cancelled").first).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="Cancel the job")).to_have_count(0)
    assert len(logs_of(economy, "JobMarket", "JobCancelled", job_id=job)) == 1
    wait_until(lambda: logs_of(economy, "JobMarket", "JobClosed", job_id=job), "the job did not close")
    escrow = economy.contract("Escrow").functions
    assert escrow.job_balance(Web3.to_bytes(hexstr=job)).call() == 0
    returned = sum(
        log["args"]["refund_usd6"] for log in logs_of(economy, "JobMarket", "LotClosed", job_id=job)
    )
    assert returned >= promised - USD // 200  # printed in cents

    # what came back waits as credit: the buyer takes it
    credit, before = escrow.credit_of(buyer.address).call(), economy.usd_of("buyer")
    assert credit >= returned
    page.goto("/account")
    page.get_by_role("button", name=re.compile("^Withdraw credit:")).click()
    expect(page.get_by_test_id("credit")).to_have_text(re.compile(r"^0\.00"))
    # lots of earlier jobs may have closed meanwhile and added to it
    taken = logs_of(economy, "Escrow", "CreditWithdrawn", account=buyer.address)[-1]["args"]["amount_usd6"]
    assert taken >= credit
    assert economy.usd_of("buyer") == before + taken
    assert escrow.credit_of(buyer.address).call() == 0


def test_unbond__asked_kept_asked_again_and_withdrawn__chain_and_page_agree(
    page: Page, market: Market, web3: Web3, economy: Economy
) -> None:
    provider = economy.accounts["east"]
    vault = economy.contract("StakeVault")
    wallet_of(page, web3, provider)
    page.goto(f"/providers/{provider.address}")
    amount = page.get_by_label("Amount")
    ask = page.get_by_role("button", name="Ask back")
    for bad, said in (
        ("0", "An amount above zero"),
        ("-5", "An amount above zero"),
        ("1.1234567", "at most six decimals"),
        ("999999999999", "is free."),
    ):
        amount.fill(bad)
        expect(page.get_by_text(said)).to_be_visible()
        expect(ask).to_be_disabled()

    rows = page.get_by_role("listitem").filter(has_text=re.compile(r"10\.50\s*USD"))
    expect(amount).to_be_visible()
    already = rows.count()
    row = rows.nth(already)

    def ask_back() -> Any:
        amount.fill("10.5")
        ask.click()
        expect(row).to_be_visible()
        return logs_of(economy, "StakeVault", "UnbondRequested", provider=provider.address)[-1]["args"]

    assert ask_back()["amount_usd6"] == 10_500_000
    row.get_by_role("button", name="Keep staked").click()
    expect(row).to_have_count(0)
    expect(amount).to_have_value("")

    before, unbonding = economy.usd_of("east"), vault.functions.unbonding_of(provider.address).call()
    request = ask_back()
    withdraw = row.get_by_role("button", name="Withdraw", exact=True)
    expect(withdraw).to_be_disabled()  # the unbonding time has only begun
    later = request["available_at"] - web3.eth.get_block("latest")["timestamp"] + 1
    rpc(market.rpc_url, "evm_increaseTime", hex(later))
    expect(withdraw).to_be_enabled()
    withdraw.click()
    expect(row).to_have_count(0)
    assert economy.usd_of("east") - before == 10_500_000
    assert vault.functions.unbonding_of(provider.address).call() == unbonding
    shown = page.get_by_text("Unbonding", exact=True).locator("xpath=following-sibling::*[1]")
    left = vault.functions.unbonding_of(provider.address).call()
    expect(shown).to_have_text(re.compile(rf"^{left // USD}\.{left % USD // 10_000:02d}"))


def test_reset__chain_replaced_under_an_open_page__banners_say_what_to_do(page: Page) -> None:
    """The answers are the server's own but for the genesis hash, as another chain's server would give them."""
    page.goto("/")
    expect(page.get_by_text("Block").first).to_be_visible()
    other = "0x" + "ab" * 32

    def with_other_genesis(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=json.dumps(answer.json() | {"genesis_hash": other}))

    page.route(re.compile(r"/api/v1/(status|config)$"), with_other_genesis)
    gone = page.get_by_role("alert").get_by_text("The chain under this page was reset")
    expect(gone).to_be_visible()
    page.get_by_role("button", name="Reload").click()
    expect(page.get_by_text("The local chain was reset since your last visit")).to_be_visible()
    expect(page.get_by_text("Clear activity tab data")).to_be_visible()
    expect(gone).to_have_count(0)
    page.reload()  # said until it is done, not once
    page.get_by_role("button", name="I have cleared it").click()
    expect(page.get_by_text("was reset")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading").first).to_be_visible()
    expect(page.get_by_text("was reset")).to_have_count(0)
    page.unroute_all(behavior="ignoreErrors")

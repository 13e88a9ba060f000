"""The whole road in a real browser against a real chain: connect, post a job, watch it, take the picture, claim income.

Once with a wallet injected as an extension would be, once with the demo wallet.
"""

import io
import re
import time
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from web3 import Web3

from assay.stack.economy import Economy
from tests.e2e.order import AT_ONCE, HEIGHT, WIDTH, Hands, fill_job, logs_of, post_job
from tests.e2e.order import connect as connect_wallet
from tests.e2e.wallet import InjectedWallet

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

JOB_SECONDS = 400
MOST_JOBS = 5


def take_picture(page: Page) -> Image.Image:
    """Waits until every lot is verified in the browser, then downloads the PNG."""
    verified = page.get_by_test_id("verified-lots")
    expect(verified).to_have_attribute("data-complete", "true", timeout=JOB_SECONDS * 1000)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download PNG").click()
    return Image.open(io.BytesIO(download.value.path().read_bytes()))


def wait_closed(economy: Economy, job: str) -> None:
    """Until the chain says that the last lot has ended."""
    deadline = time.monotonic() + JOB_SECONDS
    while not logs_of(economy, "JobMarket", "JobClosed", job_id=job):
        assert time.monotonic() < deadline, "the job did not close"
        time.sleep(0.5)


def check_money(economy: Economy, job: str, buyer: str, before: int) -> None:
    """Every unit the buyer paid lies where the events say, and nowhere else."""
    posted = logs_of(economy, "JobBoard", "JobPosted", job_id=job)[0]["args"]
    closed = logs_of(economy, "JobMarket", "LotClosed", job_id=job)
    seats = logs_of(economy, "JobMarket", "SeatPaid", job_id=job)
    escrow = posted["escrow_usd6"]
    usd = economy.contract("TestUSD").functions
    assert before - usd.balanceOf(buyer).call() == escrow
    paid = sum(log["args"]["paid_usd6"] for log in closed)
    fees = sum(log["args"]["fee_usd6"] for log in closed)
    pokes = sum(log["args"]["poke_usd6"] for log in closed)
    refund = sum(log["args"]["refund_usd6"] for log in closed)
    draw_poke = posted["poke_price_usd6"]
    assert paid == sum(log["args"]["amount_usd6"] for log in seats)
    assert paid + fees + pokes + refund + draw_poke == escrow
    balance = economy.contract("Escrow").functions.job_balance(Web3.to_bytes(hexstr=job)).call()
    assert balance == 0


def claimable_of(economy: Economy) -> int:
    """Income that investor one can claim of north's device."""
    share = economy.contract("DeviceShare", economy.share_address()).functions
    return int(share.claimable(economy.accounts["investor one"].address).call())


def claim_and_check(page: Page, economy: Economy, hands: Hands) -> None:
    """The connected investor claims on the device page; its balance grows by exactly what was claimable."""
    investor = economy.accounts["investor one"].address
    share = economy.contract("DeviceShare", economy.share_address()).functions
    usd = economy.contract("TestUSD").functions
    page.goto("/devices/0x" + economy.device_id("north").hex())
    claimable = share.claimable(investor).call()
    assert claimable > 0
    before = usd.balanceOf(investor).call()
    button = page.get_by_role("button", name=re.compile("^Claim (?!the)"))
    expect(button).to_be_enabled()
    button.click()
    hands.sign_until(page, page.get_by_test_id("claimable").get_by_text(re.compile(r"^0\.00\s*USD")))
    assert usd.balanceOf(investor).call() - before == claimable
    assert share.claimable(investor).call() == 0


def walk(page: Page, economy: Economy, buyer: Hands, become_investor: Callable[[], Hands]) -> None:
    """The road itself, the same for both wallets."""
    address = economy.accounts["buyer"].address
    before = economy.usd_of("buyer")
    fill_job(page)
    job = post_job(page, buyer)
    picture = take_picture(page)
    assert picture.size == (WIDTH, HEIGHT)
    low, high = picture.convert("L").getextrema()
    assert high - low > 60  # a picture, not a blank
    wait_closed(economy, job)
    check_money(economy, job, address, before)
    expect(page.get_by_text("The providers' results agreed bit for bit and were paid.").first).to_be_visible()
    # a draw can leave north the spare of every lot, which earns nothing; the next one hardly does
    for _ in range(MOST_JOBS):
        if claimable_of(economy) > 0:
            break
        fill_job(page)
        wait_closed(economy, post_job(page, buyer))
    claim_and_check(page, economy, become_investor())


def test_road__injected_wallet__picture_income_and_exact_balances(
    page: Page, web3: Web3, economy: Economy
) -> None:
    wallet = InjectedWallet(economy.accounts["buyer"], web3)
    wallet.install(page)

    def connect(role: str) -> Hands:
        # another person's wallet: its account is another, and it has not met this page
        wallet.account, wallet.connected = economy.accounts[role], False
        page.context.clear_cookies()
        page.goto("/")
        page.evaluate("localStorage.clear()")
        connect_wallet(page, wallet)
        return AT_ONCE

    walk(page, economy, connect("buyer"), lambda: connect("investor one"))
    assert "eth_signTypedData_v4" in wallet.log and "eth_sendTransaction" in wallet.log


def test_road__demo_wallet__picture_income_and_exact_balances(page: Page, economy: Economy) -> None:
    def confirm(page: Page) -> None:
        dialog = page.get_by_role("alertdialog")
        if not dialog.is_visible():
            return
        title = dialog.get_by_role("heading").first.inner_text()
        dialog.get_by_role("button", name=re.compile("^(Sign|Confirm and send)$")).click()
        # the next request may open at once, under another title
        expect(page.get_by_role("alertdialog", name=title)).to_be_hidden()

    def become(role: str, name: str) -> Hands:
        page.get_by_role("button", name=re.compile("^Demo wallet")).click()
        page.get_by_role("menuitemradio", name=name).click()
        address = economy.accounts[role].address
        expect(page.get_by_role("button", name=f"Account {address}")).to_be_visible()
        return Hands(sign=confirm)

    page.goto("/")
    page.get_by_role("button", name="Connect wallet").first.click()
    page.get_by_role("button", name=re.compile("^Demo wallet")).click()
    walk(page, economy, become("buyer", "Buyer"), lambda: become("investor one", "Investor one"))

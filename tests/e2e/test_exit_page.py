"""The exit page, opened from disk beside a chain and nothing else: what accounts own is seen and claimed."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from assay.stack.tools import REPOSITORY
from tests.contracts.gas_tour import Tour, chain, devnet_accounts
from tests.e2e.wallet import WRONG_CHAIN, InjectedWallet

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

FRONTEND = REPOSITORY / "frontend"


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    """A chain on which everything has happened once."""
    with chain() as anvil:
        toured = Tour(anvil, devnet_accounts(), tmp_path_factory.mktemp("exit") / "deployment.json")
        toured.run()
        yield toured


@pytest.fixture(scope="module")
def exit_html(tour: Tour, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file, the deployment inside."""
    out = tmp_path_factory.mktemp("page") / "assay-exit.html"
    command = ["node", "scripts/exit.mjs", str(out), str(tour.out)]
    done = subprocess.run(command, cwd=FRONTEND, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture
def alone(browser: Browser) -> Iterator[Page]:
    """A page without any server: errors of its scripts and breaches of its policy fail the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Content Security" in said.text else None)
    yield page
    context.close()
    assert errors == []


def look(page: Page, html: Path, tour: Tour, account: str) -> None:
    """Opens the file and looks an account up."""
    page.goto(html.as_uri())
    page.get_by_label("Chain node").fill(tour.anvil.url)
    page.get_by_label("Account").fill(account)
    page.get_by_role("button", name="Look").click()
    expect(page.get_by_text("As of block")).to_be_visible()
    expect(page.get_by_text("Reading the chain")).to_have_count(0)


def income_of(tour: Tour, role: str) -> int:
    """What a holder can claim, as the contract says; gives the share some income first."""
    share = tour.contracts["DeviceShare"]
    tour.send("buyer", "TestUSD", "transfer", share.address, 7_000_000, case="to a share")
    tour.send("buyer", "DeviceShare", "sync_income", case="a gift")
    return int(share.functions.claimable(tour.role[role]).call())


def test_exit_page__holder_with_a_wallet__claims_its_income(tour: Tour, exit_html: Path, alone: Page) -> None:
    due = income_of(tour, "investor_one")
    assert due > 0
    usd, holder = tour.contracts["TestUSD"], tour.role["investor_one"]
    before = usd.functions.balanceOf(holder).call()
    wallet = InjectedWallet(tour.accounts["investor_one"], tour.w3, chain_id=WRONG_CHAIN)
    wallet.install(alone)
    alone.goto(exit_html.as_uri())
    alone.get_by_role("button", name="Connect Test Wallet").click()
    expect(alone.get_by_label("Account")).to_have_value(holder)
    alone.get_by_label("Chain node").fill(tour.anvil.url)
    alone.get_by_role("button", name="Look").click()
    alone.get_by_role("button", name="Claim income").click()
    # the page reads again by itself, and nothing is left to claim
    expect(alone.get_by_role("button", name="Claim income")).to_have_count(0)
    assert usd.functions.balanceOf(holder).call() - before == due
    assert "wallet_switchEthereumChain" in wallet.log


def test_exit_page__no_wallet__shows_the_call_that_any_wallet_can_send(
    tour: Tour, exit_html: Path, alone: Page
) -> None:
    holder = tour.role["investor_two"]
    due = income_of(tour, "investor_two")
    look(alone, exit_html, tour, holder)
    card = alone.get_by_role("listitem").filter(has=alone.get_by_role("button", name="Claim income"))
    expect(card.get_by_role("button", name="Claim income")).to_be_disabled()
    card.get_by_text("The call, for another wallet").first.click()
    data = card.locator("dd [title^='0x']").last.get_attribute("title")
    to = card.locator("dd [title^='0x']").first.get_attribute("title")
    before = tour.contracts["TestUSD"].functions.balanceOf(holder).call()
    sent = tour.w3.eth.send_transaction({"from": tour.role["east"], "to": to, "data": data})
    assert tour.w3.eth.wait_for_transaction_receipt(sent)["status"] == 1
    assert tour.contracts["TestUSD"].functions.balanceOf(holder).call() - before == due


def test_exit_page__provider__takes_its_stake_out(tour: Tour, exit_html: Path, alone: Page) -> None:
    vault, usd, provider = tour.contracts["StakeVault"], tour.contracts["TestUSD"], tour.role["south"]
    free = vault.functions.free_of(provider).call()
    assert free > 0
    InjectedWallet(tour.accounts["south"], tour.w3).install(alone)
    alone.goto(exit_html.as_uri())
    alone.get_by_role("button", name="Connect Test Wallet").click()
    alone.get_by_label("Chain node").fill(tour.anvil.url)
    alone.get_by_role("button", name="Look").click()
    alone.get_by_role("button", name="Request ").click()
    expect(alone.get_by_text("On its way out")).to_be_visible()
    expect(alone.get_by_text("of the chain's time")).to_be_visible()
    tour.wait(10**6)
    alone.get_by_role("button", name="Read again").click()
    before = usd.functions.balanceOf(provider).call()
    alone.get_by_role("button", name="Take it out").last.click()
    expect(alone.get_by_text("of the chain's time")).to_have_count(0)
    expect(alone.get_by_role("button", name="Take it out")).to_have_count(0)
    assert usd.functions.balanceOf(provider).call() - before == free


def test_exit_page__wrong_things_typed__says_what_and_what_instead(
    tour: Tour, exit_html: Path, alone: Page, tmp_path: Path
) -> None:
    alone.goto(exit_html.as_uri())
    alone.get_by_label("Account").fill("0x12")
    alone.get_by_role("button", name="Look").click()
    expect(alone.get_by_role("alert")).to_contain_text("40 hex digits")
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"chain_id": 1, "genesis_hash": "0x00", "deployed_block": 0, "contracts": {}}')
    alone.get_by_label("Other contracts").set_input_files(wrong)
    expect(alone.get_by_role("alert")).to_contain_text("lacks JobMarket")
    alone.get_by_label("Account").fill(tour.role["buyer"])
    alone.get_by_label("Chain node").fill("http://127.0.0.1:9")
    alone.get_by_role("button", name="Look").click()
    expect(alone.get_by_role("alert")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_exit_page__phone_and_desk__no_sideways_scroll_and_no_axe_finding(
    tour: Tour, exit_html: Path, browser: Browser, width: int, scheme: Any
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    look(page, exit_html, tour, tour.role["north"])
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
    page.add_script_tag(path=FRONTEND / "node_modules" / "axe-core" / "axe.min.js")
    found = page.evaluate("axe.run().then((result) => result.violations.map((one) => one.id))")
    assert found == []
    context.close()

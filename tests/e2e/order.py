"""The order form as a person fills it: used by every story that posts a job."""

import itertools
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect
from web3 import Web3

from assay.stack.economy import Economy
from tests.e2e.wallet import InjectedWallet
from tests.worker.jobs.glb import simple

JOB_PAGE = re.compile(r"/jobs/(0x[0-9a-f]{64})")
WIDTH, HEIGHT, SAMPLES = 128, 72, 2
POST = re.compile("^Post the job for")

_serial = itertools.count(int(time.time()) % 1_000_000)


@dataclass
class Hands:
    """How a person signs: at once (the injected wallet) or in the demo wallet's dialog, if one is open."""

    sign: Callable[[Page], None]

    def sign_until(self, page: Page, seen: Locator) -> None:
        """Signs whatever is asked until `seen` is there."""
        deadline = time.monotonic() + 60
        while not seen.is_visible():
            assert time.monotonic() < deadline, "what signing should bring did not appear"
            self.sign(page)
            page.wait_for_timeout(100)


AT_ONCE = Hands(sign=lambda page: None)


def fill_job(
    page: Page,
    scene: Path | None = None,
    *,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    samples: int = SAMPLES,
) -> None:
    """The form with a small picture of the sample scene, or of a file."""
    page.goto("/jobs/new")
    if scene is None:
        page.get_by_role("button", name="Use the sample scene").click()
    else:
        page.locator("input[type=file]").set_input_files(scene)
    page.get_by_label("Width").fill(str(size[0]))
    page.get_by_label("Height").fill(str(size[1]))
    page.get_by_label("Samples per pixel").fill(str(samples))


def new_scene(folder: Path) -> Path:
    """A valid scene that no store has seen: one quad, with a name of its own."""
    path = folder / f"quad-{next(_serial)}.glb"
    path.write_bytes(simple(nodes=[{"mesh": 0, "name": path.stem}]))
    return path


def upload_if_asked(page: Page, hands: Hands = AT_ONCE) -> None:
    """The scene is uploaded by the first job only."""
    upload = page.get_by_role("button", name="Upload the scene")
    quote = page.get_by_text("Escrow now").first
    expect(upload.or_(quote).first).to_be_visible()
    if upload.is_visible():
        upload.click()
        hands.sign_until(page, quote)
    expect(quote).to_be_visible()


def post_job(page: Page, hands: Hands = AT_ONCE) -> str:
    """Posts and returns the job's id from its page's address."""
    upload_if_asked(page, hands)
    button = page.get_by_role("button", name=POST)
    expect(button).to_be_enabled()
    button.click()
    return wait_posted(page, hands)


def wait_posted(page: Page, hands: Hands = AT_ONCE) -> str:
    """Signs until the browser shows the job's own page; its id."""
    # a signature for the spec unless it is stored already, one for the permit, then the transaction
    deadline = time.monotonic() + 120
    while not (found := JOB_PAGE.search(page.url)):
        assert time.monotonic() < deadline, "the job was not posted"
        hands.sign(page)
        page.wait_for_timeout(200)
    return found.group(1)


def connect(page: Page, wallet: InjectedWallet) -> None:
    """Presses "Connect wallet" and picks the injected one; its account is then in the header."""
    page.goto("/")
    page.get_by_role("button", name="Connect wallet").first.click()
    page.get_by_role("button", name="Test Wallet").click()
    expect(page.get_by_role("button", name=f"Account {wallet.account.address}")).to_be_visible()


def wallet_of(page: Page, web3: Web3, account: Any, **ways: Any) -> InjectedWallet:
    """An injected wallet, connected; `ways` are InjectedWallet's."""
    wallet = InjectedWallet(account, web3, **ways)
    wallet.install(page)
    connect(page, wallet)
    return wallet


def logs_of(economy: Economy, contract: str, event: str, **filters: Any) -> list[Any]:
    """Decoded events of the whole chain; `job_id` may be given as the page's 0x text."""
    if isinstance(filters.get("job_id"), str):
        filters["job_id"] = Web3.to_bytes(hexstr=filters["job_id"])
    made = getattr(economy.contract(contract).events, event)
    return list(made.get_logs(from_block=0, argument_filters=filters))


def stop_job(economy: Economy, job: str) -> None:
    """Cancels a job that has served its story, straight from the buyer's key, so that no worker renders for nothing."""
    call = economy.contract("JobMarket").functions.cancel_job(Web3.to_bytes(hexstr=job))
    buyer, web3 = economy.accounts["buyer"], call.w3
    nonce = web3.eth.get_transaction_count(buyer.address, "pending")
    transaction = call.build_transaction({"from": buyer.address, "nonce": nonce, "gas": 500_000})
    sent = web3.eth.send_raw_transaction(buyer.sign_transaction(transaction).raw_transaction)
    assert web3.eth.wait_for_transaction_receipt(sent)["status"] == 1

"""A game on real contracts as people see it: live on its page, recomputed at the end, and what became of the money."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from assay.protocol.ids import to_hex
from assay.stack.anvil import Anvil
from assay.stack.tools import REPOSITORY
from tests.backend.artifacts.test_real_server import granian
from tests.backend.indexer.dispute_life import DisputeLife, Playing
from tests.backend.tasks.test_servers import environment
from tests.e2e.order import wallet_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SAME = "Recomputed in your browser: same as the contract."
SIZES = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@dataclass
class Scene:
    """A served market with one refereed job in whose dot somebody lied."""

    life: DisputeLife
    url: str
    claim: bytes
    game: Playing

    def open(self, browser: Browser, size: int = 0) -> Page:
        """A blank page on the server; errors of its scripts fail the test."""
        page = browser.new_context(viewport=SIZES[size], base_url=self.url).new_page()  # type: ignore[arg-type]
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        return page


@pytest.fixture
def scene(anvil: Anvil, deployment: Any, accounts: dict[str, Any], tmp_path: Path) -> Iterator[Scene]:
    """Contracts, an indexer that follows them, and a server; a game is open and a few rounds old."""
    life = DisputeLife(anvil, deployment, accounts)
    life.set_up()
    life.prepare()
    lie = life.wrong_dot()
    life.claimed_job("lie", lie)
    claim = life.state("lie", 0, lie)
    game = life.open_game(claim, 0, "challenger", lie)
    life.play(game, 3)
    env = environment(tmp_path, str(deployment.path), ASSAY_RPC_URL=anvil.url)
    with ExitStack() as stack:
        port, _ = stack.enter_context(granian(env))
        command = [sys.executable, "backend/manage.py", "index"]
        indexer = subprocess.Popen(command, env=env, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
        stack.callback(indexer.wait, 20)
        stack.callback(indexer.terminate)
        yield Scene(life, f"http://127.0.0.1:{port}", claim, game)


def shown(page: Page, name: str) -> str:
    """The value under a name of the recomputed leaf."""
    return page.locator("dt", has_text=name).locator("xpath=following-sibling::dd").inner_text().strip()


def test_dispute__a_lie_in_one_product__followed_live_recomputed_and_settled(
    scene: Scene, browser: Browser, accounts: dict[str, Any]
) -> None:
    life, game = scene.life, scene.game
    page = scene.open(browser)
    wallet_of(page, life.w3, accounts["east"])
    page.get_by_role("link", name="Disputes").first.click()
    page.get_by_role("link", name="Game 0").click()
    _followed(page, life, game)
    _recomputed(page)
    page.get_by_role("button", name="Enforce the ruling").click()
    expect(page.get_by_text("How the bonds that fell were split")).to_be_visible()
    expect(page.get_by_text("convicted, enforced")).to_be_visible()
    page.goto(f"/accounts/{life.who['challenger']}")
    page.get_by_role("button", name="Withdraw bonds: 0.04 USD").click()
    expect(page.get_by_role("region", name="Bonds from disputes")).to_contain_text("0.00")
    assert life.read("DisputeGame", "credit_of", life.who["challenger"]) == 0
    page.goto("/disputes/7")
    expect(page.get_by_text("The game was not found")).to_be_visible()
    page.context.close()
    phone = scene.open(browser, size=1)
    phone.goto(f"/jobs/{to_hex(life.jobs['lie'])}")
    _on_the_job_page(phone)
    phone.goto(f"/providers/{life.who[game.defender]}")
    convictions = phone.get_by_role("table", name="Convictions")
    expect(convictions.get_by_text("Proven wrong")).to_be_visible()
    phone.context.close()


def _followed(page: Page, life: DisputeLife, game: Playing) -> None:
    """The page keeps step with the chain, without a reload."""
    expect(page.get_by_text("Provider to move")).to_be_visible()
    expect(page.get_by_text("The provider owes its answer.")).to_be_visible()
    expect(page.get_by_role("timer", name="Provider's clock")).to_have_text(re.compile("h .*min|min .*s"))
    levels = page.get_by_role("list", name="The descent").get_by_role("heading")
    expect(levels).to_have_count(len(game.positions))
    life.answer(game)
    expect(page.get_by_text("The challenger is to name what differs.")).to_be_visible()
    life.name(game)
    expect(levels).to_have_count(len(game.positions))
    life.play(game)


def _recomputed(page: Page) -> None:
    """Browser and contract come to one number, which is not the claimed one."""
    expect(page.get_by_text(SAME)).to_be_visible()
    place = re.compile(r"term \d+ of element \[.*\] of node 2: dot i32")
    expect(page.get_by_text(place).first).to_be_visible()
    right = shown(page, "Recomputed here")
    value = page.locator("dt", has_text="By the contract, asked now").locator("xpath=following-sibling::dd")
    expect(value).to_have_text(right)
    assert shown(page, "Claimed by the provider") != right


def _on_the_job_page(page: Page) -> None:
    """Who fell, what the buyer got, and the way to the game; on a phone."""
    expect(page.get_by_text("Proven wrong").first).to_be_visible()
    expect(page.get_by_text("any device: exact arithmetic")).to_be_visible()
    expect(page.get_by_text("of it to the buyer, as compensation")).to_be_visible()
    page.get_by_role("button", name="Lot 0,").click()
    claims = page.get_by_role("region", name="Claims of lot 0")
    expect(claims.get_by_text("convicted", exact=True).first).to_be_visible()
    expect(claims.get_by_role("link", name="1 game")).to_be_visible()
    expect(page.get_by_role("table", name="Disputes, newest first").get_by_text("Convicted")).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide, "the page scrolls sideways on a phone"

"""A running market for browser tests, and Chromium to look at it."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from web3 import Web3

from assay.stack.economy import Economy
from tests.e2e.market import Market

CHROMIUM = "/usr/bin/chromium"
PATIENCE_MS = 30_000  # blocks come once a second, on a machine that renders at the same time
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="package")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """The whole stack, brought up once in a folder of its own; the stories of every module share it."""
    with Market(tmp_path_factory.mktemp("market")) as running:
        yield running


@pytest.fixture(scope="package")
def web3(market: Market) -> Web3:
    """The market's chain."""
    return Web3(Web3.HTTPProvider(market.rpc_url))


@pytest.fixture(scope="package")
def economy(market: Market, web3: Web3) -> Economy:
    """The demo accounts and contracts, read from the chain."""
    return Economy(web3, market.deployment)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, market: Market) -> Iterator[Page]:
    """A fresh page on the dashboard's origin; errors of its scripts fail the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=market.url)
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE_MS)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text) if _is_breach(message) else None)
    yield opened
    context.close()
    assert errors == []


def _is_breach(message: Any) -> bool:
    return message.type == "error" and "Content Security Policy" in message.text

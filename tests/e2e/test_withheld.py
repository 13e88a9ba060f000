"""A result that no mirror serves: the buyer asks for it on chain, page by page, and those who computed it show it."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page, Route, expect
from web3 import Web3

from assay.stack.economy import Economy
from tests.e2e.order import fill_job, logs_of, post_job, wallet_of
from tests.e2e.test_road import take_picture

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PAGES = 4  # of one tile: 32 x 32 x 4 floats in pages of 4,096 bytes
PAGE_PRICE_USD6 = 20_000
RESULT_LIST = re.compile(r"/api/v1/artifacts/list/0x[0-9a-f]{64}$")


def test_job_page__result_list_of_a_lot_not_served__buyer_asks_on_chain_and_the_picture_is_whole(
    page: Page, web3: Web3, economy: Economy
) -> None:
    buyer = economy.accounts["buyer"]
    wallet_of(page, web3, buyer)
    fill_job(page, size=(64, 32))
    job = post_job(page)
    kept_back: list[str] = []

    def lose_one(route: Route) -> None:
        # the first list of results this page asks for is gone from the mirror, for good
        if not kept_back:
            kept_back.append(route.request.url)
        with suppress(Error):  # the page may have gone on
            if route.request.url in kept_back:
                route.fulfill(status=404, body="{}")
            else:
                route.continue_()

    page.context.route(RESULT_LIST, lose_one)
    missing = page.get_by_text("Results that are missing")
    expect(missing).to_be_visible(timeout=120_000)
    expect(
        page.get_by_text(re.compile("A request costs 0.02 USD.*within 20 s.*loses its whole bond"))
    ).to_be_visible()
    for number in range(1, PAGES + 1):
        page.get_by_role("button", name=f"Ask for page {number} of {PAGES} on chain: 0.02 USD").click()
    picture = take_picture(page)
    assert picture.size == (64, 32)
    expect(missing).to_have_count(0)

    asked = logs_of(economy, "Availability", "PageRequested", job_id=job)
    assert [log["args"]["page_index"] for log in asked] == list(range(PAGES))
    assert {log["args"]["requester"] for log in asked} == {buyer.address}
    ids = {log["args"]["request_id"] for log in asked}
    shown = [log["args"] for log in logs_of(economy, "Availability", "PageAnswered")]
    shown = [args for args in shown if args["request_id"] in ids]
    assert len(shown) == PAGES and all(args["in_range"] and len(args["page"]) == 4096 for args in shown)
    # each page was paid to whoever showed it, and nothing of the allowance is left over
    usd = economy.contract("TestUSD").functions
    assert usd.allowance(buyer.address, economy.contract("Escrow").address).call() == 0
    funded = logs_of(economy, "Escrow", "JobFunded", job_id=job, payer=buyer.address)
    assert sum(log["args"]["amount_usd6"] == PAGE_PRICE_USD6 for log in funded) == PAGES
    assert logs_of(economy, "JobMarket", "ProviderConvicted", job_id=job) == []

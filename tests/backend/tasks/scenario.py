"""What the server must do on any database and cache: run by test_servers.py in a process of its own, with its settings.

Prints one JSON object.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django

django.setup()

from django.core.cache import cache  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from assay.stack.anvil import MNEMONIC  # noqa: E402
from tests.backend.api import factories as make  # noqa: E402
from tests.backend.artifacts.test_artifacts import put  # noqa: E402


def signer(index: int) -> Any:
    from eth_account import Account

    Account.enable_unaudited_hdwallet_features()
    return Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")


def upload(number: int) -> int:
    try:
        return int(put(Client(), signer(1), bytes([number]) * 10_000).status_code)
    finally:
        connection.close()


def main() -> None:
    call_command("migrate", verbosity=0)
    cache.set("scenario", "was here", 600)
    client = Client()
    make.make_cursor(100)
    big = 2**255
    for number in range(1, 120):
        job = make.make_job(number, ceiling_usd6=big + number)
        make.make_award(job, 0, 11 + number % 2, 21)
    make.make_event(job, 1)
    make.make_lot(job, 0)
    exact = make.make_job(120, runtime_class="", grade=4)
    make.make_lot(exact, 0, phase=3)
    game = make.make_game(make.make_claim(exact), 7, bond_usd6=big)
    make.make_step(game, value=str(-(2**255)))
    make.make_conviction(exact, 11)
    make.make_provider(11)
    make.make_share(make.make_device(1, 11))
    pages: list[list[dict[str, Any]]] = []
    after: str | None = ""
    while after is not None:
        page = client.get(f"/api/v1/jobs?provider={make.address(11)}{after and '&after='}{after}").json()
        pages.append(page["results"])
        after = page["next"]
    rows = [row for page in pages for row in page]
    with ThreadPoolExecutor(4) as pool:
        codes = sorted(pool.map(upload, range(8)))
    details = {
        path: client.get(f"/api/v1{path}").status_code
        for path in (
            f"/jobs/{job.id}",
            f"/jobs/{job.id}/lots",
            f"/jobs/{job.id}/events",
            f"/jobs/{exact.id}/lots",
            "/disputes",
            "/disputes/7",
            "/claims?state=STANDING",
            "/convictions",
            "/devices",
            f"/devices/{make.bytes32(1)}/income",
            "/providers",
            "/stats",
            "/status",
            "/config",
            f"/accounts/{signer(1).address}/quota",
        )
    }
    event = client.get(f"/api/v1/jobs/{job.id}/events").json()["results"][0]
    answer = {
        "vendor": connection.vendor,
        "pages": [len(page) for page in pages],
        "distinct": len({row["id"] for row in rows}),
        "ceiling": rows[0]["ceiling_usd6"],
        "uploads": codes,
        "quota": client.get(f"/api/v1/accounts/{signer(1).address}/quota").json(),
        "details": details,
        "args": event["args"],
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()

"""What the server says of itself, and the addresses outside the API: dashboard, documents, metrics, headers, admin."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client

from tests.backend.api import factories as make

pytestmark = pytest.mark.django_db


def test_config__deployed__addresses_and_params(client: Client) -> None:
    make.make_cursor(100)
    config = client.get("/api/v1/config").json()
    assert config["chain_id"] == 31337
    named = {"JobMarket": make.address(7), "Escrow": make.address(7), "DisputeGame": make.address(8)}
    assert config["contracts"] == named
    assert config["params"]["fee_bps"] == 200
    assert config["rpc_url"] == django_settings.ASSAY_PUBLIC_RPC_URL
    assert config["demo"] is False
    assert config["block"] == 100


@pytest.mark.parametrize("text", [None, "", "{", '{"chain_id": 1}'])
def test_config__deployment_missing_or_broken__503_with_the_way_out(
    client: Client, settings: Any, tmp_path: Path, text: str | None
) -> None:
    path = tmp_path / "other.json"
    if text is not None:
        path.write_text(text)
    settings.ASSAY_DEPLOYMENT = str(path)
    response = client.get("/api/v1/config")
    assert response.status_code == 503
    assert response.json()["code"] == "not_deployed"
    assert response["Retry-After"]


def test_config__deployed_again__read_again(client: Client) -> None:
    path = Path(django_settings.ASSAY_DEPLOYMENT)
    assert client.get("/api/v1/config").json()["deployed_block"] == 1
    path.write_text(path.read_text().replace('"deployed_block": 1', '"deployed_block": 55'))
    assert client.get("/api/v1/config").json()["deployed_block"] == 55


def test_status__nothing_indexed__nulls_and_genesis_of_the_deployment(client: Client) -> None:
    status = client.get("/api/v1/status").json()
    assert status["head"] is None
    assert status["cursor"] is None
    assert status["genesis_hash"] == make.GENESIS
    assert status["mirrors"][0]["ok"] is True


def test_status__behind__lag_in_blocks(client: Client) -> None:
    make.make_cursor(90, head=100, finalized=60)
    status = client.get("/api/v1/status").json()
    assert status["lag_blocks"] == 10
    assert status["finalized_block"] == 60
    assert status["head"] == {"number": 100, "timestamp": 1_100, "hash": make.bytes32(100)}
    assert status["as_of"] == 1_090


def test_status__store_broken__mirror_says_so(client: Client, settings: Any, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    settings.ASSAY_STORE_URL = f"nosuchscheme://{blocked}"
    (mirror,) = client.get("/api/v1/status").json()["mirrors"]
    assert mirror["ok"] is False
    assert mirror["detail"]


def test_stats__empty__zeros_as_text(client: Client) -> None:
    stats = client.get("/api/v1/stats").json()
    assert stats["jobs"] == 0
    assert stats["staked_usd6"] == "0"
    assert stats["day"]["paid_usd6"] == "0"


def test_stats__day__only_the_last_day_of_chain_time(client: Client) -> None:
    from backend.market.models import Seat

    make.make_cursor(200_000)
    old, young = make.make_job(1, posted_at=1_000), make.make_job(2, posted_at=190_000)
    for job, closed in ((old, 2_000), (young, 190_100)):
        make.make_lot(job, 0)
        Seat.objects.filter(job=job).update(status=3, closed_at=closed, amount_usd6=10**19)
    day = client.get("/api/v1/stats").json()["day"]
    assert day["jobs"] == 1
    assert day["lots_paid"] == 1
    assert day["paid_usd6"] == str(3 * 10**19)


def test_catalogue_and_kinds__committed_programs_and_schemas(client: Client) -> None:
    programs = client.get("/api/v1/catalogue").json()
    assert all(program["id"].startswith("0x") and program["bytes"] > 0 for program in programs)
    kinds = {kind["kind"]: kind for kind in client.get("/api/v1/kinds").json()}
    assert set(kinds) == {"render", "exact"}
    assert "samples" in kinds["render"]["schema"]["properties"]
    assert "items_per_lot" in kinds["exact"]["schema"]["properties"]


def test_account__never_seen__zeros(client: Client) -> None:
    account = client.get(f"/api/v1/accounts/{make.address(77)}").json()
    assert account["credit_usd6"] == "0"
    assert account["provider"] is False
    assert account["shares"] == []


def test_account__credit_and_shares__listed(client: Client) -> None:
    make.make_credit(31, 5_000_000)
    make.make_share(make.make_device(1, 11))
    account = client.get(f"/api/v1/accounts/{make.address(31)}").json()
    assert account["credit_usd6"] == "5000000"
    assert account["shares"][0]["balance"] == str(10**20)
    assert account["shares"][0]["device_id"] == make.bytes32(1)


def test_provider__detail__free_stake_devices_unbonds(client: Client) -> None:
    from backend.providers.models import Unbond

    provider = make.make_provider(11, locked_usd6=30_000_000, unbonding_usd6=20_000_000)
    make.make_device(1, 11)
    for number, state in ((1, 0), (2, 1)):
        Unbond.objects.create(
            id=f"{provider.address}:{number}",
            position=number,
            block=1,
            tx=make.bytes32(1),
            provider=provider,
            request_id=number,
            amount_usd6=20_000_000,
            available_at=5_000,
            state=state,
        )
    found = client.get(f"/api/v1/providers/{provider.address.lower()}").json()
    assert found["free_usd6"] == "50000000"
    assert [device["name"] for device in found["devices"]] == ["device 1"]
    assert found["unbonds"] == [{"request_id": "1", "amount_usd6": "20000000", "available_at": 5_000}]


@pytest.mark.parametrize("path", ["/", "/jobs", "/jobs/0xab", "/devices/0x00/deep"])
def test_dashboard__page_address__index_with_policy(
    client: Client, settings: Any, tmp_path: Path, path: str
) -> None:
    settings.ASSAY_FRONTEND_DIST = tmp_path
    (tmp_path / "index.html").write_text("<title>built</title>")
    response = client.get(path)
    assert response.status_code == 200
    assert b"built" in response.content
    assert response["Cache-Control"] == "no-cache"
    policy = response["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "connect-src 'self' http://127.0.0.1:8001 http://127.0.0.1:8545" in policy
    assert client.get(path, headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_dashboard__not_built__page_says_how(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.ASSAY_FRONTEND_DIST = tmp_path / "none"
    response = client.get("/")
    assert response.status_code == 503
    assert b"npm run build" in response.content


@pytest.mark.parametrize("path", ["/assets/missing-abcdefgh.js", "/favicon.ico", "/../etc/passwd.txt"])
def test_dashboard__missing_file__404_not_the_index(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_exit_page__of_this_server__has_its_contracts_inside_and_is_a_download(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.ASSAY_FRONTEND_DIST = tmp_path
    block = '<script type="application/json" id="deployments">{}</script><p>after</p>'
    (tmp_path / "assay-exit.html").write_text(block.replace("{}", '[{"chain_id": 1}]'))
    response = client.get("/exit-page")
    assert response.status_code == 200
    assert response["Content-Disposition"] == 'attachment; filename="assay-exit.html"'
    before, after = block.split("{}")
    body = response.content.decode()
    assert body.startswith(before)
    assert body.endswith(after)
    ours, baked = json.loads(body.removeprefix(before).removesuffix(after))
    assert baked == {"chain_id": 1}
    assert ours["chain_id"] == 31337
    assert ours["contracts"]["JobMarket"]["address"] == make.address(7)


def test_exit_page__not_built__404(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.ASSAY_FRONTEND_DIST = tmp_path
    assert client.get("/exit-page").status_code == 404


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v2/jobs", "/api/v1/jobs/x/y/z"])
def test_api__unknown_path__problem_never_the_dashboard(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_api__answers__run_nothing(client: Client) -> None:
    response = client.get("/api/v1/jobs")
    assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_docs__page_and_document__no_inline_script(client: Client) -> None:
    page = client.get("/api/docs")
    assert b"<script>" not in page.content
    assert "unsafe" not in page["Content-Security-Policy"]
    document = client.get("/api/openapi.yaml")
    assert b"openapi: 3.1" in document.content
    assert client.get("/api/openapi.yaml", headers={"If-None-Match": document["ETag"]}).status_code == 304


def test_metrics__prometheus_text(client: Client) -> None:
    client.get("/api/v1/jobs")
    assert b"django_http_requests_total_by_method_total" in client.get("/metrics").content


def test_admin__no_superuser__does_not_exist(client: Client, django_user_model: Any) -> None:
    assert client.get("/admin/").status_code == 404
    assert client.get("/admin/login/").status_code == 404
    django_user_model.objects.create_superuser("operator", password="a long phrase for a test")
    assert client.get("/admin/login/").status_code == 200


def test_admin__operator__reads_rows_and_cannot_change_them(admin_client: Client) -> None:
    job = make.make_job(1)
    assert admin_client.get("/admin/market/job/").status_code == 200
    assert admin_client.get(f"/admin/market/job/{job.pk}/change/").status_code == 200
    assert admin_client.post(f"/admin/market/job/{job.pk}/change/", {"state": "4"}).status_code == 403
    assert admin_client.get("/admin/market/job/add/").status_code == 403
    assert admin_client.post(f"/admin/market/job/{job.pk}/delete/", {"post": "yes"}).status_code == 403


def test_rate_limit__passed__429_with_retry_after(client: Client, settings: Any) -> None:
    settings.ASSAY_RATE_LIMITS = django_settings.ASSAY_RATE_LIMITS | {"read": 3}
    assert [client.get("/api/v1/jobs").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = client.get("/api/v1/jobs")
    assert refused.json()["code"] == "throttled"
    assert 1 <= int(refused["Retry-After"]) <= 61
    assert client.get("/api/v1/jobs", REMOTE_ADDR="10.0.0.9").status_code == 200


def test_rate_limit__forwarded_header__counts_only_behind_a_trusted_proxy(
    client: Client, settings: Any
) -> None:
    settings.ASSAY_RATE_LIMITS = django_settings.ASSAY_RATE_LIMITS | {"read": 1}

    def codes() -> list[int]:
        cache.clear()
        forged = ({"X-Forwarded-For": f"1.2.3.{number}"} for number in range(3))
        return [client.get("/api/v1/jobs", headers=headers).status_code for headers in forged]

    assert codes() == [200, 429, 429]
    settings.ASSAY_TRUSTED_PROXIES = 1
    assert codes() == [200, 200, 200]


def test_unexpected_error__500_tells_nothing(client: Client, monkeypatch: Any) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("backend.market.views.read_tip", fail)
    response = client.get("/api/v1/jobs")
    assert response.status_code == 500
    assert b"secret" not in response.content
    assert response.json()["code"] == "internal"


def test_cors__configured_origin__allowed_others_not(client: Client, settings: Any) -> None:
    settings.ASSAY_DASHBOARD_ORIGINS = ["https://dash.example"]
    settings.MIDDLEWARE = list(settings.MIDDLEWARE)
    fresh = Client()
    good = fresh.get("/api/v1/jobs", headers={"Origin": "https://dash.example"})
    assert good["Access-Control-Allow-Origin"] == "https://dash.example"
    bad = fresh.get("/api/v1/jobs", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in bad
    preflight = fresh.options(
        "/api/v1/quotes",
        headers={"Origin": "https://dash.example", "Access-Control-Request-Method": "POST"},
    )
    assert preflight.status_code == 204
    assert "X-Assay-Signature" in preflight["Access-Control-Allow-Headers"]

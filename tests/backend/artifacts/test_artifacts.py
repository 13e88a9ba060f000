"""Uploads and downloads: the right bytes under the right id, and every wrong way leaves nothing behind."""

from __future__ import annotations

import errno
import io
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client

from assay.artifacts import Kind
from assay.commitment import artifact_id, list_bytes, list_root
from assay.commitment.tensor import tensor_root
from assay.jobs.exact.tensors import object_of
from assay.protocol.eip712 import sign_upload
from backend.accounts.models import Reservation, StorageQuota, StoredObject

pytestmark = pytest.mark.django_db
DATA = bytes(range(256)) * 40


def path_of(kind: str, identity: bytes) -> str:
    return f"/api/v1/artifacts/{kind}/0x{identity.hex()}"


def signed(
    signer: Any, kind: str, identity: bytes, size: int, *, expiry: int | None = None, chain_id: int = 31337
) -> dict[str, str]:
    """Upload headers of an account."""
    until = int(time.time()) + 600 if expiry is None else expiry
    signature = sign_upload(
        signer, chain_id=chain_id, kind=kind, artifact_id=identity, size=size, expiry=until
    )
    return {
        "X-Assay-Account": signer.address,
        "X-Assay-Expiry": str(until),
        "X-Assay-Signature": signature,
    }


def put(
    client: Client, signer: Any, data: bytes, *, kind: str = "bytes", identity: bytes | None = None
) -> Any:
    """Uploads `data`, signed, under `identity` (its own by default)."""
    chosen = artifact_id(data) if identity is None else identity
    return client.put(
        path_of(kind, chosen),
        data,
        content_type="application/octet-stream",
        headers=signed(signer, kind, chosen, len(data)),
        CONTENT_LENGTH=str(len(data)),
    )


def files_in(store: Path) -> list[Path]:
    return [path for path in store.rglob("*") if path.is_file()]


def quota(account: Any) -> tuple[int, int]:
    row = StorageQuota.objects.get(account=account.address)
    assert not Reservation.objects.filter(account=account.address).exists()
    return row.used_bytes, row.reserved_bytes


def test_put__then_get__same_bytes_immutable(client: Client, accounts: dict[str, Any], served: Path) -> None:
    stored = put(client, accounts["buyer"], DATA)
    assert stored.status_code == 201, stored.content
    assert stored.json() == {
        "kind": "bytes",
        "id": "0x" + artifact_id(DATA).hex(),
        "size": len(DATA),
        "created": True,
    }
    got = client.get(path_of("bytes", artifact_id(DATA)))
    assert got.content == DATA
    assert got["Content-Length"] == str(len(DATA))
    assert got["Content-Type"] == "application/octet-stream"
    assert got["Content-Disposition"].startswith("attachment")
    assert got["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in got["Cache-Control"]
    head = client.head(path_of("bytes", artifact_id(DATA)))
    assert head["Content-Length"] == str(len(DATA))
    assert head.content == b""
    again = client.get(path_of("bytes", artifact_id(DATA)), headers={"If-None-Match": got["ETag"]})
    assert again.status_code == 304
    assert quota(accounts["buyer"]) == (len(DATA), 0)


@pytest.mark.parametrize("data", [b"", b"x", bytes(4_096), bytes(4_097), bytes((1 << 20) + 1)])
def test_put__edge_sizes__round_trip(client: Client, accounts: dict[str, Any], data: bytes) -> None:
    assert put(client, accounts["buyer"], data).status_code == 201
    got = client.get(path_of("bytes", artifact_id(data)))
    assert got.getvalue() == data


def test_put__list_and_spec__by_their_own_ids(client: Client, accounts: dict[str, Any]) -> None:
    ids = [bytes([number]) * 32 for number in range(3)]
    stored = put(client, accounts["buyer"], list_bytes(ids), kind="list", identity=list_root(ids))
    assert stored.status_code == 201
    spec = b'{"kind":"render","version":1}'
    assert (
        put(client, accounts["buyer"], spec, kind="spec", identity=sha256(spec).digest()).status_code == 201
    )
    loose = b'{"version": 1, "kind": "render"}'  # right hash, not canonical
    refused = put(client, accounts["buyer"], loose, kind="spec", identity=sha256(loose).digest())
    assert refused.status_code == 422


def test_put__tensor__by_its_root_and_nothing_else(client: Client, accounts: dict[str, Any]) -> None:
    array = np.arange(300, dtype=np.int32).reshape(3, 100)
    data, root = object_of(array), tensor_root(array)
    assert put(client, accounts["buyer"], data, kind="tensor", identity=root).status_code == 201
    assert client.get(path_of("tensor", root)).content == data
    for wrong in (data[:-4], data[:3], b"", data + b"\0", bytes(len(data))):
        assert put(client, accounts["buyer"], wrong, kind="tensor", identity=b"\1" * 32).status_code in (
            400,
            422,
        )
    limits = django_settings.ASSAY_UPLOAD_LIMITS
    assert set(limits) == {kind.value for kind in Kind}, "every kind of object has a limit"


def test_put__same_again_by_another__200_and_costs_nothing(client: Client, accounts: dict[str, Any]) -> None:
    put(client, accounts["buyer"], DATA)
    again = put(client, accounts["north"], DATA)
    assert again.status_code == 200
    assert again.json()["created"] is False
    assert not StorageQuota.objects.filter(account=accounts["north"].address).exists()
    assert StoredObject.objects.get().account == accounts["buyer"].address


def test_put__replayed_request__harmless(client: Client, accounts: dict[str, Any]) -> None:
    headers = signed(accounts["buyer"], "bytes", artifact_id(DATA), len(DATA))
    codes = [
        client.put(path_of("bytes", artifact_id(DATA)), DATA, content_type="", headers=headers).status_code
        for _ in range(3)
    ]
    assert codes == [201, 200, 200]
    assert quota(accounts["buyer"]) == (len(DATA), 0)


def test_put__other_bytes__422_nothing_kept(client: Client, accounts: dict[str, Any], served: Path) -> None:
    wrong = put(client, accounts["buyer"], DATA[:-1] + b"!", identity=artifact_id(DATA))
    assert wrong.status_code == 422
    assert wrong.json()["code"] == "wrong_hash"
    assert files_in(served) == []
    assert quota(accounts["buyer"]) == (0, 0)
    assert client.get(path_of("bytes", artifact_id(DATA))).status_code == 404


@pytest.mark.parametrize(("kind", "limit"), [("bytes", 1_000), ("list", 64), ("spec", 10)])
def test_put__over_the_limit__413_without_reading(
    client: Client, accounts: dict[str, Any], settings: Any, served: Path, kind: str, limit: int
) -> None:
    settings.ASSAY_UPLOAD_LIMITS = {"bytes": 1_000, "list": 64, "spec": 10}
    refused = put(client, accounts["buyer"], bytes(limit + 1), kind=kind, identity=bytes(32))
    assert refused.status_code == 413
    assert refused.json()["limit_bytes"] == limit
    assert files_in(served) == []


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"X-Assay-Signature": ""}, 401, "signature_missing"),
        ({"X-Assay-Account": ""}, 401, "signature_missing"),
        ({"X-Assay-Signature": "0x12"}, 401, "signature_invalid"),
        ({"X-Assay-Signature": "0x" + "00" * 65}, 401, "signature_invalid"),
        ({"X-Assay-Signature": "0x" + "ff" * 65}, 401, "signature_invalid"),
        ({"X-Assay-Signature": "zz" * 66}, 401, "signature_invalid"),
        ({"X-Assay-Account": "0x70997970C51812dc3A010C7d01b50e0d17dc79C9"}, 400, "bad_parameter"),
        ({"X-Assay-Account": "0x" + "11" * 20}, 401, "signature_invalid"),
        ({"X-Assay-Expiry": "soon"}, 400, "bad_parameter"),
        ({"X-Assay-Expiry": "1"}, 401, "signature_expired"),
        ({"X-Assay-Expiry": "9" * 15}, 401, "expiry_too_far"),
        ({"X-Assay-Expiry": "9" * 400}, 400, "bad_parameter"),
    ],
)
def test_put__signature_wrong__refused_and_nothing_kept(
    client: Client, accounts: dict[str, Any], served: Path, change: dict[str, str], status: int, code: str
) -> None:
    identity = artifact_id(DATA)
    headers = signed(accounts["buyer"], "bytes", identity, len(DATA)) | change
    refused = client.put(path_of("bytes", identity), DATA, content_type="", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert files_in(served) == []


@pytest.mark.parametrize("what", ["size", "kind", "id", "chain", "expired", "far"])
def test_put__signature_of_something_else__401(client: Client, accounts: dict[str, Any], what: str) -> None:
    identity, buyer, now = artifact_id(DATA), accounts["buyer"], int(time.time())
    headers = {
        "size": lambda: signed(buyer, "bytes", identity, len(DATA) - 1),
        "kind": lambda: signed(buyer, "list", identity, len(DATA)),
        "id": lambda: signed(buyer, "bytes", bytes(32), len(DATA)),
        "chain": lambda: signed(buyer, "bytes", identity, len(DATA), chain_id=1),
        "expired": lambda: signed(buyer, "bytes", identity, len(DATA), expiry=now - 1),
        "far": lambda: signed(buyer, "bytes", identity, len(DATA), expiry=now + 7_200),
    }[what]()
    refused = client.put(path_of("bytes", identity), DATA, content_type="", headers=headers)
    assert refused.status_code == 401


@pytest.mark.parametrize("media", ["text/html", "image/svg+xml", "multipart/form-data; boundary=x"])
def test_put__content_type_not_taken__415(client: Client, accounts: dict[str, Any], media: str) -> None:
    headers = signed(accounts["buyer"], "bytes", artifact_id(DATA), len(DATA))
    refused = client.put(path_of("bytes", artifact_id(DATA)), DATA, content_type=media, headers=headers)
    assert refused.status_code == 415


@pytest.mark.parametrize(
    "path",
    [
        "/bytes/0x12",
        "/bytes/" + "zz" * 32,
        "/films/0x" + "00" * 32,
        "/bytes/0x" + "00" * 33,
        "/bytes/..%2f..%2fetc",
    ],
)
def test_artifact__malformed_key__400(client: Client, path: str) -> None:
    for method in (client.get, client.head, client.put):
        assert method("/api/v1/artifacts" + path).status_code in (400, 404)


def test_put__connection_cut__400_nothing_kept_quota_freed(
    client: Client, accounts: dict[str, Any], served: Path
) -> None:
    from backend.artifacts.views import Artifact

    identity = artifact_id(DATA)
    headers = signed(accounts["buyer"], "bytes", identity, len(DATA))
    environ = {
        "REQUEST_METHOD": "PUT",
        "PATH_INFO": path_of("bytes", identity),
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "CONTENT_LENGTH": str(len(DATA)),
        "CONTENT_TYPE": "application/octet-stream",
        "wsgi.input": io.BytesIO(DATA[:5_000]),
    } | {"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items()}
    response = Artifact.as_view()(WSGIRequest(environ), kind="bytes", id="0x" + identity.hex())
    assert response.status_code == 400
    assert b"5000 of the announced 10240 bytes" in response.content
    assert files_in(served) == []
    assert quota(accounts["buyer"]) == (0, 0)


def test_put__no_length_or_chunked__411(client: Client, accounts: dict[str, Any]) -> None:
    identity = artifact_id(b"")
    headers = signed(accounts["buyer"], "bytes", identity, 0)
    extras: list[dict[str, Any]] = [{"CONTENT_LENGTH": ""}, {"HTTP_TRANSFER_ENCODING": "chunked"}]
    for extra in extras:
        refused = client.put(path_of("bytes", identity), b"", headers=headers, content_type="", **extra)
        assert refused.status_code == 411


def test_put__disk_full__507_with_a_hint(
    client: Client, accounts: dict[str, Any], served: Path, monkeypatch: Any
) -> None:
    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("fsspec.implementations.local.LocalFileOpener.write", full)
    refused = put(client, accounts["buyer"], DATA)
    assert refused.status_code == 507
    assert refused.json()["code"] == "store_full"
    assert refused.json()["hint"]
    assert files_in(served) == []
    assert quota(accounts["buyer"]) == (0, 0)


def test_put__over_quota__413_then_room_again(
    client: Client, accounts: dict[str, Any], settings: Any
) -> None:
    settings.ASSAY_QUOTA_BYTES = len(DATA) + 100
    assert put(client, accounts["buyer"], DATA).status_code == 201
    refused = put(client, accounts["buyer"], DATA + b"more")
    assert refused.status_code == 413
    assert refused.json()["code"] == "quota_exceeded"
    assert put(client, accounts["north"], DATA + b"more").status_code == 201
    left = client.get(f"/api/v1/accounts/{accounts['buyer'].address}/quota").json()
    assert left["used_bytes"] == len(DATA)
    assert left["left_bytes"] == 100


def test_put__wallet_rate__429(client: Client, accounts: dict[str, Any], settings: Any) -> None:
    settings.ASSAY_RATE_LIMITS = settings.ASSAY_RATE_LIMITS | {"wallet": 2}
    codes = [put(client, accounts["buyer"], bytes([number])).status_code for number in range(3)]
    assert codes == [201, 201, 429]
    assert put(client, accounts["north"], b"other wallet").status_code == 201


@pytest.mark.parametrize(
    ("header", "status", "expected"),
    [
        ("bytes=0-9", 206, DATA[:10]),
        ("bytes=10230-", 206, DATA[10_230:]),
        ("bytes=-5", 206, DATA[-5:]),
        ("bytes=0-99999999", 206, DATA),
        ("bytes=-99999999", 206, DATA),
        ("bytes=10240-", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=9-3", 416, None),
        ("bytes=0-1,5-6", 200, DATA),  # several ranges: the whole
        ("pages=0-1", 200, DATA),
        ("bytes=-", 200, DATA),
        ("bytes=" + "9" * 50 + "-", 200, DATA),
    ],
)
def test_get__range__part_whole_or_416(
    client: Client, accounts: dict[str, Any], header: str, status: int, expected: bytes | None
) -> None:
    put(client, accounts["buyer"], DATA)
    got = client.get(path_of("bytes", artifact_id(DATA)), headers={"Range": header})
    assert got.status_code == status
    if expected is not None:
        assert got.content == expected
    else:
        assert got["Content-Range"] == f"bytes */{len(DATA)}"


@pytest.mark.django_db(transaction=True)
def test_quota__parallel_uploads__never_passed_together(
    accounts: dict[str, Any], settings: Any, served: Path
) -> None:
    settings.ASSAY_QUOTA_BYTES = 35_000
    bodies = [bytes([number]) * 10_000 for number in range(8)]

    def upload(body: bytes) -> int:
        from django.db import connection

        try:
            return int(put(Client(), accounts["buyer"], body).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        codes = sorted(pool.map(upload, bodies))
    assert codes == [201, 201, 201, 413, 413, 413, 413, 413]
    assert quota(accounts["buyer"]) == (30_000, 0)


@pytest.mark.django_db(transaction=True)
def test_quota__same_object_by_several_at_once__one_pays(accounts: dict[str, Any], served: Path) -> None:
    body = bytes(300_000)

    def upload(role: str) -> int:
        from django.db import connection

        try:
            return int(put(Client(), accounts[role], body).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(upload, ["buyer", "north", "south", "east"]))
    assert set(codes) <= {200, 201}
    assert sum(StorageQuota.objects.values_list("used_bytes", flat=True)) == len(body)
    assert sum(StorageQuota.objects.values_list("reserved_bytes", flat=True)) == 0
    assert len(files_in(served)) == 1


def test_job__spec_in_the_store__kind_and_spec_shown(
    client: Client, accounts: dict[str, Any], served: Path
) -> None:
    from tests.backend.api import factories as make

    spec = b'{"kind":"render","version":1}'
    job = make.make_job(1, spec_hash="0x" + sha256(spec).hexdigest())
    assert client.get(f"/api/v1/jobs/{job.id}").json()["spec"] is None
    from backend.artifacts.specs import forget_specs

    forget_specs()
    put(client, accounts["buyer"], spec, kind="spec", identity=sha256(spec).digest())
    detail = client.get(f"/api/v1/jobs/{job.id}").json()
    assert detail["spec"] == {"kind": "render", "version": 1}
    assert detail["kind"] == "render"
    assert client.get("/api/v1/jobs").json()["results"][0]["kind"] == "render"
    assert detail["terms"]["ceiling_usd6"] == "30000"
    assert set(detail["terms"]) >= {"program_root", "inputs_root", "client_salt"}


def test_kind__values_of_the_store__are_the_api_s() -> None:
    assert [kind.value for kind in Kind] == ["bytes", "list", "spec", "tensor"]

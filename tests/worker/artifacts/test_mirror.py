"""The HTTP mirror against a server that checks signatures, lies, breaks off, and refuses; and several stores
as one.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from eth_account import Account
from eth_account.signers.local import LocalAccount

from assay.artifacts import (
    ArtifactCorrupt,
    ArtifactMissing,
    ArtifactStore,
    ArtifactTooLarge,
    HttpMirror,
    Kind,
    MirrorRefused,
    MirrorUnreachable,
    MultiStore,
    StoreError,
    StoreFull,
    parse_key,
)
from assay.artifacts.mirror import TRIES
from assay.commitment import artifact_id
from assay.protocol.eip712 import recover_upload

CHAIN_ID = 31337
DATA = bytes(range(256)) * 40
ID = artifact_id(DATA)


class Server:
    """The API's artifact paths over a real store, with faults to order."""

    def __init__(self, folder: Path) -> None:
        self.store = ArtifactStore(f"file://{folder}/server")
        self.requests: list[httpx.Request] = []
        self.faults: list[Callable[[httpx.Request], httpx.Response | None]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        if self.faults:
            answer = self.faults.pop(0)(request)
            if answer is not None:
                return answer
        *_, kind_text, id_text = request.url.path.split("/")
        kind, identity = parse_key(kind_text, id_text)
        if request.method == "PUT":
            return self._upload(request, kind, identity)
        if not self.store.has(kind, identity):
            return httpx.Response(404, json={"title": "Not found"})
        data = self.store.get(kind, identity)
        if request.method == "HEAD":
            return httpx.Response(200, headers={"content-length": str(len(data))})
        if "range" in request.headers:
            first, last = map(int, request.headers["range"].removeprefix("bytes=").split("-"))
            if first >= len(data):
                return httpx.Response(416)
            return httpx.Response(206, content=data[first : last + 1])
        return httpx.Response(200, content=data)

    def _upload(self, request: httpx.Request, kind: Kind, identity: bytes) -> httpx.Response:
        signer = recover_upload(
            chain_id=CHAIN_ID,
            kind=kind.value,
            artifact_id=identity,
            size=len(request.content),
            expiry=int(request.headers["x-assay-expiry"]),
            signature=request.headers["x-assay-signature"],
        )
        if signer != request.headers["x-assay-account"]:
            return httpx.Response(403, json={"title": "Forbidden", "detail": "The signature is not yours."})
        self.store.put(kind, identity, request.content)
        return httpx.Response(201)

    @property
    def methods(self) -> list[str]:
        return [request.method for request in self.requests]


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server(tmp_path)


def mirror_of(server: Any, account: LocalAccount | None = None) -> HttpMirror:
    transport = httpx.MockTransport(server)
    return HttpMirror(
        "http://mirror/", account=account, chain_id=CHAIN_ID, transport=transport, pause=lambda _: None
    )


@pytest.fixture
def mirror(server: Server) -> HttpMirror:
    return mirror_of(server, Account.create())


def status(code: int, **body: Any) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _request: httpx.Response(code, json=body or {"title": "fault"})


def broken(_request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("connection reset")


def test_put__then_get__signed_stored_and_verified(
    mirror: HttpMirror, server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "scene.glb"
    path.write_bytes(DATA)
    mirror.put(Kind.BYTES, ID, path)
    assert server.store.get(Kind.BYTES, ID) == DATA
    assert mirror.get(Kind.BYTES, ID) == DATA
    assert mirror.size(Kind.BYTES, ID) == len(DATA) and mirror.has(Kind.BYTES, ID)


def test_put__mirror_has_it__not_sent_again(mirror: HttpMirror, server: Server) -> None:
    mirror.put(Kind.BYTES, ID, DATA)
    mirror.put(Kind.BYTES, ID, DATA)
    assert server.methods.count("PUT") == 1


@pytest.mark.parametrize("fault", [status(503), status(429), status(500), broken])
def test_put__passing_fault__tried_again_with_the_whole_body(
    fault: Callable[[httpx.Request], httpx.Response], mirror: HttpMirror, server: Server
) -> None:
    server.faults = [lambda _: None, fault, fault]
    mirror.put(Kind.BYTES, ID, DATA)
    assert server.store.get(Kind.BYTES, ID) == DATA


def test_put__quota_used_up__refused_once_with_the_servers_words(mirror: HttpMirror, server: Server) -> None:
    server.faults = [lambda _: None, status(413, title="Too large", detail="Your quota of 1 GiB is used up.")]
    with pytest.raises(MirrorRefused, match="quota of 1 GiB") as caught:
        mirror.put(Kind.BYTES, ID, DATA)
    assert caught.value.status == 413 and server.methods == ["HEAD", "PUT"]


def test_put__without_account__clear_error(server: Server) -> None:
    with pytest.raises(StoreError, match="need an account"):
        mirror_of(server).put(Kind.BYTES, ID, DATA)


def test_get__missing__artifact_missing_at_once(mirror: HttpMirror, server: Server) -> None:
    with pytest.raises(ArtifactMissing):
        mirror.get(Kind.BYTES, ID)
    assert not mirror.has(Kind.BYTES, ID)
    assert len(server.requests) == 2


@pytest.mark.parametrize("lie", [DATA[:-1], DATA + b"x", b"", bytes([DATA[0] ^ 1]) + DATA[1:]])
def test_get__changed_on_the_way_once__fetched_again(lie: bytes, mirror: HttpMirror, server: Server) -> None:
    server.store.put_bytes(DATA)
    server.faults = [lambda _: httpx.Response(200, content=lie)]
    assert mirror.get(Kind.BYTES, ID) == DATA


def test_get__mirror_always_lies__never_believed(server: Server) -> None:
    mirror = mirror_of(lambda _request: httpx.Response(200, content=b"lie"))
    with pytest.raises(ArtifactCorrupt):
        mirror.get(Kind.BYTES, ID)


def test_get__endless_body__stopped_at_the_limit() -> None:
    sent = 0

    def endless(_request: httpx.Request) -> httpx.Response:
        def blocks() -> Any:
            nonlocal sent
            while True:
                sent += 1
                yield bytes(1 << 16)

        return httpx.Response(200, content=blocks())

    with pytest.raises(ArtifactTooLarge):
        mirror_of(endless).get(Kind.BYTES, ID, max_bytes=1 << 20)
    assert sent < 40


def test_get__server_gone__unreachable_after_some_tries() -> None:
    tries = 0

    def gone(_request: httpx.Request) -> httpx.Response:
        nonlocal tries
        tries += 1
        raise httpx.ConnectError("refused")

    with pytest.raises(MirrorUnreachable, match="ASSAY_API_URL"):
        mirror_of(gone).get(Kind.BYTES, ID)
    assert tries == TRIES


def test_get__redirect__not_followed(mirror: HttpMirror, server: Server) -> None:
    server.faults = [lambda _: httpx.Response(302, headers={"location": "http://elsewhere/"})]
    with pytest.raises(MirrorRefused, match="302"):
        mirror.get(Kind.BYTES, ID)


def test_read_range__inside_past_the_end_and_ignored(mirror: HttpMirror, server: Server) -> None:
    server.store.put_bytes(DATA)
    assert mirror.read_range(Kind.BYTES, ID, 4096, 100) == DATA[4096:4196]
    assert mirror.read_range(Kind.BYTES, ID, len(DATA) + 5, 10) == b""
    assert mirror.read_range(Kind.BYTES, ID, 0, 0) == b""
    server.faults = [lambda _: httpx.Response(200, content=DATA)]
    assert mirror.read_range(Kind.BYTES, ID, 10, 5) == DATA[10:15]


def local(folder: Path) -> ArtifactStore:
    return ArtifactStore(f"file://{folder}/local")


def test_multi_get__first_rotten__second_answers(mirror: HttpMirror, server: Server, tmp_path: Path) -> None:
    near = local(tmp_path)
    near.put_bytes(DATA)
    server.store.put_bytes(DATA)
    assert near.local_root is not None
    (near.local_root / "bytes" / ID.hex()[:2] / ID.hex()).write_bytes(b"rotten")
    both = MultiStore([near, mirror])
    assert both.get(Kind.BYTES, ID) == DATA
    both.put(Kind.BYTES, ID, DATA)
    assert near.get(Kind.BYTES, ID) == DATA


def test_multi_read__only_the_second_has_it__found(
    mirror: HttpMirror, server: Server, tmp_path: Path
) -> None:
    server.store.put_bytes(DATA)
    both = MultiStore([local(tmp_path), mirror])
    assert both.has(Kind.BYTES, ID) and both.size(Kind.BYTES, ID) == len(DATA)
    assert b"".join(both.stream(Kind.BYTES, ID)) == DATA
    assert both.read_range(Kind.BYTES, ID, 1, 3) == DATA[1:4]


def test_multi_read__nobody_has_it__missing(mirror: HttpMirror, tmp_path: Path) -> None:
    both = MultiStore([local(tmp_path), mirror])
    assert not both.has(Kind.BYTES, ID)
    with pytest.raises(ArtifactMissing):
        both.get(Kind.BYTES, ID)
    with pytest.raises(ArtifactMissing):
        list(both.stream(Kind.BYTES, ID))


def test_multi_read__mirror_down_and_not_here__says_the_mirror_is_down(tmp_path: Path) -> None:
    both = MultiStore([local(tmp_path), mirror_of(broken)])
    assert not both.has(Kind.BYTES, ID)
    with pytest.raises(MirrorUnreachable):
        both.get(Kind.BYTES, ID)


def test_multi_put__one_of_two_fails__kept_by_the_other(tmp_path: Path) -> None:
    near = local(tmp_path)
    MultiStore([near, mirror_of(broken, Account.create())]).put(Kind.BYTES, ID, DATA)
    assert near.get(Kind.BYTES, ID) == DATA


def test_multi_put__all_fail__first_failure(tmp_path: Path) -> None:
    full = ArtifactStore(f"file://{tmp_path}/full", min_free_bytes=1 << 60)
    with pytest.raises(StoreFull):
        MultiStore([full, mirror_of(broken, Account.create())]).put(Kind.BYTES, ID, DATA)


def test_multi_stream__empty_artifact__found(tmp_path: Path) -> None:
    near = local(tmp_path)
    empty = near.put_bytes(b"")
    assert list(MultiStore([near]).stream(Kind.BYTES, empty)) == []
    assert MultiStore([near]).get(Kind.BYTES, empty) == b""


def test_multi__no_store__clear_error() -> None:
    with pytest.raises(StoreError, match="No artifact store"):
        MultiStore([])

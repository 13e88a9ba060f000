"""An HTTP mirror of artifacts: the backend's `/api/v1/artifacts/{kind}/{id}`, or anybody's with the same
paths.

Called by: buyers and workers. What comes down is verified while it streams; what goes up carries the
account's EIP-712
signature over kind, id, size and expiry. A mirror is never trusted: the worst it can do is not answer.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import httpx
from eth_account.signers.local import LocalAccount

from assay.artifacts.base import BLOCK_BYTES, Source, blocks_of, size_of
from assay.artifacts.errors import (
    ArtifactCorrupt,
    ArtifactMissing,
    MirrorRefused,
    MirrorUnreachable,
    StoreError,
)
from assay.artifacts.kinds import GIB, Kind, Verifier
from assay.protocol.eip712 import sign_upload

T = TypeVar("T")

TRIES = 5
FIRST_PAUSE_SECONDS = 0.25
UPLOAD_VALID_SECONDS = 900
_RETRIED = {408, 425, 429, 500, 502, 503, 504}


class HttpMirror:
    """One mirror. account and chain_id are needed for uploads only."""

    def __init__(
        self,
        url: str,
        *,
        account: LocalAccount | None = None,
        chain_id: int | None = None,
        timeout_seconds: float = 30.0,
        transport: httpx.BaseTransport | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """url: the API's root, such as http://127.0.0.1:8000. transport and pause are for tests."""
        self.url = url.rstrip("/")
        self._account, self._chain_id, self._pause = account, chain_id, pause
        self._http = httpx.Client(timeout=timeout_seconds, transport=transport, follow_redirects=False)

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def has(self, kind: Kind, identity: bytes) -> bool:
        """Whether the mirror says it has it."""
        try:
            self.size(kind, identity)
        except ArtifactMissing:
            return False
        return True

    def size(self, kind: Kind, identity: bytes) -> int:
        """Its bytes, as the mirror says. Raises ArtifactMissing."""
        answer = self._patiently(lambda: self._request("HEAD", kind, identity))
        try:
            return int(answer.headers["content-length"])
        except (KeyError, ValueError):
            raise StoreError(f"The mirror {self.url} does not say how large {kind} is.") from None

    def get(self, kind: Kind, identity: bytes, *, max_bytes: int = GIB) -> bytes:
        """The whole object, verified; a transfer that breaks or is changed on the way is begun again."""
        return self._patiently(lambda: b"".join(self.stream(kind, identity, max_bytes=max_bytes)))

    def stream(self, kind: Kind, identity: bytes, *, max_bytes: int = GIB) -> Iterator[bytes]:
        """Its blocks, verified when the last one has been taken (see Store.stream); tried once."""
        verifier = Verifier(kind, identity, max_bytes=max_bytes)
        try:
            with self._http.stream("GET", self._address(kind, identity)) as answer:
                if answer.status_code != 200:
                    answer.read()
                    self._refuse(answer, kind, identity)
                for block in answer.iter_bytes(BLOCK_BYTES):
                    verifier.update(block)
                    yield block
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        verifier.finish()

    def read_range(self, kind: Kind, identity: bytes, start: int, length: int) -> bytes:
        """Bytes of a range, not verified by themselves; shorter at the end, empty past it."""
        if length == 0:
            return b""
        headers = {"Range": f"bytes={start}-{start + length - 1}"}
        answer = self._patiently(lambda: self._request("GET", kind, identity, headers=headers))
        if answer.status_code == 416:
            return b""
        if answer.status_code == 206:
            return bytes(answer.content[:length])
        return bytes(answer.content[start : start + length])

    def put(self, kind: Kind, identity: bytes, source: Source) -> None:
        """Uploads it with the account's signature; what the mirror already has is not sent again."""
        if self._account is None or self._chain_id is None:
            raise StoreError(f"Uploads to {self.url} need an account.", "Give a keystore.")
        account, chain_id = self._account, self._chain_id
        if self.has(kind, identity):
            return
        size = size_of(source)

        def send() -> httpx.Response:
            expiry = int(time.time()) + UPLOAD_VALID_SECONDS
            signature = sign_upload(
                account, chain_id=chain_id, kind=kind.value, artifact_id=identity, size=size, expiry=expiry
            )
            headers = {
                "X-Assay-Account": account.address,
                "X-Assay-Expiry": str(expiry),
                "X-Assay-Signature": signature,
                "Content-Length": str(size),
                "Content-Type": "application/octet-stream",
            }
            return self._request("PUT", kind, identity, headers=headers, content=blocks_of(source))

        self._patiently(send)

    def _address(self, kind: Kind, identity: bytes) -> str:
        return f"{self.url}/api/v1/artifacts/{kind.value}/0x{identity.hex()}"

    def _request(self, method: str, kind: Kind, identity: bytes, **options: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, self._address(kind, identity), **options)
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        if answer.status_code >= 300 and answer.status_code != 416:
            self._refuse(answer, kind, identity)
        return answer

    def _refuse(self, answer: httpx.Response, kind: Kind, identity: bytes) -> None:
        status = answer.status_code
        if status == 404:
            raise ArtifactMissing(f"The mirror {self.url} does not have {kind} 0x{identity.hex()}.")
        if status in _RETRIED:
            raise MirrorUnreachable(f"The mirror {self.url} answers {status}.", "Try again later.")
        raise MirrorRefused(f"The mirror {self.url} refused ({status}): {_detail(answer)}", status=status)

    def _unreachable(self, error: Exception) -> MirrorUnreachable:
        return MirrorUnreachable(
            f"The mirror {self.url} does not answer ({type(error).__name__}).",
            "Check that it runs and that ASSAY_API_URL is right.",
        )

    def _patiently(self, attempt: Callable[[], T]) -> T:
        pause = FIRST_PAUSE_SECONDS
        for _ in range(TRIES - 1):
            try:
                return attempt()
            except (MirrorUnreachable, ArtifactCorrupt):
                self._pause(pause)
                pause *= 2
        return attempt()


def _detail(answer: httpx.Response) -> str:
    try:
        body = answer.json()
    except ValueError:
        return answer.text[:200]
    if not isinstance(body, dict):
        return str(body)[:200]
    return str(body.get("detail") or body.get("title") or body)[:500]

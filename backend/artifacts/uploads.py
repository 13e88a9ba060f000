"""One upload: who signed it, whether it may, and its bytes into the store while they are hashed. Never whole
in memory.

Nothing is trusted before the last byte: until then it lies under a temporary name, and leaving early removes
it.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, UnreadablePostError

from assay.artifacts import ArtifactCorrupt, ArtifactTooLarge, Kind, StoreError, StoreFull, parse_key
from assay.protocol.eip712 import UPLOAD_MAX_AHEAD_SECONDS, SignatureInvalid, recover_upload
from assay.protocol.errors import BadInput
from backend.accounts.services import quota_reserve, quota_settle
from backend.artifacts.store import artifact_store
from backend.web.errors import Problem
from backend.web.params import address
from backend.web.throttles import take

BLOCK_BYTES = 1 << 20
CLOCK_SKEW_SECONDS = 60
TYPES = frozenset(
    {"application/octet-stream", "application/json", "model/gltf-binary", "model/gltf+json", ""}
)
_SIGNATURE = re.compile(r"0x[0-9a-fA-F]{130}\Z")


@dataclass(frozen=True)
class Upload:
    """An upload whose head has been checked; its body has not been read."""

    kind: Kind
    identity: bytes
    size: int
    account: str

    @property
    def key(self) -> str:
        """kind:id."""
        return f"{self.kind.value}:0x{self.identity.hex()}"


def key_of(kind: str, identity: str) -> tuple[Kind, bytes]:
    """Kind and id from a path; a 400 problem for anything else."""
    try:
        return parse_key(kind, identity)
    except BadInput as error:
        raise Problem(400, "bad_parameter", error.message, error.hint) from None


def upload_check(request: HttpRequest, kind: str, identity: str, chain_id: int) -> Upload:
    """Type, size and signature of an upload. Raises a problem: 400, 401, 411, 413, 415 or 429."""
    chosen, number = key_of(kind, identity)
    media = request.META.get("CONTENT_TYPE", "").split(";")[0].strip().lower()
    if media not in TYPES:
        hint = "Send application/octet-stream."
        raise Problem(415, "unsupported_media_type", f"{media[:80]!r} is not taken here.", hint)
    size = _size(request)
    limit: int = settings.ASSAY_UPLOAD_LIMITS[chosen.value]
    if size > limit:
        raise too_large(chosen, limit)
    account = _signer(request, chosen, number, size, chain_id)
    take("wallet", account)
    return Upload(chosen, number, size, account)


def too_large(kind: Kind, limit: int) -> Problem:
    """413 for an object over the limit of its kind."""
    detail = f"A {kind.value} object may have {limit} bytes here."
    return Problem(
        413, "too_large", detail, "Make it smaller, or use a mirror that takes more.", limit_bytes=limit
    )


def _size(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or ""
    if not text or "HTTP_TRANSFER_ENCODING" in request.META:
        raise Problem(411, "length_required", "The upload does not say its size.", "Send Content-Length.")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Problem(400, "bad_parameter", f"Content-Length is {text[:40]!r}.", "Send the number of bytes.")
    return int(text)


def _signer(request: HttpRequest, kind: Kind, identity: bytes, size: int, chain_id: int) -> str:
    """The account whose EIP-712 signature covers this kind, id, size and expiry."""
    claimed = request.META.get("HTTP_X_ASSAY_ACCOUNT", "")
    expiry = request.META.get("HTTP_X_ASSAY_EXPIRY", "")
    signature = request.META.get("HTTP_X_ASSAY_SIGNATURE", "")
    if not (claimed and expiry and signature):
        hint = "Send X-Assay-Account, X-Assay-Expiry and X-Assay-Signature."
        raise Problem(401, "signature_missing", "The upload is not signed.", hint)
    account = address("X-Assay-Account", claimed)
    if not (expiry.isascii() and expiry.isdigit() and len(expiry) < 16):
        raise Problem(400, "bad_parameter", f"X-Assay-Expiry is {expiry[:40]!r}.", "Send unix seconds.")
    now = time.time()
    if int(expiry) < now:
        raise Problem(
            401, "signature_expired", f"The signature expired at {expiry}.", "Sign the upload again."
        )
    if int(expiry) > now + UPLOAD_MAX_AHEAD_SECONDS + CLOCK_SKEW_SECONDS:
        detail = f"The signature would hold until {expiry}; the most is {UPLOAD_MAX_AHEAD_SECONDS} s ahead."
        raise Problem(
            401, "expiry_too_far", detail, "Sign with a nearer expiry, or set this machine's clock."
        )
    try:
        if not _SIGNATURE.match(signature):
            raise SignatureInvalid("The upload signature is malformed: 65 bytes in hex are due.")
        signer = recover_upload(
            chain_id=chain_id,
            kind=kind.value,
            artifact_id=identity,
            size=size,
            expiry=int(expiry),
            signature=signature,
        )
    except SignatureInvalid as error:
        raise Problem(401, "signature_invalid", error.message) from None
    if signer != account:
        detail = f"The signature is not {account}'s for these {size} bytes on chain {chain_id}."
        hint = "Sign kind, id, size and expiry of exactly this upload with the account's key."
        raise Problem(401, "signature_invalid", detail, hint)
    return account


def upload_store(request: HttpRequest, upload: Upload) -> bool:
    """Reads the body into the store; True if the object is new here. What exists already is not read and
    costs nothing.

    Raises a problem: 400 (cut short), 413 (quota), 422 (other bytes), 507 (no space), 503 (store fails).
    """
    store = artifact_store()
    if store.has(upload.kind, upload.identity):
        return False
    reservation = quota_reserve(upload.account, upload.size)
    stored_key = None
    try:
        with store.writer(upload.kind, upload.identity, size=upload.size) as writer:
            while writer.received < upload.size:
                block = request.read(min(BLOCK_BYTES, upload.size - writer.received))
                if not block:
                    raise _cut(writer.received, upload.size)
                writer.write(block)
            writer.commit()
        stored_key = upload.key
    except UnreadablePostError:
        raise _cut(writer.received, upload.size) from None
    except ArtifactTooLarge as error:
        raise Problem(413, "too_large", error.message, error.hint) from None
    except ArtifactCorrupt as error:
        hint = error.hint or "Compute the id again from exactly these bytes."
        raise Problem(422, "wrong_hash", error.message, hint) from None
    except StoreFull as error:
        raise Problem(507, "store_full", "This mirror's disk is full.", "Use another mirror.") from error
    except StoreError as error:
        raise Problem(503, "store_failed", "This mirror's store fails.", "Try again later.") from error
    finally:
        quota_settle(reservation, stored_key)
    return True


def _cut(received: int, size: int) -> Problem:
    detail = f"{received} of the announced {size} bytes came."
    return Problem(
        400, "truncated", detail, "The connection broke, or Content-Length is wrong: send it again."
    )

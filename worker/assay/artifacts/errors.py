"""What can go wrong with stored bytes, in plain words."""

from assay.protocol.errors import AssayError


class StoreError(AssayError):
    """The store could not be read or written."""


class ArtifactMissing(StoreError):
    """The store does not have it."""


class ArtifactCorrupt(StoreError):
    """The bytes do not belong to the id: they were changed at rest or on the way, or sent wrong."""


class ArtifactTooLarge(StoreError):
    """It passes a size limit."""

    exit_code = 2


class StoreFull(StoreError):
    """No space left; nothing half-written is kept."""


class MirrorUnreachable(StoreError):
    """The mirror does not answer."""


class MirrorRefused(StoreError):
    """The mirror refused a request. status: its HTTP status."""

    def __init__(self, message: str, hint: str = "", *, status: int = 0) -> None:
        super().__init__(message, hint)
        self.status = status

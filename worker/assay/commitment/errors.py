"""Errors of this package. They carry `message` and `hint` like `assay.protocol.errors.AssayError`,
which this package, being at the bottom, does not import."""


class CommitmentError(ValueError):
    """Bytes, a length or a proof contradict an identity. `hint` says what to do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class IdMismatch(CommitmentError):
    """The bytes hash to another id than the one they were asked for."""


class LengthMismatch(CommitmentError):
    """More or fewer bytes came than were announced."""


class TooLarge(CommitmentError):
    """The bytes pass a size limit."""


class ProofInvalid(CommitmentError):
    """A Merkle proof does not lead to the root it claims."""

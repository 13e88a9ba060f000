"""Why a move is not taken. The game goes on with the same side's clock running."""

from assay.protocol.errors import AssayError


class MoveRefused(AssayError):
    """The rules do not allow this move here, or what it shows does not hash to what is contested."""


class NotAgreed(AssayError):
    """A party is asked for a value that its own run does not have: it cannot make this move."""

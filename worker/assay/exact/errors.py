"""What `exact` refuses, said with the user's own source line and a way out."""


class ExactError(Exception):
    """Base of every refusal of `assay.exact`'s transformation."""


class UnsupportedPrimitive(ExactError):
    """A JAX primitive (or one of its options) that has no exact rule.

    primitive: JAX's name; where: the user's file, line and function; hint: what to write instead.
    """

    def __init__(self, primitive: str, where: str, hint: str) -> None:
        super().__init__(f"`{primitive}` has no exact form (at {where}). {hint}")
        self.primitive, self.where, self.hint = primitive, where, hint


class PrecisionError(ExactError, ValueError):
    """Widths outside their limits, or a name that no region of the function has."""


class UnfinishedLoop(UserWarning):
    """A `while` loop ended at its stated maximum though its condition still held: its state is not the end it means."""


class ArgumentMismatch(ExactError, TypeError):
    """Arguments that are not arrays, or encoded numbers whose shapes differ from those traced."""

"""Errors of this package. Each carries `message` (what, and which limit) and `hint` (the way out)."""


class ProgramError(ValueError):
    """A program, its inputs or the function it was traced from cannot be used."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message} {hint}".strip())
        self.message = message
        self.hint = hint


class Malformed(ProgramError):
    """Bytes or nodes are not a program of this format (FORMAT.md)."""


class LimitExceeded(ProgramError):
    """A well-formed program asks for more than the stated limits allow."""


class InputMismatch(ProgramError):
    """Inputs or constants do not fit the program they were given to."""


class Untraceable(ProgramError):
    """A JAX function uses something that a program cannot express; the text names the source line."""

"""The root of every error meant for a person: what happened, and the way out."""


class AssayError(Exception):
    """A refusal or failure in plain words.

    message: what happened, naming the input and the limit. hint: what to do about it (may be empty).
    exit_code: what a command line ends with; 1 unless a subclass says otherwise.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class BadInput(AssayError):
    """Something given by a person or another program is malformed or outside a limit."""

    exit_code = 2

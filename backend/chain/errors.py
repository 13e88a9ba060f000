"""What can go wrong between a node and the index. NodeError is worth another try; everything else stops the indexer."""


class ChainError(Exception):
    """Base of all errors of backend.chain; the text is a sentence for the operator."""


class NodeError(ChainError):
    """The node did not answer, or answered with something that is not what was asked: try again."""


class NodeRefused(NodeError):
    """The node answered with a JSON-RPC error."""

    def __init__(self, method: str, code: int, message: str) -> None:
        """Keeps the code, by which callers tell a missing method from a limit."""
        super().__init__(f"the node refused {method}: {message} (code {code})")
        self.code = code
        self.message = message


class Inconsistent(NodeError):
    """Answers that contradict each other (a reorg between two calls, two nodes behind one address, missing logs)."""


class WrongChain(ChainError):
    """The node serves another chain, or the contracts are not those the database was filled from."""


class ReorgTooDeep(ChainError):
    """The chain replaced more blocks than can be taken back."""


class LeaseTaken(ChainError):
    """Another indexer writes this database."""


class HandlerFailed(ChainError):
    """A log could not be applied: the contracts and the handlers do not fit together, or rows were changed by hand."""

"""Text that strangers put on chain, made safe to store and show."""


def chain_text(raw: bytes) -> str:
    """UTF-8 text; bytes that are not, and NUL (which PostgreSQL refuses), become U+FFFD: a name cannot stop
    an index.
    """
    return raw.decode("utf-8", "replace").replace("\x00", "�")

"""The relay is tested over a real chain, with the indexer in this process."""

from tests.backend.indexer.conftest import index, life

__all__ = ["index", "life"]

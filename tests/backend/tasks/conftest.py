"""The same deployment file and store as the API's tests have."""

from tests.backend.api.conftest import served

__all__ = ["served"]

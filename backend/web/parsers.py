"""JSON bodies of bounded size, read by orjson."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

import orjson
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from backend.web.errors import Problem

MAX_BYTES = 128 * 1024


class BoundedJsonParser(BaseParser):
    """Refuses a body over MAX_BYTES before it is read whole."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The JSON value. Raises a 413 problem or ParseError (400)."""
        body = stream.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise Problem(413, "too_large", f"The body is over {MAX_BYTES} bytes.", "Send less.")
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"The body is not JSON: {error}.") from None

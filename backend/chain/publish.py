"""Tells the event stream what was committed: chain.Change rows as JSON on a Redis channel. Losing a message
loses nothing: clients resume from the Change table by sequence.
"""

import logging
from collections.abc import Sequence
from typing import Any

import orjson
import redis

from backend.chain.models import Change
from backend.chain.rows import topics_of

CHANNEL = "assay:events"
logger = logging.getLogger(__name__)


class Publisher:
    """Publishes to Redis at `url`; with an empty URL it does nothing."""

    def __init__(self, url: str) -> None:
        """Connects at the first message."""
        self._client: Any = (
            redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) if url else None
        )

    def __call__(self, changes: Sequence[Change]) -> None:
        """Publishes in order; an unreachable Redis is logged, never raised."""
        if self._client is None or not changes:
            return
        try:
            with self._client.pipeline(transaction=False) as pipeline:
                for message in topics_of(changes):
                    pipeline.publish(CHANNEL, orjson.dumps(message))
                pipeline.execute()
        except redis.RedisError as error:
            logger.warning("events not published, clients catch up from the database: %s", error)

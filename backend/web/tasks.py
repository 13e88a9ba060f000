"""How every periodic task runs: under a lock in the shared cache, timed, its outcome in the log."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from typing import Any

from celery import shared_task
from django.core.cache import cache

logger = logging.getLogger(__name__)


def periodic(name: str, *, lock_seconds: int = 120) -> Callable[[Callable[[], Any]], Any]:
    """Makes a Celery task `name` of a function without arguments; a second run at the same time does nothing.

    lock_seconds: when a lock whose holder was killed is free again; longer than the task's time limit.
    """

    def decorate(work: Callable[[], Any]) -> Any:
        def run() -> Any:
            key, token = f"task:{name}", uuid.uuid4().hex
            if not cache.add(key, token, lock_seconds):
                logger.info("task %s runs already", name)
                return None
            started = time.monotonic()
            try:
                outcome = work()
                logger.info("task %s: %s in %.3f s", name, outcome, time.monotonic() - started)
                return outcome
            finally:
                if cache.get(key) == token:
                    cache.delete(key)

        run.__doc__ = work.__doc__
        make: Any = shared_task(name=name, ignore_result=True)
        return make(run)

    return decorate

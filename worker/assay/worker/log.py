"""JSON logs of a worker: one object a line, to a file and to stderr; ids `job`, `lot`, `tx` where they apply."""

from __future__ import annotations

import logging
import logging.handlers
import sys
from pathlib import Path
from typing import Any

import structlog

MAX_LOG_BYTES = 20 * 1024 * 1024


def _hex_ids(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Bytes become 0x strings."""
    return {key: "0x" + value.hex() if isinstance(value, bytes) else value for key, value in event.items()}


PROCESSORS: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _hex_ids,
    structlog.processors.format_exc_info,
    structlog.processors.JSONRenderer(),
]


def logger(name: str, file: Path | None = None, *, stderr: bool = True) -> Any:
    """A bound structlog logger for worker `name`; JSON lines to `file` (rotated at 20 MB) and to stderr."""
    target = logging.getLogger(f"assay.worker.{name}")
    target.setLevel(logging.INFO)
    target.propagate = False
    for handler in list(target.handlers):
        target.removeHandler(handler)
        handler.close()
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        target.addHandler(logging.handlers.RotatingFileHandler(file, maxBytes=MAX_LOG_BYTES, backupCount=2))
    if stderr:
        target.addHandler(logging.StreamHandler(sys.stderr))
    return structlog.wrap_logger(
        target, processors=PROCESSORS, wrapper_class=structlog.stdlib.BoundLogger
    ).bind(worker=name)


def send_libraries_to(name: str) -> None:
    """What libraries log by structlog goes to the worker's handlers too; one worker a process."""
    structlog.configure(
        processors=PROCESSORS,
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=lambda *_: logging.getLogger(f"assay.worker.{name}"),
    )

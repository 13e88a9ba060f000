"""The commands as processes of their own, on the database of the running test."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

MANAGE = str(Path(__file__).resolve().parents[3] / "backend" / "manage.py")


def database_url() -> str:
    """The URL of the test database."""
    known: dict[str, Any] = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    login = quote(str(known["USER"])) + (f":{quote(str(known['PASSWORD']))}" if known["PASSWORD"] else "")
    host, port = quote(str(known["HOST"]), safe=""), known["PORT"]
    return f"postgres://{login}@{host}{f':{port}' if port else ''}/{known['NAME']}"


def environment() -> dict[str, str]:
    """What a command needs to find the database, the node and the contracts of this test."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "backend.config.settings.local",
        "DATABASE_URL": database_url(),
        "ASSAY_RPC_URL": settings.ASSAY_RPC_URL,
        "ASSAY_DEPLOYMENT": settings.ASSAY_DEPLOYMENT,
        "ASSAY_REDIS_URL": "",
    }


def manage(*arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end."""
    return subprocess.run(
        [sys.executable, MANAGE, *arguments],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def start(*arguments: str) -> subprocess.Popen[str]:
    """Starts a command; the caller ends it."""
    return subprocess.Popen(
        [sys.executable, MANAGE, *arguments],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )

#!/usr/bin/env python
"""Django's command line for the backend; run it from anywhere, it finds the repository by its own path."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Put the repository (for `backend`) and `worker` (for `assay`) on the path and hand over to Django."""
    for folder in (str(ROOT / "worker"), str(ROOT)):
        if folder not in sys.path:
            sys.path.insert(0, folder)
    # Django adds this script's own folder first: there `chain` would shadow `backend.chain`.
    here = str(ROOT / "backend")
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(here)]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings.local")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

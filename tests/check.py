"""Every check that is not a test: `python -m tests.check` (or `--write`, which mends what can be mended).

Linters, formatting, types, import rules, spelling, the Vyper lint, and that each generated file is current.
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = sys.executable
CODE = ["worker", "backend", "contracts", "tests"]


@dataclass(frozen=True)
class Check:
    """One command; `write` is the command that mends what it finds, where there is one."""

    name: str
    command: list[str]
    write: list[str] | None = None


def _generated(name: str, module: str, *arguments: str) -> Check:
    return Check(name, [PYTHON, "-m", module, *arguments, "--check"], [PYTHON, "-m", module, *arguments])


CHECKS = (
    Check("ruff", [str(BIN / "ruff"), "check", *CODE], [str(BIN / "ruff"), "check", "--fix", *CODE]),
    Check(
        "ruff format",
        [str(BIN / "ruff"), "format", "--check", "--quiet", *CODE],
        [str(BIN / "ruff"), "format", "--quiet", *CODE],
    ),
    Check("codespell", [str(BIN / "codespell"), *CODE, "README.md", "CHANGELOG.md", "frontend/src"]),
    Check("import rules", [str(BIN / "lint-imports")]),
    _generated("ABI and event classes", "contracts.scripts.export_abi"),
    Check("Vyper lint", [PYTHON, "-m", "contracts.scripts.lint"]),
    Check("invariants have tests", [PYTHON, "-m", "contracts.scripts.check_invariants"]),
    _generated("shared vectors", "tests.vectors.generate"),
    _generated("job schemas", "assay.jobs.schemas"),
    Check(
        "OpenAPI",
        [
            PYTHON,
            "-m",
            "pytest",
            "-q",
            "--no-header",
            "tests/backend/api/test_openapi.py",
            "-k",
            "generated_again",
        ],
        [PYTHON, "backend/manage.py", "spectacular", "--file", "backend/api/openapi.yaml"],
    ),
    Check("mypy", [str(BIN / "mypy"), "worker/assay", "backend", "contracts/scripts"]),
    Check(
        "dashboard lint and types",
        ["npm", "run", "--silent", "--prefix", "frontend", "check"],
        ["npm", "run", "--silent", "--prefix", "frontend", "format"],
    ),
)


def main(arguments: list[str]) -> int:
    """Runs them all, shows the output of those that fail, exit code 1 when one does."""
    write = "--write" in arguments
    only = [argument for argument in arguments if not argument.startswith("-")]
    env = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'worker'}"}
    env.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings.test")
    failed = []
    for check in CHECKS:
        if only and not any(word in check.name for word in only):
            continue
        began = time.monotonic()
        if write and check.write is not None:
            subprocess.run(check.write, cwd=ROOT, env=env)
        done = subprocess.run(check.command, cwd=ROOT, env=env, capture_output=True, text=True)
        ok = done.returncode == 0
        print(f"  {'ok  ' if ok else 'FAIL'} {check.name} ({time.monotonic() - began:.1f} s)", flush=True)
        if not ok:
            failed.append(check.name)
            print((done.stdout + done.stderr).strip()[-6000:], flush=True)
    if failed:
        print(f"Failed: {', '.join(failed)}. `make generate` mends what can be mended.", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

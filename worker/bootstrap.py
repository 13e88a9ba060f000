"""Prepares a checkout with the standard library alone: `make` calls it before anything else exists.

    python3 worker/bootstrap.py [--tests] [--no-frontend]

Checks the system's packages and names the missing one, then installs everything the project's lock files name:
uv into `.run/tools/uv`, the locked Python environment into `.venv`, anvil into `.run/tools/anvil`, the
dashboard's npm packages and its local build. Each step is skipped when its inputs have not changed. Nothing is
installed system-wide, except Debian's bubblewrap (and, for tests, Chromium) when run as root.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN = ROOT / ".run"
TOOLS = RUN / "tools"
STAMPS = RUN / "stamps"
VENV = ROOT / ".venv"
UV_VERSION = "0.13.9"
ANVIL_VERSION = "1.7.1"
NEEDED_DISK_GB = 4
PYTHON_FLOOR = (3, 11)
NODE_FLOOR = 20

_print_lock = threading.Lock()
_started = time.monotonic()


class SetupError(Exception):
    """Something the newcomer has to mend; the text says how."""


def say(text: str) -> None:
    with _print_lock:
        print(f"  {time.monotonic() - _started:6.1f} s  {text}", file=sys.stderr, flush=True)


def run(command: list[str], *, what: str, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Runs one command quietly; its output is shown only when it fails."""
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **(env or {})}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode != 0:
        tail = done.stdout.decode(errors="replace").strip()[-3000:]
        raise SetupError(f"{what} failed (exit code {done.returncode}):\n{tail}")


def digest(paths: Iterable[Path], *extra: str) -> str:
    """One hash over files and folders (by content), so that a step can tell whether its inputs changed."""
    state = hashlib.sha256()
    for text in extra:
        state.update(text.encode() + b"\0")
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                state.update(str(file.relative_to(ROOT)).encode() + b"\0")
                state.update(file.read_bytes() + b"\0")
    return state.hexdigest()


def once(name: str, inputs: str, proof: Path, work: Callable[[], None], label: str) -> None:
    """Does `work` unless it was done for the same inputs and its result still lies there."""
    stamp = STAMPS / name
    if proof.exists() and stamp.is_file() and stamp.read_text() == inputs:
        return
    say(f"{label} …")
    stamp.unlink(missing_ok=True)
    work()
    STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.write_text(inputs)
    say(f"{label}: done")


# --- the system ---


def check_system(*, tests: bool) -> None:
    """Names the first thing that is missing, with the Debian package that brings it."""
    if sys.version_info < PYTHON_FLOOR:
        raise SetupError(
            f"Python {platform.python_version()} is too old: Assay needs 3.11 or newer (package python3)"
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise SetupError("Python's venv module is missing: install the package python3-venv") from None
    for program, package in (("git", "git"), ("node", "nodejs"), ("npm", "npm")):
        if shutil.which(program) is None:
            raise SetupError(
                f"{program} is missing: install the package {package} (Node must be {NODE_FLOOR} or newer)"
            )
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
    try:
        major = int(version.lstrip("v").split(".")[0])
    except ValueError:
        raise SetupError(f"`node --version` answers {version!r}: is Node.js installed properly?") from None
    if major < NODE_FLOOR:
        raise SetupError(
            f"Node {version} is too old: Assay needs Node {NODE_FLOOR} or newer (package nodejs)"
        )
    RUN.mkdir(exist_ok=True)
    free_gb = shutil.disk_usage(RUN).free / 1e9
    needed = NEEDED_DISK_GB if not VENV.exists() else 0.5
    if free_gb < needed:
        raise SetupError(
            f"only {free_gb:.1f} GB are free under {ROOT}: Assay needs {needed:g} GB; free some space"
        )
    debian_package("bwrap", "bubblewrap", "workers run jobs in its sandbox")
    if tests:
        debian_package("chromium", "chromium", "the browser tests drive it")


def debian_package(program: str, package: str, why: str) -> None:
    """Installs a Debian package when root, else names it."""
    if shutil.which(program) is not None:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise SetupError(f"{program} is missing ({why}): run `sudo apt-get install {package}`")
    say(f"installing Debian's {package} ({why}) …")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
    try:
        run(install, what=f"apt-get install {package}", env=quiet)
    except SetupError:
        run(["apt-get", "update", "-qq"], what="apt-get update", env=quiet)
        run(install, what=f"apt-get install {package}", env=quiet)


# --- Python ---


def python_environment() -> None:
    uv = TOOLS / "uv" / "bin" / "uv"
    pip = TOOLS / "uv" / "bin" / "python"

    def install_uv() -> None:
        run([sys.executable, "-m", "venv", "--clear", str(TOOLS / "uv")], what="python3 -m venv")
        quiet = ["--quiet", "--disable-pip-version-check"]
        run([str(pip), "-m", "pip", "install", *quiet, f"uv=={UV_VERSION}"], what="installing uv")

    def install_packages() -> None:
        env = {"UV_NO_PROGRESS": "1", "UV_PYTHON_DOWNLOADS": "never"}
        if not (VENV / "bin" / "python").exists():
            run(
                [str(uv), "venv", "--clear", "--python", sys.executable, str(VENV)],
                what="creating .venv",
                env=env,
            )
        to = ["--python", str(VENV / "bin" / "python"), "--no-deps"]
        lock = ["--require-hashes", "-r", "requirements.lock"]
        run([str(uv), "pip", "install", *to, *lock], what="installing requirements.lock", env=env)
        editable = [*to, "--no-build-isolation", "-e", "."]
        run([str(uv), "pip", "install", *editable], what="installing assay itself", env=env)

    version = platform.python_version()
    once("uv", f"{UV_VERSION} {version}", uv, install_uv, f"uv {UV_VERSION}")
    inputs = digest([ROOT / "requirements.lock", ROOT / "pyproject.toml"], version)
    once("venv", inputs, VENV / "bin" / "assay", install_packages, "Python packages of requirements.lock")


# --- npm ---


def anvil() -> None:
    folder = TOOLS / "anvil"

    def install() -> None:
        folder.mkdir(parents=True, exist_ok=True)
        package = f"@foundry-rs/anvil@{ANVIL_VERSION}"
        options = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        run(["npm", "install", "--prefix", str(folder), *options, package], what=f"npm install {package}")

    proof = folder / "node_modules" / "@foundry-rs" / "anvil" / "package.json"
    once("anvil", ANVIL_VERSION, proof, install, f"anvil {ANVIL_VERSION}, the local chain")


def dashboard() -> None:
    folder = ROOT / "frontend"

    def install() -> None:
        options = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        run(["npm", "ci", "--prefix", str(folder), *options], what="npm ci in frontend/")

    def build() -> None:
        run(["npm", "run", "--silent", "build:local"], cwd=folder, what="building the dashboard")

    lock = digest([folder / "package-lock.json", folder / "package.json"])
    once(
        "npm", lock, folder / "node_modules" / ".package-lock.json", install, "npm packages of the dashboard"
    )
    tops = ["index.html", "exit.html", "package.json", "package-lock.json", "tsconfig.json"]
    tops += ["vite.config.ts", "vite.exit.config.ts"]
    sources = [folder / name for name in tops] + [folder / name for name in ("src", "public", "scripts")]
    sources += [ROOT / "contracts" / "abi", ROOT / "backend" / "api" / "openapi.yaml"]
    skip = folder / "src" / "generated"
    inputs = digest([path for path in _files(sources) if skip not in path.parents])
    once("dashboard", inputs, folder / "dist" / "assay-exit.html", build, "the dashboard")


def _files(paths: Iterable[Path]) -> list[Path]:
    return sorted(
        file for path in paths for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file()
    )


def both(*works: Callable[[], None]) -> None:
    """Runs independent steps at once; the first failure is raised when all have ended."""
    failures: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--tests", action="store_true", help="also check for what only the tests need (Chromium)"
    )
    parser.add_argument("--no-frontend", action="store_true", help="leave the dashboard out")
    options = parser.parse_args()

    def npm() -> None:
        anvil()
        if not options.no_frontend:
            dashboard()

    try:
        check_system(tests=options.tests)
        both(python_environment, npm)
    except SetupError as failure:
        print(f"\nSet-up stopped: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nSet-up interrupted; run the same command again to go on.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

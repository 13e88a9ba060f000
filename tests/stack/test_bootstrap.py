"""Set-up from nothing: what is missing is named with the package that brings it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assay.stack.tools import REPOSITORY

BOOTSTRAP = REPOSITORY / "worker" / "bootstrap.py"


def path_without(folder: Path, *missing: str) -> str:
    """A PATH with links to the usual programs, but for some."""
    for name in ("git", "node", "npm", "bwrap", "chromium", "make", "env", "sh", "uname"):
        found = shutil.which(name)
        if found and name not in missing:
            (folder / name).symlink_to(found)
    return str(folder)


def script(folder: Path, name: str, body: str) -> None:
    path = folder / name
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def bootstrap(path: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(BOOTSTRAP), "--tests"],
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("missing", "package"), [("node", "nodejs"), ("npm", "npm"), ("git", "git")], ids=["node", "npm", "git"]
)
def test_bootstrap__program_missing__names_its_package(tmp_path: Path, missing: str, package: str) -> None:
    done = bootstrap(path_without(tmp_path, missing))
    assert done.returncode == 1
    assert f"{missing} is missing" in done.stderr and package in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("missing", ["bwrap", "chromium"])
def test_bootstrap__no_package_manager__names_what_to_install(tmp_path: Path, missing: str) -> None:
    # without apt-get on the PATH it can only say what to do
    done = bootstrap(path_without(tmp_path, missing))
    assert done.returncode == 1
    assert f"{missing} is missing" in done.stderr and "apt-get install" in done.stderr


def test_bootstrap__node_too_old__says_which_is_needed(tmp_path: Path) -> None:
    path = path_without(tmp_path)
    script(tmp_path, "node", "echo v18.19.0")
    done = bootstrap(path)
    assert done.returncode == 1 and "v18.19.0 is too old" in done.stderr


def test_bootstrap__node_broken__says_so(tmp_path: Path) -> None:
    path = path_without(tmp_path)
    script(tmp_path, "node", "echo oops")
    done = bootstrap(path)
    assert done.returncode == 1 and "'oops'" in done.stderr

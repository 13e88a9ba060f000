"""The bubblewrap command line of a child: what it may see, which is almost nothing.

Read-only: the Python installation, the installed packages, system libraries and this folder. No network, no home,
no repository, no keys, no environment, no capabilities; a small private /tmp.
"""

from __future__ import annotations

import shutil
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from assay.sandbox.errors import SandboxError

PRIVATE_TMP = "/tmp"  # noqa: S108 -- a tmpfs of the child's own
TMP_BYTES = 64 * 2**20
BOOT = "import sys; sys.path[:0] = ['/assay-code', '/assay-packages']; from {module} import main; main()"
SYSTEM_FOLDERS = ("/usr/lib", "/usr/lib64", "/usr/lib32", "/usr/local/lib", "/lib", "/lib64", "/lib32")


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a child begins, and which packages of assay it may read beside `sandbox`."""

    module: str
    packages: tuple[str, ...] = ()


NATIVE = Entry("assay.sandbox.child")
EXACT = Entry("assay.sandbox.exact_child", ("commitment", "exact", "program"))


def command(environment: dict[str, str], limits: list[str], *, entry: Entry = NATIVE) -> list[str]:
    """The argument list that starts the child; raises SandboxError when bubblewrap is not installed."""
    executable = shutil.which("bwrap")
    if executable is None:
        raise SandboxError(
            "start",
            "bubblewrap (bwrap) is not installed; install the package 'bubblewrap', programs never run without it",
        )
    python = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    arguments = [
        executable,
        "--unshare-all",
        "--die-with-parent",
        "--new-session",
        "--cap-drop",
        "ALL",
        "--clearenv",
    ]
    arguments += [
        "--hostname",
        "sandbox",
        "--dev",
        "/dev",
        "--size",
        str(TMP_BYTES),
        "--tmpfs",
        PRIVATE_TMP,
        "--chdir",
        PRIVATE_TMP,
    ]
    for folder in SYSTEM_FOLDERS:
        path = Path(folder)
        if path.is_symlink():
            arguments += ["--symlink", str(path.readlink()), folder]
        elif path.is_dir():
            arguments += ["--ro-bind", folder, folder]
    if Path("/etc/ld.so.cache").exists():
        arguments += ["--ro-bind", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    arguments += _python_binds(python)
    arguments += ["--ro-bind", sysconfig.get_paths()["purelib"], "/assay-packages"]
    here = Path(__file__).parent
    for package in ("sandbox", *entry.packages):
        arguments += ["--ro-bind", str(here.parent / package), f"/assay-code/assay/{package}"]
    for name, value in sorted(environment.items()):
        arguments += ["--setenv", name, value]
    return [*arguments, "--", str(python), "-I", "-S", "-B", "-c", BOOT.format(module=entry.module), *limits]


def _python_binds(python: Path) -> list[str]:
    """Binds for the interpreter and its standard library, at their own paths."""
    if not python.exists():
        raise SandboxError("start", f"the Python interpreter {python} does not exist")
    binds = ["--ro-bind", str(python.resolve()), str(python)]
    libraries = [sysconfig.get_paths()["stdlib"], sysconfig.get_paths()["platstdlib"]]
    libraries += [str(path) for path in (Path(sys.base_prefix) / "lib").glob("libpython*")]
    for path in sorted(set(libraries)):
        if not path.startswith(("/usr/lib", "/lib")):
            binds += ["--ro-bind", path, path]
    return binds

"""Runs the Python tests: `python -m tests.run [pytest arguments]`.

First everything that needs no stack, on every core; then, one at a time, what starts the whole stack and a browser.
A test that fails beside others is run once more by itself: if it passes then, it is named as unsteady and the run goes
on; if it fails again, the run fails.
"""

import os
import subprocess
import sys

TESTS_FAILED = 1
NOTHING_COLLECTED = 5
STAGES = (
    (
        "tests without a stack",
        # a file's module-wide set-ups (a deployed system, a compiled program) are paid once
        [
            "-m",
            "not stack and not browser",
            "-n",
            str(min(4, os.cpu_count() or 1)),
            "--dist",
            "loadfile",
            # in the order of tests/conftest.py, not by the number of tests in a file
            "--no-loadscope-reorder",
        ],
    ),
    ("tests of the whole stack", ["-m", "stack or browser"]),
)


def main(arguments: list[str]) -> int:
    """Exit code 0 only when every stage ran tests and none failed."""
    failed = []
    for name, options in STAGES:
        print(f"\n== {name}", flush=True)
        command = [sys.executable, "-m", "pytest", "-q", "--durations=15", *options, *arguments]
        code = subprocess.run(command).returncode
        if code == TESTS_FAILED:
            print(f"\n== {name}: the failed ones once more, one at a time", flush=True)
            again = [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-rA",
                "--last-failed",
                "--last-failed-no-failures=none",
            ]
            code = subprocess.run([*again, "-m", options[1], *arguments]).returncode
            if code == 0:
                print(f"UNSTEADY: the tests above failed beside others and passed alone ({name})", flush=True)
        if code == NOTHING_COLLECTED:
            print(f"{name}: no test was collected, so nothing was checked", file=sys.stderr)
        if code != 0:
            failed.append(name)
    if failed:
        print(f"\nFailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

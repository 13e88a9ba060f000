"""Fails when an invariant of contracts/README.md has no test named after it, or a test names one that is not there.

`python -m contracts.scripts.check_invariants`. An id INV-07 is named by `inv_07` in a test function's name.
"""

import re
import sys
from pathlib import Path
from typing import Final

from contracts.scripts.catalogue import CONTRACTS_DIR, ROOT

ROW: Final = re.compile(r"^\| INV-(\d\d) \|", re.MULTILINE)
TEST: Final = re.compile(r"^\s*(?:async )?def (test_\w+)", re.MULTILINE)
NAMED: Final = re.compile(r"inv_(\d\d)(?=_)")


def stated(readme: str) -> set[str]:
    """Numbers of the invariants in the README's table."""
    return set(ROW.findall(readme))


def tested(sources: list[str]) -> set[str]:
    """Numbers that names of test functions carry."""
    names = (name for source in sources for name in TEST.findall(source))
    return {number for name in names for number in NAMED.findall(name)}


def findings(readme: Path, tests: Path) -> list[str]:
    """One sentence for each side that misses the other. Raises SystemExit when there is nothing to compare."""
    in_readme = stated(readme.read_text())
    in_tests = tested([path.read_text() for path in sorted(tests.rglob("test_*.py"))])
    if not in_readme or not in_tests:
        raise SystemExit(f"no invariants found in {readme} or no tests naming them under {tests}")
    missing = [f"INV-{one} has no test with inv_{one} in its name" for one in sorted(in_readme - in_tests)]
    unknown = [
        f"a test names INV-{one}, which {readme.name} does not state" for one in sorted(in_tests - in_readme)
    ]
    return missing + unknown


def main() -> int:
    """0 when both sides agree."""
    found = findings(CONTRACTS_DIR / "README.md", ROOT / "tests" / "contracts")
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

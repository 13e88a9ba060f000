"""`python -m tests.contracts.snapshots [--write]`: shows what changed in size and gas, and writes it when told."""

import argparse
import sys

from tests.contracts.snapshots import GAS, SIZES, measure_gas, measure_sizes, stored, write


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tests.contracts.snapshots", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the new figures")
    arguments = parser.parse_args(argv)
    changed = False
    for path, now in ((SIZES, measure_sizes()), (GAS, measure_gas())):
        before = stored(path) if path.exists() else {}
        for name in sorted(before.keys() | now.keys()):
            if before.get(name) != now.get(name):
                changed = True
                print(f"{path.stem}: {name}: {before.get(name, 'new')} → {now.get(name, 'gone')}")
        if arguments.write:
            write(path, now)
    if not changed:
        print("nothing changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())

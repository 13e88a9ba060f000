"""Writes the committed ABI and the generated Python types.

`python -m contracts.scripts.export_abi [--check]`. One compile gives `contracts/abi/<Name>.json` and, under
`worker/assay/protocol/generated/`, the same ABI, `structs.py`, `events.py`, `__init__.py`, and `runtime.json`:
length and SHA-256 of each contract's code as it is on chain, before the immutables (of a blueprint: as a whole).
With --check nothing is written and a difference is exit code 1.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from contracts.scripts import python_types
from contracts.scripts.catalogue import ABI_DIR, GENERATED_DIR, INTERFACES_DIR, ROOT, SOURCES, source_of
from contracts.scripts.compiler import abi_of, analyse, compiled
from contracts.scripts.deployment_plan import BLUEPRINTS

ERC5202_PREAMBLE = bytes.fromhex("fe7100")


class ExportError(Exception):
    """The contracts and their interfaces do not fit together."""


def _interface_type(path: Path) -> Any:
    return analyse(path).annotated_vyper_module._metadata["type"].interface


def _add_struct(structs: dict[str, python_types.Struct], vyper_type: Any) -> None:
    struct = python_types.struct_of(vyper_type)
    if structs.setdefault(struct.name, struct) != struct:
        raise ExportError(f"two different structs are called {struct.name}: rename one")


def _events_of(name: str, own: Any | None, deployed: Any) -> list[python_types.Event]:
    """Own events keep their names; those of a standard (ERC-20…) get the contract's name as prefix."""
    vocabulary = {} if own is None else own.events
    missing = [event for event in vocabulary if event not in deployed.events]
    if missing:
        raise ExportError(f"{name} never logs {', '.join(missing)} of I{name}")
    return [
        python_types.event_of(name, event if event in vocabulary else name + event, vyper_type)
        for event, vyper_type in {**vocabulary, **deployed.events}.items()
    ]


def _code_of(name: str) -> dict[str, int | str]:
    artifact = compiled(name)
    code = bytes.fromhex(artifact.runtime.removeprefix("0x"))
    if name in BLUEPRINTS:
        # a blueprint's initcode deploys the rest of itself (ERC-5202): code from the preamble on
        whole = bytes.fromhex(artifact.blueprint_initcode.removeprefix("0x"))
        code = whole[whole.index(ERC5202_PREAMBLE) :]
    return {"bytes": len(code), "sha256": hashlib.sha256(code).hexdigest()}


def generate() -> dict[Path, str]:
    """All generated files: path -> text."""
    files: dict[Path, str] = {}
    structs: dict[str, python_types.Struct] = {}
    events: list[python_types.Event] = []
    for name, source in SOURCES.items():
        interface = INTERFACES_DIR / f"I{name}.vyi"
        own = _interface_type(interface) if interface.exists() else None
        for vyper_type in own.structs.values() if own is not None else ():
            _add_struct(structs, vyper_type)
        if not source.exists() and own is None:
            continue
        events += _events_of(name, own, _interface_type(source_of(name)))
        abi = compiled(name).abi if source.exists() else abi_of(analyse(interface))
        text = json.dumps(abi, indent=1) + "\n"
        files[ABI_DIR / f"{name}.json"] = text
        files[GENERATED_DIR / "abi" / f"{name}.json"] = text
    twice = {e.class_name for e in events if sum(f.class_name == e.class_name for f in events) > 1}
    if twice:
        raise ExportError(f"two events share a name: {', '.join(sorted(twice))}")
    files[GENERATED_DIR / "structs.py"] = python_types.structs_module(list(structs.values()))
    files[GENERATED_DIR / "events.py"] = python_types.events_module(events)
    contracts = [name for name in SOURCES if ABI_DIR / f"{name}.json" in files]
    codes = {
        BLUEPRINTS.get(name, name): _code_of(name) for name, source in SOURCES.items() if source.exists()
    }
    files[GENERATED_DIR / "runtime.json"] = json.dumps(codes, indent=1) + "\n"
    files[GENERATED_DIR / "__init__.py"] = python_types.package_module(contracts)
    return files


def _stale(files: dict[Path, str]) -> list[Path]:
    """Files that are absent or differ, and ABI files that no contract has any more."""
    different = [path for path, text in files.items() if not path.exists() or path.read_text() != text]
    present = [*ABI_DIR.glob("*.json"), *(GENERATED_DIR / "abi").glob("*.json")]
    return different + [path for path in present if path not in files]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="contracts.scripts.export_abi", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file would change")
    arguments = parser.parse_args(argv)
    files = generate()
    stale = _stale(files)
    if arguments.check:
        for path in stale:
            print(f"out of date: {path.relative_to(ROOT)}", file=sys.stderr)
        if stale:
            print("run: python -m contracts.scripts.export_abi", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        if path in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path])
            print(f"wrote {path.relative_to(ROOT)}")
        else:
            path.unlink()
            print(f"removed {path.relative_to(ROOT)}")
    if not stale:
        print("ABI and generated types are up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())

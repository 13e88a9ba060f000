"""Contracts with one defence taken out: an attack that is fought off must be seen to work without it."""

import shutil
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import boa
import boa.interpret

from contracts.scripts.catalogue import BUILD_DIR, CONTRACTS_DIR

BROKEN_DIR = BUILD_DIR / "broken"


@dataclass(frozen=True, slots=True)
class Patch:
    """`old` stands exactly once in the file (path under contracts/) and becomes `new`."""

    file: str
    old: str
    new: str


def broken(name: str, *patches: Patch) -> Any:
    """Titanoboa's factory of a deployable compiled from patched sources.

    The copy lies where the compiler's cache finds it again. Raises AssertionError when a patch does not match
    exactly once, or changes nothing of the code: then the defence has moved and the story must follow it.
    """
    named = "\n".join(f"{one.file}\n{one.old}\n{one.new}" for one in patches)
    root = BROKEN_DIR / sha256(f"{name}\n{named}".encode()).hexdigest()[:16]
    folder = root / "contracts"
    shutil.rmtree(folder, ignore_errors=True)
    for source in [
        *CONTRACTS_DIR.glob("*.vy"),
        *CONTRACTS_DIR.glob("modules/*"),
        *CONTRACTS_DIR.glob("interfaces/*"),
    ]:
        copy = folder / source.relative_to(CONTRACTS_DIR)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
    for one in patches:
        _apply(folder / one.file, one)
    before = boa.interpret._search_path
    boa.interpret.set_search_paths([str(root)])
    try:
        factory = boa.load_partial(str(folder / f"{name}.vy"))
    finally:
        boa.interpret.set_search_paths(before)
    sound = boa.load_partial(str(CONTRACTS_DIR / f"{name}.vy"))
    code = factory.compiler_data.bytecode_runtime
    assert code != sound.compiler_data.bytecode_runtime, f"the patches change nothing in {name}"
    return factory


def _apply(path: Path, patch: Patch) -> None:
    text = path.read_text()
    found = text.count(patch.old)
    assert found == 1, f"{patch.file} has {found} times: {patch.old!r}"
    path.write_text(text.replace(patch.old, patch.new))

"""One way into the Vyper compiler: search paths, settings and a cache on disk keyed by the sources' hashes.

Importing this module is cheap: the compiler itself is imported only when the cache misses.
"""

import hashlib
import json
import os
import sys
import tempfile
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata, util
from pathlib import Path
from typing import Any, Final, Protocol, cast

from contracts.scripts.catalogue import BUILD_DIR, ROOT, SOURCES

CACHE_FORMAT: Final = 1
EDITS_BORNE: Final = 5


class CompilerOutput(Protocol):
    """The part of `vyper.compiler.phases.CompilerData` that the scripts use."""

    vyper_module: Any
    annotated_vyper_module: Any
    resolved_imports: Any
    file_input: Any
    bytecode: bytes
    bytecode_runtime: bytes
    blueprint_bytecode: bytes


@dataclass(frozen=True, slots=True)
class Artifact:
    """What deployment and tests need of one compiled contract.

    `abi` in JSON form; `initcode`, `runtime` and `blueprint_initcode` as 0x hex (runtime without immutables);
    `sources` maps each source (path from the root, or `<package>/...` in site-packages) to its SHA-256.
    """

    name: str
    abi: list[dict[str, Any]]
    initcode: str
    runtime: str
    blueprint_initcode: str
    sources: dict[str, str]

    @property
    def runtime_bytes(self) -> int:
        """Length of the runtime code without the immutables that deployment appends."""
        return len(self.runtime) // 2 - 1


@cache
def _site_packages() -> Path:
    spec = util.find_spec("snekmate")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("snekmate is not installed: run `make run` once, or install requirements.lock")
    return Path(next(iter(spec.submodule_search_locations))).parent


def analyse(source: Path) -> CompilerOutput:
    """Parses and types one .vy or .vyi file; code generation happens only when bytecode is asked for."""
    from vyper.compiler.input_bundle import FilesystemInputBundle
    from vyper.compiler.phases import CompilerData
    from vyper.compiler.settings import Settings

    bundle = FilesystemInputBundle([_site_packages(), ROOT])
    file = bundle.load_file(source.relative_to(ROOT) if source.is_relative_to(ROOT) else source)
    return cast(CompilerOutput, CompilerData(file, bundle, Settings()))


def abi_of(output: CompilerOutput) -> list[dict[str, Any]]:
    """The contract's JSON ABI: events, functions, constructor."""
    from vyper.compiler.output import build_abi_output

    output.show_gas_estimates = False  # type: ignore[attr-defined]
    return cast(list[dict[str, Any]], build_abi_output(cast(Any, output)))


def _label(path: Path) -> str:
    # site-packages lies under the root here (.venv), so it is tried first
    packages = _site_packages()
    if path.is_relative_to(packages):
        return "site-packages/" + path.relative_to(packages).as_posix()
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.as_posix()


def _unlabel(label: str) -> Path:
    prefix = "site-packages/"
    if label.startswith(prefix):
        return _site_packages() / label.removeprefix(prefix)
    return ROOT / label


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _source_hashes(output: CompilerOutput) -> dict[str, str]:
    """Of what the compiler read, not of what lies on the disk by now: an edit in between must not pass for compiled."""
    inputs = [output.file_input, *output.resolved_imports.compiler_inputs]
    # the compiler's builtin interfaces are no files and are covered by its version
    read = {Path(item.resolved_path): item.contents for item in inputs if Path(item.resolved_path).exists()}
    return {
        _label(path.resolve()): hashlib.sha256(text.encode()).hexdigest()
        for path, text in sorted(read.items())
    }


def _is_current(artifact: Artifact) -> bool:
    """Whether it was compiled from what lies on the disk."""
    return all(_sha256(_unlabel(label)) == digest for label, digest in artifact.sources.items())


def _cache_file(name: str) -> Path:
    return BUILD_DIR / "contracts" / f"{name}.json"


def _cached(name: str) -> Artifact | None:
    try:
        stored = json.loads(_cache_file(name).read_text())
        if stored["format"] != CACHE_FORMAT or stored["vyper"] != metadata.version("vyper"):
            return None
        artifact = Artifact(**stored["artifact"])
        if _is_current(artifact):
            return artifact
    except (OSError, ValueError, KeyError, TypeError):
        return None  # absent, half written or of another shape: compile again
    return None


def _store(artifact: Artifact) -> None:
    path = _cache_file(artifact.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    body = {"format": CACHE_FORMAT, "vyper": metadata.version("vyper"), "artifact": asdict(artifact)}
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w") as file:
        json.dump(body, file)
    os.replace(temporary, path)


def compiled(name: str) -> Artifact:
    """The artifact of a deployable by name, from the cache when no source of it has changed."""
    if (hit := _cached(name)) is not None:
        return hit
    source = SOURCES[name]
    if not source.exists():
        raise FileNotFoundError(f"contract {name} has no source at {source}")
    print(f"compiling {name} …", file=sys.stderr)
    for _ in range(EDITS_BORNE):
        output = analyse(source)
        artifact = Artifact(
            name=name,
            abi=abi_of(output),
            initcode="0x" + output.bytecode.hex(),
            runtime="0x" + output.bytecode_runtime.hex(),
            blueprint_initcode="0x" + output.blueprint_bytecode.hex(),
            sources=_source_hashes(output),
        )
        if _is_current(artifact):
            _store(artifact)
            return artifact
        print(f"a source of {name} was edited meanwhile: compiling again …", file=sys.stderr)
    raise SystemExit(f"sources of {name} are edited faster than they compile; let them rest and try again")

"""`assay prove`: an ordinary JAX function as an exact program: traced, run, and committed to, with its error and cost.

The function is the caller's own code and runs in this process; a program that comes from somebody else is data and
needs none of this.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assay.cli.failures import Usage
from assay.cli.output import Output

if TYPE_CHECKING:
    from rich.console import Console

PROGRAM_FILE = "program.assayprg"
LINES_SHOWN = 12


def prove(  # noqa: PLR0917  (options of a command)
    function: Annotated[str, typer.Argument(help="MODULE:FUNCTION, found from this folder.")],
    inputs: Annotated[
        list[Path],
        typer.Argument(
            help="One .npy for each argument, or one .npz named by argument: w, or params/w inside one."
        ),
    ],
    wide: Annotated[int | None, typer.Option(help="Bits of a number outside dots, sign included.")] = None,
    dot: Annotated[str | None, typer.Option(help="Bits of the two operands of a dot: 22,22.")] = None,
    max_trips: Annotated[
        int | None, typer.Option(help="The most steps of each while loop; one still going ends there.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for program, constants, inputs, outputs, report.")
    ] = None,
    calibrate: Annotated[
        bool, typer.Option(help="Compare every line with float64 (slow: runs line by line).")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Trace a JAX function into an exact program, run it, and show its root, cost and error.

    Example: assay prove train:step example.npz --dot 22,22 --out proof
    """
    output = Output(as_json=as_json)
    fn = load_function(function)
    arguments = load_arguments(inputs, parameter_names(fn))
    try:
        found = _prove(
            fn, arguments, precision_of(wide, dot), max_trips=max_trips, calibrate=calibrate, output=output
        )
    except ValueError as error:
        raise Usage(str(error), "Change the function, its inputs or the widths.") from error
    if out is not None:
        _write(out, found)
        output.say(f"Written to {out}.")
    output.result(found["summary"], lambda console: _show(console, found))


def load_function(text: str) -> Callable[..., Any]:
    """The function named MODULE:FUNCTION, the current folder first. Raises Usage."""
    module_name, separator, name = text.partition(":")
    if not separator or not module_name or not name:
        raise Usage(f"{text!r} is not MODULE:FUNCTION.", "For example train:step for step in train.py.")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        module = import_module(module_name)
    except ModuleNotFoundError as error:
        raise Usage(
            f"There is no module {error.name!r} here.", "Run this in the folder of the file."
        ) from error
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        raise Usage(f"{module_name} has no function {name!r}.", "Give a function at the top of the file.")
    return found  # type: ignore[no-any-return]


def parameter_names(fn: Callable[..., Any]) -> list[str]:
    """Names of the positional parameters of `fn`; none when Python cannot tell."""
    import inspect

    try:
        parameters = inspect.signature(fn).parameters.values()
    except (TypeError, ValueError):
        return []
    return [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]


def load_arguments(paths: Sequence[Path], names: Sequence[str]) -> list[Any]:
    """Arguments from files: .npy one each; an .npz by name, `a/b` being entry b of argument a. Raises Usage."""
    arguments: list[Any] = []
    named: dict[str, Any] = {}
    for path in paths:
        loaded = _load(path)
        if isinstance(loaded, dict):
            for key, array in loaded.items():
                _place(named, key.split("/"), array, path)
        else:
            arguments.append(loaded)
    if named and arguments:
        raise Usage(
            "There are .npy and .npz inputs.", "Give either one .npy for each argument, or .npz alone."
        )
    if not named:
        return arguments
    unknown = sorted(set(named) - set(names))
    if unknown:
        raise Usage(f"The function has no argument {', '.join(unknown)}.", f"It has {', '.join(names)}.")
    wanted = names[: max(names.index(key) for key in named) + 1]
    missing = [name for name in wanted if name not in named]
    if missing:
        raise Usage(f"The .npz has no {', '.join(missing)}.", f"The function takes {', '.join(names)}.")
    return [_listed(named[name]) for name in wanted]


def _load(path: Path) -> Any:
    import numpy as np

    try:
        loaded = np.load(path, allow_pickle=False)
        return dict(loaded.items()) if isinstance(loaded, np.lib.npyio.NpzFile) else loaded
    except FileNotFoundError as error:
        raise Usage(f"There is no file {path}.", "Inputs are .npy or .npz files.") from error
    except (ValueError, OSError, EOFError) as error:
        raise Usage(
            f"{path} is no .npy or .npz file of plain arrays.", "Save it with numpy.save or savez."
        ) from error


def _place(tree: dict[str, Any], keys: list[str], array: Any, path: Path) -> None:
    *parents, last = keys
    for key in parents:
        tree = tree.setdefault(key, {})
        if not isinstance(tree, dict):
            raise Usage(f"{path}: {'/'.join(keys)} lies inside an array.", "Name each array once.")
    if last in tree:
        raise Usage(f"{path}: {'/'.join(keys)} is given twice.", "Name each array once.")
    tree[last] = array


def _listed(tree: Any) -> Any:
    """Entries 0, 1, 2 … are a list."""
    if not isinstance(tree, dict):
        return tree
    inner = {key: _listed(value) for key, value in tree.items()}
    numbers = [str(k) for k in range(len(inner))]
    return [inner[k] for k in numbers] if set(inner) == set(numbers) else inner


def precision_of(wide: int | None, dot: str | None) -> Any:
    """The Precision of --wide and --dot. Raises Usage."""
    from dataclasses import replace

    from assay.exact import Precision

    chosen = Precision()
    try:
        if wide is not None:
            chosen = replace(chosen, wide=wide)
        if dot is not None:
            first, second = (int(part) for part in dot.split(","))
            chosen = replace(chosen, dot=(first, second))
    except ValueError as error:
        raise Usage(f"Widths cannot be used: {error}.", "--wide takes a number, --dot two: 22,22.") from error
    return chosen


def _prove(
    fn: Callable[..., Any],
    arguments: list[Any],
    precision: Any,
    *,
    max_trips: int | None,
    calibrate: bool,
    output: Output,
) -> dict[str, Any]:
    import jax
    import numpy as np

    from assay.commitment.tensor import tensor_root
    from assay.commitment.traces import item_root, tuple_root
    from assay.exact import exact
    from assay.exact.errors import ExactError
    from assay.program.tracing import trace

    try:
        function = exact(fn, precision=precision, max_trips=max_trips)
        output.say("Tracing …")
        program = trace(function, *arguments, max_trips=max_trips)
    except ExactError as error:
        hint = "Here: --max-trips N." if "max_trips" in str(error) else ""
        raise Usage(str(error), hint) from error
    leaves = jax.tree.leaves(function.encode(*arguments))
    tensors = [np.asarray(leaf) for leaf in leaves if hasattr(leaf, "dtype")]
    output.say("Running …")
    began = time.monotonic()
    outputs = program.run(tensors)
    seconds = time.monotonic() - began
    outputs_root = tuple_root([tensor_root(array) for array in outputs])
    cost = program.cost()
    summary: dict[str, Any] = {
        "program": "0x" + program.root.hex(),
        "inputs": "0x" + tuple_root([tensor_root(array) for array in tensors]).hex(),
        "outputs": "0x" + outputs_root.hex(),
        "item": "0x" + item_root(outputs_root).hex(),
        "nodes": sum(len(body.nodes) for body in program.bodies.values()),
        "program_bytes": len(program.encode()),
        "operations": cost.operations,
        "bytes_moved": cost.bytes_moved,
        "peak_bytes": cost.peak_bytes,
        "seconds": round(seconds, 3),
        "report": None,
    }
    if calibrate:
        output.say("Comparing with float64 …")
        report = function.report(*arguments).as_dict()
        report["lines"].sort(key=lambda line: -line["worst"])
        summary["report"] = report
    return {"summary": summary, "program": program, "tensors": tensors, "results": outputs}


def _write(folder: Path, found: dict[str, Any]) -> None:
    import numpy as np

    from assay.program import tensor_bytes

    folder.mkdir(parents=True, exist_ok=True)
    program = found["program"]
    (folder / PROGRAM_FILE).write_bytes(program.encode())
    constants = folder / "constants"
    constants.mkdir(exist_ok=True)
    for root, array in program.constants.items():
        (constants / root.hex()).write_bytes(tensor_bytes(array))
    np.savez(folder / "inputs.npz", *found["tensors"])
    np.savez(folder / "outputs.npz", *found["results"])
    (folder / "report.json").write_text(json.dumps(found["summary"], indent=2) + "\n")


def _show(console: Console, found: dict[str, Any]) -> None:
    from rich.table import Table

    summary = found["summary"]
    for name, label in (
        ("program", "program root"),
        ("inputs", "inputs root"),
        ("outputs", "outputs root"),
        ("item", "item root"),
    ):
        console.print(f"{label:<14}{summary[name]}", soft_wrap=True)
    console.print(f"{'nodes':<14}{summary['nodes']:,} in {summary['program_bytes']:,} bytes")
    console.print(
        f"{'cost':<14}{summary['operations']:,} operations, {summary['bytes_moved']:,} bytes moved, "
        f"{summary['peak_bytes']:,} at once"
    )
    console.print(f"{'run':<14}{summary['seconds']} s, compilation included")
    report = summary["report"]
    if report is None:
        return
    table = Table(title="Error of each line against float64, the worst first", title_justify="left")
    for column in ("primitive", "worst", "mean", "saturated", "where"):
        table.add_column(column, overflow="fold")
    for line in report["lines"][:LINES_SHOWN]:
        worst, mean = (f"{line[key]:.1e}" if line["compared"] else "-" for key in ("worst", "mean"))
        table.add_row(line["primitive"], worst, mean, str(line["saturations"]), line["where"])
    console.print(table)
    rest = len(report["lines"]) - LINES_SHOWN
    if rest > 0:
        console.print(f"… and {rest} lines with smaller errors; --json or --out has them all.")

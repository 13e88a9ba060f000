"""Where an exact job comes from: a function of the caller's own code, or a program file with its tensors beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assay.cli.failures import Usage
from assay.cli.prove import load_arguments, load_function, parameter_names, precision_of
from assay.jobs.exact.submission import Submission, submission_of

INDEX = "item"  # a parameter of this name is the item's index in the job


def submission_from(
    source: str,
    inputs: Sequence[Path],
    *,
    wide: int | None,
    dot: str | None,
    stride: int,
    max_trips: int | None,
) -> Submission:
    """What `assay exact post` posts. Raises Usage naming what cannot be used."""
    if Path(source).is_file():
        if wide is not None or dot is not None or stride or max_trips is not None:
            raise Usage(
                "--wide, --dot, --stride and --max-trips are for functions.", "A program is traced already."
            )
        return _from_file(Path(source), inputs)
    if stride < 0:
        raise Usage(f"--stride is {stride}, but must be 0 or more.")
    fn = load_function(source)
    names = parameter_names(fn)
    arguments = load_arguments(inputs, [name for name in names if name != INDEX])
    index = names.index(INDEX) if INDEX in names else None
    if index is not None:
        arguments.insert(index, np.int32(0))
    from assay.exact import exact

    try:
        chosen = exact(fn, precision=precision_of(wide, dot), max_trips=max_trips)
        return submission_of(chosen, arguments, stride=stride, max_trips=max_trips, index=index)
    except (ValueError, TypeError) as error:  # all errors of assay.exact and assay.program are ValueErrors
        raise Usage(str(error), "Change the function, its inputs or the widths.") from error


def _from_file(path: Path, inputs: Sequence[Path]) -> Submission:
    """A program as `assay prove --out` writes it; constants lie in the folder `constants` beside it, by root."""
    from assay.program import Program, ProgramError, tensor_array

    try:
        program = Program.decode(path.read_bytes())
        arrays = []
        for root, spec in program.constant_specs.items():
            arrays.append(tensor_array(spec, (path.parent / "constants" / root.hex()).read_bytes()))
        return Submission(program.with_constants(arrays), tuple(_ordered(inputs)))
    except FileNotFoundError as error:
        raise Usage(
            f"The program needs a constant that is not there: {error.filename}.",
            "Keep the folder `constants` beside the program.",
        ) from error
    except (ProgramError, ValueError) as error:
        raise Usage(f"{path} cannot be posted: {error}") from error


def _ordered(paths: Sequence[Path]) -> list[np.ndarray[Any, Any]]:
    """Arrays of .npy files, and of .npz files in the order in which they were saved."""
    found: list[np.ndarray[Any, Any]] = []
    for path in paths:
        try:
            loaded = np.load(path, allow_pickle=False)
            found += list(loaded.values()) if isinstance(loaded, np.lib.npyio.NpzFile) else [loaded]
        except FileNotFoundError as error:
            raise Usage(f"There is no file {path}.", "Inputs are .npy or .npz files.") from error
        except (ValueError, OSError, EOFError) as error:
            raise Usage(
                f"{path} is no .npy or .npz file of plain arrays.", "Save it with numpy.save or savez."
            ) from error
    return found

"""From a JAX function and its arguments to what an exact job is posted with. Imports JAX.

Called by the command line and by the demonstration job; the function is the caller's own code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from assay.exact import ExactFunction, exact
from assay.jobs.exact.indexing import with_index
from assay.jobs.exact.spec import MAX_OUTPUTS, Output
from assay.program import Program
from assay.program.tracing import trace

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Submission:
    """program with its constants; inputs in the program's order; outputs: names of its results."""

    program: Program
    inputs: tuple[Array, ...]
    outputs: tuple[Output, ...] = ()


def submission_of(
    function: Callable[..., Any] | ExactFunction,
    arguments: Sequence[Any],
    *,
    stride: int = 0,
    max_trips: int | None = None,
    index: int | None = None,
) -> Submission:
    """What posts `function` on these arguments.

    stride: every how many steps the function's own loops commit to their state; 0: never. index: which argument is the
    item's index in the job (an integer scalar, any value here). Raises ExactError, ProgramError naming the source line
    of what has no exact form.
    """
    chosen = function if isinstance(function, ExactFunction) else exact(function, max_trips=max_trips)
    program = trace(chosen, *arguments, stride=stride, max_trips=max_trips)
    encoded = chosen.encode(*arguments)
    arrays = _arrays(encoded)
    if index is not None:
        k = len(_arrays(encoded[:index]))
        program = with_index(program, k)
        del arrays[k]
    # an array without elements is read by nobody and has no root: any tensor may stand for it
    inputs = tuple(array if array.size else np.zeros((), np.int32) for array in arrays)
    return Submission(program, inputs, _names(chosen, arguments, len(program.outputs)))


def _arrays(encoded: Any) -> list[Array]:
    return [np.asarray(leaf) for leaf in jax.tree.leaves(encoded) if hasattr(leaf, "dtype")]


def _names(function: ExactFunction, arguments: Sequence[Any], count: int) -> tuple[Output, ...]:
    """Names by the place of each result; none when the results are not arrays alone, or too many."""
    try:
        shapes = jax.eval_shape(function.fn, *arguments)
    except TypeError:
        return ()
    outputs = []
    for path, leaf in jax.tree_util.tree_leaves_with_path(shapes):
        name = re.sub(r"[^A-Za-z0-9_.\-/]", "", "/".join(_key(entry) for entry in path)) or "output"
        outputs.append(Output(name[:64], "wide" if jnp.issubdtype(leaf.dtype, jnp.floating) else "tensor"))
    whole = sum(output.width for output in outputs) == count and len(outputs) <= MAX_OUTPUTS
    distinct = len({output.name for output in outputs}) == len(outputs)
    return tuple(outputs) if whole and distinct else ()


def _key(entry: Any) -> str:
    for attribute in ("key", "name", "idx"):
        if hasattr(entry, attribute):
            return str(getattr(entry, attribute))
    return str(entry)

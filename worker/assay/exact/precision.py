"""How many bits each part of a function is computed with, and how a user marks those parts.

with exact.region("attention"):
    scores = q @ k.T
f = exact(fn, precision={"default": Precision(), "attention": Precision(dot=(12, 12))})
"""

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal

from assay.exact.errors import PrecisionError
from assay.exact.wide import MAX_WIDTH, MIN_WIDTH, WIDTH

DEFAULT = "default"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_MARK = re.compile(r"exact\[([A-Za-z0-9_.-]+)\]")


@dataclass(frozen=True)
class Precision:
    """Widths in bits, signs counted.

    wide: mantissa of numbers outside dots, 8..28; 25 holds a float32 bit for bit. dot: the two operands of dots and
    convolutions, 2..32 each; fewer bits open faster units (8 and 8: int8). exponents: what shares one exponent in a
    dot's operand: "axis", each row and column its own, or "tensor", one for all of it.
    """

    wide: int = WIDTH
    dot: tuple[int, int] = (22, 22)
    exponents: Literal["axis", "tensor"] = "axis"

    def __post_init__(self) -> None:
        if not isinstance(self.wide, int) or not MIN_WIDTH <= self.wide <= MAX_WIDTH:
            raise PrecisionError(
                f"wide={self.wide!r}: a width from {MIN_WIDTH} to {MAX_WIDTH} bits is needed, sign included"
            )
        if len(self.dot) != 2 or not all(isinstance(p, int) and 2 <= p <= 32 for p in self.dot):
            raise PrecisionError(f"dot={self.dot!r}: two widths from 2 to 32 bits are needed, sign included")
        if self.exponents not in ("axis", "tensor"):
            raise PrecisionError(f'exponents={self.exponents!r}: "axis" or "tensor" is needed')


Precisions = Precision | Mapping[str, Precision]


def by_region(precision: Precisions | None) -> dict[str, Precision]:
    """The table of widths: region name → Precision, with an entry for "default"."""
    if precision is None:
        return {DEFAULT: Precision()}
    if isinstance(precision, Precision):
        return {DEFAULT: precision}
    for name, entry in precision.items():
        if not isinstance(entry, Precision):
            raise PrecisionError(f"precision[{name!r}] is {entry!r}: a Precision is needed")
    return {DEFAULT: Precision(), **precision}


def region(name: str) -> AbstractContextManager[None]:
    """Marks the operations traced inside, and their derivatives, as the region `name`; regions nest, the inner wins."""
    import jax

    if not _NAME.fullmatch(name) or name == DEFAULT:
        raise PrecisionError(
            f"{name!r} cannot name a region: letters, digits and _ . - are allowed, not 'default'"
        )
    scope: AbstractContextManager[None] = jax.named_scope(f"exact[{name}]")
    return scope


def region_of(name_stack: str, outer: str) -> str:
    """The innermost region written in JAX's name stack of an equation, else the region around it."""
    marks = _MARK.findall(name_stack)
    return marks[-1] if marks else outer

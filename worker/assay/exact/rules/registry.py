"""Where rules live: primitive name → function of a Call and its operands. Each family's file registers its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from assay.exact.errors import UnsupportedPrimitive
from assay.exact.precision import Precision
from assay.exact.values import Value, is_float

Rule = Callable[..., Any]
R = TypeVar("R", bound=Rule)

FLOAT_RULES: dict[str, Rule] = {}
"""Used when an operand or a result is a float or a key."""
INTEGER_RULES: dict[str, Rule] = {}
"""Used when no operand or result is a float or a key: integer operations whose edges JAX leaves to the device."""


@dataclass(frozen=True)
class Call:
    """One equation as a rule sees it.

    name, params: the primitive's; ins, outs: JAX's types of operands and results; precision: of the region it is in;
    max_trips: bound of a `while`; run: evaluates a sub-jaxpr (closed) on values, in the same region;
    run_apart: the same for a body that JAX traces on its own, with a flag besides: whether a `while` inside stopped
    unfinished (None: there is none); stopped: told such a flag;
    eager: whether values are concrete and loops run in Python (reports); where: the user's source line.
    """

    name: str
    params: dict[str, Any]
    ins: Sequence[Any]
    outs: Sequence[Any]
    precision: Precision
    max_trips: int | None
    run: Callable[..., list[Value]]
    run_apart: Callable[..., tuple[list[Value], Any]]
    stopped: Callable[[Any], None]
    bind: Callable[..., Any]
    eager: bool
    where: Callable[[], str]

    @property
    def out(self) -> Any:
        """Type of the only result."""
        return self.outs[0]

    @property
    def width(self) -> int:
        """Working width of the region, bits."""
        return self.precision.wide

    def takes_floats(self) -> bool:
        return any(is_float(a) for a in self.ins)

    def refuse(self, hint: str, what: str = "") -> UnsupportedPrimitive:
        """The error for an option of this primitive that has no exact form."""
        return UnsupportedPrimitive(f"{self.name}{what and ' '}{what}", self.where(), hint)


def rule(*names: str, floats: bool = True, integers: bool = False, always: bool = False) -> Callable[[R], R]:
    """Registers a rule for primitives of these names: for floats and keys, for integers alone, or always for both."""

    def register(function: R) -> R:
        for wanted, table in ((floats or always, FLOAT_RULES), (integers or always, INTEGER_RULES)):
            for name in names if wanted else ():
                if name in table:
                    raise ValueError(f"two rules for {name}")
                table[name] = function
        return function

    return register

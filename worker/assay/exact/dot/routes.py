"""The ways an exact dot may be computed on a device, and when each is legal.

A route computes with one *unit* of the hardware (its multiply-accumulate type), on operands cut into balanced digits
narrow enough that no product and no partial sum of a block of K is ever rounded or wrapped. Then any order of
summation gives the same integer, so threads, tiles, fused multiply-adds and accelerators cannot change a bit.
"""

from dataclasses import dataclass

NATIVE = "native"
MIN_BLOCK = 64  # blocks of K shorter than this spend more time adding blocks than multiplying


@dataclass(frozen=True, slots=True)
class Unit:
    """A multiply-accumulate type: `width` bits of digit at most; block sums stay within 2^`exact_bits`."""

    name: str
    operand: str
    accumulator: str
    width: int
    exact_bits: int


UNITS = {
    unit.name: unit
    for unit in (
        # |digit| <= 127 must fit; 2^30 leaves the int32 accumulator a bit to spare.
        Unit("int8", "int8", "int32", 8, 30),
        # bfloat16 has 8 significant bits: every integer up to 2^8 in magnitude is one.
        Unit("bf16", "bfloat16", "float32", 9, 24),
        Unit("f32", "float32", "float32", 24, 24),
        Unit("f64", "float64", "float64", 32, 53),
    )
}


@dataclass(frozen=True, slots=True)
class Route:
    """One way: a unit, how many digits of how many bits each operand has, and the longest block of K."""

    unit: str
    digits_a: int = 1
    digits_b: int = 1
    width_a: int = 0
    width_b: int = 0
    block: int = 0

    @property
    def name(self) -> str:
        """`f64`, or `int8:3x2` when the operands are cut into 3 and 2 digits."""
        cut = self.digits_a * self.digits_b > 1
        return f"{self.unit}:{self.digits_a}x{self.digits_b}" if cut else self.unit

    @property
    def products(self) -> int:
        """Matrix products of the unit this route takes."""
        return self.digits_a * self.digits_b


def _digit_width(unit: Unit, bits: int, digits: int) -> int | None:
    """Bits of each of `digits` balanced digits of a `bits`-wide operand, or None when they do not fit the unit.

    A balanced digit of w bits lies in [-2^(w-1), 2^(w-1) - 1], the last one may reach +2^(w-1): a whole int8 digit
    must keep a bit for that carry.
    """
    if digits == 1:
        return bits if bits <= unit.width else None
    carry = 1 if unit.operand == "int8" else 0
    width = -(-(bits + carry) // digits)
    return width if width <= unit.width else None


def legal_routes(p_a: int, p_b: int, terms: int) -> tuple[Route, ...]:
    """Every legal route of K = `terms` products of p_a by p_b bits, the native integer dot first.

    Of one unit, a route is left out when another cuts no operand finer and needs no more blocks.
    """
    routes = [Route(NATIVE)]
    for unit in UNITS.values():
        kept: list[Route] = []
        for digits_a in range(1, 6):
            for digits_b in range(1, 6):
                route = _route(unit, (p_a, p_b), (digits_a, digits_b), terms)
                if route is not None and not any(_dominates(other, route, terms) for other in kept):
                    kept.append(route)
        routes += kept
    return tuple(routes)


def _route(unit: Unit, bits: tuple[int, int], digits: tuple[int, int], terms: int) -> Route | None:
    width_a, width_b = _digit_width(unit, bits[0], digits[0]), _digit_width(unit, bits[1], digits[1])
    if width_a is None or width_b is None:
        return None
    spare = unit.exact_bits - (width_a + width_b - 2)
    block = 1 << spare if spare >= 0 else 0
    if block < max(min(terms, MIN_BLOCK), 1):
        return None
    return Route(unit.name, *digits, width_a, width_b, block)


def _dominates(other: Route, route: Route, terms: int) -> bool:
    coarser = other.digits_a <= route.digits_a and other.digits_b <= route.digits_b
    return coarser and blocks_of(other, terms) <= blocks_of(route, terms)


def blocks_of(route: Route, terms: int) -> int:
    """Blocks of K that a route takes."""
    return -(-terms // route.block) if route.block else 1


def route_named(name: str, p_a: int, p_b: int, terms: int) -> Route:
    """The legal route of that name. Raises ValueError naming the legal ones."""
    routes = {route.name: route for route in legal_routes(p_a, p_b, terms)}
    if name not in routes:
        raise ValueError(
            f"route {name!r} is not legal for K = {terms}, p_a = {p_a}, p_b = {p_b}; legal: {', '.join(routes)}"
        )
    return routes[name]

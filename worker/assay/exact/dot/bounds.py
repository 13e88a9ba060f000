"""What `exact_dot` accepts: dtypes, shapes, widths, and the K its accumulator holds. Pure Python, no JAX."""

from collections.abc import Sequence

SIGNED = ("int8", "int16", "int32", "int64")
ACCUMULATOR_BITS = {"int32": 32, "int64": 64}
MIN_WIDTH, MAX_WIDTH = 2, 32


class ExactDotError(ValueError):
    """The operands of an exact dot are outside what it defines. `hint` says what to do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message} {hint}".strip())
        self.message = message
        self.hint = hint


def max_terms(p_a: int, p_b: int, out: str) -> int:
    """The largest K with K * 2^(p_a + p_b - 2) < 2^(bits of out - 1), so that no sum can overflow."""
    spare = ACCUMULATOR_BITS[out] - 1 - (p_a + p_b - 2)
    return max((1 << spare) - 1, 0) if spare >= 0 else 0


def limit_of(width: int) -> int:
    """The largest magnitude of a `width`-bit operand: 2^(width - 1) - 1; the most negative value is not used."""
    return (1 << (width - 1)) - 1


def check_widths(p_a: int, p_b: int, out: str) -> None:
    """Raises ExactDotError unless widths and accumulator are ones the format knows."""
    if out not in ACCUMULATOR_BITS:
        raise ExactDotError(f"an exact dot gives int32 or int64, not {out}.")
    for name, width in (("p_a", p_a), ("p_b", p_b)):
        if isinstance(width, bool) or not isinstance(width, int) or not MIN_WIDTH <= width <= MAX_WIDTH:
            raise ExactDotError(f"{name} is {width!r}; operand widths are {MIN_WIDTH}..{MAX_WIDTH} bits.")


def check_terms(terms: int, p_a: int, p_b: int, out: str) -> None:
    """Raises ExactDotError when `terms` products (K) could overflow the accumulator."""
    most = max_terms(p_a, p_b, out)
    if terms > most:
        wider = "use out=int64, " if out == "int32" else ""
        raise ExactDotError(
            f"K = {terms} products of p_a = {p_a} by p_b = {p_b} bits could overflow {out}: the limit is K = {most}.",
            f"Way out: {wider}narrower operands, or split K and add the parts.",
        )


def check_shapes(
    a_shape: Sequence[int], b_shape: Sequence[int], a_dtype: str, b_dtype: str
) -> tuple[int, int, int, int]:
    """(B, M, N, K) of a[B, M, K] and b[B, N, K]. Raises ExactDotError naming what does not fit."""
    for name, dtype in (("a", a_dtype), ("b", b_dtype)):
        if dtype not in SIGNED:
            raise ExactDotError(
                f"operand {name} is {dtype}; an exact dot takes {', '.join(SIGNED)}.",
                "Convert it first; unsigned values need one bit more.",
            )
    if len(a_shape) != 3 or len(b_shape) != 3:
        raise ExactDotError(
            f"operands are a[B, M, K] and b[B, N, K], not {tuple(a_shape)} and {tuple(b_shape)}.",
            "Reshape them; one batch is B = 1.",
        )
    if a_shape[0] != b_shape[0] or a_shape[2] != b_shape[2]:
        raise ExactDotError(
            f"a[B, M, K] = {tuple(a_shape)} and b[B, N, K] = {tuple(b_shape)} differ in B or K.",
            "Both operands have K last: transpose b if it came as [K, N].",
        )
    return a_shape[0], a_shape[1], b_shape[1], a_shape[2]

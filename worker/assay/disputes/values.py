"""Joining partial values, as contracts/modules/scalar_ops.vy does."""

JOIN_ADD, JOIN_MAX, JOIN_MIN = 0, 1, 2
_BITS = (8, 8, 16, 32, 64, 8, 16, 32, 64)


def wrap(dtype: int, value: int) -> int:
    """Modulo 2^bits into the dtype's range; of a bool whether it is not 0."""
    if dtype == 0:
        return int(value != 0)
    bits = _BITS[dtype]
    wrapped = value & ((1 << bits) - 1)
    return wrapped - (1 << bits) if dtype <= 4 and wrapped >> (bits - 1) else wrapped


def join(kind: int, dtype: int, a: int, b: int) -> int:
    """Two partial sums, maxima or minima as one."""
    if kind == JOIN_ADD:
        return wrap(dtype, a + b)
    return max(a, b) if kind == JOIN_MAX else min(a, b)

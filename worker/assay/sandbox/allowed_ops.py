"""Operations that a native program may use; everything else is refused before it is deserialized.

All are pure functions of their operands. Left out on purpose: custom_call (foreign code), infeed, outfeed, send, recv (I/O), rng and
rng_bit_generator (not the same on all devices), collectives (one device), composite, and anything with dynamic shapes.
"""

ALLOWED_OPS = frozenset(
    """
    builtin.module func.func func.return func.call
    stablehlo.abs stablehlo.add stablehlo.and stablehlo.atan2 stablehlo.bitcast_convert stablehlo.broadcast_in_dim stablehlo.case
    stablehlo.cbrt stablehlo.ceil stablehlo.clamp stablehlo.compare stablehlo.concatenate stablehlo.constant stablehlo.convert
    stablehlo.convolution stablehlo.cosine stablehlo.count_leading_zeros stablehlo.divide stablehlo.dot_general
    stablehlo.dynamic_slice stablehlo.dynamic_update_slice stablehlo.exponential stablehlo.exponential_minus_one stablehlo.floor
    stablehlo.gather stablehlo.get_tuple_element stablehlo.if stablehlo.iota stablehlo.is_finite stablehlo.log stablehlo.log_plus_one
    stablehlo.logistic stablehlo.maximum stablehlo.minimum stablehlo.multiply stablehlo.negate stablehlo.not
    stablehlo.optimization_barrier stablehlo.or stablehlo.pad stablehlo.popcnt stablehlo.power stablehlo.reduce
    stablehlo.reduce_precision stablehlo.reduce_window stablehlo.remainder stablehlo.reshape stablehlo.return stablehlo.reverse
    stablehlo.round_nearest_afz stablehlo.round_nearest_even stablehlo.rsqrt stablehlo.scatter stablehlo.select
    stablehlo.shift_left stablehlo.shift_right_arithmetic stablehlo.shift_right_logical stablehlo.sign stablehlo.sine
    stablehlo.slice stablehlo.sort stablehlo.sqrt stablehlo.subtract stablehlo.tan stablehlo.tanh stablehlo.transpose
    stablehlo.tuple stablehlo.while stablehlo.xor
    """.split()
)

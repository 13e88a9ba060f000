"""What to use instead of a primitive that has no exact form."""

_HINTS = {
    "A dense factorisation is a native library call": (
        "cholesky lu qr svd eig eigh schur hessenberg householder_product tridiagonal tridiagonal_solve "
        "triangular_solve linear_solve geqrf ormqr lu_pivots_to_permutation"
    ),
    "A Fourier transform is complex": "fft",
    "A call back to Python or to a foreign library is not part of a program": (
        "pure_callback io_callback debug_callback debug_print ffi_call custom_call tpu_custom_call pallas_call"
    ),
    "Programs run on one device": (
        "psum pmax pmin ppermute all_gather all_to_all reduce_scatter axis_index shard_map xla_pmap psum_invariant"
    ),
    "This special function has no integer form yet": (
        "lgamma digamma polygamma igamma igammac igamma_grad_a random_gamma_grad bessel_i0e bessel_i1e zeta "
        "regularized_incomplete_beta"
    ),
    "References to mutable memory are not part of a program": "get swap addupdate ref_get ref_set",
}
_WAYS_OUT = {
    "A dense factorisation is a native library call": (
        "Write the iteration with scan and matrix products, or compute it before."
    ),
    "A Fourier transform is complex": "Multiply by the matrices of cosines and sines, real and imaginary parts apart.",
    "A call back to Python or to a foreign library is not part of a program": (
        "Take it out of the function (jax.debug included)."
    ),
    "Programs run on one device": "Write the function for one device; work is split into items and lots instead.",
    "This special function has no integer form yet": "Use a polynomial on the range you need, or compute it before.",
    "References to mutable memory are not part of a program": "Pass the value in and return the new one.",
}
_BY_NAME = {name: f"{why}. {_WAYS_OUT[why]}" for why, names in _HINTS.items() for name in names.split()}


def hint_for(name: str) -> str:
    """One or two sentences: why, and the way out."""
    return _BY_NAME.get(
        name, "Write it with arithmetic, dots, reductions, gathers or scans, all of which have exact forms."
    )

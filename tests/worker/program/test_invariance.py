"""A program's root depends on its mathematics: not on names, orders, nesting or what is unused."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from assay.program import BodyBuilder, DType, Malformed, Op, TensorSpec, Untraceable, build
from assay.program.ops import Source
from assay.program.tracing import trace

X = np.arange(12, dtype=np.int32).reshape(3, 4)

# Snapshots: a change here changes the identity of every posted program, so it is a change of the format.
GOLDEN = {
    "arithmetic": "8e0938c65b7ce53666bbec233b9525977c50672e8700cd3a1212f23ffefe3621",
    "loop": "82ef6b0ef466aeed4e0416d6287bde8eb9dd13d9eba38979c8fd7c736c07881a",
    "sort": "b32b4512364f84f0fd13904cfeb4815a6d2fd07aff11ba1373dec10dc7afd4ca",
}  # fmt: skip
FUNCTIONS: dict[str, Any] = {
    "arithmetic": lambda x: (x * 3 + x.T.reshape(3, 4), jnp.where(x > 5, x, -x).sum(1)),
    "loop": lambda x: lax.fori_loop(0, 7, lambda i, c: c * 3 + lax.convert_element_type(i, jnp.int32), x),
    "sort": lambda x: lax.sort(x % 5, dimension=1),
}


def root(fn: Any, *args: Any) -> bytes:
    return trace(fn, *args, max_trips=9).root


@pytest.mark.parametrize("name", GOLDEN)
def test_root__golden_functions__stay(name: str) -> None:
    assert root(FUNCTIONS[name], X).hex() == GOLDEN[name]


def test_root__names_and_nesting__do_not_matter() -> None:
    def plain(x: Any) -> Any:
        return x * 2 + x * 2 * 3

    @jax.jit
    def inner(renamed: Any) -> Any:
        return renamed * 2

    def nested(another: Any) -> Any:
        first = jax.jit(lambda y: inner(y))(another)  # noqa: PLW0108
        unused = jnp.sort(another)  # noqa: F841
        return first + inner(another) * 3

    assert root(plain, X) == root(nested, X) == root(jax.checkpoint(jax.jit(nested)), X)


def test_root__order_of_a_dict_of_arguments__does_not_matter() -> None:
    def f(args: dict[str, Any]) -> Any:
        return args["b"] - args["a"]

    assert root(f, {"a": X, "b": X + 1}) == root(f, {"b": X, "a": X})


def test_root__other_mathematics__is_another() -> None:
    roots = {
        root(f, X)
        for f in (lambda x: x + 1, lambda x: x + 2, lambda x: 1 - x, lambda x: x - 1, lambda x: x.T + 1)
    }
    roots |= {root(lambda x: x + 1, X.astype(np.int16)), root(lambda x, y: x + 1, X, X)}
    assert len(roots) == 7


def test_root__unused_carry_of_a_loop__is_gone() -> None:
    def lean(x: Any) -> Any:
        return lax.scan(lambda c, _: (c * 3, None), x, None, length=4)[0]

    def fat(x: Any) -> Any:
        def step(c: Any, i: Any) -> Any:
            a, b, same = c
            return (a * 3, b + a + same, same), (b, i)

        return lax.scan(step, (x, x + 1, x * 9), jnp.arange(4))[0][0]

    assert root(lean, X) == root(fat, X)


def test_root__while_that_carries_what_never_changes__gives_it_as_invariant() -> None:
    def f(x: Any) -> Any:
        return lax.while_loop(lambda c: c[0] < 5, lambda c: (c[0] + 1, c[1] * c[2], c[2]), (0, x, x))[1]

    program = trace(f, X, max_trips=9)
    (inner,) = list(program.bodies.values())[:-1]
    kinds = [node.param("source") for node in inner.nodes if node.op is Op.PARAM]
    assert Source.INVARIANT in kinds and len(inner.returned) == 2


def test_root__index_and_indices_of_equal_loops__are_one_loop() -> None:
    def f(x: Any) -> Any:
        def one(y: Any) -> Any:
            return lax.fori_loop(0, 5, lambda i, c: c * 3 + i, y)

        return one(x) + one(x)

    program = trace(f, X)
    assert [node.op for node in program.main.nodes].count(Op.LOOP) == 1


def test_trace__floats__name_the_line_and_the_way_out() -> None:
    with pytest.raises(Untraceable, match=r"leaves the integers.*exact") as refused:
        trace(lambda x: x.astype(jnp.float32) + 1, X)
    assert "test_invariance.py" in refused.value.message
    with pytest.raises(Untraceable, match=r"Argument 0.*float32"):
        trace(lambda x: x, X.astype(np.float32))
    with pytest.raises(Untraceable, match="key_data"):
        trace(jax.random.bits, jax.random.key(0))


def test_trace__while_without_a_number_of_steps__asks_for_it() -> None:
    with pytest.raises(Untraceable, match="max_trips"):
        trace(lambda x: lax.while_loop(lambda c: c[0, 0] < 9, lambda c: c + 1, x), X)


def test_trace__callback__is_refused() -> None:
    with pytest.raises(Untraceable, match="callback"):
        trace(lambda x: jax.pure_callback(lambda v: v, jax.ShapeDtypeStruct(X.shape, X.dtype), x), X)


def test_trace__nine_dimensions__are_refused() -> None:
    with pytest.raises(Untraceable, match="dimensions"):
        trace(lambda x: x.reshape((1,) * 9) + 1, np.zeros((1,), np.int32))


def test_trace__a_function_that_returns_nothing__is_refused() -> None:
    for fn in (lambda x: None, lambda x: x[:0]):
        with pytest.raises(Untraceable, match="Return tensors"):
            trace(fn, X)


def test_builder__tensors_of_another_body__are_refused() -> None:
    one, other = BodyBuilder(), BodyBuilder()
    spec = TensorSpec(DType.I32, (2,))
    with pytest.raises(Malformed, match="another body"):
        one.op(Op.ADD, one.carry(0, spec), other.carry(0, spec))
    with pytest.raises(Malformed, match="differ"):
        one.op(Op.ADD, one.carry(0, spec), one.fill(0, TensorSpec(DType.I64, (2,))))
    one.returns(one.carry(0, spec))
    with pytest.raises(Malformed, match=r"input 0|reads input"):
        build(one, 0)

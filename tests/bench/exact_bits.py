"""Whether the bits of exact functions, and the roots of their programs, are the same wherever they are computed.

`python -m tests.bench.exact_bits [PYTHON …]` compares this process with children under other threads and XLA flags,
without jit, and under other interpreters, whose environments may hold other versions of JAX (they need JAX and NumPy).
A child prints JSON: {"jax": version, "found": {case: [program root, digest of the result]}}.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ONE_CORE = "one core"
PLAIN = "without jit"
VARIANTS: dict[str, str] = {
    "two threads": "",
    ONE_CORE: "--xla_cpu_multi_thread_eigen=false",
    PLAIN: "",
    "fast math": "--xla_cpu_enable_fast_math=true --xla_cpu_enable_fast_min_max=true",
    "AVX": "--xla_cpu_max_isa=AVX",
    "AVX2": "--xla_cpu_max_isa=AVX2",
    "AVX512": "--xla_cpu_max_isa=AVX512",
    "no optimisation": "--xla_backend_optimization_level=0",
}


def cases() -> dict[str, tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]]:
    """Functions, their arguments and the options of `exact`, by name: one of each kind of arithmetic."""
    import jax
    import jax.numpy as jnp
    import numpy as np
    from jax import lax

    from assay.exact import Precision

    rng = np.random.default_rng(0)

    def some(*shape: int) -> Any:
        return rng.standard_normal(shape).astype(np.float32)

    def step(p: Any, x: Any, y: Any) -> Any:
        def loss(p: Any) -> Any:
            logits = jnp.tanh(x @ p["a"]) @ p["b"]
            return -jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], 1).mean()

        value, slopes = jax.value_and_grad(loss)(p)
        return value, jax.tree.map(lambda w, g: w - 0.1 * g / (jnp.sqrt(g * g) + 1e-3), p, slopes)

    def attention(q: Any, k: Any) -> Any:
        scores = jnp.einsum("thd,shd->hts", q, k) / 3
        masked = jnp.where(jnp.tril(jnp.ones(scores.shape[1:], bool)), scores, -jnp.inf)
        return (jnp.einsum("hts,shd->thd", jax.nn.softmax(masked, -1), k) ** 2).sum()

    def convolved(x: Any, w: Any) -> Any:
        h = jax.nn.gelu(lax.conv_general_dilated(x, w, (2, 1), "SAME"))
        return (lax.reduce_window(h, -jnp.inf, lax.max, (1, 1, 2, 2), (1, 1, 1, 1), "VALID") ** 2).sum()

    def recurrent(w: Any, xs: Any) -> Any:
        return lax.scan(lambda h, x: (jax.nn.sigmoid(h @ w + x), h.sum()), xs[0], xs)

    def elementary(x: Any) -> Any:
        names = ("exp", "sin", "cos", "arctan", "cbrt", "expm1", "sinh", "floor", "round")
        return [getattr(jnp, name)(x * 3) for name in names], jnp.log(jnp.abs(x)), lax.erf(x), jnp.abs(x) ** x

    def drawn(key: Any) -> Any:
        return jax.random.normal(key, (40,)), jax.random.permutation(key, 17), jax.random.gumbel(key, (9,))

    def ordered(x: Any) -> Any:
        return (
            jnp.sort(x, 1),
            jnp.argsort(x, 0),
            lax.top_k(x, 3),
            jnp.cumsum(x, 1),
            x.at[jnp.array([1, 1])].add(2.0),
        )

    def halved(x: Any) -> Any:
        return lax.while_loop(lambda s: s[0].max() > 0.1, lambda s: (s[0] / 1.7, s[1] + 1), (x, 0))

    eight, thirty = ({"precision": Precision(wide=w, dot=(p, p))} for w, p in ((16, 8), (25, 30)))
    return {
        "training step": (
            step,
            ({"a": some(70, 33), "b": some(33, 10)}, some(48, 70), np.arange(48) % 10),
            {},
        ),
        "attention gradient": (jax.grad(attention), (some(9, 2, 8), some(9, 2, 8)), {}),
        "convolution gradient": (
            jax.grad(convolved, argnums=(0, 1)),
            (some(2, 3, 9, 8), some(4, 3, 3, 3)),
            {},
        ),
        "recurrent network": (recurrent, (some(12, 12), some(6, 5, 12)), {}),
        "elementary functions": (elementary, (some(700),), {}),
        "random draws": (drawn, (np.array([3, 9], np.uint32),), {}),
        "sorts and scatters": (ordered, (some(7, 40),), {}),
        "while": (halved, (some(20),), {"max_trips": 12}),
        "product of 8 bits": (lambda a, b: a @ b, (some(65, 3000), some(3000, 33)), eight),
        "product of 22 bits": (lambda a, b: a @ b, (some(65, 300), some(300, 33)), {}),
        "product of 30 bits": (lambda a, b: a @ b, (some(40, 90), some(90, 20)), thirty),
    }


def found(jit: bool = True) -> dict[str, list[str]]:
    """Program root and digest of the encoded results, by case."""
    import contextlib

    import jax
    import numpy as np

    from assay.exact import exact
    from assay.program import trace

    made = {}
    for name, (fn, args, options) in cases().items():
        f = exact(fn, **options)
        encoded = f.encode(*args)
        root = trace(f, *args).root.hex()
        with contextlib.nullcontext() if jit else jax.disable_jit():
            results = jax.tree.leaves(f.integers(*encoded))
        digest = hashlib.sha256()
        for array in map(np.asarray, results):
            digest.update(repr((array.dtype.str, array.shape)).encode() + array.tobytes())
        made[name] = [root, digest.hexdigest()]
    return made


def rows_alone() -> bool:
    """Whether rows of a product computed alone have their bits in the whole."""
    import numpy as np

    from assay.exact import exact

    fn, (a, b), options = cases()["product of 22 bits"]
    f = exact(fn, **options)
    whole, part = f.integers(*f.encode(a, b)), f.integers(*f.encode(a[7:12], b))
    return all(np.array_equal(np.asarray(x)[7:12], np.asarray(y)) for x, y in zip(whole, part, strict=True))


def child(python: str, flags: str, *, one_core: bool = False, jit: bool = True) -> dict[str, Any]:
    """What another process finds. Raises CalledProcessError with its words when it fails."""
    words = [python, "-m", "tests.bench.exact_bits", "--child", *(() if jit else ("--no-jit",))]
    if one_core:
        words = ["taskset", "-c", str(min(os.sched_getaffinity(0))), *words]
    env = {
        **os.environ,
        "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": flags,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'worker'}",
    }
    run = subprocess.run(words, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    answer: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return answer


def compared(name: str, answer: dict[str, Any], base: dict[str, list[str]]) -> dict[str, Any]:
    """A row: in how many cases roots and bits differ from this process's."""
    pairs = [(answer["found"][case], base[case]) for case in base]
    roots = sum(a[0] != b[0] for a, b in pairs)
    bits = sum(a[1] != b[1] for a, b in pairs)
    differ = [case for case in base if answer["found"][case] != base[case]]
    said = f": {', '.join(differ)}" if differ else ""
    where = f"{name} (JAX {answer['jax']}), {len(base)} functions"
    return _row(f"{where}: {roots} roots and {bits} results differ{said}", roots + bits)


def _row(name: str, differences: int) -> dict[str, Any]:
    return {
        "name": name, "value": differences, "unit": "differences", "goal": 0, "holds": differences == 0,
        "peer": "this process", "command": "python -m tests.bench.exact_bits",
    }  # fmt: skip


def run(pythons: list[str]) -> list[dict[str, Any]]:
    """Every variant on this interpreter, then the others."""
    base = found()
    rows = []
    for name, flags in VARIANTS.items():
        answer = child(sys.executable, flags, one_core=name == ONE_CORE, jit=name != PLAIN)
        rows.append(compared(name, answer, base))
        print(f"  {rows[-1]['name']}", file=sys.stderr, flush=True)
    for python in pythons:
        rows.append(compared(Path(python).parts[-3], child(python, ""), base))
        print(f"  {rows[-1]['name']}", file=sys.stderr, flush=True)
    rows.append(_row("rows computed alone, and in the whole", int(not rows_alone())))
    return rows


def _main(words: list[str]) -> int:
    if "--child" in words:
        import jax

        print(json.dumps({"jax": jax.__version__, "found": found(jit="--no-jit" not in words)}))
        return 0
    rows = run(words)
    print(json.dumps(rows, indent=1))
    return 0 if all(row["holds"] for row in rows) else 1


if __name__ == "__main__":
    raise SystemExit(_main(sys.argv[1:]))

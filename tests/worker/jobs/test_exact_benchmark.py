"""The benchmark of exact programs: a real run, and a program that workers would take."""

from assay.jobs.exact.benchmark import benchmark, benchmark_program, examined_units
from assay.jobs.exact.loading import LIMITS, check_program
from assay.program import Program


def test_benchmark__here__some_operations_a_second() -> None:
    assert benchmark(0.1, threads=1) > 1e6


def test_benchmark_program__taken_as_any_other() -> None:
    program = benchmark_program()
    assert Program.decode(program.encode(), LIMITS).root == program.root
    check_program(program, 1, 40)


def test_examined_units__here__native_integers_are_right() -> None:
    assert next(unit for unit in examined_units() if unit.unit == "native").passed

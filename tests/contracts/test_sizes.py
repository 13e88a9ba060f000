"""Runtime sizes: under the limit, and as committed."""

import pytest

from tests.contracts.snapshots import ABOVE_THE_LIMIT, SIZE_LIMIT, SIZES, measure_sizes, stored

NOW = measure_sizes()


@pytest.mark.parametrize("name", sorted(NOW))
def test_size__of_each_deployable__leaves_room(name: str) -> None:
    limit = ABOVE_THE_LIMIT.get(name, SIZE_LIMIT)
    assert NOW[name] <= limit, f"{name}: {NOW[name]} bytes, at most {limit}: split it"


@pytest.mark.parametrize("name", sorted(ABOVE_THE_LIMIT))
def test_size__of_an_exception__is_still_needed(name: str) -> None:
    assert NOW[name] > SIZE_LIMIT, f"{name} fits now: take it out of ABOVE_THE_LIMIT"


def test_sizes__against_the_snapshot__equal() -> None:
    assert stored(SIZES) == NOW, "run: python -m tests.contracts.snapshots --write, and review the difference"

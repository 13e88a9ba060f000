"""Runtime sizes: under the limit, and as committed."""

import pytest

from tests.contracts.snapshots import SIZES, measure_sizes, size_limit, stored

NOW = measure_sizes()


@pytest.mark.parametrize("name", sorted(NOW))
def test_size__of_each_deployable__leaves_room(name: str) -> None:
    assert NOW[name] <= size_limit(name), f"{name}: {NOW[name]} bytes, at most {size_limit(name)}: split it"


def test_sizes__against_the_snapshot__equal() -> None:
    assert stored(SIZES) == NOW, "run: python -m tests.contracts.snapshots --write, and review the difference"

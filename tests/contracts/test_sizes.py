"""Runtime sizes: under the limit, and as committed."""

import pytest

from tests.contracts.snapshots import SIZE_LIMIT, SIZES, measure_sizes, stored

NOW = measure_sizes()


@pytest.mark.parametrize("name", sorted(NOW))
def test_size__of_each_deployable__leaves_room(name: str) -> None:
    assert NOW[name] <= SIZE_LIMIT, f"{name}: {NOW[name]} bytes, at most {SIZE_LIMIT}: split it"


def test_sizes__against_the_snapshot__equal() -> None:
    assert stored(SIZES) == NOW, "run: python -m tests.contracts.snapshots --write, and review the difference"

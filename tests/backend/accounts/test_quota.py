"""Storage quotas as services: what is reserved, used and freed, whatever the order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from backend.accounts.models import Reservation, StorageQuota, StoredObject
from backend.accounts.services import quota_reserve, quota_settle, reservations_expire
from backend.web.errors import Problem
from tests.backend.api.factories import address

ACCOUNT = address(1)


def row() -> tuple[int, int]:
    quota = StorageQuota.objects.get(account=ACCOUNT)
    return quota.used_bytes, quota.reserved_bytes


@pytest.mark.django_db
@pytest.mark.parametrize("size", [0, 1, 1_000])
def test_reserve__up_to_the_limit__one_more_byte_is_refused(size: int, settings: Any) -> None:
    settings.ASSAY_QUOTA_BYTES = 1_000
    quota_reserve(ACCOUNT, size)
    quota_reserve(ACCOUNT, 1_000 - size)
    with pytest.raises(Problem) as refused:
        quota_reserve(ACCOUNT, 1)
    assert refused.value.code == "quota_exceeded"
    assert "0 of 1000 bytes left" in refused.value.detail
    assert row() == (0, 1_000)


@pytest.mark.django_db
def test_settle__after_the_reservation_ran_out__bytes_counted_once(settings: Any) -> None:
    from datetime import timedelta

    from django.utils import timezone

    slow = quota_reserve(ACCOUNT, 500)
    Reservation.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert reservations_expire() == 1
    assert row() == (0, 0)
    quota_settle(slow, "bytes:0x01")
    assert row() == (500, 0)


class Ledger(TestCase):
    """Any sequence of uploads, finished, refused or repeated, leaves the sums of its stored objects."""

    @settings(max_examples=30)
    @given(
        moves=st.lists(
            st.tuples(st.integers(0, 5), st.integers(0, 400), st.sampled_from(["store", "drop", "hold"])),
            max_size=20,
        )
    )
    def test_ledger__any_uploads__used_is_the_sum_of_what_is_stored(
        self, moves: list[tuple[int, int, str]]
    ) -> None:
        held = 0
        StorageQuota.objects.get_or_create(account=ACCOUNT)
        with self.settings(ASSAY_QUOTA_BYTES=1_000):
            for key, size, end in moves:
                try:
                    reservation = quota_reserve(ACCOUNT, size)
                except Problem:
                    continue
                if end == "hold":
                    held += size
                else:
                    quota_settle(reservation, f"bytes:{key}" if end == "store" else None)
        used, reserved = row()
        assert used == sum(StoredObject.objects.values_list("size", flat=True))
        assert reserved == held
        assert used + reserved <= 1_000

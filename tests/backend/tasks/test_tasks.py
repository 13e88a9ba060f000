"""Periodic tasks: each does its work, twice does no harm, a second run at once does nothing."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from PIL import Image

import assay.jobs.render
from assay.artifacts import ArtifactStore, Kind
from assay.commitment import list_bytes, list_root
from assay.jobs.exact.spec import ExactSpec
from assay.jobs.render.plan import Plan, item_args, item_to_bytes, plan
from assay.jobs.render.prepare import scene_stats
from assay.jobs.render.spec import RenderSpec
from backend.accounts.models import Reservation, StorageQuota
from backend.accounts.services import quota_reserve
from backend.accounts.tasks import expire_reservations, sessions_expire
from backend.api.tasks import health_check
from backend.artifacts.models import Mirror, Picture
from backend.artifacts.tasks import check_mirrors, uploads_prune
from backend.config.celery import SCHEDULE, app
from backend.market.recent import DAY_KEY
from backend.market.tasks import day_refresh, pictures_make
from tests.backend.api import factories as make

pytestmark = pytest.mark.django_db
SCENE = (Path(next(iter(assay.jobs.render.__path__))) / "scenes" / "gallery.glb").read_bytes()


def test_schedule__every_entry__is_a_registered_task() -> None:
    app.loader.import_default_modules()
    assert set(SCHEDULE) <= set(app.tasks)
    assert set(app.conf.beat_schedule) == set(SCHEDULE)


def test_task__runs_already__does_nothing() -> None:
    cache.add("task:market.day_refresh", "someone else", 60)
    assert day_refresh() is None
    assert cache.get(DAY_KEY) is None
    cache.delete("task:market.day_refresh")
    make.make_cursor(7)
    assert day_refresh() == 7
    assert cache.get(DAY_KEY)["block"] == 7


def test_task__fails__lock_is_free_again(monkeypatch: Any) -> None:
    def fail() -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("backend.market.tasks.day_sums", fail)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            day_refresh()


def test_mirrors_check__own_and_dead_one__remembered_and_listed(client: Client, settings: Any) -> None:
    settings.ASSAY_MIRRORS = ["http://127.0.0.1:1"]
    check_mirrors()
    states = {row["url"]: row["ok"] for row in client.get("/api/v1/status").json()["mirrors"]}
    assert states == {f"{settings.ASSAY_API_URL}/api/v1/artifacts": True, "http://127.0.0.1:1": False}
    settings.ASSAY_MIRRORS = []
    check_mirrors()
    assert Mirror.objects.count() == 1


def test_uploads_prune__old_temporary_file__removed_young_kept(served: Path) -> None:
    folder = served / "tmp"
    folder.mkdir(parents=True)
    old, young = folder / "old", folder / "young"
    for path in (old, young):
        path.write_bytes(b"half an upload")
    os.utime(old, (time.time() - 10 * 86_400,) * 2)
    assert uploads_prune() == 1
    assert not old.exists()
    assert young.exists()


def test_reservations_expire__left_by_a_killed_server__quota_free_again() -> None:
    account = make.address(1)
    kept, left = quota_reserve(account, 100), quota_reserve(account, 1_000)
    Reservation.objects.filter(pk=left.pk).update(expires=timezone.now() - timedelta(seconds=1))
    assert expire_reservations() == 1
    assert StorageQuota.objects.get(account=account).reserved_bytes == 100
    assert Reservation.objects.get().pk == kept.pk
    assert expire_reservations() == 0


def test_sessions_expire__old_sessions__forgotten(admin_client: Client) -> None:
    from django.contrib.sessions.models import Session

    Session.objects.update(expire_date=timezone.now() - timedelta(days=1))
    assert sessions_expire() == 1


def test_health_check__lag_and_silence__sentences_on_the_status_page(client: Client) -> None:
    assert health_check() == 1  # nothing indexed
    make.make_cursor(100, head=200)
    cache.clear()
    assert health_check() == 2
    problems = client.get("/api/v1/status").json()["problems"]
    assert "100 blocks behind" in problems[0]
    assert b"assay_index_lag_blocks 100.0" in client.get("/metrics").content


def finished_job(store: ArtifactStore, *, spoil: str = "") -> tuple[str, Plan]:
    """A closed job of a small render whose items lie in the store, each pixel one brightness."""
    scene = "0x" + store.put_bytes(SCENE).hex()
    spec = RenderSpec(scene=scene, width=80, height=48, samples=4)
    store.put_bytes(spec.canonical_bytes(), Kind.SPEC)
    cut = plan(spec, scene_stats(SCENE))
    spec_id = "0x" + sha256(spec.canonical_bytes()).hexdigest()
    job = make.make_job(
        1, state=4, lots=cut.lots, lots_paid=cut.lots, items=cut.items, spec_hash=spec_id, closed_at=2_000
    )
    for lot in range(cut.lots):
        ids = []
        for item in cut.lot_items(lot):
            args = item_args(cut, item)
            values = np.zeros((32, 32, 4), np.float32)
            rows, columns = min(32, 48 - args.tile_y), min(32, 80 - args.tile_x)
            values[:rows, :columns] = (0.5 * args.sample_count,) * 3 + (args.sample_count,)
            if spoil == "values" and item == 0:
                values[0, 0, 3] += 1
            ids.append(store.put_bytes(item_to_bytes(values)))
        store.put_bytes(list_bytes(ids), Kind.LIST)
        make.make_lot(job, lot, root="0x" + list_root(ids).hex(), phase=4)
    return job.id, cut


def test_pictures_make__all_lots_revealed__labelled_png(client: Client, served: Path) -> None:
    job_id, cut = finished_job(ArtifactStore(f"file://{served}"))
    assert client.get(f"/api/v1/jobs/{job_id}/picture.png").status_code == 404
    assert pictures_make() == 1
    assert pictures_make() == 0
    got = client.get(f"/api/v1/jobs/{job_id}/picture.png")
    assert got["Content-Type"] == "image/png"
    assert "proves nothing" in got["X-Assay-Label"]
    path = served / "picture.png"
    path.write_bytes(got.content)
    with Image.open(path) as picture:
        assert picture.size == (cut.width, cut.height)
        assert len(picture.convert("RGB").getcolors() or []) == 1


def test_pictures_make__item_missing__tried_again_later(client: Client, served: Path) -> None:
    store = ArtifactStore(f"file://{served}")
    job_id, _ = finished_job(store)
    hidden = next(
        path for path in (served / "bytes").rglob("*") if path.is_file() and path.stat().st_size == 16_384
    )
    data = hidden.read_bytes()
    hidden.unlink()
    assert pictures_make() == 0
    assert Picture.objects.count() == 0
    hidden.write_bytes(data)
    assert pictures_make() == 1
    assert client.get(f"/api/v1/jobs/{job_id}/picture.png").status_code == 200


def test_pictures_make__results_that_are_no_picture__remembered_not_repeated(served: Path) -> None:
    finished_job(ArtifactStore(f"file://{served}"), spoil="values")
    assert pictures_make() == 0
    assert "item 0 counts other samples" in Picture.objects.get().problem
    assert pictures_make() == 0


def test_pictures_make__exact_job__no_picture_and_not_asked_again(served: Path) -> None:
    store = ArtifactStore(f"file://{served}")
    spec = ExactSpec(program="0x" + "12" * 32, items=1, items_per_lot=1)
    spec_id = "0x" + store.put_bytes(spec.canonical_bytes(), Kind.SPEC).hex()
    values = {"lots": 1, "lots_paid": 1, "items": 1, "spec_hash": spec_id, "runtime_class": "", "grade": 4}
    job = make.make_job(1, state=4, closed_at=2_000, **values)
    make.make_lot(job, 0, root=make.bytes32(77), phase=4)
    assert pictures_make() == 0
    assert Picture.objects.get().problem == "Jobs of kind exact have no picture."
    assert pictures_make() == 0


def test_picture__root_changed_by_a_reorg__old_picture_is_not_served(client: Client, served: Path) -> None:
    from backend.market.models import Lot

    job_id, _ = finished_job(ArtifactStore(f"file://{served}"))
    pictures_make()
    Lot.objects.filter(job=job_id, lot=0).update(root=make.bytes32(77))
    assert client.get(f"/api/v1/jobs/{job_id}/picture.png").status_code == 404

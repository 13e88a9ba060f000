"""Parts of the daemon that must hold on their own: results on disk, salts, seals, the herd, follower, dispatcher."""

import errno
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assay.commitment import artifact_id, list_root
from assay.market.records import JobRecord, LotRecord, SeatRecord
from assay.protocol.digests import mark_of, seal_of, tag_of
from assay.protocol.errors import BadInput
from assay.protocol.generated.structs import Awardee, Terms
from assay.worker.herd import Herd, rank_of
from assay.worker.opening import Opener
from assay.worker.results import DiskFull, ResultStore
from assay.worker.salts import Salts
from assay.worker.settings import settings_from_env

JOB = b"\x01" * 32
TERMS = Terms(JOB, JOB, JOB, JOB, 3, 2, 1, 4, 2, 8, 1, 10, 0)
ITEMS = [b"one" * 2_000, b"two", b""]


def store(folder: Path, *, free: int = 1) -> ResultStore:
    return ResultStore(folder, min_free_bytes=free)


def test_save__then_load__the_same_ids_and_root(tmp_path: Path) -> None:
    saved = store(tmp_path).save(JOB, 3, ITEMS)
    assert saved.item_ids == tuple(artifact_id(item) for item in ITEMS)
    assert saved.root == list_root(saved.item_ids)
    assert store(tmp_path).load(JOB, 3) == saved and store(tmp_path).items(JOB, 3) == ITEMS


@pytest.mark.parametrize("damage", ["0.bin", "lot.json"])
@pytest.mark.parametrize("how", ["gone", "cut", "changed"])
def test_load__damaged_on_disk__none_and_run_again(tmp_path: Path, damage: str, how: str) -> None:
    results = store(tmp_path)
    results.save(JOB, 0, ITEMS)
    path = tmp_path / JOB.hex() / "0" / damage
    data = path.read_bytes()
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(data[:-7] if how == "cut" else b"x" + data[1:])
    assert results.load(JOB, 0) is None
    results.save(JOB, 0, ITEMS)
    assert results.load(JOB, 0) is not None


def test_save__a_result_is_there__kept_as_sealed(tmp_path: Path) -> None:
    results = store(tmp_path)
    first = results.save(JOB, 0, ITEMS)
    assert results.save(JOB, 0, [b"another answer"]) == first


def test_save__disk_full_in_the_middle__nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results, count = store(tmp_path), [0]
    flush = os.fsync

    def failing(handle: int) -> None:
        count[0] += 1
        if count[0] == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        flush(handle)

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(DiskFull, match="No space left"):
        results.save(JOB, 0, ITEMS)
    monkeypatch.undo()
    assert results.load(JOB, 0) is None and not list((tmp_path / JOB.hex()).iterdir())
    assert results.save(JOB, 0, ITEMS).item_ids


def test_check_room__below_the_limit__says_how_much_is_free(tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match="MB are free"):
        store(tmp_path, free=1 << 60).check_room()
    store(tmp_path).check_room()


def test_forget_job__other_jobs__stay(tmp_path: Path) -> None:
    results, other = store(tmp_path), b"\x02" * 32
    results.save(JOB, 0, ITEMS)
    results.save(other, 0, ITEMS)
    results.forget_job(JOB)
    assert results.load(JOB, 0) is None and results.load(other, 0) is not None


def test_salt__same_key__same_salt_and_different_for_every_seat() -> None:
    key = bytes(range(32))
    seats = [(job, lot, place) for job in (JOB, b"\x02" * 32) for lot in (0, 1, 256) for place in (0, 1)]
    salts = [Salts(key).salt(*seat) for seat in seats]
    assert len(set(salts)) == len(seats)
    assert salts == [Salts(key).salt(*seat) for seat in seats]
    assert Salts(bytes(32)).salt(*seats[0]) != salts[0]
    assert key.hex() not in repr(Salts(key)) and key not in b"".join(salts)


def opening(place: int) -> Any:
    opener = Opener(chain_id=1, market="0x" + "aa" * 20, provider="0x" + "bb" * 20, salts=Salts(bytes(32)))
    seat = SeatRecord(place, "0x" + "bb" * 20, JOB, "0x" + "bb" * 20, 1)
    job = JobRecord(JOB, "0x" + "cc" * 20, TERMS, JOB, 0, 0, 0, 1)
    return opener.opening(job, LotRecord(1, [seat], 2, 0, 0), seat, b"\x07" * 32)


def test_opening__seat__secret_salt_that_opens_the_seal() -> None:
    made = opening(1)
    assert made.salt == Salts(bytes(32)).salt(JOB, 1, 1) and made.tag == tag_of(JOB, 1, b"\x07" * 32)
    market, provider = "0x" + "aa" * 20, "0x" + "bb" * 20
    assert made.seal == seal_of(
        chain_id=1, market=market, provider=provider, job_id=JOB, lot=1, tag=made.tag, salt=made.salt
    )


def test_opening__spare__salt_is_the_mark_that_a_late_place_owes() -> None:
    assert opening(2).salt == mark_of(JOB, 1, 2, b"\x07" * 32)


def test_my_turn__ranks__wait_one_after_the_other() -> None:
    now = [0.0]
    herd = Herd(3.0, clock=lambda: now[0])
    assert herd.my_turn("duty", 0) and not herd.my_turn("duty", 1)
    now[0] = 2.9
    assert not herd.my_turn("duty", 1)
    now[0] = 3.0
    assert herd.my_turn("duty", 1) and not herd.my_turn("duty", 2)
    herd.sweep()
    assert herd.my_turn("duty", 1)
    herd.sweep()
    herd.sweep()
    assert not herd.my_turn("duty", 1)


def test_rank_of__every_provider__another_rank_and_the_first_changes_with_the_job() -> None:
    awardees = tuple(Awardee(f"0x{k:040x}", JOB, f"0x{k:040x}", 1, 4) for k in range(3))
    job = JobRecord(JOB, "0x" + "cc" * 20, TERMS, JOB, 0, 0, 0, 1, awardees=awardees)
    assert sorted(rank_of(job, awardee.provider) for awardee in awardees) == [0, 1, 2]
    other = replace(job, job_id=b"\x02" * 32)
    assert rank_of(job, awardees[0].provider) != rank_of(other, awardees[0].provider)
    assert rank_of(job, "0x" + "ff" * 20) == 3


@pytest.mark.parametrize("name", ["", "../north", "a/b", ".hidden", "nul\0"])
def test_settings_from_env__name_that_is_no_folder__refused(name: str) -> None:
    with pytest.raises(BadInput, match="name"):
        settings_from_env(name, {})


@pytest.mark.parametrize(
    ("key", "value"),
    [("ASSAY_MIN_FREE_MB", "lots"), ("ASSAY_POLL_SECONDS", "0"), ("ASSAY_DRAIN_SECONDS", "nan")],
)
def test_settings_from_env__bad_number__names_the_variable(key: str, value: str) -> None:
    with pytest.raises(BadInput, match=key):
        settings_from_env("north", {key: value})


def test_settings_from_env__defaults__lie_under_the_run_folder(tmp_path: Path) -> None:
    settings = settings_from_env("north", {"ASSAY_RUN": str(tmp_path)})
    assert settings.folder == tmp_path / "workers" / "north"
    assert settings.deployment == tmp_path / "deployments" / "31337.json"
    assert settings.store_urls == ((tmp_path / "artifacts").as_uri(),)


def test_logger__bytes_and_ids__one_json_object_a_line(tmp_path: Path) -> None:
    from assay.worker.log import logger

    log = logger("parts", tmp_path / "log.jsonl", stderr=False)
    log.info("lot done", job=JOB, lot=3)
    (line,) = (tmp_path / "log.jsonl").read_text().splitlines()
    found = json.loads(line)
    assert (found["job"], found["lot"], found["worker"], found["event"]) == (
        "0x" + JOB.hex(),
        3,
        "parts",
        "lot done",
    )

"""The local store: whole or not at all, verified or refused, whatever is truncated, flipped, full, or
killed.
"""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.artifacts import (
    ArtifactCorrupt,
    ArtifactMissing,
    ArtifactStore,
    ArtifactTooLarge,
    Kind,
    StoreError,
    StoreFull,
    id_of,
    parse_key,
)
from assay.artifacts import store as store_module
from assay.commitment import artifact_id, list_bytes, list_root
from assay.protocol.errors import BadInput
from assay.protocol.spec import canonical_bytes, spec_hash

SPEC = {"kind": "render", "samples": 16}


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(f"file://{tmp_path}/store")


def pattern(size: int) -> bytes:
    return b"".join(sha256(i.to_bytes(4, "big")).digest() for i in range(-(-size // 32)))[:size]


def files_in(store: ArtifactStore) -> list[Path]:
    """Every file of the store's folder, temporary ones included."""
    assert store.local_root is not None
    return [path for path in store.local_root.rglob("*") if path.is_file()]


def path_of(store: ArtifactStore, kind: Kind, identity: bytes) -> Path:
    assert store.local_root is not None
    return store.local_root / kind / identity.hex()[:2] / identity.hex()


@pytest.mark.parametrize("size", [0, 1, 4096, 4097, (1 << 20) - 1, (1 << 20) + 1, 3 << 20])
def test_put__then_get__same_bytes_at_the_written_path(size: int, store: ArtifactStore) -> None:
    data = pattern(size)
    identity = store.put_bytes(data)
    assert identity == artifact_id(data)
    assert store.get(Kind.BYTES, identity) == data
    assert store.size(Kind.BYTES, identity) == size and store.has(Kind.BYTES, identity)
    assert path_of(store, Kind.BYTES, identity).read_bytes() == data
    assert len(files_in(store)) == 1


def test_put__each_kind__kept_apart(store: ArtifactStore) -> None:
    ids = [sha256(bytes([i])).digest() for i in range(3)]
    listing, spec = list_bytes(ids), canonical_bytes(SPEC)
    assert store.put_bytes(listing, Kind.LIST) == list_root(ids)
    assert store.put_bytes(spec, Kind.SPEC) == spec_hash(SPEC)
    assert store.get(Kind.LIST, list_root(ids)) == listing
    assert store.get(Kind.SPEC, spec_hash(SPEC)) == spec
    with pytest.raises(ArtifactMissing):
        store.get(Kind.BYTES, list_root(ids))


def test_put__wrong_kind__refused(store: ArtifactStore) -> None:
    listing = list_bytes([bytes(32)])
    with pytest.raises(ArtifactCorrupt):
        store.put(Kind.BYTES, list_root([bytes(32)]), listing)
    with pytest.raises(ArtifactCorrupt, match="multiple of 32"):
        store.put(Kind.LIST, artifact_id(b"x"), b"x")
    with pytest.raises(ArtifactCorrupt, match="canonical"):
        store.put(Kind.SPEC, sha256(b'{"b": 1}').digest(), b'{"b": 1}')
    assert files_in(store) == []


@given(size=st.integers(1, 3 * 4096), data=st.data())
def test_put__truncated_extended_or_flipped__nothing_kept(size: int, data: st.DataObject) -> None:
    store = ArtifactStore("memory://flipped")
    good = pattern(size)
    index = data.draw(st.integers(0, size - 1))
    flipped = bytearray(good)
    flipped[index] ^= 1 << data.draw(st.integers(0, 7))
    for bad in (good[:index], good + b"\0", bytes(flipped)):
        with pytest.raises(ArtifactCorrupt):
            store.put(Kind.BYTES, artifact_id(good), bad)
        assert not store.has(Kind.BYTES, artifact_id(good))


def test_put__file_changes_under_the_reader__refused(store: ArtifactStore, tmp_path: Path) -> None:
    path = tmp_path / "source"
    path.write_bytes(b"first")
    with pytest.raises(ArtifactCorrupt):
        store.put(Kind.BYTES, artifact_id(b"other"), path)
    store.put(Kind.BYTES, artifact_id(b"first"), path)
    assert store.get(Kind.BYTES, artifact_id(b"first")) == b"first"


def test_put_stream__more_than_announced__stopped_at_once(store: ArtifactStore) -> None:
    taken = 0

    def endless() -> Any:
        nonlocal taken
        while True:
            taken += 1
            yield bytes(1024)

    with pytest.raises(ArtifactCorrupt, match="more than the announced 4096"):
        store.put_stream(Kind.BYTES, artifact_id(bytes(4096)), endless(), size=4096)
    assert taken == 5 and files_in(store) == []


def test_put__past_the_stores_limit__refused_before_writing(tmp_path: Path) -> None:
    store = ArtifactStore(f"file://{tmp_path}", max_bytes=100)
    with pytest.raises(ArtifactTooLarge, match="limit of 100 bytes"):
        store.put_bytes(bytes(101))
    with pytest.raises(ArtifactTooLarge):
        store.put_stream(Kind.BYTES, bytes(32), iter([bytes(60), bytes(60)]))
    assert files_in(store) == []


def test_get__past_the_readers_limit__refused(store: ArtifactStore) -> None:
    identity = store.put_bytes(bytes(5000))
    with pytest.raises(ArtifactTooLarge, match="4999"):
        store.get(Kind.BYTES, identity, max_bytes=4999)
    assert store.has(Kind.BYTES, identity), "too large for one reader is not corrupt"


def test_put__spec_past_64_kib__refused(store: ArtifactStore) -> None:
    with pytest.raises(ArtifactTooLarge, match="65536"):
        store.put(Kind.SPEC, bytes(32), bytes(65_537))


@pytest.mark.parametrize("damage", ["flip", "truncate", "append", "empty"])
def test_get__rotten_at_rest__refused_set_aside_and_healed_by_the_next_put(
    damage: str, store: ArtifactStore
) -> None:
    data = pattern(9000)
    identity = store.put_bytes(data)
    path = path_of(store, Kind.BYTES, identity)
    bad = {
        "flip": bytes([data[0] ^ 1]) + data[1:],
        "truncate": data[:-1],
        "append": data + b"x",
        "empty": b"",
    }
    path.write_bytes(bad[damage])
    with pytest.raises(ArtifactCorrupt):
        store.get(Kind.BYTES, identity)
    assert not store.has(Kind.BYTES, identity)
    store.put_bytes(data)
    assert store.get(Kind.BYTES, identity) == data


def test_read_range__inside_and_past_the_end(store: ArtifactStore) -> None:
    data = pattern(10_000)
    identity = store.put_bytes(data)
    assert store.read_range(Kind.BYTES, identity, 4096, 4096) == data[4096:8192]
    assert store.read_range(Kind.BYTES, identity, 9_990, 4096) == data[9_990:]
    assert store.read_range(Kind.BYTES, identity, 20_000, 1) == b""
    with pytest.raises(StoreError, match="cannot start at -1"):
        store.read_range(Kind.BYTES, identity, -1, 5)
    with pytest.raises(ArtifactMissing):
        store.read_range(Kind.BYTES, bytes(32), 0, 1)


def test_get__unknown__says_where_it_looked(store: ArtifactStore) -> None:
    with pytest.raises(ArtifactMissing, match=store.url):
        store.get(Kind.BYTES, bytes(32))
    with pytest.raises(ArtifactMissing):
        store.size(Kind.LIST, bytes(32))


@pytest.mark.parametrize(
    ("kind", "identity"),
    [
        ("bytes", "0x" + "../" * 21 + "a"),
        ("bytes", "../../etc/passwd"),
        ("../bytes", "0x" + "00" * 32),
        ("bytes", "0x" + "00" * 31),
        ("bytes", "00" * 32),
        ("bytes", "0x" + "zz" * 32),
        ("bytes", "0x" + " " * 64),
        ("", ""),
    ],
)
def test_parse_key__path_or_rubbish__refused(kind: str, identity: str) -> None:
    with pytest.raises(BadInput):
        parse_key(kind, identity)


def test_parse_key__good__kind_and_bytes() -> None:
    assert parse_key("list", "0x" + "Ab" * 32) == (Kind.LIST, b"\xab" * 32)


def test_put__id_of_wrong_length__refused(store: ArtifactStore) -> None:
    with pytest.raises(StoreError, match="32 bytes"):
        store.get(Kind.BYTES, b"../../x")


def test_put__many_threads_same_object__one_whole_file(store: ArtifactStore) -> None:
    data = pattern(2_500_000)
    identity = artifact_id(data)
    errors: list[BaseException] = []

    def put() -> None:
        try:
            store.put(Kind.BYTES, identity, data)
            assert store.get(Kind.BYTES, identity) == data
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == [] and len(files_in(store)) == 1


def test_writer__left_without_commit__keeps_nothing(store: ArtifactStore) -> None:
    with store.writer(Kind.BYTES, artifact_id(b"whole")) as writer:
        writer.write(b"who")
        assert writer.received == 3
    assert files_in(store) == []
    with pytest.raises(RuntimeError), store.writer(Kind.BYTES, artifact_id(b"whole")) as writer:
        writer.write(b"whole")
        raise RuntimeError
    assert files_in(store) == []


class FullDisk:
    """A file whose disk is full."""

    def __init__(self, file: Any, code: int) -> None:
        self._file, self._code = file, code

    def write(self, _data: bytes) -> int:
        raise OSError(self._code, os.strerror(self._code))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_put__disk_fills_while_writing__store_full_and_nothing_half_written(
    code: int, store: ArtifactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = store._fs.open

    def open_full(path: str, mode: str = "rb") -> Any:
        return FullDisk(real(path, mode), code) if mode == "wb" else real(path, mode)

    monkeypatch.setattr(store._fs, "open", open_full)
    with pytest.raises(StoreFull, match="No space left"):
        store.put_bytes(b"data")
    assert files_in(store) == []


def test_put__real_full_file_system__store_full_and_nothing_half_written(store: ArtifactStore) -> None:
    # /dev/full refuses every write, as a full disk does
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with store.writer(Kind.BYTES, artifact_id(bytes(1 << 20))) as writer:
        writer._file.close()
        writer._file = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115 - the writer closes it
        with pytest.raises(StoreFull):
            writer.write(bytes(1 << 20))
    assert files_in(store) == []


def test_put__less_space_than_left_alone__refused_first(tmp_path: Path) -> None:
    store = ArtifactStore(f"file://{tmp_path}/deep/er", min_free_bytes=1 << 60)
    with pytest.raises(StoreFull, match="bytes are free"):
        store.put_bytes(b"x")


def test_put__folder_not_writable__store_error(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_bytes(b"")
    store = ArtifactStore(f"file://{blocker}/store")
    with pytest.raises(StoreError, match="failed"):
        store.put_bytes(b"x")


CHILD = """
import os, signal, sys
from assay.artifacts import ArtifactStore, Kind
from assay.commitment import artifact_id
data = bytes(range(256)) * 20000
def blocks():
    yield data[: len(data) // 2]
    os.kill(os.getpid(), signal.SIGKILL)
ArtifactStore(sys.argv[1]).put_stream(Kind.BYTES, artifact_id(data), blocks(), size=len(data))
"""


def test_put__killed_in_the_middle__object_absent_and_leftover_swept(store: ArtifactStore) -> None:
    env = {**os.environ, "PYTHONPATH": "worker"}
    child = subprocess.run([sys.executable, "-c", CHILD, store.url], env=env, check=False)
    assert child.returncode == -signal.SIGKILL
    assert not store.has(Kind.BYTES, artifact_id(bytes(range(256)) * 20000))
    assert len(files_in(store)) == 1, "the temporary file of the killed writer"
    assert store.sweep() == 0, "it could be a writer still at work"
    os.utime(files_in(store)[0], (time.time() - 7200, time.time() - 7200))
    assert store.sweep() == 1 and files_in(store) == []


def test_copy_to__verified_whole_or_absent(store: ArtifactStore, tmp_path: Path) -> None:
    data = pattern(70_000)
    identity = store.put_bytes(data)
    target = tmp_path / "out.bin"
    assert store.copy_to(Kind.BYTES, identity, target) == len(data)
    assert target.read_bytes() == data
    path_of(store, Kind.BYTES, identity).write_bytes(data[:-1])
    target.unlink()
    with pytest.raises(ArtifactCorrupt):
        store.copy_to(Kind.BYTES, identity, target)
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_store__unknown_protocol__clear_error() -> None:
    with pytest.raises(StoreError, match="not a store address"):
        ArtifactStore("nonsense://x")


def test_id_of__every_kind__is_what_put_takes(store: ArtifactStore) -> None:
    for kind, data in ((Kind.BYTES, b"x"), (Kind.LIST, bytes(64)), (Kind.SPEC, canonical_bytes(SPEC))):
        store.put(kind, id_of(kind, data), data)
    assert store_module.STALE_SECONDS == 3_600

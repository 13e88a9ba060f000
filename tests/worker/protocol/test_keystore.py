"""Keystores: round trip, modes, wrong passwords, broken files, and keys that everybody knows."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from assay.protocol.keystore import (
    DevnetKeyRefused,
    KeystoreError,
    address_of_keystore,
    create_keystore,
    load_keystore,
    read_password,
    refuse_devnet_key,
)

ROUNDS = 10


@pytest.fixture
def password(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text("correct horse\n")
    path.chmod(0o600)
    return path


def test_create_keystore__then_load__same_account_and_private_file(tmp_path: Path, password: Path) -> None:
    path = tmp_path / "keys" / "keystore.json"
    address = create_keystore(path, password, kdf_rounds=ROUNDS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_keystore(path, password, chain_id=1).address == str(address) == address_of_keystore(path)
    assert "correct horse" not in path.read_text()


def test_create_keystore__file_exists__never_overwritten(tmp_path: Path, password: Path) -> None:
    path = tmp_path / "keystore.json"
    create_keystore(path, password, kdf_rounds=ROUNDS)
    before = path.read_bytes()
    with pytest.raises(KeystoreError, match="already a keystore"):
        create_keystore(path, password, kdf_rounds=ROUNDS)
    assert path.read_bytes() == before


def test_load_keystore__wrong_password__says_so(tmp_path: Path, password: Path) -> None:
    path = tmp_path / "keystore.json"
    create_keystore(path, password, kdf_rounds=ROUNDS)
    password.write_text("another one")
    with pytest.raises(KeystoreError, match="does not open"):
        load_keystore(path, password, chain_id=1)


@pytest.mark.parametrize("text", ["", "{}", "[]", "not json", '{"version": 3}', '{"version": 9}', "\xff"])
def test_load_keystore__broken_file__says_so(text: str, tmp_path: Path, password: Path) -> None:
    path = tmp_path / "keystore.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(KeystoreError):
        load_keystore(path, password, chain_id=1)
    with pytest.raises(KeystoreError):
        address_of_keystore(path)


def test_load_keystore__truncated__says_so(tmp_path: Path, password: Path) -> None:
    path = tmp_path / "keystore.json"
    create_keystore(path, password, kdf_rounds=ROUNDS)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(KeystoreError):
        load_keystore(path, password, chain_id=1)


def test_load_keystore__missing_files__named(tmp_path: Path, password: Path) -> None:
    with pytest.raises(KeystoreError, match="no keystore"):
        load_keystore(tmp_path / "none.json", password, chain_id=1)
    with pytest.raises(KeystoreError, match="no password file"):
        load_keystore(tmp_path / "none.json", tmp_path / "none", chain_id=1)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620, 0o777])
def test_read_password__others_may_read_or_write__refused(mode: int, password: Path) -> None:
    password.chmod(mode)
    with pytest.raises(KeystoreError, match="chmod 600"):
        read_password(password)


def test_read_password__too_short_or_empty__refused(password: Path) -> None:
    for text in ("", "\n", "short", "\nsecond line is not it"):
        password.write_text(text)
        with pytest.raises(KeystoreError, match="under 8"):
            read_password(password)


def test_refuse_devnet_key__public_account__only_on_the_local_chain(accounts: dict[str, Any]) -> None:
    for account in accounts.values():
        refuse_devnet_key(account.address, 31337)
        with pytest.raises(DevnetKeyRefused, match="public development phrase"):
            refuse_devnet_key(account.address.lower(), 1)


def test_load_keystore__devnet_key_on_another_chain__refused(
    tmp_path: Path, password: Path, accounts: dict[str, Any]
) -> None:
    path = tmp_path / "keystore.json"
    create_keystore(path, password, private_key=bytes(accounts["north"].key), kdf_rounds=ROUNDS)
    assert json.loads(path.read_text())["version"] == 3
    assert load_keystore(path, password, chain_id=31337).address == accounts["north"].address
    with pytest.raises(DevnetKeyRefused):
        load_keystore(path, password, chain_id=11155111)

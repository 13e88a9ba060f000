"""Keys at rest: encrypted keystores (version 3) opened by a password file; devnet keys are refused elsewhere.

Called by: the CLI and the worker's start. No key is ever read from an environment variable or a command line.
"""

import json
import os
import stat
from functools import cache
from pathlib import Path
from typing import Any, cast

from eth_account import Account
from eth_account.signers.local import LocalAccount

from assay.protocol.errors import AssayError, BadInput
from assay.protocol.ids import Address, checksum

DEVNET_CHAIN_ID = 31337
# public phrases of development chains: anybody can sign for the accounts that follow from them
DEVNET_MNEMONICS = (
    "test test test test test test test test test test test junk",
    "myth like bonus scare over problem client lizard pioneer submit female collect",
)
DEVNET_ACCOUNTS = 20
KDF_ROUNDS = 1_000_000
MIN_PASSWORD_BYTES = 8


class KeystoreError(AssayError):
    """A keystore or its password cannot be used."""


class DevnetKeyRefused(AssayError):
    """A key that everybody knows was to be used on a chain where money is real."""


@cache
def devnet_addresses() -> frozenset[Address]:
    """Accounts of the public development phrases."""
    accounts = cast(Any, Account)
    accounts.enable_unaudited_hdwallet_features()
    return frozenset(
        checksum(accounts.from_mnemonic(phrase, account_path=f"m/44'/60'/0'/0/{index}").address)
        for phrase in DEVNET_MNEMONICS
        for index in range(DEVNET_ACCOUNTS)
    )


def refuse_devnet_key(address: str, chain_id: int) -> None:
    """Raises DevnetKeyRefused for a development account on any chain but the local one."""
    if chain_id != DEVNET_CHAIN_ID and checksum(address) in devnet_addresses():
        raise DevnetKeyRefused(
            f"{address} is an account of a public development phrase; chain {chain_id} is not the local chain.",
            "Anybody can take its money. Create a key: assay wallet new.",
        )


def create_keystore(
    path: Path, password_file: Path, *, private_key: bytes | None = None, kdf_rounds: int = KDF_ROUNDS
) -> Address:
    """Writes a new encrypted key (random unless given) readable by its owner only; never replaces a file.

    kdf_rounds: rounds of PBKDF2-SHA256; fewer only in tests and on devnets.
    """
    password = read_password(password_file)
    account: LocalAccount = Account.from_key(private_key) if private_key else Account.create()
    body = json.dumps(account.encrypt(password, kdf="pbkdf2", iterations=kdf_rounds), indent=1).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeystoreError(
            f"There is already a keystore {path}.",
            "Use it, or choose another file: keys are never overwritten.",
        ) from None
    except OSError as error:
        raise KeystoreError(f"The keystore {path} cannot be written: {error.strerror}.") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)  # a half-written key must not look like one
        raise
    return checksum(account.address)


def load_keystore(path: Path, password_file: Path, *, chain_id: int) -> LocalAccount:
    """The account of a keystore, for use on `chain_id`. Raises KeystoreError, DevnetKeyRefused."""
    password = read_password(password_file)
    try:
        body = json.loads(path.read_bytes())
        key = Account.decrypt(body, password)
    except FileNotFoundError:
        raise KeystoreError(f"There is no keystore {path}.", "Create one: assay wallet new.") from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise KeystoreError(f"The keystore {path} cannot be read: {error}.") from error
    except (ValueError, KeyError, TypeError, NotImplementedError, AttributeError) as error:
        if "MAC" in str(error):
            raise KeystoreError(
                f"The password does not open {path}.", f"Check the password file {password_file}."
            ) from None
        raise KeystoreError(f"{path} is not a version 3 keystore.", "Restore it from a backup.") from error
    account: LocalAccount = Account.from_key(key)
    refuse_devnet_key(account.address, chain_id)
    return account


def address_of_keystore(path: Path) -> Address:
    """The account a keystore names, without its password. Raises KeystoreError."""
    try:
        return checksum("0x" + str(json.loads(path.read_bytes())["address"]).removeprefix("0x"))
    except FileNotFoundError:
        raise KeystoreError(f"There is no keystore {path}.", "Create one: assay wallet new.") from None
    except (OSError, ValueError, KeyError, TypeError, BadInput) as error:
        raise KeystoreError(f"{path} is not a keystore.", "Restore it from a backup.") from error


def read_password(path: Path) -> str:
    """First line of a password file that only its owner can read. Raises KeystoreError."""
    try:
        status = path.stat()
        text = path.read_text().split("\n", 1)[0].rstrip("\r")
    except FileNotFoundError:
        raise KeystoreError(f"There is no password file {path}.", "Write one with mode 0600.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise KeystoreError(f"The password file {path} cannot be read: {error}.") from error
    if stat.S_IMODE(status.st_mode) & 0o077:
        mode = stat.S_IMODE(status.st_mode)
        raise KeystoreError(
            f"The password file {path} has mode {mode:04o}: others can read or change it.",
            f"Run chmod 600 {path}.",
        )
    if len(text.encode()) < MIN_PASSWORD_BYTES:
        raise KeystoreError(
            f"The password in {path} has under {MIN_PASSWORD_BYTES} characters.", "Use a longer one."
        )
    return text

"""Which account signs: a keystore with its password file, or on the local chain a labelled devnet account."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, cast

from eth_account import Account
from eth_account.signers.local import LocalAccount

from assay.cli.failures import Usage
from assay.protocol.keystore import DEVNET_CHAIN_ID, DEVNET_MNEMONICS, load_keystore
from assay.stack.roles import ROLES

DEVNET_PREFIX = "devnet:"
DEVNET_ROLES = {role.replace(" ", "-"): index for role, index in ROLES.items()}
KEY_HELP = (
    "Keystore file, `env` for ASSAY_KEYSTORE, or `devnet:buyer` (north, south, east, investor-one, …) on the local "
    "chain. The password is read from --password-file, ASSAY_PASSWORD_FILE, or a file `password` beside the keystore."
)


def account_for(choice: str | None, password_file: Path | None, *, chain_id: int) -> LocalAccount:
    """The account named on the command line. Raises Usage, KeystoreError, DevnetKeyRefused."""
    if choice is None or choice == "env":
        choice = os.environ.get("ASSAY_KEYSTORE")
        if not choice:
            raise Usage(
                "No account is named.", "Give a keystore, or set ASSAY_KEYSTORE and ASSAY_PASSWORD_FILE."
            )
    if choice.startswith(DEVNET_PREFIX):
        return _devnet_account(choice.removeprefix(DEVNET_PREFIX), chain_id)
    path = Path(choice)
    return load_keystore(path, _password_file(path, password_file), chain_id=chain_id)


def _password_file(keystore: Path, given: Path | None) -> Path:
    named = os.environ.get("ASSAY_PASSWORD_FILE")
    if given is not None:
        return given
    if named:
        return Path(named)
    beside = keystore.with_name("password")
    if beside.exists():
        return beside
    raise Usage(
        "No password file is named.",
        "Give --password-file, or set ASSAY_PASSWORD_FILE (mode 0600).",
    )


def _devnet_account(role: str, chain_id: int) -> LocalAccount:
    """An account of anvil's public phrase: everybody has its key, so only on the local chain."""
    if chain_id != DEVNET_CHAIN_ID:
        raise Usage(f"devnet accounts are for the local chain {DEVNET_CHAIN_ID}, not for chain {chain_id}.")
    if role not in DEVNET_ROLES:
        raise Usage(f"There is no devnet account {role!r}.", f"Known: {', '.join(DEVNET_ROLES)}.")
    accounts = cast(Any, Account)
    accounts.enable_unaudited_hdwallet_features()
    path = f"m/44'/60'/0'/0/{DEVNET_ROLES[role]}"
    return cast(LocalAccount, accounts.from_mnemonic(DEVNET_MNEMONICS[0], account_path=path))

"""The committed golden values are what the Python twins give."""

import json

import pytest
from eth_account.messages import _hash_eip191_message, encode_typed_data

from tests.vectors.generate import FILES, FOLDER, text_of


@pytest.mark.parametrize("name", FILES)
def test_vectors__regenerated__equal_committed(name: str) -> None:
    assert (FOLDER / name).read_text() == text_of(name), "run python -m tests.vectors.generate"


def test_upload_vector__digest__is_what_a_wallet_signs() -> None:
    for case in json.loads((FOLDER / "upload.json").read_text())["cases"]:
        typed = case["typed_data"]
        for field in ("size", "expiry"):
            typed["message"][field] = int(typed["message"][field])
        assert "0x" + _hash_eip191_message(encode_typed_data(full_message=typed)).hex() == case["digest"]

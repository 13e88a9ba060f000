"""Each rule of the Vyper lint catches the snippet that breaks it, and passes the one that does not."""

from pathlib import Path

import pytest

from contracts.scripts.lint import RULES, lint, main, sources

HEAD = """# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
\"\"\"
@custom:kill Not stopped.
\"\"\"
from ethereum.ercs import IERC20

interface Other:
    def change() -> uint256: nonpayable
    def look() -> uint256: view

event Moved:
    amount: uint256
    to: address

total: uint256

@internal
def _change() -> uint256:
    self.total += 1
    return self.total

@view
@internal
def _look() -> uint256:
    return self.total
"""

BREAKING = {
    "spdx": HEAD.removeprefix("# SPDX-License-Identifier: AGPL-3.0-only\n"),
    "version_pin": HEAD.replace("pragma version 0.4.3", "pragma version ~=0.4.3"),
    "nonreentrancy": HEAD.replace("# pragma nonreentrancy on\n", ""),
    "kill_note": HEAD.replace("@custom:kill ", ""),
    "length": HEAD + "\n" * 400,
    "default_return": HEAD
    + """
@external
def pay(usd: address):
    ok: bool = extcall IERC20(usd).transfer(msg.sender, 1)
""",
    "map_shape": HEAD + "\nowed: HashMap[address, uint256]\n",
    "log_keywords": HEAD
    + """
@external
def move():
    log Moved(1, msg.sender)
""",
    "no_foreign_code": HEAD
    + """
@external
def move(other: address):
    raw_call(other, b"", is_delegate_call=True)
""",
    "checked_arithmetic": HEAD
    + """
@external
def move(a: uint256):
    self.total = unsafe_add(a, 1)
""",
}

ORDER = {
    "operator": "x: uint256 = 1 + extcall Other(a).change()",
    "operator, static": "x: uint256 = 1 + staticcall Other(a).look()",
    "operator, internal": "x: uint256 = self._change() - 1",
    "unary operator": "x: bool = not (self._change() == 1)",
    "augmented assignment": "self.total += self._change()",
    "boolean operator": "x: bool = a == empty(address) and self._change() == 1",
    "comparison": "assert self._change() == 1",
    "builtin argument": "x: uint256 = min(self._change(), 5)",
    "builtin keyword": "x: Bytes[64] = abi_encode(self._change(), ensure_tuple=False)",
    "nested builtin": "x: bytes32 = keccak256(abi_encode(extcall Other(a).change()))",
    "loop iterator": "for i: uint256 in range(self._change(), bound=9):\n        pass",
    "raw call in an operator": 'x: bool = not raw_call(a, b"", revert_on_failure=False)',
    "pop in an operator": "x: uint256 = self.items.pop() + 1",
}

ALLOWED = {
    "assigned first": "y: uint256 = extcall Other(a).change()\n    x: uint256 = y + 1",
    "view in an operator": "x: uint256 = self._look() + 1",
    "plain statement": "self._change()",
    "assert of a raw call": 'ok: bool = raw_call(a, b"", revert_on_failure=False)\n    assert ok',
    "token call that allows no answer": (
        "ok: bool = extcall IERC20(a).transfer(a, 1, default_return_value=True)\n    assert ok"
    ),
    "keyword log": "log Moved(amount=1, to=a)",
}


def rules_found(folder: Path, text: str) -> set[str]:
    path = folder / "Snippet.vy"
    path.write_text(text)
    return {finding.rule for finding in lint(path)}


def in_function(body: str) -> str:
    return HEAD + f"\nitems: DynArray[uint256, 3]\n\n@external\ndef run(a: address):\n    {body}\n"


def test_lint__clean_snippet__nothing_found(tmp_path: Path) -> None:
    assert rules_found(tmp_path, HEAD) == set()


@pytest.mark.parametrize("rule", sorted(BREAKING))
def test_lint__breaking_snippet__its_rule_only(tmp_path: Path, rule: str) -> None:
    assert rules_found(tmp_path, BREAKING[rule]) == {rule}


@pytest.mark.parametrize("case", sorted(ORDER))
def test_lint__side_effect_where_order_matters__found(tmp_path: Path, case: str) -> None:
    assert rules_found(tmp_path, in_function(ORDER[case])) == {"evaluation_order"}


@pytest.mark.parametrize("case", sorted(ALLOWED))
def test_lint__allowed_form__nothing_found(tmp_path: Path, case: str) -> None:
    assert rules_found(tmp_path, in_function(ALLOWED[case])) == set()


def test_lint__module__has_the_shorter_limit_and_needs_no_kill_note(tmp_path: Path) -> None:
    folder = tmp_path / "modules"
    folder.mkdir()
    text = HEAD.replace("@custom:kill ", "")
    assert rules_found(folder, text) == set()
    assert rules_found(folder, text + "\n" * 250) == {"length"}


def test_lint__interface__needs_licence_and_pin_only(tmp_path: Path) -> None:
    path = tmp_path / "IThing.vyi"
    path.write_text("# pragma version 0.4.3\n\n@external\ndef f(): ...\n")
    assert {finding.rule for finding in lint(path)} == {"spdx"}


def test_rules__each__has_a_snippet_that_breaks_it() -> None:
    names = {rule.__name__.removeprefix("rule_") for rule in RULES}
    assert names == BREAKING.keys() | {"evaluation_order"}


def test_main__project_sources__are_clean(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0, capsys.readouterr().out
    assert len(sources()) > 10


def test_main__breaking_file__names_line_and_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "Snippet.vy"
    path.write_text(BREAKING["map_shape"])
    assert main([str(path)]) == 1
    assert f"{path}:29: map_shape: " in capsys.readouterr().out

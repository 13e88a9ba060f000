"""Lint of our Vyper rules over the compiler's annotated AST: `python -m contracts.scripts.lint [FILE…]`.

Prints `file:line: rule: what to do` and exits 1 when anything is found. Each rule is one function below, with its
reason; without arguments all sources under contracts/ are read.
"""

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from contracts.scripts.catalogue import CONTRACTS_DIR, ROOT
from contracts.scripts.compiler import analyse

MODULE_LINES: Final = 250
DEPLOYABLE_LINES: Final = 400
STATE_CHANGING_BUILTINS: Final = frozenset(
    [
        "raw_call",
        "raw_log",
        "raw_create",
        "send",
        "selfdestruct",
        "create_copy_of",
        "create_minimal_proxy_to",
        "create_from_blueprint",
    ]
)
TOKEN_MOVES: Final = frozenset(("transfer", "transferFrom", "approve"))


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    path: Path
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        shown = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path
        return f"{shown}:{self.line}: {self.rule}: {self.message}"


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its text, and the annotated module unless it is an interface."""

    path: Path
    lines: list[str]
    module: Any

    @property
    def is_interface(self) -> bool:
        return self.path.suffix == ".vyi"

    @property
    def is_deployable(self) -> bool:
        return not self.is_interface and self.path.parent.name != "modules"


Problem = tuple[int, str]
Rule = Callable[[Source], Iterator[Problem]]


def rule_spdx(source: Source) -> Iterator[Problem]:
    """The licence is the first thing a reader of a verified source sees."""
    if not source.lines or source.lines[0] != "# SPDX-License-Identifier: AGPL-3.0-only":
        yield 1, "first line must be '# SPDX-License-Identifier: AGPL-3.0-only'"


def rule_version_pin(source: Source) -> Iterator[Problem]:
    """Older compilers have known bugs, newer ones are not audited."""
    if not any(re.fullmatch(r"#\s*pragma version 0\.4\.3", line) for line in source.lines):
        yield 1, "add '# pragma version 0.4.3'"


def rule_nonreentrancy(source: Source) -> Iterator[Problem]:
    """The pragma is per file and does not reach imported modules."""
    on = any(re.fullmatch(r"#\s*pragma nonreentrancy on", line) for line in source.lines)
    if not source.is_interface and not on:
        yield 1, "add '# pragma nonreentrancy on'"


def rule_kill_note(source: Source) -> Iterator[Problem]:
    """Every deployable says how it is stopped, or that it cannot be."""
    if source.is_deployable and "@custom:kill" not in "\n".join(source.lines):
        yield 1, "say in the docstring how it is stopped: '@custom:kill …'"


def rule_length(source: Source) -> Iterator[Problem]:
    """One idea per file."""
    if source.is_interface:
        return
    limit = DEPLOYABLE_LINES if source.is_deployable else MODULE_LINES
    if len(source.lines) > limit:
        yield limit + 1, f"{len(source.lines)} lines, at most {limit}: split it by idea"


def _of_type(source: Source, *names: str) -> Iterator[Any]:
    from vyper import ast as vy_ast

    if source.module is not None:
        yield from source.module.get_descendants(tuple(getattr(vy_ast, name) for name in names))


def _typeclass(node: Any) -> str:
    return str(getattr(node._metadata.get("type"), "typeclass", ""))


def _is_builtin(call: Any) -> bool:
    from vyper.builtins._signatures import BuiltinFunctionT

    return isinstance(call.func._metadata.get("type"), BuiltinFunctionT)


def _side_effect(node: Any) -> str | None:
    """What makes the order of evaluation of this node matter, or None."""
    from vyper.semantics.types.function import ContractFunctionT, MemberFunctionT, StateMutability

    if node.ast_type in ("ExtCall", "StaticCall"):
        return "external call"
    if node.ast_type != "Call" or node.get_ancestor().ast_type in ("ExtCall", "StaticCall"):
        return None
    called = node.func._metadata.get("type")
    if isinstance(called, ContractFunctionT) and called.mutability >= StateMutability.NONPAYABLE:
        return "state-changing call"
    if isinstance(called, MemberFunctionT) and called.is_modifying:
        return "state-changing call"
    if _is_builtin(node) and node.func.get("id") in STATE_CHANGING_BUILTINS:
        return "state-changing builtin"
    return None


def _side_effects(root: Any) -> Iterator[tuple[int, str]]:
    from vyper import ast as vy_ast

    kinds = (vy_ast.Call, vy_ast.ExtCall, vy_ast.StaticCall)
    for node in root.get_descendants(kinds, include_self=True):
        effect = _side_effect(node)
        if effect is not None:
            yield node.lineno, effect


def rule_evaluation_order(source: Source) -> Iterator[Problem]:
    """Operands and builtin arguments are evaluated right to left, iterators more than once in some versions."""
    found: set[Problem] = set()
    for node in _of_type(source, "BinOp", "BoolOp", "UnaryOp", "Compare", "AugAssign"):
        place = {"Compare": "a comparison"}.get(node.ast_type, "an operator")
        found |= {(line, f"{effect} inside {place}") for line, effect in _side_effects(node)}
    for call in _of_type(source, "Call"):
        if _is_builtin(call):
            for argument in [*call.args, *(keyword.value for keyword in call.keywords)]:
                found |= {(line, f"{effect} inside a builtin") for line, effect in _side_effects(argument)}
    for loop in _of_type(source, "For"):
        found |= {(line, f"{effect} inside a loop iterator") for line, effect in _side_effects(loop.iter)}
    for line, message in sorted(found):
        yield line, f"{message}: assign it to a local first"


def rule_default_return(source: Source) -> Iterator[Problem]:
    """Some stablecoins return nothing: the call would revert on the missing bool."""
    for external in _of_type(source, "ExtCall"):
        call = external.value
        if call.func.get("attr") not in TOKEN_MOVES:
            continue
        interface = Path(str(call.func.value._metadata.get("type"))).stem
        if not interface.startswith("IERC20"):
            continue
        keywords = {keyword.arg: keyword.value for keyword in call.keywords}
        if getattr(keywords.get("default_return_value"), "value", None) is not True:
            yield external.lineno, "token calls need default_return_value=True"


def rule_map_shape(source: Source) -> Iterator[Problem]:
    """A map's keys have no names in Vyper: the comment gives them."""
    for variable in _of_type(source, "VariableDecl"):
        declared = variable.target._metadata.get("type")
        if type(declared).__name__ != "HashMapT":
            continue
        comment = source.lines[variable.end_lineno - 1].partition("#")[2]
        if "=>" not in comment:
            yield variable.lineno, "end the line with the map's shape: '# job => lot => seat'"


def rule_log_keywords(source: Source) -> Iterator[Problem]:
    """Two arguments of one type are swapped unnoticed when they go by position."""
    for log in _of_type(source, "Log"):
        if log.value.args:
            yield log.lineno, "log events by keyword"


def rule_checked_arithmetic(source: Source) -> Iterator[Problem]:
    """Value arithmetic is checked."""
    for call in _of_type(source, "Call"):
        name = str(call.func.get("id") or "")
        if name.startswith("unsafe_"):
            yield call.lineno, f"{name} is not allowed"


def rule_no_foreign_code(source: Source) -> Iterator[Problem]:
    """What is deployed stays as it is: no code of others runs on our storage, and no contract can vanish."""
    for call in _of_type(source, "Call"):
        name = str(call.func.get("id") or "")
        delegated = [keyword.value for keyword in call.keywords if keyword.arg == "is_delegate_call"]
        if name in ("selfdestruct", "create_minimal_proxy_to"):
            yield call.lineno, f"{name} is not allowed"
        elif any(getattr(value, "value", None) is not False for value in delegated):
            yield call.lineno, "a delegate call is not allowed"


RULES: Final[tuple[Rule, ...]] = (
    rule_spdx,
    rule_version_pin,
    rule_nonreentrancy,
    rule_kill_note,
    rule_length,
    rule_evaluation_order,
    rule_default_return,
    rule_map_shape,
    rule_log_keywords,
    rule_checked_arithmetic,
    rule_no_foreign_code,
)


def lint(path: Path) -> list[Finding]:
    """Findings of one .vy or .vyi file, in order of lines; raises the compiler's error if it does not type."""
    module = None if path.suffix == ".vyi" else analyse(path).annotated_vyper_module
    source = Source(path, path.read_text().splitlines(), module)
    findings = [
        Finding(path, line, rule.__name__.removeprefix("rule_"), message)
        for rule in RULES
        for line, message in rule(source)
    ]
    return sorted(findings)


def sources() -> list[Path]:
    """All Vyper files of the project."""
    return sorted([*CONTRACTS_DIR.rglob("*.vy"), *CONTRACTS_DIR.rglob("*.vyi")])


def main(argv: list[str] | None = None) -> int:
    given = [Path(name).resolve() for name in (sys.argv[1:] if argv is None else argv)]
    paths = given or sources()
    findings = [finding for path in paths for finding in lint(path)]
    for finding in findings:
        print(finding)
    print(f"{len(paths)} files, {len(findings)} findings", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

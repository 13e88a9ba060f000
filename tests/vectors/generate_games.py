"""games.json: whole games against liars, as logs and the last move's calldata tell them, for screens.

Played by the rules of assay.disputes with the leaf contracts ruling. Run `python -m tests.vectors.generate_games`
(--check compares).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from eth_abi.abi import encode

from assay.disputes.challenger import Challenger
from assay.disputes.cursor import Cursor
from assay.disputes.defender import Defender
from assay.disputes.moves import CONTRACT_OF, Move, RevealRow
from assay.disputes.positions import Position
from assay.disputes.runs import FrameRun, ItemRun, LotRun
from assay.disputes.states import State
from assay.program.ops import Op
from assay.program.roots import tensor_root
from assay.protocol.keccak import keccak256
from contracts.scripts.catalogue import CONTRACTS_DIR
from tests.worker.disputes.liars import (
    LoopsLiar,
    StatesLiar,
    TermLiar,
    WrongStart,
    WrongTrace,
    lot_of,
    lying_lot,
)
from tests.worker.disputes.programs import everything, inputs
from tests.worker.disputes.referee import BoaLeaf
from tests.worker.disputes.table import CLAIM, Table

CHALLENGER = "0x" + "c4" * 20

FOLDER = Path(__file__).parent
PROGRAM, INPUTS = everything(), inputs()
Field = dict[str, Any]


@cache
def _functions(contract: str) -> dict[str, list[Field]]:
    listed = json.loads((CONTRACTS_DIR / "abi" / f"{contract}.json").read_text())
    return {entry["name"]: entry["inputs"] for entry in listed if entry["type"] == "function"}


def _type(parameter: Field) -> str:
    if not parameter["type"].startswith("tuple"):
        return str(parameter["type"])
    inner = ",".join(_type(part) for part in parameter["components"])
    return f"({inner}){parameter['type'][5:]}"


def _types(move: Move) -> list[str]:
    return [_type(parameter) for parameter in _functions(CONTRACT_OF[move.name])[move.name]]


def calldata_of(game_id: int, claim_id: bytes, position: Position, move: Move) -> bytes:
    """The transaction input of a move."""
    types = _types(move)
    selector = keccak256(f"{move.name}({','.join(types)})".encode())[:4]
    return selector + encode(types, list(move.call(game_id, claim_id, position, CHALLENGER)))


def answer_of(move: Move) -> bytes:
    """What PositionAnswered carries: the arguments behind the challenger, encoded."""
    return encode(_types(move)[4:], list(move.arguments()))


@dataclass
class Recorder(Challenger):
    """Remembers its last naming."""

    last: Move | None = field(default=None)

    def name(self, history: Any, cursor: Cursor) -> Move | None:
        """As the honest challenger."""
        self.last = super().name(history, cursor)
        return self.last


def _position(position: Position) -> dict[str, Any]:
    names = ["state", "frame", "node", "root", "head", "rooted", "count", "level", "index", "agreed"]
    names += ["first", "last", "kind", "element", "value"]
    rows = ((name, getattr(position, name)) for name in names)
    return {
        name: "0x" + value.hex()
        if isinstance(value, bytes)
        else value
        if isinstance(value, bool)
        else str(int(value))
        for name, value in rows
    }


def played(name: str, claimed: LotRun, own: LotRun, defender: Defender | None = None) -> dict[str, Any]:
    """One game from its first position to the ruling."""
    recorder = Recorder()
    table = Table(BoaLeaf(), claimed, own, defender or Defender(), recorder)
    verdict = table.play()
    assert recorder.last is not None
    last = table.history[-1][0]
    return {
        "name": name,
        "claim_id": CLAIM,
        "game_id": 0,
        "lot_root": claimed.root,
        "items": claimed.items,
        "program_root": claimed.program.root,
        "positions": [_position(position) for position, _ in table.history],
        "keys": [position.key(CLAIM) for position, _ in table.history],
        "answers": [answer_of(answer) for _, answer in table.history],
        "final": {
            "contract": CONTRACT_OF[recorder.last.name],
            "move": recorder.last.name,
            "calldata": calldata_of(0, CLAIM, last, recorder.last),
        },
        "verdict": verdict.name,
    }


class PackLiar(Defender):
    """Shows the tensors of the tuple that it claims."""

    def answer(self, positions: Sequence[Position], cursor: Cursor) -> Move | None:
        """Rows of TUPLE from the claimed value."""
        position = positions[-1]
        if position.state is not State.TUPLE:
            return super().answer(positions, cursor)
        return RevealRow(tuple(tensor_root(tensor) for tensor in cursor.in_frame.tuple(position.node)))


class Short(ItemRun):
    """Leaves the state trace of its last loop out."""

    @property
    def entries(self) -> tuple[bytes, ...]:
        """All but the last."""
        return super().entries[:-1]


def _find(nodes: tuple[Any, ...], op: Op, number: int = 0) -> int:
    return [k for k, node in enumerate(nodes) if node.op is op][number]


def games() -> list[dict[str, Any]]:
    """One for every way in which a leaf ends a game."""
    honest = LotRun(PROGRAM, INPUTS)
    main = PROGRAM.main.nodes
    outer = next(k for k, node in enumerate(main) if node.op is Op.LOOP and node.param("trips") == 20)
    body = PROGRAM.bodies[main[outer].root("body")].nodes
    step = ((outer, 7),)

    def lie(name: str, path: Any, node: int, defender: Defender | None = None) -> dict[str, Any]:
        for turn in range(20):
            where = ((path[0][0], (path[0][1] + turn) % 20),) if path else path
            claimed = lying_lot(PROGRAM, INPUTS, where, node)
            if claimed.root != honest.root:  # a lie that later steps undo is none
                return played(name, claimed, honest, defender)
        raise AssertionError(f"no step in which {name} matters")

    many, three = LotRun(PROGRAM, INPUTS, 3), lying_lot(PROGRAM, INPUTS, step, _find(body, Op.DOT), items=3)
    return [
        played("a product of a dot", three, many, TermLiar()),
        lie("a sum", (), _find(main, Op.SUM), TermLiar()),
        lie("a rank", step, _find(body, Op.RANK), TermLiar()),
        lie("a scatter", step, _find(body, Op.SCATTER), TermLiar()),
        lie("a maximum", step, _find(body, Op.MAX_OF), TermLiar()),
        lie("an addition", step, _find(body, Op.ADD)),
        lie("a pad", step, _find(body, Op.PAD)),
        lie("a take", step, _find(body, Op.TAKE)),
        lie("a comparison", (), _find(main, Op.LE)),
        lie("a param", (), _find(main, Op.PARAM)),
        lie("a constant", (), _find(main, Op.CONST)),
        lie("a part", (), _find(main, Op.PART)),
        lie("an entry of a pack", (), len(main) - 1, PackLiar()),
        played(
            "the first state of a loop", lot_of(FrameRun, WrongStart)(PROGRAM, INPUTS), honest, StatesLiar()
        ),
        played(
            "states given to another node",
            lot_of(FrameRun, WrongTrace)(PROGRAM, INPUTS),
            honest,
            LoopsLiar(lambda loops: (loops[0] + 1, *loops[1:])),
        ),
        played(
            "a loop left out",
            lot_of(FrameRun, Short)(PROGRAM, INPUTS),
            honest,
            LoopsLiar(lambda loops: loops[:-1]),
        ),
    ]


def text_of(played_games: list[dict[str, Any]]) -> str:
    """One game a line."""

    def hexed(data: bytes) -> str:
        return "0x" + data.hex()

    rows = [json.dumps(game, separators=(",", ":"), default=hexed) for game in played_games]
    return "[\n" + ",\n".join(rows) + "\n]\n"


def main(arguments: list[str]) -> int:
    """Writes or checks the file; returns the exit status."""
    path, text = FOLDER / "games.json", text_of(games())
    if "--check" not in arguments:
        path.write_text(text)
    elif not path.exists() or path.read_text() != text:
        print("games.json is stale; run python -m tests.vectors.generate_games", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A game rebuilt from chain logs alone: its positions and their answers. A player that was killed plays on from here.

Positions stand in PositionNamed, answers in PositionAnswered; an answer serves every game of the claim there.
"""

from dataclasses import dataclass, field
from typing import Any

from eth_abi.abi import decode

from assay.disputes.answers import check_answer
from assay.disputes.errors import MoveRefused
from assay.disputes.moves import (
    BodyHead,
    Move,
    RevealItem,
    RevealPage,
    RevealRow,
    RevealStates,
    RevealStep,
    RevealTerms,
    partials_from,
)
from assay.disputes.positions import FRAME_TYPE, Frame, Position
from assay.disputes.states import State

_BODY = "(uint256,uint256,bytes32)"


def _frame(values: tuple[Any, ...]) -> Frame:
    return Frame(*values)


def answer_from(position: Position, data: bytes) -> Move:
    """The answer to a position from the ABI-encoded arguments that its event carries. Raises MoveRefused."""
    try:
        if position.state is State.ITEM:
            types = [FRAME_TYPE, "uint256", "bytes32", _BODY, *["bytes32[]"] * 3, "uint256[]"]
            frame, inputs, root, body, *lists = decode(types, data)
            children, last, entries, loops = map(tuple, lists)
            answer: Move = RevealItem(
                _frame(frame), inputs, root, BodyHead(*body), children, last, entries, loops
            )
        elif position.state is State.STEP:
            frame, body, *lists = decode([FRAME_TYPE, _BODY, "bytes32[]", "bytes32[]"], data)
            children, last = map(tuple, lists)
            answer = RevealStep(_frame(frame), BodyHead(*body), children, last)
        elif position.state is State.PAGE:
            answer = RevealPage(decode(["bytes"], data)[0])
        elif position.state is State.TERMS:
            answer = RevealTerms(partials_from(position.head[0], decode(["bytes"], data)[0]))
        elif position.state is State.LOOP:
            answer = RevealStates(tuple(decode(["bytes32[]"], data)[0]))
        else:
            answer = RevealRow(tuple(decode(["bytes32[]"], data)[0]))
    except Exception as error:  # eth_abi has many
        raise MoveRefused(f"the answer to {position.state.name} does not decode: {error}") from error
    check_answer(position, answer)
    return answer


@dataclass(slots=True)
class Journal:
    """What logs say of the games of one contract. Feed it in the chain's order; a log fed twice changes nothing."""

    positions: dict[int, list[Position]] = field(default_factory=dict)
    claims: dict[int, bytes] = field(default_factory=dict)
    over: set[int] = field(default_factory=set)
    _answers: dict[bytes, bytes] = field(default_factory=dict)

    def named(self, game_id: int, claim_id: bytes, position: Position) -> None:
        """A PositionNamed event; of a new game its start."""
        listed = self.positions.setdefault(game_id, [])
        self.claims[game_id] = claim_id
        if position not in listed:
            listed.append(position)

    def answered(self, position_key: bytes, data: bytes) -> None:
        """A PositionAnswered event."""
        self._answers[position_key] = data

    def ended(self, game_id: int) -> None:
        """A GameEnded event."""
        self.over.add(game_id)

    def forget(self, game_id: int) -> None:
        """Drops a game whose claim is of no more interest, with the answers it had."""
        claim_id = self.claims.pop(game_id, b"")
        for position in self.positions.pop(game_id, ()):
            self._answers.pop(position.key(claim_id), None)
        self.over.discard(game_id)

    def answer_to(self, claim_id: bytes, position: Position) -> Move | None:
        """The answer to a position of a claim, if there is one."""
        data = self._answers.get(position.key(claim_id))
        return None if data is None else answer_from(position, data)

    def history(self, game_id: int) -> list[tuple[Position, Move]]:
        """A game's positions with their answers; the last position is left out while it is the defender's turn."""
        claim_id, found = self.claims[game_id], []
        for position in self.positions[game_id]:
            answer = self.answer_to(claim_id, position)
            if answer is not None:
                found.append((position, answer))
        return found

    def defender_to_move(self, game_id: int) -> bool:
        """Whether the last position of a game has no answer yet."""
        return self.answer_to(self.claims[game_id], self.positions[game_id][-1]) is None

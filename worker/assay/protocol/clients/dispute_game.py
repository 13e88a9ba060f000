"""The dispute game and the contracts that take its moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assay.protocol.call import Call
from assay.protocol.clients.base import Block, ContractClient
from assay.protocol.ids import Address
from assay.protocol.units import Usd6

Head = tuple[Any, ...]
"""What every move begins with (assay.disputes.moves.head_of_call)."""


@dataclass(frozen=True, slots=True)
class ClaimGames:
    """What the game keeps of a claim. state: 0 never challenged, 1 it stands, 2 convicted."""

    defender: Address
    clock_seconds: int
    open_games: int
    state: int


@dataclass(frozen=True, slots=True)
class GameRecord:
    """What is kept of a game at a position; stands: whether it is there. Times in seconds."""

    stands: bool
    started: int
    defender_used: int
    challenger_used: int
    moves: int


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """What is kept of an answer; time 0: there is none."""

    digest: int
    game_id: int
    time: int


class MovesClient(ContractClient):
    """What the four contracts that take moves have in common."""

    def move(self, name: str, head: Head, arguments: Sequence[Any], *, gas: int | None = None) -> Call:
        """One move by its function's name (assay.disputes.moves.CONTRACT_OF says which contract takes it)."""
        return self.call(name, *head, *arguments, gas=gas)


class FrameMovesClient(MovesClient):
    """Moves that open a frame."""

    CONTRACT = "FrameMoves"


class TraceMovesClient(MovesClient):
    """Moves about committed state traces."""

    CONTRACT = "TraceMoves"


class ValueMovesClient(MovesClient):
    """Moves about pages, elements and terms."""

    CONTRACT = "ValueMoves"


class DisputeGameClient(MovesClient):
    """DisputeGame: games, bonds, clocks, rulings, and moves inside trees and loops."""

    CONTRACT = "DisputeGame"

    def bond_usd6(self, *, block: Block = None) -> Usd6:
        """What a challenger puts up for a game."""
        return Usd6(self.read("bond_usd6", block=block))

    def credit_of(self, account: str, *, block: Block = None) -> Usd6:
        """What an account can withdraw."""
        return Usd6(self.read("credit_of", account, block=block))

    def claim_of(self, claim_id: bytes, *, block: Block = None) -> ClaimGames:
        """Games on a claim."""
        defender, *numbers = self.read("claim_of", claim_id, block=block)
        return ClaimGames(Address(defender), *(int(number) for number in numbers))

    def game_of(
        self, game_id: int, claim_id: bytes, position: bytes, challenger: str, *, block: Block = None
    ) -> GameRecord:
        """Whether a challenger's game stands at a position (packed), and its clocks."""
        stands, *numbers = self.read("game_of", game_id, claim_id, position, challenger, block=block)
        return GameRecord(bool(stands), *(int(number) for number in numbers))

    def answer_of(self, position_key: bytes, *, block: Block = None) -> AnswerRecord:
        """The answer at a position, of whichever game brought it about."""
        digest, game_id, time = self.read("answer_of", position_key, block=block)
        return AnswerRecord(int(digest), int(game_id), int(time))

    def open_game(self, claim_id: bytes) -> Call:
        """Challenges a stated claim, for the bond (allowance of the stablecoin to this contract)."""
        return self.call("open_game", claim_id)

    def call_time(self, game_id: int, claim_id: bytes, position: bytes, challenger: str) -> Call:
        """Anyone: ends a game in which the side to move has used up its clock."""
        return self.call("call_time", game_id, claim_id, position, challenger)

    def close_game(self, game_id: int, claim_id: bytes, position: bytes, challenger: str) -> Call:
        """Anyone: gives the bond of a game back whose claim another game has convicted."""
        return self.call("close_game", game_id, claim_id, position, challenger)

    def withdraw(self, account: str) -> Call:
        """Anyone: sends an account its credit."""
        return self.call("withdraw", account)

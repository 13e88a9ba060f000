# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title What is kept of claims, games and answers: one slot of each, and a game's position
@notice A position is kept as one hash of claim and position, so an answer to it serves every game of the claim that stands there.
"""

OPEN: constant(uint256) = 1
CONVICTED: constant(uint256) = 2
U24: constant(uint256) = 2**24 - 1
U32: constant(uint256) = 2**32 - 1
U40: constant(uint256) = 2**40 - 1
U56: constant(uint256) = 2**56 - 1
U160: constant(uint256) = 2**160 - 1
MAX_CLOCK_SECONDS: constant(uint256) = 2**24 - 1  # 194 days


struct Claim:
    defender: address
    clock_seconds: uint256
    open_games: uint256
    state: uint256


struct Game:
    challenger: address
    started: uint256          # when its position came to stand
    defender_used: uint256    # seconds, before this position
    challenger_used: uint256
    moves: uint256            # answers that were made for this game


struct Answer:
    digest: uint256
    game_id: uint256
    time: uint256


_claims: HashMap[bytes32, uint256]    # claim => defender, clock, open games, state
_games: HashMap[uint256, uint256]     # game => challenger, started, used, used, moves
_positions: HashMap[uint256, bytes32] # game => key of its position; empty when it is over
_answers: HashMap[bytes32, uint256]   # key of a position => digest, game, time
_games_made: uint256


@view
@internal
def _claim(claim_id: bytes32) -> Claim:
    word: uint256 = self._claims[claim_id]
    return Claim(
        defender=convert(word & U160, address),
        clock_seconds=(word >> 160) & U32,
        open_games=(word >> 192) & U32,
        state=word >> 224,
    )


@internal
def _save_claim(claim_id: bytes32, claim: Claim):
    self._claims[claim_id] = (
        convert(claim.defender, uint256)
        | (claim.clock_seconds << 160)
        | (claim.open_games << 192)
        | (claim.state << 224)
    )


@view
@internal
def _game(game_id: uint256) -> Game:
    word: uint256 = self._games[game_id]
    return Game(
        challenger=convert(word & U160, address),
        started=(word >> 160) & U40,
        defender_used=(word >> 200) & U24,
        challenger_used=(word >> 224) & U24,
        moves=word >> 248,
    )


@internal
def _save_game(game_id: uint256, game: Game):
    self._games[game_id] = (
        convert(game.challenger, uint256)
        | (game.started << 160)
        | (game.defender_used << 200)
        | (game.challenger_used << 224)
        | (min(game.moves, 255) << 248)
    )


@view
@internal
def _answer(position_key: bytes32) -> Answer:
    word: uint256 = self._answers[position_key]
    return Answer(digest=word & U160, game_id=(word >> 160) & U56, time=word >> 216)


@internal
def _save_answer(position_key: bytes32, answer: Answer):
    self._answers[position_key] = answer.digest | (answer.game_id << 160) | (answer.time << 216)


@internal
def _new_game(challenger: address, position_key: bytes32) -> uint256:
    game_id: uint256 = self._games_made
    self._games_made = game_id + 1
    self._positions[game_id] = position_key
    self._save_game(
        game_id,
        Game(challenger=challenger, started=block.timestamp, defender_used=0, challenger_used=0, moves=0),
    )
    return game_id

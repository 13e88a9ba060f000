# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
#pragma nonreentrancy on
"""
@title What is kept of claims, games and answers: one slot of each
@notice An answer is kept under one hash of claim and position, so it serves every game of the claim that stands there. A game keeps
        21 bytes of the hash of that and its challenger: whoever moves says who plays, and the slot has room for the clocks.
"""

OPEN: constant(uint256) = 1
CONVICTED: constant(uint256) = 2
U24: constant(uint256) = 2**24 - 1
U32: constant(uint256) = 2**32 - 1
U56: constant(uint256) = 2**56 - 1
U160: constant(uint256) = 2**160 - 1
MAX_CLOCK_SECONDS: constant(uint256) = 2**24 - 1  # 194 days


struct Claim:
    defender: address
    clock_seconds: uint256
    open_games: uint256
    state: uint256


struct Game:
    started: uint256          # when its position came to stand
    defender_used: uint256    # seconds, before this position
    challenger_used: uint256
    moves: uint256            # answers that were made for this game


struct Answer:
    digest: uint256
    game_id: uint256
    time: uint256


_claims: HashMap[bytes32, uint256]    # claim => defender, clock, open games, state
_games: HashMap[uint256, uint256]     # game => where it stands and who plays, started, used, used, moves; 0 when it is over
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


@pure
@internal
def _standing(key: bytes32, challenger: address) -> uint256:
    """
    @notice What a game keeps of the position with this key and of its challenger.
    """
    return convert(keccak256(concat(key, convert(challenger, bytes32))), uint256) >> 88


@view
@internal
def _game(game_id: uint256, key: bytes32, challenger: address) -> Game:
    """
    @notice Reverts unless it is this challenger's game and stands there.
    """
    word: uint256 = self._games[game_id]
    assert word >> 88 == self._standing(key, challenger), "game: it is over, another's, or stands at another position"
    return Game(
        started=(word >> 56) & U32,
        defender_used=(word >> 32) & U24,
        challenger_used=(word >> 8) & U24,
        moves=word & 255,
    )


@internal
def _save_game(game_id: uint256, key: bytes32, challenger: address, game: Game):
    self._games[game_id] = (
        (self._standing(key, challenger) << 88)
        | (game.started << 56)
        | (game.defender_used << 32)
        | (game.challenger_used << 8)
        | min(game.moves, 255)
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
def _new_game(challenger: address, key: bytes32) -> uint256:
    game_id: uint256 = self._games_made
    self._games_made = game_id + 1
    started: Game = empty(Game)
    started.started = block.timestamp
    self._save_game(game_id, key, challenger, started)
    return game_id

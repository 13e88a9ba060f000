# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma optimize codesize
#pragma nonreentrancy on
"""
@title Games between a claim's defender and its challengers: bonds, clocks, moves, rulings
@notice A challenger opens a game with a bond; the defender answers and the challenger names, down to one scalar operation, which a
        leaf recomputes. An answer is kept once for a position of a claim and serves all games there. Each side has one clock
        for the whole game; silence loses, for whoever is on the clock. The first conviction ends all games on the claim, and
        the others give their bonds back. Trusted, fixed at deployment: these three to have checked what they
        pass on, the market to act on rulings. Nobody has a power over a game or its money.
        Moves inside a tree or a loop are made here, those that open a frame in FrameMoves, a committed state trace in TraceMoves,
        pages, elements and terms in ValueMoves.
        A lost bond is the defender's: the price of its moves, the rest for the delay. It is paid when the game ends, because a
        conviction must give it back. contracts/decisions/0011-dispute-game.md.
@custom:kill Not stopped: every open game ends by its clocks, credits stay withdrawable for ever. The market can stop giving claims.
"""

from ethereum.ercs import IERC20

from contracts.interfaces import IClaims
from contracts.interfaces import IDisputeGame
from contracts.modules import game_position
from contracts.modules import game_rows
from contracts.modules import game_start
from contracts.modules import game_steps
from contracts.modules import game_store
from contracts.modules import game_verdicts

implements: IDisputeGame

initializes: game_store

USD: immutable(IERC20)
CLAIMS: immutable(IClaims)
FRAME_MOVES: immutable(address)
TRACE_MOVES: immutable(address)
VALUE_MOVES: immutable(address)
PATH_MOVES: immutable(uint256)
MOVE_PRICE_USD6: immutable(uint256)

_credits: HashMap[address, uint256]  # account => credit


@deploy
def __init__(
    usd: address,
    claims: address,
    frame_moves: address,
    trace_moves: address,
    value_moves: address,
    path_moves: uint256,
    move_price_usd6: uint256,
):
    assert path_moves > 0 and path_moves < 256, "game: no such path"
    USD = IERC20(usd)
    CLAIMS = IClaims(claims)
    FRAME_MOVES = frame_moves
    TRACE_MOVES = trace_moves
    VALUE_MOVES = value_moves
    PATH_MOVES = path_moves
    MOVE_PRICE_USD6 = move_price_usd6


# --- opening, clocks, endings ---


@external
def open_game(claim_id: bytes32) -> uint256:
    """
    @notice Challenges a whole claim inside its window, for the bond (allowance to this contract).
    """
    facts: IClaims.Facts = staticcall CLAIMS.facts_of(claim_id)
    assert facts.defender != empty(address) and facts.items > 0, "game: no such claim"
    assert block.timestamp <= facts.window_end, "game: the window has closed"
    assert msg.sender != facts.defender, "game: the defender challenges itself"
    claim: game_store.Claim = game_store._claim(claim_id)
    assert claim.state != game_store.CONVICTED, "game: the claim is convicted already"
    claim.defender = facts.defender
    claim.clock_seconds = PATH_MOVES * facts.move_seconds
    assert claim.clock_seconds > 0 and claim.clock_seconds <= game_store.MAX_CLOCK_SECONDS, "game: no such clock"
    claim.open_games += 1
    claim.state = game_store.OPEN
    game_store._save_claim(claim_id, claim)
    start: Bytes[game_position.SIZE] = game_position._pack(game_start._start(facts))
    key: bytes32 = game_position._key(claim_id, start)
    game_id: uint256 = game_store._new_game(msg.sender, key)
    bond_usd6: uint256 = PATH_MOVES * MOVE_PRICE_USD6
    log IDisputeGame.GameOpened(
        game_id=game_id,
        claim_id=claim_id,
        challenger=msg.sender,
        defender=facts.defender,
        bond_usd6=bond_usd6,
        clock_seconds=claim.clock_seconds,
    )
    log IDisputeGame.PositionNamed(game_id=game_id, claim_id=claim_id, position_key=key, position=start)
    if claim.open_games == 1:
        extcall CLAIMS.hold(claim_id)
    before: uint256 = staticcall USD.balanceOf(self)
    done: bool = extcall USD.transferFrom(msg.sender, self, bond_usd6, default_return_value=True)
    assert done, "game: the token refused the transfer"
    after: uint256 = staticcall USD.balanceOf(self)
    assert after == before + bond_usd6, "game: the bond did not arrive"
    return game_id


@external
def call_time(game_id: uint256, claim_id: bytes32, position: Bytes[game_position.SIZE], challenger: address):
    """
    @notice Anyone: ends a game in which the side to move has used up its clock.
    """
    claim: game_store.Claim = self._standing(claim_id)
    key: bytes32 = game_position._key(claim_id, position)
    game: game_store.Game = game_store._game(game_id, key, challenger)
    answer: game_store.Answer = game_store._answer(key)
    answered: uint256 = block.timestamp
    if answer.time > 0:
        # an answer that another game brought about before costs no time here
        answered = max(answer.time, game.started)
    if game.defender_used + answered - game.started > claim.clock_seconds:
        self._end(game_id, claim_id, claim, game, challenger, game_verdicts.CONVICTED_CLOCK)
        return
    used: uint256 = game.challenger_used + block.timestamp - answered
    assert used > claim.clock_seconds, "game: the clock still runs"
    if answer.game_id == game_id:
        game.moves += 1
    self._end(game_id, claim_id, claim, game, challenger, game_verdicts.DEFENDED_CLOCK)


@external
def close_game(game_id: uint256, claim_id: bytes32, position: Bytes[game_position.SIZE], challenger: address):
    """
    @notice Anyone: a game on a claim that another game has convicted gives its whole bond back.
    """
    claim: game_store.Claim = game_store._claim(claim_id)
    assert claim.state == game_store.CONVICTED, "game: the claim still stands"
    key: bytes32 = game_position._key(claim_id, position)
    game: game_store.Game = game_store._game(game_id, key, challenger)
    self._finish(game_id, claim_id, claim, game, challenger, game_verdicts.CLOSED, challenger)


@view
@internal
def _standing(claim_id: bytes32) -> game_store.Claim:
    claim: game_store.Claim = game_store._claim(claim_id)
    assert claim.state == game_store.OPEN, "game: the claim is convicted, or has no games"
    return claim


@internal
def _end(
    game_id: uint256, claim_id: bytes32, claim: game_store.Claim, game: game_store.Game, challenger: address, verdict: uint256
):
    ended: game_store.Claim = claim
    convicted: bool = verdict <= game_verdicts.CONVICTED_CLOCK
    payee: address = claim.defender
    if convicted:
        ended.state = game_store.CONVICTED
        payee = challenger
    self._finish(game_id, claim_id, ended, game, challenger, verdict, payee)
    if convicted:
        extcall CLAIMS.convict(claim_id, challenger, convert(verdict, uint8))
    elif ended.open_games == 1:
        extcall CLAIMS.release(claim_id)


@internal
def _finish(
    game_id: uint256, claim_id: bytes32, claim: game_store.Claim, game: game_store.Game, challenger: address,
    verdict: uint256, payee: address
):
    saved: game_store.Claim = claim
    saved.open_games -= 1
    game_store._save_claim(claim_id, saved)
    game_store._games[game_id] = 0
    bond_usd6: uint256 = PATH_MOVES * MOVE_PRICE_USD6
    self._credits[payee] += bond_usd6
    log IDisputeGame.GameEnded(
        game_id=game_id,
        claim_id=claim_id,
        challenger=challenger,
        verdict=convert(verdict, uint8),
        moves=game.moves,
        paid=payee,
        paid_usd6=bond_usd6,
    )


@external
def withdraw(account: address) -> uint256:
    """
    @notice Sends an account its whole credit; anyone may call. Returns the amount, zero when there is none.
    """
    amount_usd6: uint256 = self._credits[account]
    if amount_usd6 > 0:
        self._credits[account] = 0
        done: bool = extcall USD.transfer(account, amount_usd6, default_return_value=True)
        assert done, "game: the token refused the transfer"
        log IDisputeGame.BondWithdrawn(account=account, amount_usd6=amount_usd6)
    return amount_usd6


# --- what every move ends with ---


@internal
def _answer(
    game_id: uint256, claim_id: bytes32, key: bytes32, challenger: address, digest: uint256, mover: address
):
    claim: game_store.Claim = self._standing(claim_id)
    assert mover == claim.defender, "game: only the defender answers"
    game: game_store.Game = game_store._game(game_id, key, challenger)
    answer: game_store.Answer = game_store._answer(key)
    assert answer.time == 0, "game: this is answered already"
    used: uint256 = game.defender_used + block.timestamp - game.started
    assert used <= claim.clock_seconds, "game: the defender's clock has run out"
    game_store._save_answer(key, game_store.Answer(digest=digest, game_id=game_id, time=block.timestamp))


@internal
def _name(
    game_id: uint256, claim_id: bytes32, key: bytes32, digest: uint256, next: bytes32, verdict: uint256, mover: address
):
    claim: game_store.Claim = self._standing(claim_id)
    game: game_store.Game = game_store._game(game_id, key, mover)
    answer: game_store.Answer = game_store._answer(key)
    assert answer.time > 0, "game: the defender has not answered yet"
    assert answer.digest == digest, "game: another answer"
    answered: uint256 = max(answer.time, game.started)
    game.defender_used += answered - game.started
    assert game.defender_used <= claim.clock_seconds, "game: the defender's clock has run out, call it"
    game.challenger_used += block.timestamp - answered
    assert game.challenger_used <= claim.clock_seconds, "game: the challenger's clock has run out"
    if answer.game_id == game_id:
        game.moves += 1
    if verdict != game_verdicts.GOES_ON:
        self._end(game_id, claim_id, claim, game, mover, verdict)
        return
    game.started = block.timestamp
    game_store._save_game(game_id, next, mover, game)


@internal
def _move_on(game_id: uint256, claim_id: bytes32, key: bytes32, digest: uint256, named: game_position.Position):
    next: Bytes[game_position.SIZE] = game_position._pack(named)
    next_key: bytes32 = game_position._key(claim_id, next)
    self._name(game_id, claim_id, key, digest, next_key, game_verdicts.GOES_ON, msg.sender)
    log IDisputeGame.PositionNamed(game_id=game_id, claim_id=claim_id, position_key=next_key, position=next)


@internal
def _reply(game_id: uint256, claim_id: bytes32, key: bytes32, challenger: address, digest: uint256, answer: Bytes[1056]):
    self._answer(game_id, claim_id, key, challenger, digest, msg.sender)
    log IDisputeGame.PositionAnswered(claim_id=claim_id, position_key=key, game_id=game_id, answer=answer)


# --- FrameMoves, TraceMoves and ValueMoves only: they have checked the move of `mover` ---


@external
def take_answer(
    game_id: uint256, claim_id: bytes32, key: bytes32, challenger: address, digest: uint256, mover: address
):
    """
    @notice An answer that is bound to the position with this key.
    """
    assert msg.sender in [FRAME_MOVES, VALUE_MOVES], "game: only its own contracts"
    self._answer(game_id, claim_id, key, challenger, digest, mover)


@external
def take_naming(
    game_id: uint256, claim_id: bytes32, key: bytes32, digest: uint256, next: bytes32, verdict: uint256, mover: address
):
    """
    @notice A naming at the position with this key, after the answer with this digest: to the next position, or to a verdict.
    """
    assert msg.sender in [FRAME_MOVES, TRACE_MOVES, VALUE_MOVES], "game: only its own contracts"
    self._name(game_id, claim_id, key, digest, next, verdict, mover)


# --- moves inside a tree or a loop ---


@external
def reveal_row(
    game_id: uint256,
    claim_id: bytes32,
    position: Bytes[game_position.SIZE],
    challenger: address,
    children: DynArray[bytes32, 16],
):
    """
    @notice Defender: the children of a row's node.
    """
    row: game_position.Position = game_position._unpack(position)
    game_rows._check_row(row.state)
    game_rows._check_children(row, children)
    self._reply(game_id, claim_id, game_position._key(claim_id, position), challenger, 0, abi_encode(children))


@external
def name_child(game_id: uint256, claim_id: bytes32, position: Bytes[game_position.SIZE], child: IDisputeGame.Child):
    """
    @notice Challenger: the first child that differs; below it another row, an item or a page.
    """
    row: game_position.Position = game_position._unpack(position)
    game_rows._check_row(row.state)
    key: bytes32 = game_position._key(claim_id, position)
    self._move_on(game_id, claim_id, key, 0, game_rows._below(row, child))


@external
def reveal_states(
    game_id: uint256,
    claim_id: bytes32,
    position: Bytes[game_position.SIZE],
    challenger: address,
    states: DynArray[bytes32, 31],
):
    """
    @notice Defender: the states at the split points, between the agreed and the contested one.
    """
    assert len(states) == game_steps._number(game_position._unpack(position)) - 1, "game: wrong number of states"
    data: Bytes[1056] = abi_encode(states)
    digest: uint256 = game_steps._states_digest(data)
    self._reply(game_id, claim_id, game_position._key(claim_id, position), challenger, digest, data)


@external
def name_step(
    game_id: uint256,
    claim_id: bytes32,
    position: Bytes[game_position.SIZE],
    index: uint256,
    group: DynArray[bytes32, 9],
    others: DynArray[bytes32, 3],
):
    """
    @notice Challenger: the first revealed state that differs; their number stands for the contested one. Shown with the one before
            it, in its group.
    """
    named: game_position.Position = empty(game_position.Position)
    digest: uint256 = 0
    named, digest = game_steps._named(game_position._unpack(position), index, group, others)
    self._move_on(game_id, claim_id, game_position._key(claim_id, position), digest, named)


# --- views ---


@view
@external
def bond_usd6() -> uint256:
    return PATH_MOVES * MOVE_PRICE_USD6


@view
@external
def credit_of(account: address) -> uint256:
    return self._credits[account]


@view
@external
def claim_of(claim_id: bytes32) -> (address, uint256, uint256, uint256):
    """
    @notice (defender, clock in seconds, open games, state: 0 never challenged, 1 it stands, 2 convicted).
    """
    claim: game_store.Claim = game_store._claim(claim_id)
    return claim.defender, claim.clock_seconds, claim.open_games, claim.state


@view
@external
def game_of(
    game_id: uint256, claim_id: bytes32, position: Bytes[game_position.SIZE], challenger: address
) -> (bool, uint256, uint256, uint256, uint256):
    """
    @notice (whether this challenger's game stands there, since when, seconds used before by the defender and by the
            challenger, moves). Zeros where it does not.
    """
    key: bytes32 = game_position._key(claim_id, position)
    if game_store._games[game_id] >> 88 != game_store._standing(key, challenger):
        return False, 0, 0, 0, 0
    game: game_store.Game = game_store._game(game_id, key, challenger)
    return True, game.started, game.defender_used, game.challenger_used, game.moves


@view
@external
def answer_of(position_key: bytes32) -> (uint256, uint256, uint256):
    """
    @notice (digest, the game that brought it about, when: 0 if there is none).
    """
    answer: game_store.Answer = game_store._answer(position_key)
    return answer.digest, answer.game_id, answer.time

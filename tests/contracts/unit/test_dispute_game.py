"""DisputeGame on its own: bonds, clocks, who may do what, replays, several challengers, the endings."""

from typing import Any

import boa
import pytest

from assay.disputes.challenger import Challenger
from assay.disputes.cursor import cursor_at
from assay.disputes.defender import Defender
from assay.disputes.facts import ClaimFacts
from assay.disputes.journal import Journal
from assay.disputes.moves import CONTRACT_OF, Move
from assay.disputes.positions import Position, position_from
from assay.disputes.runs import LotRun
from assay.program.builder import BodyBuilder
from assay.program.canonical import build
from assay.program.dtypes import DType, TensorSpec
from assay.program.ops import Op
from tests.contracts.dispute_world import (
    BOND_USD6,
    CLOCK_SECONDS,
    MOVE_SECONDS,
    DisputeWorld,
    dispute_world,
)
from tests.worker.disputes.liars import TermLiar, lying_lot
from tests.worker.disputes.programs import everything, inputs

CLAIM = b"\x31" * 32
PROGRAM = everything(trips=3, stride=2)
INPUTS = inputs()
OUTER = next(k for k, node in enumerate(PROGRAM.main.nodes) if node.op is Op.LOOP)


@pytest.fixture(scope="module")
def court() -> DisputeWorld:
    """Deployed once."""
    return dispute_world()


class Play:
    """One game on the contract, with the position followed by the Python rules' own logs."""

    def __init__(self, court: DisputeWorld, claimed: LotRun, own: LotRun, name: str = "challenger") -> None:
        self.court, self.claimed, self.own = court, claimed, own
        self.account = court.challenger(name)
        self.facts = claimed.facts(court.defender, boa.env.timestamp + 100, MOVE_SECONDS)
        self.game_id = -1
        self.defender: Defender = Defender()
        self.positions = [self.facts.start]
        self.history: list[tuple[Position, Move]] = []

    def open(self) -> "Play":
        self.game_id = self.court.open(CLAIM, self.account)
        return self

    def answer(self) -> Move:
        move = self.defender.answer(self.positions, cursor_at(self.claimed, self.positions))
        assert move is not None
        if self.court.game.answer_of(self.positions[-1].key(CLAIM))[2] == 0:
            self.court.move(self.game_id, CLAIM, self.positions[-1], move, self.court.defender, self.account)
        self.history.append((self.positions[-1], move))
        return move

    def name(self) -> bool:
        """Whether the game goes on."""
        move = Challenger().name(self.history, cursor_at(self.own, self.positions))
        assert move is not None
        self.court.move(self.game_id, CLAIM, self.positions[-1], move, self.account)
        events = [
            event
            for event in self.court.contracts[CONTRACT_OF[move.name]].get_logs()
            if type(event).__name__ == "PositionNamed"
        ]
        if events:
            self.positions.append(position_from(bytes(events[-1].position)))
            assert bytes(events[-1].position_key) == self.positions[-1].key(CLAIM)
        return bool(events)

    def to_the_end(self) -> None:
        while True:
            self.answer()
            if not self.name():
                return

    @property
    def kept(self) -> tuple[bool, int, int, int, int]:
        """Whether the game stands where it should, since when, seconds used by both sides, moves."""
        found = self.court.game.game_of(self.game_id, CLAIM, self.positions[-1].packed(), self.account)
        return tuple(found)

    def call(self) -> None:
        self.court.game.call_time(self.game_id, CLAIM, self.positions[-1].packed(), self.account)


@pytest.fixture
def wrong() -> LotRun:
    """A lot that lies inside the loop."""
    return lying_lot(PROGRAM, INPUTS, ((OUTER, 1),), 2)


def begin(court: DisputeWorld, claimed: LotRun, own: LotRun | None = None, name: str = "challenger") -> Play:
    play = Play(court, claimed, own or LotRun(PROGRAM, INPUTS), name)
    court.claim(CLAIM, play.facts)
    return play


def test_open_game__inside_the_window__takes_the_bond_and_holds_the_claim(
    court: DisputeWorld, wrong: LotRun
) -> None:
    play = begin(court, wrong)
    before = court.usd.balanceOf(play.account)
    play.open()
    assert before - court.usd.balanceOf(play.account) == BOND_USD6 == court.usd.balanceOf(court.game.address)
    assert court.claims.held(CLAIM)
    assert play.kept[:2] == (True, boa.env.timestamp)


@pytest.mark.parametrize("late", [0, 1])
def test_open_game__at_the_end_of_the_window__one_second_decides(
    court: DisputeWorld, wrong: LotRun, late: int
) -> None:
    play = begin(court, wrong)
    boa.env.timestamp = play.facts.window_end + late
    if late:
        with boa.reverts("game: the window has closed"):
            play.open()
    else:
        play.open()


def test_open_game__by_the_defender__refused(court: DisputeWorld, wrong: LotRun) -> None:
    play = begin(court, wrong)
    with boa.reverts("game: the defender challenges itself"):
        court.open(CLAIM, court.defender)
    with boa.reverts("game: no such claim"):
        court.open(b"\x77" * 32, play.account)


def test_play__a_wrong_claim__convicted_and_all_bonds_come_back(court: DisputeWorld, wrong: LotRun) -> None:
    first = begin(court, wrong).open()
    first.defender = TermLiar()
    second = Play(court, wrong, LotRun(PROGRAM, INPUTS), "second").open()
    sybil = Play(court, wrong, wrong, "sybil").open()
    sybil.answer()
    first.to_the_end()
    assert court.claims.convicted_by(CLAIM) == first.account
    with boa.reverts("game: the claim is convicted already"):
        court.open(CLAIM, second.account)
    with boa.reverts("game: the claim is convicted, or has no games"):
        second.call()
    for play in (second, sybil):
        court.game.close_game(play.game_id, CLAIM, play.positions[-1].packed(), play.account)
    with boa.reverts("game: it is over, another's, or stands at another position"):
        court.game.close_game(second.game_id, CLAIM, second.positions[-1].packed(), second.account)
    for play in (first, second, sybil):
        assert court.game.withdraw(play.account) == BOND_USD6
    assert court.usd.balanceOf(court.game.address) == 0 == court.game.claim_of(CLAIM)[2]


def test_play__many_challengers__a_distinct_position_is_answered_once(
    court: DisputeWorld, wrong: LotRun
) -> None:
    first = begin(court, wrong).open()
    second = Play(court, wrong, LotRun(PROGRAM, INPUTS), "second").open()
    for _ in range(3):
        first.answer()
        first.name()
    with boa.reverts("game: this is answered already"):
        move = Defender().answer(second.positions, cursor_at(wrong, second.positions))
        assert move is not None
        court.move(second.game_id, CLAIM, second.positions[-1], move, court.defender, second.account)
    for _ in range(3):  # no transaction of the defender is needed
        second.history.append((second.positions[-1], first.history[len(second.history)][1]))
        second.name()
    assert second.positions == first.positions
    assert second.kept[4] == 0 < first.kept[4]


def test_play__a_lost_challenge__the_bond_goes_to_the_defender_and_the_claim_is_free(
    court: DisputeWorld,
) -> None:
    honest = LotRun(PROGRAM, INPUTS)
    play = begin(court, honest, lying_lot(PROGRAM, INPUTS, ((OUTER, 1),), 2)).open()
    with pytest.raises((boa.BoaError, AssertionError)):  # nothing to name, or refused by the leaf
        play.to_the_end()
    boa.env.timestamp += CLOCK_SECONDS
    with boa.reverts("game: the clock still runs"):
        play.call()
    boa.env.timestamp += 1
    play.call()
    assert not court.claims.held(CLAIM)
    assert court.game.withdraw(court.defender) == BOND_USD6
    assert court.claims.convicted_by(CLAIM) == "0x" + "00" * 20


def test_play__the_defender_is_silent__convicted_one_second_after_its_clock(
    court: DisputeWorld, wrong: LotRun
) -> None:
    play = begin(court, wrong).open()
    boa.env.timestamp += 100
    play.answer()
    play.name()
    boa.env.timestamp += CLOCK_SECONDS - 100
    with boa.reverts("game: the clock still runs"):
        play.call()
    boa.env.timestamp += 1
    with pytest.raises(boa.BoaError, match="the defender's clock has run out"):
        play.answer()
    play.call()
    assert court.claims.convicted_by(CLAIM) == play.account


def test_play__a_late_naming__refused(court: DisputeWorld, wrong: LotRun) -> None:
    play = begin(court, wrong).open()
    play.answer()
    boa.env.timestamp += CLOCK_SECONDS + 1
    with pytest.raises(boa.BoaError, match="the challenger's clock has run out"):
        play.name()


def test_play__an_answer_that_came_late_for_another_game__convicts_there(
    court: DisputeWorld, wrong: LotRun
) -> None:
    first = begin(court, wrong).open()
    boa.env.timestamp += 90
    second = Play(court, wrong, LotRun(PROGRAM, INPUTS), "second").open()
    boa.env.timestamp += CLOCK_SECONDS - 50
    move = Defender().answer(second.positions, cursor_at(wrong, second.positions))
    assert move is not None
    court.move(second.game_id, CLAIM, second.positions[-1], move, court.defender, second.account)
    first.history.append((first.positions[-1], move))
    with pytest.raises(boa.BoaError, match="call it"):
        first.name()
    first.call()
    assert court.claims.convicted_by(CLAIM) == first.account


def test_moves__by_others_or_again__refused(court: DisputeWorld, wrong: LotRun) -> None:
    play = begin(court, wrong).open()
    move = Defender().answer(play.positions, cursor_at(wrong, play.positions))
    assert move is not None
    start = play.positions[-1]
    with pytest.raises(boa.BoaError, match="only the defender answers"):
        court.move(play.game_id, CLAIM, start, move, play.account)
    play.answer()
    naming = Challenger().name(play.history, cursor_at(play.own, play.positions))
    assert naming is not None
    with pytest.raises(boa.BoaError, match="another's"):
        court.move(play.game_id, CLAIM, start, naming, court.defender)
    with pytest.raises(boa.BoaError, match="convicted, or has no games"):
        court.move(play.game_id, b"\x32" * 32, start, naming, play.account)
    with pytest.raises(boa.BoaError, match="another position"):
        court.move(play.game_id, CLAIM, start.to(first=1), naming, play.account)
    play.name()
    with pytest.raises(boa.BoaError, match="another position"):
        court.move(play.game_id, CLAIM, start, naming, play.account)
    for arguments in (
        (0, CLAIM, b"\0" * 32, play.account, 0, play.account),
        (0, CLAIM, b"\0" * 32, 0, b"\0" * 32, 1, play.account),
    ):
        function = court.game.take_answer if len(arguments) == 6 else court.game.take_naming
        with boa.reverts("game: only its own contracts"):
            function(*arguments)


def test_name__before_an_answer__refused(court: DisputeWorld, wrong: LotRun) -> None:
    play = begin(court, wrong).open()
    move = Defender().answer(play.positions, cursor_at(wrong, play.positions))
    assert move is not None
    play.history.append((play.positions[-1], move))
    with pytest.raises(boa.BoaError, match="the defender has not answered yet"):
        play.name()


def _bool_program() -> Any:
    body = BodyBuilder()
    x = body.carry(0, TensorSpec(DType.I32, (6, 6)))
    body.returns(body.op(Op.LT, x, body.fill(3, x.spec)))
    return build(body, 1)


def test_play__a_bool_written_as_two__convicted(court: DisputeWorld) -> None:
    from assay.commitment.row import leaf_hash
    from assay.disputes.rows import row_levels, tensor_root_of
    from assay.disputes.runs import FrameRun, head_of
    from tests.worker.disputes.liars import lot_of

    program = _bool_program()

    class Twos(FrameRun):
        """Writes the true bools of LT as 2."""

        def page(self, index: int, number: int) -> bytes:
            page = super().page(index, number)
            return page.replace(b"\x01", b"\x02") if self.body.nodes[index].dtype is DType.BOOL else page

        def page_row(self, index: int) -> list[list[bytes]]:
            return row_levels([leaf_hash(self.page(index, 0).ljust(256, b"\0"))])

        @property
        def roots(self) -> list[bytes]:
            from assay.commitment.listing import list_root

            roots = list(super().roots)
            for index, node in enumerate(self.body.nodes):
                if node.dtype is DType.BOOL:
                    roots[index] = tensor_root_of(head_of(node), self.page_row(index)[-1][0])
            roots[-1] = list_root([roots[k] for k in self.body.entries(len(roots) - 1)])
            return roots

    claimed = lot_of(Twos)(program, INPUTS[:1])
    play = Play(court, claimed, LotRun(program, INPUTS[:1]))
    court.claim(CLAIM, play.facts)
    play.open().to_the_end()
    assert court.claims.convicted_by(CLAIM) == play.account


def test_facts__no_clock_or_too_long__refused(court: DisputeWorld, wrong: LotRun) -> None:
    play = Play(court, wrong, wrong)
    for seconds in (0, 2**24):
        values = list(play.facts.as_tuple())
        values[-1] = seconds
        court.claims.register(CLAIM, tuple(values))
        with boa.reverts("game: no such clock"):
            play.open()
    assert isinstance(play.facts, ClaimFacts)


def _feed(journal: Journal, contract: Any) -> None:
    """The events of the last call, as a reader of logs gets them."""
    for event in contract.get_logs():
        kind = type(event).__name__
        if kind == "PositionNamed":
            journal.named(event.game_id, bytes(event.claim_id), position_from(bytes(event.position)))
        elif kind == "PositionAnswered":
            journal.answered(bytes(event.position_key), bytes(event.answer))
        elif kind == "GameEnded":
            journal.ended(event.game_id)


def test_journal__both_players_killed_after_every_move__the_game_is_played_on_from_logs(
    court: DisputeWorld, wrong: LotRun
) -> None:
    journal, facts = Journal(), begin(court, wrong).facts
    account = court.challenger()
    game_id = court.open(CLAIM, account)
    _feed(journal, court.game)
    assert journal.positions[game_id] == [facts.start]
    while game_id not in journal.over:
        positions = journal.positions[game_id]
        if journal.defender_to_move(game_id):
            own = lying_lot(PROGRAM, INPUTS, ((OUTER, 1),), 2)
            move = TermLiar().answer(positions, cursor_at(own, positions))
            sender = court.defender
        else:
            right = LotRun(PROGRAM, INPUTS)
            move = Challenger().name(journal.history(game_id), cursor_at(right, positions))
            sender = account
        assert move is not None
        court.move(game_id, CLAIM, positions[-1], move, sender, account)
        _feed(journal, court.contracts[CONTRACT_OF[move.name]])
    assert court.claims.convicted_by(CLAIM) == account

"""Many challengers of one honest claim, by the rules: what they cost its defender and how long they hold it up."""

import random
from functools import cache
from typing import Any

from assay.disputes.challenger import Challenger
from assay.disputes.cursor import cursor_at
from assay.disputes.defender import Defender
from assay.disputes.errors import MoveRefused
from assay.disputes.moves import Move
from assay.disputes.positions import Position
from assay.disputes.rules import Games
from assay.disputes.runs import LotRun
from assay.disputes.states import Verdict
from tests.worker.disputes.liars import lying_lot
from tests.worker.disputes.programs import everything, inputs
from tests.worker.disputes.referee import BoaLeaf

SYBILS, LIES, WINDOW_END, MOVE_SECONDS = 1_000, 12, 500, 20
PROGRAM, INPUTS = everything(trips=3, stride=2), inputs()
CLAIM, DEFENDER = b"\x61" * 32, "0xdefender"


class KnownLeaf(BoaLeaf):
    """The leaf contracts, each question asked once."""

    @cache  # noqa: B019 - one leaf a test
    def _call(self, name: str, frame: Any, *rest: Any) -> Any:
        return super()._call(name, frame, *rest)


def namings(own: LotRun, claimed: LotRun) -> list[tuple[Position, Move]]:
    """The namings, each at its position, of a challenger that believes in `own`, until it has nothing more to say."""
    games, now = Games(KnownLeaf(), 64, 1), 0
    facts = claimed.facts(DEFENDER, WINDOW_END, MOVE_SECONDS)
    game = games.open_game(CLAIM, facts, "0xfirst", now)
    positions: list[Position] = [facts.start]
    history: list[tuple[Position, Move]] = []
    said: list[tuple[Position, Move]] = []
    while True:
        answer = Defender().answer(positions, cursor_at(claimed, positions))
        assert answer is not None
        games.answer(game, positions[-1], answer, DEFENDER, now)
        history.append((positions[-1], answer))
        try:
            naming = Challenger().name(history, cursor_at(own, positions))
            if naming is None:
                return said
            following = games.name(game, positions[-1], naming, "0xfirst", now)
        except MoveRefused:
            return said
        assert isinstance(following, Position)
        said.append((positions[-1], naming))
        positions.append(following)


def test_inv_04__a_thousand_sybils__distinct_positions_are_answered_once_and_one_game_is_the_delay() -> None:
    honest = LotRun(PROGRAM, INPUTS)
    rng = random.Random(11)
    nodes = rng.sample(range(len(PROGRAM.main.nodes)), LIES)
    scripts = [namings(lying_lot(PROGRAM, INPUTS, (), node), honest) for node in nodes]
    facts = honest.facts(DEFENDER, WINDOW_END, MOVE_SECONDS)
    games, answers, visited = Games(KnownLeaf(), 64, 50_000), 0, set()
    # a stopped clock would let them drag on: each opens in the last second, says what it can, as late as it may
    playing: list[tuple[int, str, list[tuple[Position, Move]], Position]] = []
    for k in range(SYBILS):
        account = f"0xsybil{k}"
        game = games.open_game(CLAIM, facts, account, WINDOW_END)
        playing.append((game, account, rng.choice(scripts), facts.start))
    now, clock = WINDOW_END, 64 * MOVE_SECONDS
    for step in range(max(map(len, scripts)) + 1):
        moved = []
        for game, account, script, position in playing:
            visited.add(position.key(CLAIM))
            if position.key(CLAIM) not in games.answers:
                own = [*(place for place, _ in script[:step]), position]
                answer = Defender().answer(own, cursor_at(honest, own))
                assert answer is not None
                games.answer(game, position, answer, DEFENDER, now)
                answers += 1
            if step < len(script):
                following = games.name(game, position, script[step][1], account, now)
                assert isinstance(following, Position)
                moved.append((game, account, script, following))
        playing = moved
        now += MOVE_SECONDS
    assert answers == len(visited) <= LIES * (max(map(len, scripts)) + 1) < SYBILS
    end = WINDOW_END + 2 * clock + 1
    assert {games.call_time(game, end) for game in range(SYBILS)} == {Verdict.DEFENDED_CLOCK}
    assert games.credits == {DEFENDER: SYBILS * games.bond_usd6}

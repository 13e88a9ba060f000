"""Disputes on a real chain for tests of the indexer: real claims, real games, real lies."""

from dataclasses import astuple, dataclass, field
from typing import Any

from web3 import Web3

from assay.disputes.challenger import Challenger
from assay.disputes.cursor import cursor_at
from assay.disputes.defender import Defender
from assay.disputes.moves import CONTRACT_OF, Move
from assay.disputes.positions import Position, position_from
from assay.disputes.runs import FrameRun, LotRun
from assay.protocol.logs import decode_log
from tests.backend.indexer.market_life import USD, Life
from tests.worker.disputes.liars import StatesLiar, TermLiar, WrongTrace, lot_of, lying_lot
from tests.worker.disputes.programs import everything, inputs

CLOCK_SECONDS = 40 * 120  # of each side: path_moves times four runs of a lot of 30 s
WINDOW_SECONDS = 70
GAME_CONTRACTS = ("DisputeGame", "FrameMoves", "TraceMoves", "ValueMoves")


@dataclass
class Playing:
    """A game under way: its positions, and those that are answered, as both sides know them from logs."""

    id: int
    claim: bytes
    challenger: str
    defender: str
    claimed: LotRun
    own: LotRun
    strategy: Defender
    positions: list[Position] = field(default_factory=list)
    history: list[tuple[Position, Move]] = field(default_factory=list)
    over: bool = False


class DisputeLife(Life):
    """The market's life with exact jobs; lots are of two items of a small program."""

    program, arrays = everything(), inputs()

    def prepare(self) -> None:
        """After set_up: challengers with money that the game may take."""
        for role in ("challenger", "investor_one"):
            self.send(role, "TestUSD", "mint", self.who[role], 100 * USD)
            self.send(role, "TestUSD", "approve", self.deployment.address("DisputeGame"), 2**256 - 1)

    def honest(self) -> LotRun:
        """The right lot."""
        return LotRun(self.program, self.arrays, 2)

    def wrong_dot(self) -> LotRun:
        """One element of one dot, in one step of a loop, is another."""
        return lying_lot(self.program, self.arrays, ((13, 5),), 2, items=2)

    def wrong_trace(self) -> LotRun:
        """Right outputs; a committed state is made up."""
        return lot_of(FrameRun, WrongTrace)(self.program, self.arrays, 2)

    # --- until claims stand ---

    def claimed_job(self, name: str, *runs: LotRun, shown: int = 2, **terms: Any) -> bytes:
        """A refereed job of one lot and two seats; place k delivers run k, or both the only one."""
        first = (runs * 2)[:2]
        facts = self.honest().facts("", 0, 0)
        exact = {
            "program_root": facts.program_root,
            "inputs_root": facts.inputs_root,
            "runtime_class": bytes(32),
            "grade": 4,
            "items_per_lot": 2,
            "items": 2,
            "lot_seconds": 30,
        }
        job = self.post(name, lots=1, **{**exact, **terms})
        self.draw(job)
        for move in (self.seal, self.tag):
            for place, run in enumerate(first):
                move(job, 0, place, run.root)
        for place, run in enumerate(first[: min(len(runs), shown)]):
            self.reveal(job, 0, place, run.root)
        return job

    def state(self, name: str, place: int, run: LotRun) -> bytes:
        """States the claim of a place of the job's only lot."""
        terms, salt = astuple(self.terms[name]), Web3.keccak(text=name)
        receipt = self.send(
            "east", "Claims", "state_claim", self.jobs[name], terms, salt, self.award(), 0, place, run.root
        )
        return bytes(self.events(receipt, "Claims")[0].claim_id)

    # --- games ---

    def open_game(
        self, claim: bytes, place: int, challenger: str, claimed: LotRun, strategy: Defender | None = None
    ) -> Playing:
        """A challenger with the right run opens a game against the claim of a place."""
        receipt = self.send(challenger, "DisputeGame", "open_game", claim)
        opened = self.events(receipt, "DisputeGame")[0]
        playing = Playing(
            opened.game_id,
            claim,
            challenger,
            self.holder(0, place),
            claimed,
            self.honest(),
            strategy or TermLiar(),
        )
        self._learn(playing, receipt)
        return playing

    def answer(self, game: Playing) -> None:
        """The defender answers, unless another game has brought that about."""
        position = game.positions[-1]
        move = game.strategy.answer(game.positions, cursor_at(game.claimed, game.positions))
        assert move is not None
        if self.read("DisputeGame", "answer_of", position.key(game.claim))[2] == 0:
            self._move(game, game.defender, move)
        game.history.append((position, move))

    def name(self, game: Playing) -> None:
        """The challenger names; the game moves on or ends."""
        move = Challenger().name(game.history, cursor_at(game.own, game.positions))
        assert move is not None
        self._learn(game, self._move(game, game.challenger, move))

    def play(self, game: Playing, rounds: int = 40) -> None:
        """Rounds of answer and naming until the game is over."""
        for _ in range(rounds):
            if game.over:
                return
            self.answer(game)
            self.name(game)

    def call_time(self, game: Playing) -> None:
        """Anyone ends a game whose clock ran out."""
        self._learn(
            game,
            self.send("east", "DisputeGame", "call_time", *self._place(game)),
        )

    def close_game(self, game: Playing) -> None:
        """Anyone gives back the bond of a game whose claim another has convicted."""
        self._learn(
            game,
            self.send("east", "DisputeGame", "close_game", *self._place(game)),
        )

    def enforce(self, claim: bytes) -> None:
        """Anyone makes the market act on the ruling."""
        self.send("east", "Claims", "enforce", claim, self.award())

    def _move(self, game: Playing, role: str, move: Move) -> Any:
        contract = CONTRACT_OF[move.name]
        arguments = move.call(game.id, game.claim, game.positions[-1], self.who[game.challenger])
        return self.send(role, contract, move.name, *arguments)

    def _place(self, game: Playing) -> tuple[Any, ...]:
        return game.id, game.claim, game.positions[-1].packed(), self.who[game.challenger]

    def _learn(self, game: Playing, receipt: Any) -> None:
        addresses = {self.deployment.address(name): name for name in GAME_CONTRACTS}
        for log in receipt["logs"]:
            contract = addresses.get(log["address"])
            if contract is None:
                continue
            event: Any = decode_log(contract, [bytes(t) for t in log["topics"]], bytes(log["data"]))
            if event.NAME == "PositionNamed":
                game.positions.append(position_from(event.position))
            elif event.NAME == "GameEnded":
                game.over = True

    # --- the stories ---

    def convicted_job(self) -> tuple[Playing, Playing]:
        """Both places deliver the same lie; of two games one convicts by leaf, the other is closed; enforced."""
        lie = self.wrong_dot()
        self.claimed_job("lie", lie)
        claim = self.state("lie", 0, lie)
        self.state("lie", 1, lie)
        second = self.open_game(claim, 0, "investor_one", lie)
        first = self.open_game(claim, 0, "challenger", lie)
        self.anvil.advance(7)
        self.play(second, 2)
        self.anvil.advance(11)
        self.play(first)
        self.close_game(second)
        self.enforce(claim)
        for role in ("challenger", "investor_one"):
            self.send("east", "DisputeGame", "withdraw", self.who[role])
        return first, second

    def upheld_job(self) -> Playing:
        """Roots differ and the earlier is right: a game against it is defended by the clock; the later place falls."""
        right, lie = self.honest(), self.wrong_dot()
        job = self.claimed_job("upheld", right, lie)
        claim = self.state("upheld", 0, right)
        game = self.open_game(claim, 0, "challenger", right)
        self.answer(game)
        self.anvil.advance(CLOCK_SECONDS + 1)
        self.call_time(game)
        self.poke(job, 0)
        return game

    def silent_job(self) -> Playing:
        """A made-up state trace, whose defender falls silent. The other place with the same root is paid."""
        lie = self.wrong_trace()
        job = self.claimed_job("silent", lie)
        claim = self.state("silent", 0, lie)
        game = self.open_game(claim, 0, "challenger", lie, StatesLiar())
        self.play(game, 3)
        self.anvil.advance(CLOCK_SECONDS + 1)
        self.call_time(game)
        self.enforce(claim)
        self.anvil.advance(WINDOW_SECONDS + 1)
        self.poke(job, 0)
        return game

    def fled_job(self) -> None:
        """Replicated; tags differ and one place never shows its root: it falls, and the other's stands a window."""
        right, lie = self.honest(), self.wrong_dot()
        job = self.claimed_job("fled", right, lie, shown=1, grade=3, lot_seconds=60)
        self.anvil.advance(200)
        self.poke(job, 0)
        self.anvil.advance(200)
        self.poke(job, 0)

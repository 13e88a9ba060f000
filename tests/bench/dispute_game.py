"""Gas and time of whole disputes on anvil: programs of 2^20, 2^30 and 2^40 scalar operations, large on paper, small
in memory.

The program adds a dot product to its carry in each step of a loop. States have a closed form, so nothing is run that
the players do not look at. One product is wrong in one step; every transaction of both sides is counted.
"""

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from eth_utils.address import to_checksum_address
from web3 import Web3

from assay.disputes.challenger import Challenger
from assay.disputes.cursor import cursor_at
from assay.disputes.journal import Journal
from assay.disputes.moves import CONTRACT_OF, Move
from assay.disputes.positions import position_from
from assay.disputes.runs import Arrays, FrameRun, ItemRun, LoopRun, LotRun, Value
from assay.program.builder import BodyBuilder
from assay.program.canonical import build
from assay.program.dtypes import DType, TensorSpec
from assay.program.node import Node
from assay.program.ops import Op
from assay.program.program import Program
from contracts.scripts.catalogue import CONTRACTS_DIR
from contracts.scripts.compiler import abi_of, analyse, compiled
from tests.contracts.gas_tour import chain
from tests.worker.disputes.liars import TermLiar

COMMAND = "python -m tests.bench dispute"
DEFENDER, CHALLENGER = 1, 2  # anvil's accounts
SIDE, PATH_MOVES, MOVE_PRICE = 32, 64, 50_000
CLAIM, EARLIER = b"\x51" * 32, b"\x52" * 32
GAME = 1  # an earlier game on another claim is open: a deployment's first game pays for its first slots once
# (exponent, trips, terms of each of the 32 x 32 products)
SIZES = ((20, 1 << 4, 1 << 6), (30, 1 << 10, 1 << 10), (40, 1 << 20, 1 << 10))
DAVE_MOVE, DAVE_MATCH = 90_000, 8_000_000  # Cartesi Dave as whole transactions, recorded
GOAL_GAS, GOAL_ROUNDS = 1_600_000, 15


def paper_program(trips: int, terms: int) -> Program:
    """carry + a·b in each step; inputs carry, a, b."""
    specs = [TensorSpec(DType.I32, (1, SIDE, size)) for size in (SIDE, terms, terms)]
    body = BodyBuilder()
    carry = body.carry(0, specs[0])
    a, b = body.invariant(0, specs[1]), body.invariant(1, specs[2])
    product = body.op(Op.DOT, a, b, dtype=DType.I32, dims=(1, SIDE, SIDE), params=(8, 8))
    body.returns(body.op(Op.ADD, carry, product))
    main = BodyBuilder()
    begun, a, b = (main.carry(k, spec) for k, spec in enumerate(specs))
    main.returns(*main.loop(body, [begun], [a, b], trips=trips))
    return build(main, 3)


class PaperLoop(LoopRun):
    """State t is the first one plus t products, and one more from the wrong step on."""

    def state(self, step: int) -> Arrays:
        """In closed form."""
        assert self.invariants is not None
        owner = self.owner
        assert isinstance(owner, PaperFrame)
        a, b = (array[0].astype(np.int64) for array in self.invariants)
        whole = self._kept[0][0].astype(np.int64) + step * (a @ b.T)[None]
        if owner.wrong_step is not None and step > owner.wrong_step:
            whole[0, 7, 11] += 1
        return (whole.astype(np.int32),)


class PaperFrame(FrameRun):
    """Its loop has a closed form; step `wrong_step` has one element wrong (None: an honest run)."""

    wrong_step: int | None = None

    def loop(self, index: int, values: Any = None) -> LoopRun:
        """The loop on paper."""
        if index not in self._loops:
            known: Any = self.values if values is None else values
            node = self.body.nodes[index]
            self._loops[index] = PaperLoop(self, index, known[node.inputs[0]], known[node.inputs[1]])
        return self._loops[index]

    def _value(self, index: int, node: Node, values: list[Value]) -> Value:
        value = super()._value(index, node, values)
        if node.op is Op.DOT and self.path[-1][1] == self.wrong_step:
            value = np.array(value)
            value[0, 7, 11] += 1
        return value


class LyingFrame(PaperFrame):
    """Wrong at two thirds of the loop."""


class PaperItem(ItemRun):
    """An honest item."""

    frame_type = PaperFrame


class LyingItem(ItemRun):
    """A lying one."""

    frame_type = LyingFrame


class PaperLot(LotRun):
    """An honest lot."""

    item_type = PaperItem


class LyingLot(LotRun):
    """A lying one."""

    item_type = LyingItem


@dataclass
class Court:
    """The contracts on anvil, and (sender, function, gas) of each transaction of a game."""

    w3: Web3
    accounts: list[str]
    contracts: dict[str, Any] = field(default_factory=dict)
    spent: list[tuple[int, str, int]] = field(default_factory=list)

    def deploy(self, name: str, *arguments: Any) -> Any:
        """A contract by name, or the mock market."""
        if name == "claims_mock":
            output = analyse(CONTRACTS_DIR / "mocks" / "claims_mock.vy")
            abi, code = abi_of(output), output.bytecode
        else:
            artifact = compiled(name)
            abi, code = artifact.abi, bytes.fromhex(artifact.initcode.removeprefix("0x"))
        factory = self.w3.eth.contract(abi=abi, bytecode=code)
        sent = factory.constructor(*arguments).transact({"from": self.accounts[0]})
        address = self.w3.eth.wait_for_transaction_receipt(sent)["contractAddress"]
        self.contracts[name] = self.w3.eth.contract(address=address, abi=abi)
        return self.contracts[name]

    def deploy_all(self) -> None:
        """Game and moves know each other: the game's address follows from the deployer's nonce."""
        from eth._utils.address import generate_contract_address
        from eth_typing import Address

        usd = self.deploy("TestUSD").address
        leaves = [self.deploy(name).address for name in ("Leaf", "TermLeaf", "RootLeaf")]
        nonce = self.w3.eth.get_transaction_count(to_checksum_address(self.accounts[0])) + 4
        predicted = generate_contract_address(Address(bytes.fromhex(self.accounts[0][2:])), nonce)
        game = to_checksum_address(predicted)
        claims = self.deploy("claims_mock", game).address
        frame = self.deploy("FrameMoves", game, leaves[2]).address
        trace = self.deploy("TraceMoves", game, leaves[2]).address
        value = self.deploy("ValueMoves", game, *leaves).address
        made = self.deploy("DisputeGame", usd, claims, frame, trace, value, PATH_MOVES, MOVE_PRICE)
        assert made.address == game
        self.send(
            "TestUSD", "mint", self.accounts[CHALLENGER], 10 * PATH_MOVES * MOVE_PRICE, sender=CHALLENGER
        )
        self.send("TestUSD", "approve", game, 2**256 - 1, sender=CHALLENGER)

    def send(self, contract: str, function: str, *arguments: Any, sender: int) -> Any:
        """One transaction; its receipt."""
        call = getattr(self.contracts[contract].functions, function)(*arguments)
        sent = call.transact({"from": self.accounts[sender], "gas": 16_000_000})
        receipt = self.w3.eth.wait_for_transaction_receipt(sent)
        if receipt["status"] != 1:
            raise AssertionError(f"{function} reverted")
        self.spent.append((sender, function, receipt["gasUsed"]))
        return receipt

    def feed(self, journal: Journal, receipt: Any) -> None:
        """Reads the logs of a move."""
        game = self.contracts["DisputeGame"]
        for event in ("PositionNamed", "PositionAnswered", "GameEnded"):
            for log in getattr(game.events, event)().process_receipt(receipt, errors=_DISCARD):
                args = log["args"]
                if event == "PositionNamed":
                    journal.named(args["game_id"], args["claim_id"], position_from(args["position"]))
                elif event == "PositionAnswered":
                    journal.answered(args["position_key"], args["answer"])
                else:
                    journal.ended(args["game_id"])


def _discard() -> Any:
    from web3.logs import DISCARD

    return DISCARD


_DISCARD = _discard()


def play(w3: Web3, trips: int, terms: int) -> tuple[list[tuple[int, str, int]], int, float]:
    """(sender, function and gas of each transaction; rounds; seconds) of one dispute, read from logs as players do."""
    court = Court(w3, [str(account) for account in w3.eth.accounts])
    court.deploy_all()
    generator = np.random.default_rng(5)
    shapes = ((1, SIDE, SIDE), (1, SIDE, terms), (1, SIDE, terms))
    inputs = [generator.integers(-127, 128, shape).astype(np.int32) for shape in shapes]
    program = paper_program(trips, terms)
    LyingFrame.wrong_step = trips * 2 // 3
    claimed, own = LyingLot(program, inputs), PaperLot(program, inputs)
    facts = claimed.facts(court.accounts[DEFENDER], 2**40, 600)
    court.send("claims_mock", "register", CLAIM, facts.as_tuple(), sender=0)
    court.send("claims_mock", "register", EARLIER, facts.as_tuple(), sender=0)
    court.send("DisputeGame", "open_game", EARLIER, sender=CHALLENGER)
    court.spent.clear()
    journal, rounds, began = Journal(), 0, time.monotonic()
    court.feed(journal, court.send("DisputeGame", "open_game", CLAIM, sender=CHALLENGER))
    while GAME not in journal.over:
        positions = journal.positions[GAME]
        defending = journal.defender_to_move(GAME)
        move: Move | None
        if defending:
            rounds += 1
            move = TermLiar().answer(positions, cursor_at(claimed, positions))
        else:
            move = Challenger().name(journal.history(GAME), cursor_at(own, positions))
        assert move is not None
        arguments = move.call(GAME, CLAIM, positions[-1], court.accounts[CHALLENGER])
        receipt = court.send(
            CONTRACT_OF[move.name], move.name, *arguments, sender=DEFENDER if defending else CHALLENGER
        )
        court.feed(journal, receipt)
    return court.spent, rounds, time.monotonic() - began


def rows() -> list[dict[str, Any]]:
    """A row for each size: gas, rounds, the dearest move."""
    found = []
    for exponent, trips, terms in SIZES:
        with chain() as anvil:
            spent, rounds, seconds = play(Web3(Web3.HTTPProvider(anvil.url)), trips, terms)
        total = sum(gas for _, _, gas in spent)
        moves = [gas for _, name, gas in spent if name != "open_game"]
        pays = {side: sum(gas for who, _, gas in spent if who == side) for side in (DEFENDER, CHALLENGER)}
        label = f"dispute over 2^{exponent} scalar operations"
        last = exponent == 40
        found += [
            _row(
                f"{label}: all transactions of both sides, opening included",
                total,
                "gas",
                f"<= {GOAL_GAS:,}" if last else "",
                total <= GOAL_GAS if last else None,
            ),
            _row(
                f"{label}: rounds",
                rounds,
                "rounds",
                f"<= {GOAL_ROUNDS}" if last else "",
                rounds <= GOAL_ROUNDS if last else None,
            ),
            _row(f"{label}: what the defender sends", pays[DEFENDER], "gas", "", None),
            _row(f"{label}: what the challenger sends, opening included", pays[CHALLENGER], "gas", "", None),
            _row(
                f"{label}: both players and the chain, states in closed form",
                round(seconds, 1),
                "s",
                "",
                None,
            ),
            _row(f"{label}: a move, mean", round(sum(moves) / len(moves)), "gas", "", None),
            _row(f"{label}: the dearest move", max(moves), "gas", "", None),
        ]
    mean = round(sum(moves) / len(moves))
    found.append(
        _row("a move / Dave's", round(mean / DAVE_MOVE, 3), "x", "<= 0.75", mean <= 0.75 * DAVE_MOVE)
    )
    found.append(
        _row(
            "whole dispute / Dave's", round(total / DAVE_MATCH, 3), "x", "<= 0.25", total <= 0.25 * DAVE_MATCH
        )
    )
    by_name: dict[str, list[int]] = {}
    for _, name, gas in spent:
        by_name.setdefault(name, []).append(gas)
    found += [
        _row(f"gas of {name}, mean", round(sum(v) / len(v)), "gas", "", None) for name, v in by_name.items()
    ]
    return found


def _row(name: str, value: float, unit: str, goal: str, holds: bool | None) -> dict[str, Any]:
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "goal": goal or None,
        "holds": holds,
        "peer": "Cartesi Dave as whole transactions: 90k a move, ~8M a match (recorded)",
        "command": COMMAND,
    }

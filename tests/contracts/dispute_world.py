"""The dispute game, its moves contracts, leaves and a mock market in the in-process EVM."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import boa

from assay.disputes.facts import ClaimFacts
from assay.disputes.moves import CONTRACT_OF, Move
from assay.disputes.positions import Position
from contracts.scripts.catalogue import CONTRACTS_DIR
from tests.contracts.worlds import deployer, role

PATH_MOVES = 64
MOVE_PRICE_USD6 = 50_000
BOND_USD6 = PATH_MOVES * MOVE_PRICE_USD6
MOVE_SECONDS = 20
CLOCK_SECONDS = PATH_MOVES * MOVE_SECONDS


@cache
def compiled(name: str) -> Any:
    """Titanoboa's factory of a contract by the name of its file; compiled once a process."""
    return boa.load_partial(str(CONTRACTS_DIR / f"{name}.vy"))


def deploy(name: str, *arguments: Any, **options: Any) -> Any:
    """One contract by the name of its file."""
    return compiled(name).deploy(*arguments, **options)


@dataclass
class DisputeWorld:
    """Everything a game needs. `defender` owns the claims."""

    usd: Any
    claims: Any
    contracts: dict[str, Any]
    defender: str

    @property
    def game(self) -> Any:
        """DisputeGame."""
        return self.contracts["DisputeGame"]

    def claim(self, claim_id: bytes, facts: ClaimFacts) -> None:
        """Registers a claim."""
        self.claims.register(claim_id, facts.as_tuple())

    def challenger(self, name: str = "challenger") -> str:
        """An account with money for a few bonds."""
        account = role(name)
        self.usd.mint(account, 10 * BOND_USD6)
        with boa.env.prank(account):
            self.usd.approve(self.game.address, 2**256 - 1)
        return account

    def open(self, claim_id: bytes, challenger: str) -> int:
        """A game; its id."""
        with boa.env.prank(challenger):
            return int(self.game.open_game(claim_id))

    def move(
        self,
        game_id: int,
        claim_id: bytes,
        position: Position,
        move: Move,
        sender: str,
        challenger: str | None = None,
    ) -> None:
        """Makes a move in a challenger's game, by default the sender's; boa.BoaError when it is refused."""
        contract = self.contracts[CONTRACT_OF[move.name]]
        with boa.env.prank(sender):
            getattr(contract, move.name)(*move.call(game_id, claim_id, position, challenger or sender))


def deploy_game(
    usd: Any, claims: str, *, path_moves: int = PATH_MOVES, move_price_usd6: int = MOVE_PRICE_USD6
) -> dict[str, Any]:
    """The game and its moves contracts over leaves of their own, by name; `claims` is the address it asks."""
    game_address = role("game")
    leaf, term_leaf, root_leaf = (deploy(name) for name in ("Leaf", "TermLeaf", "RootLeaf"))
    moves = {
        "FrameMoves": deploy("FrameMoves", game_address, root_leaf.address),
        "TraceMoves": deploy("TraceMoves", game_address, root_leaf.address),
        "ValueMoves": deploy("ValueMoves", game_address, leaf.address, term_leaf.address, root_leaf.address),
    }
    game = deploy(
        "DisputeGame",
        usd.address,
        claims,
        *(moves[name].address for name in ("FrameMoves", "TraceMoves", "ValueMoves")),
        path_moves,
        move_price_usd6,
        override_address=game_address,
    )
    return {**moves, "DisputeGame": game}


def dispute_world() -> DisputeWorld:
    """A new deployment."""
    usd = deployer("TestUSD").deploy()
    claims_address = role("claims")
    contracts = deploy_game(usd, claims_address)
    game = contracts["DisputeGame"].address
    claims = compiled("mocks/claims_mock").deploy(game, override_address=claims_address)
    return DisputeWorld(usd, claims, contracts, role("defender"))

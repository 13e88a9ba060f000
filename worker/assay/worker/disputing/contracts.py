"""The contracts of disputes of a deployment, and the calls that a worker makes to them."""

from __future__ import annotations

from typing import Any

from web3 import Web3

from assay.disputes.moves import CONTRACT_OF
from assay.disputes.positions import Position
from assay.market.records import JobRecord
from assay.protocol.call import Call
from assay.protocol.clients import EscrowClient, UsdClient
from assay.protocol.clients.base import ContractClient
from assay.protocol.deployment import Deployment

PLAYED = ("Claims", "DisputeGame", "FrameMoves", "TraceMoves", "ValueMoves")


def _client(name: str, w3: Web3, deployment: Deployment) -> ContractClient:
    kind: type[ContractClient] = type(f"{name}Client", (ContractClient,), {"CONTRACT": name})
    return kind(w3, deployment)


class GameContracts:
    """Reads and calls of Claims, DisputeGame and its moves contracts."""

    def __init__(self, w3: Web3, deployment: Deployment) -> None:
        self._by_name = {name: _client(name, w3, deployment) for name in PLAYED}
        self.usd, self.escrow = UsdClient(w3, deployment), EscrowClient(w3, deployment)
        self.bond_usd6 = deployment.param("path_moves") * deployment.param("move_price_usd6")
        self.path_moves = deployment.param("path_moves")

    @property
    def game(self) -> ContractClient:
        """DisputeGame."""
        return self._by_name["DisputeGame"]

    @property
    def claims(self) -> ContractClient:
        """Claims."""
        return self._by_name["Claims"]

    def move_call(
        self, name: str, game_id: int, claim_id: bytes, position: Position, arguments: tuple[Any, ...]
    ) -> Call:
        """A move of a game, to the contract that takes it."""
        whole = (game_id, claim_id, position.as_tuple(), *arguments)
        return self._by_name[CONTRACT_OF[name]].call(name, *whole)

    def state_claim(self, job: JobRecord, lot: int, place: int, root: bytes) -> Call:
        """Makes a claim known to Claims."""
        awardees = list(job.awardees)
        return self.claims.call(
            "state_claim", job.job_id, job.terms, job.client_salt, awardees, lot, place, root
        )

    def open_game(self, claim_id: bytes) -> Call:
        """Challenges a claim, for the bond."""
        # another game on the lot may begin or end in the same block: an estimate cannot know what that costs
        return self.game.call("open_game", claim_id, gas=500_000)

    def approve(self, bonds: int) -> Call:
        """Lets the game take so many bonds."""
        return self.usd.approve(self.game.address, bonds * self.bond_usd6)

    def call_time(self, game_id: int, claim_id: bytes, position: Position) -> Call:
        """Ends a game whose side to move has used up its clock."""
        return self.game.call("call_time", game_id, claim_id, position.as_tuple())

    def close_game(self, game_id: int, claim_id: bytes, position: Position) -> Call:
        """Takes the bond back from a game on a claim that another game convicted."""
        return self.game.call("close_game", game_id, claim_id, position.as_tuple())

    def enforce(self, claim_id: bytes, job: JobRecord) -> Call:
        """Makes the market act on a ruling."""
        return self.claims.call("enforce", claim_id, list(job.awardees))

    def withdraw(self, account: str) -> Call:
        """Sends an account the bonds that it won or got back."""
        return self.game.call("withdraw", account)

    def credit_of(self, account: str, *, block: int | None = None) -> int:
        """What `withdraw` would send, usd6."""
        return int(self.game.read("credit_of", account, block=block))

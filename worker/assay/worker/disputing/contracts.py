"""The contracts of disputes of a deployment, and the calls that a worker makes to them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from web3 import Web3

from assay.disputes.moves import CONTRACT_OF, head_of_call
from assay.disputes.positions import Position
from assay.market.records import JobRecord
from assay.protocol.call import Call
from assay.protocol.clients import (
    ClaimsClient,
    DisputeGameClient,
    FrameMovesClient,
    MovesClient,
    TraceMovesClient,
    UsdClient,
    ValueMovesClient,
)
from assay.protocol.deployment import Deployment
from assay.worker.disputing.book import GameRecord

OPENING_GAS = 500_000


class GameContracts:
    """Reads and calls of Claims, DisputeGame and its moves contracts."""

    def __init__(self, w3: Web3, deployment: Deployment) -> None:
        self.claims, self.game = ClaimsClient(w3, deployment), DisputeGameClient(w3, deployment)
        self._movers: dict[str, MovesClient] = {
            client.CONTRACT: client
            for client in (
                self.game,
                FrameMovesClient(w3, deployment),
                TraceMovesClient(w3, deployment),
                ValueMovesClient(w3, deployment),
            )
        }
        self.usd = UsdClient(w3, deployment)
        self.path_moves = deployment.param("path_moves")
        self.bond_usd6 = self.path_moves * deployment.param("move_price_usd6")

    def move_call(self, name: str, game: GameRecord, position: Position, arguments: tuple[Any, ...]) -> Call:
        """A move of a game, to the contract that takes it."""
        head = head_of_call(name, game.game_id, game.claim_id, position.packed(), game.challenger)
        return self._movers[CONTRACT_OF[name]].move(name, head, arguments)

    def state_claim(self, job: JobRecord, lot: int, place: int, root: bytes) -> Call:
        """Makes a claim known to Claims."""
        return self.claims.state_claim(
            job.job_id, job.terms, job.client_salt, job.awardees, lot=lot, place=place, root=root
        )

    def open_game(self, claim_id: bytes) -> Call:
        """Challenges a claim, for the bond."""
        # another game on the lot may begin or end in the same block: an estimate cannot know what that costs
        return replace(self.game.open_game(claim_id), gas=OPENING_GAS)

    def approve(self, bonds: int) -> Call:
        """Lets the game take so many bonds."""
        return self.usd.approve(self.game.address, bonds * self.bond_usd6)

    def call_time(self, game: GameRecord, position: Position) -> Call:
        """Ends a game whose side to move has used up its clock."""
        return self.game.call_time(game.game_id, game.claim_id, position.packed(), game.challenger)

    def close_game(self, game: GameRecord, position: Position) -> Call:
        """Takes the bond back from a game on a claim that another game convicted."""
        return self.game.close_game(game.game_id, game.claim_id, position.packed(), game.challenger)

    def enforce(self, claim_id: bytes, job: JobRecord) -> Call:
        """Makes the market act on a ruling."""
        return self.claims.enforce(claim_id, job.awardees)

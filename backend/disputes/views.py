"""Endpoints of disputes: games, claims, convictions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from backend.disputes import selectors
from backend.disputes.descent import claim_get, game_get
from backend.disputes.serializers import (
    ClaimSerializer,
    ConvictionSerializer,
    GameDetailSerializer,
    GameSerializer,
)
from backend.web.errors import not_found
from backend.web.finality import read_tip
from backend.web.params import bytes32, integer
from backend.web.schema import reads
from backend.web.views import ListView, ReadView, no_parameters

MAX_GAME_ID = 2**63 - 1


@reads(GameSerializer, "Games, newest first")
class GameList(ListView):
    """Games of all claims, newest first."""

    listing = selectors.GAMES

    def finish(self, results: list[dict[str, Any]]) -> None:
        """Ends of clocks, words, finality."""
        selectors.games_finish(results)
        read_tip().label(results)


@reads(GameDetailSerializer, "One game, its whole descent")
class GameDetail(ReadView):
    """One game with its claim, every position and answer in order, and how it ended."""

    def read(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """The game, or a 404 problem."""
        no_parameters(request)
        game_id = int(integer(0, MAX_GAME_ID)("game", kwargs["game"]))
        game = game_get(game_id, read_tip())
        if game is None:
            raise not_found("game", str(game_id))
        return game


@reads(ClaimSerializer, "Stated claims, newest first")
class ClaimList(ListView):
    """Claims that were stated so that games can be opened on them, newest first."""

    listing = selectors.CLAIMS

    def finish(self, results: list[dict[str, Any]]) -> None:
        """Their lots, words, splits, finality."""
        selectors.claims_finish(results)
        read_tip().label(results)


@reads(ClaimSerializer, "One stated claim")
class ClaimDetail(ReadView):
    """One stated claim; its games are at /disputes?claim=."""

    def read(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """The claim, or a 404 problem."""
        no_parameters(request)
        claim_id = bytes32("claim_id", kwargs["claim_id"])
        claim = claim_get(claim_id, read_tip())
        if claim is None:
            raise not_found("stated claim", claim_id)
        return claim


@reads(ConvictionSerializer, "Convictions, newest first")
class ConvictionList(ListView):
    """Seats that lost their bonds, newest first."""

    listing = selectors.CONVICTIONS

    def finish(self, results: list[dict[str, Any]]) -> None:
        """Words, splits, finality."""
        selectors.convictions_finish(results)
        read_tip().label(results)

"""Endpoints of the exchange: the relay of signed orders, books, trades, candles."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.exchange import selectors
from backend.exchange.serializers import (
    BestOrdersSerializer,
    BookSerializer,
    CandleSerializer,
    SignedOrderRequestSerializer,
    SignedOrderSerializer,
    TradeSerializer,
)
from backend.exchange.services import order_take
from backend.web.cursors import Key
from backend.web.errors import Problem, not_found
from backend.web.finality import read_tip
from backend.web.params import address, bad_parameter, bytes32
from backend.web.parsers import BoundedJsonParser
from backend.web.schema import problems, reads
from backend.web.throttles import OrderThrottle
from backend.web.views import ListView, ReadView, no_parameters


def known_share(text: str) -> str:
    """The share of a path. Raises 400 or 404 problems."""
    share = address("share", text)
    if not selectors.share_exists(share):
        raise not_found("share", share)
    return share


@reads(SignedOrderSerializer, "Signed orders, newest first")
class OrderList(ListView):
    """Signed orders brought to this relay, newest first; POST brings one."""

    listing = selectors.ORDERS
    throttle_classes = (OrderThrottle,)
    parser_classes = (BoundedJsonParser,)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Writes go through DRF's request cycle, reads past it."""
        if request.method == "POST":
            written: HttpResponse = APIView.dispatch(self, request, *args, **kwargs)  # type: ignore[assignment]
            return written
        return super().dispatch(request, *args, **kwargs)

    @extend_schema(
        operation_id="orders_create",
        summary="Bring a signed order",
        description="409: nothing of it can be filled now; `code` says why. Bringing an order again looks at it again.",
        parameters=[],
        request=SignedOrderRequestSerializer,
        responses={201: SignedOrderSerializer, **problems(400, 404, 409, 413, 429, 503)},
    )
    def post(self, request: Request) -> Response:
        """The order as this relay has it."""
        row = order_take(request.data)
        answer = Response(selectors.order_get(row.digest), status=201)
        answer["Cache-Control"] = "no-store"
        return answer


@reads(SignedOrderSerializer, "One signed order")
class OrderDetail(ReadView):
    """One order, by the digest that was signed."""

    def read(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """The order, or a 404 problem."""
        no_parameters(request)
        digest = bytes32("digest", kwargs["digest"])
        order = selectors.order_get(digest)
        if order is None:
            raise Problem(404, "not_found", f"No order {digest} was brought to this relay.")
        return order


@reads(BookSerializer, "Book of a share")
class Book(ReadView):
    """Best bid and ask, and depth by price."""

    def read(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """The book."""
        no_parameters(request)
        return selectors.book_get(known_share(kwargs["share"]))


@reads(BestOrdersSerializer, "Best orders of one side of a share's book")
class BestOrders(ReadView):
    """Orders to take, with their signatures. ?side=sell (or buy), &taker= for those meant for one account too."""

    def read(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """At most 50, best first."""
        for name in request.GET:
            if name not in ("side", "taker"):
                hint = "There are side and taker."
                raise Problem(400, "unknown_parameter", f"{name[:60]!r} is not a parameter here.", hint)
        share, side = known_share(kwargs["share"]), request.GET.get("side", "sell")
        taker = address("taker", request.GET["taker"]) if "taker" in request.GET else None
        if side not in ("sell", "buy"):
            raise bad_parameter("side", side, "sell or buy")
        return {"results": selectors.best_orders(share, sell=side == "sell", taker=taker)}


@reads(TradeSerializer, "Trades, newest first")
class TradeList(ListView):
    """Trades of shares, newest first."""

    listing = selectors.TRADES

    def finish(self, results: list[dict[str, Any]]) -> None:
        """Finality of each trade."""
        read_tip().label(results)


@reads(CandleSerializer, "Candles of a share, newest first")
class CandleList(ListView):
    """Trades of a share by minute (1m), hour (1h) or day (1d) of chain time, newest first."""

    listing = selectors.CANDLES

    def scope(self, **kwargs: str) -> dict[str, Key]:
        """Of one share and one length."""
        seconds = selectors.INTERVALS.get(kwargs["interval"])
        if seconds is None:
            raise bad_parameter("interval", kwargs["interval"], "1m, 1h or 1d")
        return {"share": known_share(kwargs["share"]), "seconds": seconds}

    def finish(self, results: list[dict[str, Any]]) -> None:
        """Finality of each candle's newest trade."""
        read_tip().label(results)

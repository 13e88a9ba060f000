"""Base views. Reads skip DRF's request cycle (negotiation, authentication, parsers cost more than the query),
yet keep its schema, its throttles and its errors; writes go through it whole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from rest_framework.views import APIView

from backend.web.cursors import Key
from backend.web.errors import Problem, problem_of, problem_response
from backend.web.keyset import KeysetList
from backend.web.responses import REVALIDATE, json_response
from backend.web.throttles import ReadThrottle

_READS = ("GET", "HEAD")
Handler = Callable[..., HttpResponse]


class ReadView(APIView):
    """A GET endpoint: subclasses give `read`, and an empty-bodied `get` that carries the schema."""

    cache_control: ClassVar[str] = REVALIDATE
    throttle: ClassVar[ReadThrottle] = ReadThrottle()

    def read(self, request: HttpRequest, **kwargs: Any) -> Any:
        """The JSON-ready answer. Raises Problem."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answers one read; every exception becomes a problem."""
        try:
            if request.method not in _READS:
                return self._other_method(request)
            self.throttle.check(request)
            return json_response(request, self.read(request, **kwargs), cache=self.cache_control)
        except Exception as error:
            return problem_response(problem_of(error))

    def _other_method(self, request: HttpRequest) -> HttpResponse:
        allow = {"Allow": "GET, HEAD, OPTIONS"}
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=allow)
        raise Problem(
            405, "method_not_allowed", f"{request.method} is not allowed here; GET is.", headers=allow
        )


def no_parameters(request: HttpRequest) -> None:
    """Refuses query parameters where an endpoint has none, so that a misspelt filter is not ignored."""
    for name in request.GET:
        raise Problem(400, "unknown_parameter", f"{name[:60]!r} is not a parameter here: there are none.")


class ListView(ReadView):
    """A keyset list as an endpoint."""

    listing: ClassVar[KeysetList]

    def scope(self, **kwargs: str) -> dict[str, Key]:
        """Fixed lookups from the path. Raises Problem for a malformed or unknown parent."""
        return {}

    def finish(self, results: list[dict[str, Any]]) -> None:
        """Adds what is computed or comes from other tables, in place; a constant number of queries."""

    def read(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """{"results": […], "next": cursor or null}."""
        page = self.listing.page(request.GET, **self.scope(**kwargs))
        self.finish(page.results)
        return {"results": page.results, "next": page.next}

"""Endpoints of jobs: list, one, its lots, its timeline; and quotes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.artifacts.specs import spec_of, specs_of
from backend.disputes.lots import claims_attach
from backend.market import selectors
from backend.market.pictures import picture_get
from backend.market.quote_serializers import QuoteRequestSerializer, QuoteSerializer
from backend.market.quoted import Order
from backend.market.quotes import quote_get
from backend.market.serializers import (
    EventSerializer,
    JobDetailSerializer,
    JobSerializer,
    LotSerializer,
)
from backend.web.cursors import Key
from backend.web.errors import Problem, not_found, problem_of, problem_response
from backend.web.finality import read_tip
from backend.web.params import bytes32
from backend.web.parsers import BoundedJsonParser
from backend.web.responses import etag_of
from backend.web.schema import problems, reads
from backend.web.throttles import QuoteThrottle
from backend.web.views import ListView, ReadView, no_parameters


def known_job(job_id: str) -> str:
    """The id, normalised; a 404 problem when the index does not know it."""
    found = bytes32("job_id", job_id)
    if not selectors.job_exists(found):
        raise not_found("job", found)
    return found


@reads(JobSerializer, "Jobs, newest first")
class JobList(ListView):
    """Jobs, newest first."""

    listing = selectors.JOBS

    def finish(self, results: list[dict[str, Any]]) -> None:
        """Kinds come from the specs, which are cached by their hash."""
        read_tip().label(results)
        specs = specs_of({job["spec_hash"] for job in results})
        for job in results:
            spec = specs.get(job["spec_hash"])
            job["kind"] = spec.get("kind") if spec else None


@reads(JobDetailSerializer, "One job")
class JobDetail(ReadView):
    """One job with its terms, spec, awardees and sums."""

    def read(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """The job, or a 404 problem."""
        no_parameters(request)
        job_id = bytes32("job_id", kwargs["job_id"])
        job = selectors.job_get(job_id)
        if job is None:
            raise not_found("job", job_id)
        job["spec"] = spec_of(job["spec_hash"])
        job["kind"] = job["spec"].get("kind") if job["spec"] else None
        read_tip().label([job])
        return job


@reads(LotSerializer, "Lots of a job, in order")
class LotList(ListView):
    """Lots of a job with their places, in order."""

    listing = selectors.LOTS

    def scope(self, **kwargs: str) -> dict[str, Key]:
        """Of one job."""
        return {"job": known_job(kwargs["job_id"])}

    def read(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """A page of lots with their seats and claims."""
        page = super().read(request, **kwargs)
        job_id = bytes32("job_id", kwargs["job_id"])
        selectors.seats_attach(job_id, page["results"])
        claims_attach(job_id, page["results"])
        read_tip().label(page["results"])
        return page


@reads(EventSerializer, "Timeline of a job, oldest first")
class EventList(ListView):
    """Every log that names the job, oldest first."""

    listing = selectors.EVENTS

    def scope(self, **kwargs: str) -> dict[str, Key]:
        """Of one job."""
        return {"job": known_job(kwargs["job_id"])}

    def finish(self, results: list[dict[str, Any]]) -> None:
        """Finality of each line."""
        read_tip().label(results)


class JobPicture(ReadView):
    """The picture this server made of a finished job: a cache, not a proof."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The PNG, labelled; a 404 problem while there is none."""
        try:
            self.throttle.check(request)
            job_id = known_job(kwargs["job_id"])
            body = picture_get(job_id) if request.method in ("GET", "HEAD") else None
            if body is None:
                hint = "It is made once every lot is revealed; the items themselves are in the store before."
                raise Problem(404, "no_picture", f"There is no picture of {job_id} here.", hint)
        except Exception as error:
            return problem_response(problem_of(error))
        response = HttpResponse(body, content_type="image/png")
        response["X-Assay-Label"] = "cache made by this server from verified items; it proves nothing"
        response["Cache-Control"] = "no-cache"
        response["ETag"] = etag_of(body)
        return response

    @extend_schema(
        summary="Picture of a finished job",
        description="A cache made by this server from items verified against the roots on chain. It proves nothing.",
        responses={(200, "image/png"): OpenApiTypes.BINARY, **problems(400, 404, 429)},
    )
    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """See dispatch."""
        return self.dispatch(request, **kwargs)


class Quotes(APIView):
    """Quotes on request; nothing is kept."""

    throttle_classes = (QuoteThrottle,)
    parser_classes = (BoundedJsonParser,)

    @extend_schema(
        summary="Quote a job",
        description="409: the market cannot take it now; `refused` lists every device with its reason. Code too_cheap: "
        "a seat's bond would not cover what disputing it costs; `least_price_usd6` is the least price of a seat "
        "that does.",
        request=QuoteRequestSerializer,
        responses={200: QuoteSerializer, **problems(400, 409, 413, 422, 429)},
    )
    def post(self, request: Request) -> Response:
        """What the job would be, who takes it, what it costs."""
        asked = QuoteRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = dict(asked.validated_data)
        cap = values.get("max_price_per_hour_usd6")
        values["max_price_per_hour_usd6"] = int(cap) if cap else None
        answer = Response(quote_get(Order(**values)))
        answer["Cache-Control"] = "no-store"
        return answer

"""How views say their shapes to drf-spectacular: base serializers of the JSON, and one decorator for reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers

from backend.web.errors import PROBLEM_TYPE
from backend.web.finality import LEVELS
from backend.web.keyset import KeysetList

View = TypeVar("View", bound=Callable[..., Any])
ADDRESS = r"^0x[0-9a-fA-F]{40}$"
BYTES32 = r"^0x[0-9a-f]{64}$"
DIGITS = r"^[0-9]+$"


class Schema(AutoSchema):
    """Names operations by path, so that a list and an object are told apart without DRF's viewsets."""

    def get_operation_id(self) -> str:
        """jobs_list, jobs_get, jobs_lots_list …"""
        parts = [part for part in self.path.removeprefix("/api/v1/").split("/") if part and "{" not in part]
        action = {"GET": "get", "PUT": "put", "POST": "create", "HEAD": "head"}[self.method]
        if getattr(self.view, "listing", None) is not None:
            action = "list"
        return "_".join([*parts, action]).replace("-", "_").replace(".", "_")

    def get_tags(self) -> list[str]:
        """The first folder."""
        return [self.path.removeprefix("/api/v1/").split("/")[0]]


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Stable; what a program decides by.")
    detail = serializers.CharField()
    hint = serializers.CharField(help_text="What to do about it; may be empty.", allow_blank=True)


def address_field(**options: Any) -> serializers.RegexField:
    """A checksummed address."""
    return serializers.RegexField(ADDRESS, **options)


def bytes32_field(**options: Any) -> serializers.RegexField:
    """A 32-byte id or hash."""
    return serializers.RegexField(BYTES32, **options)


def usd6_field(**options: Any) -> serializers.RegexField:
    """An amount of money, decimal text in 10^-6 USD."""
    return serializers.RegexField(DIGITS, help_text="usd6: decimal text, 10^-6 USD", **options)


def units_field(**options: Any) -> serializers.RegexField:
    """A number that may pass 2^53, as decimal text."""
    return serializers.RegexField(DIGITS, **options)


def time_field(**options: Any) -> serializers.IntegerField:
    """A block timestamp."""
    return serializers.IntegerField(help_text="block timestamp, unix seconds", **options)


def finality_field() -> serializers.ChoiceField:
    """pending, confirmed or finalized."""
    return serializers.ChoiceField(choices=list(LEVELS))


_PROBLEMS = {
    400: "A parameter is malformed or unknown",
    404: "Not in the index",
    429: "Too many requests",
}


def problems(*statuses: int) -> dict[tuple[int, str], Any]:
    """Problem responses for these statuses."""
    return {
        (status, PROBLEM_TYPE): OpenApiResponse(
            ProblemSerializer, description=_PROBLEMS.get(status, "Refused")
        )
        for status in statuses
    }


def _parameters(listing: KeysetList) -> list[OpenApiParameter]:
    found = [
        OpenApiParameter(name, str, description=filter_.description)
        for name, filter_ in listing.filters.items()
    ]
    found.append(OpenApiParameter("after", str, description="`next` of the previous page"))
    limit = f"1 to {listing.max_limit}, {listing.default_limit} by default"
    return [*found, OpenApiParameter("limit", int, description=limit)]


def reads(
    shape: type[serializers.Serializer[Any]], summary: str, *, many: bool = False
) -> Callable[[View], View]:
    """Documents a ReadView or ListView class: what its GET answers."""

    def decorate(view: View) -> View:
        listing: KeysetList | None = getattr(view, "listing", None)
        statuses = (400, 429) if listing is not None and "{" not in summary else (400, 404, 429)
        answer: Any = shape(many=True) if many else shape
        if listing is not None:
            name = shape.__name__.removesuffix("Serializer") + "Page"
            fields: Mapping[str, Any] = {
                "results": shape(many=True),
                "next": serializers.CharField(allow_null=True, help_text="cursor of the next page"),
            }
            answer = inline_serializer(name, dict(fields))
        schema = extend_schema(
            summary=summary,
            parameters=_parameters(listing) if listing is not None else [],
            responses={200: answer, **problems(*statuses)},
        )

        def get(self: Any, request: Any, **kwargs: Any) -> Any:
            return self.dispatch(request, **kwargs)

        get.__doc__ = view.__doc__
        cast(Any, view).get = schema(get)
        return view

    return decorate

"""Errors as RFC 9457 problem documents: every non-2xx answer of the API has code, title, status, detail and
hint.

Raise `Problem` anywhere below a view. `handle_exception` is DRF's EXCEPTION_HANDLER; `page_not_found` and
`server_error` are Django's handlers for what never reaches a view.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions

PROBLEM_TYPE = "application/problem+json"
logger = logging.getLogger(__name__)


class Problem(Exception):
    """An answer other than success. `code` is stable, `detail` names the input and the limit, `hint` the way
    out.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        hint: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.hint = status, code, detail, hint
        self.headers, self.members = dict(headers or {}), members


def not_found(what: str, identity: str) -> Problem:
    """404 for an object the index does not know."""
    return Problem(
        404,
        "not_found",
        f"No {what} {identity} is in the index.",
        "It may not be mined or indexed yet: compare /api/v1/status, then ask again.",
    )


def problem_response(problem: Problem) -> HttpResponse:
    """The problem as an HTTP response that nothing may cache."""
    title = HTTPStatus(problem.status).phrase
    body = {
        "type": f"urn:assay:problem:{problem.code}",
        "title": title,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        "hint": problem.hint,
        **problem.members,
    }
    response = HttpResponse(orjson.dumps(body), status=problem.status, content_type=PROBLEM_TYPE)
    response["Cache-Control"] = "no-store"
    for name, value in problem.headers.items():
        response[name] = value
    return response


def problem_of(error: Exception) -> Problem:
    """Any exception as a problem; what nobody foresaw is logged and becomes a 500 that tells nothing of the
    inside.
    """
    if isinstance(error, Problem):
        return error
    if isinstance(error, exceptions.APIException):
        return _from_drf(error)
    for kind, make in _FORESEEN.items():
        if isinstance(error, kind):
            return make(error)
    logger.error("unexpected error", exc_info=error)
    return Problem(
        500, "internal", "The server failed in a way nobody foresaw.", "Its operator finds it in the log."
    )


def _database_busy(error: Exception) -> Problem:
    logger.error("database unavailable: %s", error)
    hint = "Nothing was changed. Ask again in a few seconds."
    return Problem(503, "database_busy", "The index cannot be read now.", hint, headers={"Retry-After": "2"})


_FORESEEN: dict[type[Exception], Callable[[Exception], Problem]] = {
    Http404: lambda error: Problem(404, "not_found", str(error) or "There is nothing here."),
    PermissionDenied: lambda error: Problem(403, "forbidden", "This is not allowed."),
    SuspiciousOperation: lambda error: Problem(400, "bad_request", "The request is malformed."),
    OperationalError: _database_busy,
}


def _from_drf(error: exceptions.APIException) -> Problem:
    if isinstance(error, exceptions.ValidationError):
        fields = _flatten(error.detail)
        first = next(iter(fields.items()), ("body", "is not valid"))
        return Problem(
            400, "invalid", f"{first[0]}: {first[1]}", "Correct the field and send again.", fields=fields
        )
    headers = {}
    wait = getattr(error, "wait", None)
    if wait:
        headers["Retry-After"] = str(int(wait) + 1)
    hints = {
        413: "Send less.",
        415: "Send application/json.",
        429: "Wait as long as Retry-After says.",
    }
    codes = {
        400: "malformed",
        405: "method_not_allowed",
        406: "not_acceptable",
        415: "unsupported_media_type",
    }
    code = codes.get(error.status_code, "throttled" if error.status_code == 429 else str(error.default_code))
    return Problem(
        error.status_code, code, str(error.detail), hints.get(error.status_code, ""), headers=headers
    )


def _flatten(detail: Any, path: str = "") -> dict[str, str]:
    """DRF's nested error detail as {"field.sub": "sentence"}."""
    if isinstance(detail, Mapping):
        found: dict[str, str] = {}
        for name, value in detail.items():
            found |= _flatten(value, f"{path}.{name}" if path else str(name))
        return found
    if isinstance(detail, list | tuple):
        if detail and all(not isinstance(entry, Mapping | list | tuple) for entry in detail):
            return {path or "body": " ".join(str(entry) for entry in detail)}
        found = {}
        for index, entry in enumerate(detail):
            found |= _flatten(entry, f"{path}[{index}]")
        return found
    return {path or "body": str(detail)}


def handle_exception(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """DRF's exception handler."""
    return problem_response(problem_of(error))


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler404."""
    return problem_response(Problem(404, "not_found", f"There is no page at {request.path[:200]}."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500; Django has logged the exception already."""
    return problem_response(Problem(500, "internal", "The server failed in a way nobody foresaw."))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler400: a host, a header or a form that Django refused."""
    return problem_response(
        Problem(400, "bad_request", "The request is malformed, or its host is not served here.")
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: only the operator's admin has forms."""
    hint = "Open the page again and repeat."
    return problem_response(Problem(403, "csrf", "The form's token is missing or old.", hint))

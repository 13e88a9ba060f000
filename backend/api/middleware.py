"""Headers of API answers, and the gate of the operator's admin pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from backend.web.errors import page_not_found

Next = Callable[[HttpRequest], HttpResponseBase]
API_PREFIX = "/api/v1/"
ADMIN_PREFIX = "/admin"
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
# Unfold's pages carry inline styles and Alpine.js; only a logged-in operator sees them.
ADMIN_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_ALLOWED = (
    ("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT"),
    (
        "Access-Control-Allow-Headers",
        "Content-Type, If-None-Match, Range, X-Assay-Account, X-Assay-Expiry, X-Assay-Signature",
    ),
    ("Access-Control-Max-Age", "600"),
)
_EXPOSED = "ETag, Retry-After, Content-Range, Content-Length"


class DashboardPolicy(CSPMiddleware):
    """The dashboard's content security policy; API answers get their own, constant one from api_headers."""

    def process_request(self, request: HttpRequest) -> None:
        """Makes a nonce for pages."""
        if not request.path_info.startswith(API_PREFIX):
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Adds the header to everything but API answers."""
        if request.path_info.startswith(API_PREFIX):
            return response
        answer: HttpResponseBase = super().process_response(request, response)
        return answer


class _OnlyAdmin:
    """Lets a middleware work for the operator's pages alone: nothing else here has a session."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Passes every other request by."""
        chain: Any = super() if request.path_info.startswith(ADMIN_PREFIX) else None
        answer: HttpResponseBase = chain.__call__(request) if chain else cast(Any, self).get_response(request)
        return answer


class OperatorSession(_OnlyAdmin, SessionMiddleware):
    """Sessions of operators."""


class OperatorLogin(_OnlyAdmin, AuthenticationMiddleware):
    """request.user for operators."""


class OperatorMessages(_OnlyAdmin, MessageMiddleware):
    """Messages of the admin."""


def api_headers(get_response: Next) -> Next:
    """Answers under /api/ run nothing and may be read by the configured origins."""
    origins = frozenset(settings.ASSAY_DASHBOARD_ORIGINS)

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(API_PREFIX):
            return get_response(request)
        origin = request.META.get("HTTP_ORIGIN")
        allowed = origin in origins
        preflight = request.method == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META
        response: HttpResponseBase
        if preflight and allowed:
            response = HttpResponse(status=204)
            for name, value in _ALLOWED:
                response[name] = value
        else:
            response = get_response(request)
        if allowed and origin:
            response["Access-Control-Allow-Origin"] = origin
            response["Access-Control-Expose-Headers"] = _EXPOSED
        if origins:
            response["Vary"] = "Origin"
        response["Content-Security-Policy"] = API_POLICY
        return response

    return middleware


def operator_gate(get_response: Next) -> Next:
    """/admin/ does not exist until an operator has made a superuser (`manage.py createsuperuser`)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(ADMIN_PREFIX):
            return get_response(request)
        if not get_user_model().objects.filter(is_superuser=True, is_active=True).exists():
            return page_not_found(request)
        response = get_response(request)
        response["Content-Security-Policy"] = ADMIN_POLICY
        return response

    return middleware

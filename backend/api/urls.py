"""Every address of the server but the admin: the API under /api/v1/, its document, metrics, and the dashboard
for the rest.
"""

from django.urls import URLPattern, URLResolver, include, path, re_path

from backend.api import docs, facts, spa
from backend.web.errors import page_not_found

v1: list[URLPattern | URLResolver] = [
    path("config", facts.Config.as_view()),
    path("status", facts.Status.as_view()),
    path("stats", facts.Stats.as_view()),
    path("catalogue", facts.Catalogue.as_view()),
    path("kinds", facts.Kinds.as_view()),
    path("", include("backend.market.urls")),
    path("", include("backend.disputes.urls")),
    path("", include("backend.devices.urls")),
    path("", include("backend.exchange.urls")),
    path("", include("backend.providers.urls")),
    path("", include("backend.accounts.urls")),
    path("", include("backend.artifacts.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include(v1)),
    path("api/openapi.yaml", docs.document, name="openapi"),
    path("api/docs", docs.browser, name="docs"),
    re_path(r"^api/", page_not_found),
    path("", include("django_prometheus.urls")),
    path("exit-page", spa.exit_page),
    path("", spa.dashboard),
    re_path(r"^(?P<path>.*)$", spa.dashboard),
]

"""Every URL of the backend: the operator's admin, then the API's own table, which ends with the dashboard."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("backend.api.urls")),
]
handler400 = "backend.web.errors.bad_request"
handler404 = "backend.web.errors.page_not_found"
handler500 = "backend.web.errors.server_error"

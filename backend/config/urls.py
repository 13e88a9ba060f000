"""Every URL of the backend: the API's own table, and the admin pages for operators."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("backend.api.urls")),
]

"""Paths of artifacts under /api/v1/."""

from django.urls import path

from backend.artifacts import views

urlpatterns = [path("artifacts/<str:kind>/<str:id>", views.Artifact.as_view())]

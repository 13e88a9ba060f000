"""Paths of providers under /api/v1/."""

from django.urls import path

from backend.providers import views

urlpatterns = [
    path("providers", views.ProviderList.as_view()),
    path("providers/<str:address>", views.ProviderDetail.as_view()),
]

"""Paths of accounts under /api/v1/."""

from django.urls import path

from backend.accounts import views

urlpatterns = [
    path("accounts/<str:address>", views.AccountDetail.as_view()),
    path("accounts/<str:address>/quota", views.QuotaDetail.as_view()),
]

"""Paths of disputes under /api/v1/."""

from django.urls import path

from backend.disputes import views

urlpatterns = [
    path("disputes", views.GameList.as_view()),
    path("disputes/<str:game>", views.GameDetail.as_view()),
    path("claims", views.ClaimList.as_view()),
    path("claims/<str:claim_id>", views.ClaimDetail.as_view()),
    path("convictions", views.ConvictionList.as_view()),
]

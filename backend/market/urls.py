"""Paths of jobs and quotes under /api/v1/."""

from django.urls import path

from backend.market import views

urlpatterns = [
    path("jobs", views.JobList.as_view()),
    path("jobs/<str:job_id>", views.JobDetail.as_view()),
    path("jobs/<str:job_id>/lots", views.LotList.as_view()),
    path("jobs/<str:job_id>/events", views.EventList.as_view()),
    path("jobs/<str:job_id>/picture.png", views.JobPicture.as_view()),
    path("quotes", views.Quotes.as_view()),
]

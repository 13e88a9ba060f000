"""Paths of devices and shares under /api/v1/."""

from django.urls import path

from backend.devices import views

urlpatterns = [
    path("devices", views.DeviceList.as_view()),
    path("devices/<str:device_id>", views.DeviceDetail.as_view()),
    path("devices/<str:device_id>/income", views.IncomeList.as_view()),
    path("devices/<str:device_id>/offerings", views.OfferingList.as_view()),
    path("shares/<str:share>/tenders", views.TenderList.as_view()),
    path("shares/<str:share>/holders", views.HolderList.as_view()),
]

"""Paths of the exchange under /api/v1/."""

from django.urls import path

from backend.exchange import views

urlpatterns = [
    path("orders", views.OrderList.as_view()),
    path("orders/<str:digest>", views.OrderDetail.as_view()),
    path("trades", views.TradeList.as_view()),
    path("shares/<str:share>/book", views.Book.as_view()),
    path("shares/<str:share>/orders", views.BestOrders.as_view()),
    path("shares/<str:share>/candles/<str:interval>", views.CandleList.as_view()),
]

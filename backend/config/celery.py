"""The Celery application and its schedule, as data: `celery -A backend.config.celery worker --beat`.

Tasks are short, idempotent and acknowledged late; each takes a lock, so that two clocks or a slow run do no harm. They
live in the apps' tasks.py. The broker is ASSAY_REDIS_URL: the embedded Valkey, or any Redis or RabbitMQ.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings.local")
app = Celery("assay")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

SECONDS = 1.0
MINUTES = 60.0 * SECONDS

# name of the task -> seconds between two runs
SCHEDULE: dict[str, float] = {
    "market.day_refresh": 30 * SECONDS,
    "market.pictures_make": 10 * SECONDS,
    "exchange.orders_check": 5 * SECONDS,
    "exchange.orders_prune": 60 * MINUTES,
    "artifacts.mirrors_check": 1 * MINUTES,
    "artifacts.uploads_prune": 10 * MINUTES,
    "accounts.reservations_expire": 5 * MINUTES,
    "accounts.sessions_expire": 60 * MINUTES,
    "api.health_check": 15 * SECONDS,
}
app.conf.beat_schedule = {
    # a run that could not start before the next one is due is dropped
    name: {"task": name, "schedule": every, "options": {"expires": every}}
    for name, every in SCHEDULE.items()
}

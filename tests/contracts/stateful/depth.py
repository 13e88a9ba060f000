"""How far the state machines go: 200 runs of fifty steps, or snekmate's depth with HYPOTHESIS_PROFILE=long."""

import os
from typing import Final

from hypothesis import HealthCheck, settings

LONG: Final = os.environ.get("HYPOTHESIS_PROFILE") == "long"
DEPTH: Final = settings(
    max_examples=375 if LONG else 200,
    stateful_step_count=500 if LONG else 50,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

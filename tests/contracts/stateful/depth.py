"""How far the state machines go: sixty runs of fifty steps, or snekmate's depth with HYPOTHESIS_PROFILE=long."""

import os
from typing import Final

from hypothesis import settings

LONG: Final = os.environ.get("HYPOTHESIS_PROFILE") == "long"
DEPTH: Final = settings(max_examples=375 if LONG else 60, stateful_step_count=500 if LONG else 50)

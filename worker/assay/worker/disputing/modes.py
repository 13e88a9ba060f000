"""What a worker does beside its own seats."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """Each does what the one before it does, but a watchtower, which sends nothing and has no key."""

    PROVIDER = "provider"  # runs its seats, defends its claims, challenges earlier rivals of its own
    AUDITOR = "auditor"  # also takes the seats of auditors of sampled jobs
    CHALLENGER = "challenger"  # also re-executes all claims of exact jobs and challenges the wrong ones
    WATCHTOWER = "watchtower"  # re-executes, watches and alerts

    @property
    def audits(self) -> bool:
        """Whether it takes the seats of auditors."""
        return self in (Mode.AUDITOR, Mode.CHALLENGER)

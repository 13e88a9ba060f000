"""What the backend remembers of artifacts. The bytes are in the store; every row here can be made again from
them.
"""

from __future__ import annotations

from django.db import models

from backend.chain.fields import Bytes32Field


class PreparedScene(models.Model):
    """What a job kind's `scene_stats` found in an input artifact, or why it cannot be used: computed once per
    version.
    """

    id = models.CharField(primary_key=True, max_length=120)  # kind:version:artifact
    artifact = Bytes32Field()
    stats = models.JSONField(null=True)
    error = models.TextField(default="", blank=True)
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        """Kind, version and artifact."""
        return self.id


class Mirror(models.Model):
    """The last check of an artifact store: this backend's own, and any other that settings name."""

    url = models.CharField(primary_key=True, max_length=500)
    ok = models.BooleanField()
    detail = models.CharField(max_length=300, default="", blank=True)
    checked = models.DateTimeField()

    def __str__(self) -> str:
        """URL and state."""
        return f"{self.url} {'ok' if self.ok else self.detail}"


class Picture(models.Model):
    """A job's picture as this server made it: an artifact, and the digest of the lot roots it was made from.

    `problem` says why there will be none.
    """

    job_key = Bytes32Field(primary_key=True)
    roots_digest = Bytes32Field()
    artifact = Bytes32Field(default="", blank=True)
    problem = models.CharField(max_length=300, default="", blank=True)
    made = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        """Job and artifact."""
        return f"{self.job_key} {self.artifact or self.problem}"

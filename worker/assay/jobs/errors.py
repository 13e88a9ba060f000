"""Errors of running a job."""

from __future__ import annotations


class JobError(ValueError):
    """The job cannot be run as posted: wrong spec, inputs or program. A worker declines such a job; it costs no
    bond."""

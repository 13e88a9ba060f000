"""Errors of every job kind."""

from __future__ import annotations


class JobError(ValueError):
    """The job cannot be run as posted: wrong spec, inputs or program. A worker declines such a job; it costs no
    bond."""


class SpecError(ValueError):
    """A field of the spec is wrong; the text names the field, the limit and the way out. `field` is its name."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name} {text}")
        self.field = name


class ResultError(ValueError):
    """An item's result cannot belong to the job; the text names the item and what is wrong."""

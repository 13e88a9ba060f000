"""Errors of the render kind that a buyer can cause and mend."""

from __future__ import annotations


class SceneError(ValueError):
    """The uploaded scene cannot be rendered; the text says what is wrong with it and what to do."""

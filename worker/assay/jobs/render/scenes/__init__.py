"""The scene that ships with Assay: `gallery.glb`, written by `make_gallery.py` (CC0, made for this project)."""

from __future__ import annotations

from pathlib import Path

GALLERY = Path(__file__).with_name("gallery.glb")

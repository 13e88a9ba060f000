"""Demonstrations on the local market: `assay demo`. Nothing here works on another chain."""

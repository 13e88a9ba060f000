"""Assay: a market where devices are owned in shares, rented by auction, and their work is checked.

This package is what a buyer, a provider or a mirror installs. It never imports the backend.
"""

__version__ = "0.1.0"

"""A buyer without a browser: plan, quote, upload, post, watch, verify, assemble, receipt.

Used by `assay render` and `assay job`. Reads the chain itself; no backend is needed.
"""

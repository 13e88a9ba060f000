"""The local stack behind `assay up`: one machine runs the chain, the backend and the workers."""

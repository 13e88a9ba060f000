"""Job kinds: how a kind's spec is checked, planned, prepared, run, previewed and assembled.

Everything here is free of JAX except `catalogue`, `render.program` and `render.tracer`, which build the committed
native programs. Workers run those programs in `assay.sandbox`, in a process of their own.
"""

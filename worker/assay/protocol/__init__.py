"""The protocol as Python: ids, units, digests, contract clients, logs and the transaction sender.

No JAX, no Django, and nothing of the rest of `assay` is imported here.
"""

"""The exact kind: any program of `assay.program` on any tensors, every bit of which is the same on every device.

spec (what is asked) and program → plan (items, lots, run time) → loading (program, inputs and constants from a store,
checked against the terms) → the sandbox, per item → results (outputs and trace roots, whose roots make the lot root)
→ assemble (arrays for the buyer).
"""

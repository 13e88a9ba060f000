"""The path tracer in JAX: what `program.py` exports. Imported only where programs are built, never by workers or
backend.

All rays of a tile advance together as flat float32 vectors, one *lane* each. Vectors of three are tuples of lanes.
"""

"""The dispute game: states and transitions, the pure rules, the player of both sides.

Read `transitions.py` first: it is the whole life of a game. Importing this package imports no JAX.
"""

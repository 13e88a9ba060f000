"""Disputes as a worker lives them: claims and games read from the chain, re-execution, moves, alerts.

`book.py` knows the games, `mind.py` thinks about them, `keeper.py` plays one's own, `hunt.py` looks for wrong claims,
`desk.py` joins them for a daemon.
"""

"""Jobs as the chain tells them: records folded from their logs, and a follower that survives reorgs.

Used by the worker's daemon, the buyer and the command line. Reads only; no key is ever here.
"""

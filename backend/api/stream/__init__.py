"""Server-sent events: what changed on chain, from `chain.Change`, with resume by Last-Event-ID.

Run by its own process: `granian --interface asgi backend.api.stream.app:application`. With ASSAY_REDIS_URL
the indexer's messages arrive over pub/sub; without it the table is polled. Either way the table is the truth
and a lost message is found there.
"""

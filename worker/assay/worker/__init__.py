"""The provider's daemon: watches the market for its awards, runs lots in the sandbox, seals, tags, reveals, collects.

Entry: `assay worker run` (assay.cli.worker). State lives on chain and in results on disk; every decision is derived
again each cycle, so a kill at any point loses nothing.
"""

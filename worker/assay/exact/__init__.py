"""Exact arithmetic: ordinary JAX functions evaluated in integers, the same bits on every device."""

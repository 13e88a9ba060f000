"""The demonstration job of the exact kind: fine-tuning a small network on real images of digits, as one program.

`assay exact demo` posts it. It imports JAX, optax and scikit-learn (the extra `demo`), and nothing else imports it.
"""

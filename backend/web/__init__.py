"""What every endpoint shares: problems, cursors, keyset lists, responses, base views, throttles. No models,
no routes.

Imported by the domain apps' views and by backend.api; imports neither.
"""

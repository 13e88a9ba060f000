"""The exact dot: integer products and sums, the same bits on every device, by whatever unit is fastest there.

Called by the `exact` transformation and by the program executor. Importing it changes no JAX setting.
"""

from assay.exact.dot.bounds import ExactDotError, max_terms
from assay.exact.dot.primitive import exact_dot, exact_dot_p
from assay.exact.dot.routes import Route, legal_routes
from assay.exact.dot.selection import DeviceUnfit, UnitReport, self_test

__all__ = [
    "DeviceUnfit",
    "ExactDotError",
    "Route",
    "UnitReport",
    "exact_dot",
    "exact_dot_p",
    "legal_routes",
    "max_terms",
    "self_test",
]

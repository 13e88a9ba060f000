"""Recomputes a deployment from its logs alone: draws, settlements, income, stakes and solvency. No backend, no key.

`audit` reads every log of the deployment's contracts up to one block, folds them into books, and holds what the
books say against what the contracts answer at that block. Used by `assay audit`.
"""

from assay.audit.finding import Finding, Report
from assay.audit.run import audit

__all__ = ["Finding", "Report", "audit"]

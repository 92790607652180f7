"""Carries a plan out; see `carrying`.

Every change ends with one outcome, known from the live state after the write, not from the answer to it. What
a kill, a lost answer or an approval leaves open stays an open intent in the ledger, so that running again
finishes the job.
"""

from __future__ import annotations

from reconciler.apply.carrying import execute
from reconciler.apply.result import Outcome, Result

__all__ = ["Outcome", "Result", "execute"]

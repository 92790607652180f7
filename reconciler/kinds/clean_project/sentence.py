"""What changes of clean projects mean."""

from __future__ import annotations

from reconciler.kinds.telling.projects import CLEANING
from reconciler.kinds.telling.teller import Teller


class CleanProjectTeller(Teller):
    """Tells of a clean project."""

    kind = "CleanProject"
    noun = "Clean project"
    rank = 4
    things = CLEANING

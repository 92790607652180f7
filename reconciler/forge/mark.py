"""The mark that a post begins with, which nobody sees and by which it is found again."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from hashlib import sha256

from reconciler.report.escaping import comment
from reconciler.report.markdown import LIMIT

_WORD = "reconciler-post"
_MARK = re.compile(rf"<!-- {_WORD} (\{{.*?\}}) -->")
_LONGEST_LABEL = 50
"""The characters of a label that GitHub takes."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a post is about; the same post is found by it."""

    what: str
    """`plan`, `apply` or `drift`."""
    environment: str
    project: str
    """The folder of the project in the repository."""

    def __str__(self) -> str:
        """The mark as it begins a post."""
        return comment(_WORD, {"what": self.what, "environment": self.environment, "project": self.project}) + "\n"

    @property
    def room(self) -> int:
        """The characters that are left for what is told."""
        return LIMIT - len(str(self))

    @property
    def slug(self) -> str:
        """A word of letters, digits and `-` for it, which no two share: of a branch, or a tag."""
        plain = re.sub(r"[^a-z0-9]+", "-", self.environment.lower()).strip("-") or "environment"
        return plain[:30] + ("" if self.project == "." and plain == self.environment else f"-{self._short}")

    def label(self, word: str) -> str:
        """A label of this environment: `reconciler: deletes in prod`, and the folder where it is not the whole."""
        place = self.environment if self.project == "." else f"{self.environment} ({self.project})"
        name = f"reconciler: {word} in {' '.join(place.split())}"
        return name if len(name) <= _LONGEST_LABEL else f"{name[: _LONGEST_LABEL - 7]}~{self._short}"

    def begins(self, body: str) -> bool:
        """Whether a post begins with this mark."""
        found = _MARK.match(body)
        if found is None:
            return False
        try:
            told = json.loads(found[1])
        except ValueError:
            return False
        return bool(told == {"what": self.what, "environment": self.environment, "project": self.project})

    @property
    def _short(self) -> str:
        return sha256(f"{self.environment}\0{self.project}".encode()).hexdigest()[:6]

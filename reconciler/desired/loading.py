"""What the manifests want, as an earlier run left it where that still holds; else read, checked and expanded.

What was kept is read without the modules that documents are read with.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.desired.expansion import Expansion, place_of, recall
from reconciler.desired.wanted import Wishes
from reconciler.manifest.allowed import hide_allowed

if TYPE_CHECKING:
    from reconciler.desired.wishes import Draft


def load(root: Path, environment: str | None, process_env: Mapping[str, str] = os.environ) -> Wishes:
    """Loads and checks everything under `manifests/`, and expands it offline; all findings of one run together."""
    place = place_of(root, environment, process_env) if environment else None
    hide_allowed(process_env)
    found = recall(place, root) if place is not None else None

    def drafted() -> Draft:
        from reconciler.desired.recalled import drafted

        return drafted(root, environment, process_env, place, found)

    return Kept.of(environment or "", found, drafted) if found is not None else drafted().wishes()


class Kept(Wishes):
    """Wishes as an earlier run left them; their environment and their documents are read when somebody asks."""

    __slots__ = ("_drafted",)
    _drafted: Callable[[], Draft]

    @classmethod
    def of(cls, environment: str, found: Expansion, drafted: Callable[[], Draft]) -> Kept:
        """The wishes of an expansion; `drafted` gives what else there is to know of the manifests."""
        made = cls.__new__(cls)
        made.environment_name, made.resources, made.levels = environment, found.resources, found.levels
        made.findings, made.files, made.documents = list(found.findings), found.files, found.documents
        made.superseded, made.held, made._drafted = found.superseded, {}, drafted
        return made

    def __getattr__(self, name: str) -> Any:
        """The environment, and the documents, which are not there yet."""
        if name not in ("environment", "world"):
            raise AttributeError(name)
        draft = self._drafted()
        self.environment, self.world = draft.environment, draft.world
        return getattr(self, name)

"""A draft and its wishes as an earlier run left them: the documents themselves are read when somebody asks for them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from reconciler.desired.expansion import Expansion, place_of, recall
from reconciler.desired.wanted import Wishes
from reconciler.desired.wishes import Draft, draft
from reconciler.environment.spec import Environment
from reconciler.kinds.base import World
from reconciler.manifest.allowed import hide_allowed
from reconciler.questions import Answers, Question


def recalled(root: Path, environment: str | None, process_env: Mapping[str, str] = os.environ) -> Draft:
    """As `draft`; where nothing that it depends on is another than in an earlier run, by what that has kept."""
    place = place_of(root, environment, process_env) if environment else None
    hide_allowed(process_env)
    return drafted(root, environment, process_env, place, recall(place, root) if place is not None else None)


def drafted(
    root: Path,
    environment: str | None,
    process_env: Mapping[str, str],
    place: Path | None,
    found: Expansion | None,
) -> Draft:
    """The draft whose expansion is `found`; where none is, that of the manifests, which is kept at the place."""

    @cache
    def whole() -> Draft:
        return draft(root, environment, process_env, place=place)

    if found is None:
        return whole()
    try:
        spec = Environment.model_validate(found.environment)
    except ValueError:
        return whole()
    return Recalled(found, _World(root, environment or "", spec, whole), whole)


class Recalled(Draft):
    """A draft that knows its wishes; what else there is of it is there once it is asked for."""

    __slots__ = ("_found", "_whole")

    def __init__(self, found: Expansion, world: World, whole: Callable[[], Draft]) -> None:
        self._found, self._whole = found, whole
        self.world, self.files, self.findings = world, found.files, list(found.findings)

    def __getattr__(self, name: str) -> Any:
        """The project and what is wrong with documents, which the earlier run did not keep."""
        whole = self._whole()
        self.project, self.faulty = whole.project, whole.faulty
        return getattr(whole, name)

    def questions(self) -> list[Question]:
        """What the documents have to know."""
        return self._whole().questions() if self._found.asks else []

    def wishes(self, answers: Answers | None = None) -> Wishes:
        """The resources; those that were kept where no answer says more."""
        found = self._found
        if answers is not None and (answers.rows or answers.failures or found.asks or not found.judged):
            return self._whole().wishes(answers)
        made = Wishes(self.world.environment_name, self.world.environment, found.resources, found.levels)
        made.findings, made.files, made.documents = list(found.findings), found.files, found.documents
        made.superseded, made.world = found.superseded, self.world
        return made


class _World(World):
    """The documents, for what people call things: read when that is asked."""

    def __init__(self, root: Path, name: str, environment: Environment, whole: Callable[[], Draft]) -> None:
        self.root, self.environment_name, self.environment, self.answers = root, name, environment, Answers()
        self._whole, self._known = whole, {}

    def __getattr__(self, name: str) -> Any:
        """The documents, and what they mean."""
        if name not in ("documents", "rooms"):
            raise AttributeError(name)
        whole = self._whole().world
        self.documents, self.rooms = whole.documents, whole.rooms
        return getattr(self, name)

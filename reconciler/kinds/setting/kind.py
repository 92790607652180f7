"""Settings of CluedIn's organisation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.errors import Diagnostic
from reconciler.kinds.base import origin_at
from reconciler.kinds.setting.checks import findings, judgements
from reconciler.kinds.setting.scene import Scene
from reconciler.kinds.setting.spec import Setting
from reconciler.manifest.findings import Path
from reconciler.questions import Question
from reconciler.questions.settings import Features, SettingNamed
from reconciler.resources import types
from reconciler.resources.base import Desired

APPROVAL = "access-control"
"""What somebody has to approve before access control is switched."""


class SettingKind(Scene):
    """A `Setting`: what it asks, what is wrong with it, and what it wants."""

    manifest = Setting

    def check(self) -> Iterator[Diagnostic]:
        """Findings that need no system."""
        yield from findings(self)

    def questions(self) -> Iterator[Question]:
        """Every setting that is named, and the features where some are expected."""
        if self.environment.cluedin is None:
            return
        yield from (SettingNamed(key) for _, key in self.places())
        if self.spec.expect_features:
            yield Features()

    def judge(self) -> Iterator[Diagnostic]:
        """Findings that only CluedIn tells."""
        yield from judgements(self)

    def expand(self) -> Iterator[Desired]:
        """A resource for each setting that is written."""
        if self.environment.cluedin is None:
            return
        for key, value in self.spec.set.items():
            yield self._want(key, ("set", key), **{self.holds(key): value})
        for key, reference in self.spec.secrets.items():
            yield self._want(key, ("secrets", key), secret=reference)
        for at, key in enumerate(self.spec.reset):
            yield self._want(key, ("reset", at), **self.at_default(key))

    def _want(self, key: str, path: Path, **values: Any) -> Desired:
        return types()["cluedin.setting"].desired(
            key,
            origin_at(self.document, path),
            on_remove="retire" if self.spec.on_remove == "reset" else "forget",
            approvals=[APPROVAL] if self.holds(key) == "access_control" else (),
            **values,
        )

"""The examples of all kinds in one project against one sandbox, whose store a test may edit as people do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reconciler.diff import Change
from reconciler.kinds import kinds, models
from reconciler.ledger import Entry
from reconciler.manifest.spec import example
from reconciler_sandbox.cluedin.world import World
from reconciler_sandbox.server import Running, running
from reconciler_sandbox.sign_in import ADMIN

from ..support import ACCOUNTABLE, Project

Doc = dict[str, Any]


class Estate(Project):
    """A project of every kind; `world` is what its CluedIn keeps."""

    def __init__(self, root: Path, sandbox: Running) -> None:
        strict = sandbox.settings.strict_claims
        super().__init__(root, sandbox.url, user=ACCOUNTABLE if strict else ADMIN)
        self.sandbox = sandbox.sandbox
        for name in kinds():
            self.write(f"{name.lower()}.yaml", example(models()[name]))
        if strict:
            self.hold_least()

    @property
    def world(self) -> World:
        """The documents of the sandbox's CluedIn."""
        return self.sandbox.cluedin._world  # type: ignore[union-attr]

    def entries(self) -> dict[str, Entry]:
        """What the ledger knows by address."""
        session = self.session()
        return dict(session.book(session.draft()).load().entries)

    def edit_live(self, kind: str, id: str, change: Callable[[Doc], Doc]) -> Doc:
        """Edits one document of CluedIn behind everybody's back; returns it as it was."""
        before = self.world.get(kind, id, latest=True)
        assert before is not None, f"no {kind} {id}"
        self.world.put(kind, change(dict(before)))
        self.rest()
        return before

    def put_back(self, kind: str, doc: Doc) -> None:
        """Undoes an edit."""
        self.world.put(kind, doc)
        self.rest()

    def rest(self) -> None:
        """Waits until a lagging sandbox shows what was edited."""
        if self.sandbox.store.lag_ms:
            time.sleep(self.sandbox.store.lag_ms / 1000 + 0.05)

    def told(self, **options: Any) -> list[tuple[str, str, str, list[str]]]:
        """What a plan says, as (action, address, reason, paths)."""
        return [told(change) for change in self.plan(**options).changes]

    def drift(self) -> list[tuple[str, str, list[str]]]:
        """What `drift` says, as (address, reason, paths)."""
        return [told(change)[1:] for change in self.plan().drifted]


def told(change: Change) -> tuple[str, str, str, list[str]]:
    """A change in short."""
    return (change.action, change.address, change.reason, [item.path for item in change.fields])


@contextmanager
def estate(root: Path, **settings: Any) -> Iterator[Estate]:
    """An estate that was applied and settled."""
    with running(**{"seed": "demo", **settings}) as sandbox:
        made = Estate(root, sandbox)
        result = made.apply()
        assert [(o.change.address, o.status, o.message) for o in result.outcomes if o.status != "done"] == []
        assert made.told() == []
        yield made

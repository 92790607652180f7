"""One run on one environment: its manifests, its connected systems, its ledger."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.audit.audit import Audit
from reconciler.audit.place import audit_of
from reconciler.connect import connect
from reconciler.desired import Wishes
from reconciler.desired.recalled import recalled
from reconciler.desired.wishes import NOWHERE, Draft
from reconciler.environment.secrets import Secrets
from reconciler.ledger import Book, Ledger
from reconciler.ledger.place import book_of
from reconciler.live import Note, known
from reconciler.questions import ask, askable
from reconciler.systems import correlation
from reconciler.systems.arenas import few_arenas
from reconciler.systems.base import System
from reconciler.telemetry.base import Telemetry


@dataclass
class Session:
    """One run on one environment: its manifests, its connected systems, its ledger."""

    root: Path
    environment: str
    process_env: Mapping[str, str] = field(default_factory=lambda: os.environ)
    note: Note = lambda line: None
    detail: Note | None = None
    """Called with a line about each request."""
    stop: threading.Event = field(default_factory=threading.Event)
    ephemeral_ledger: bool = False
    verifying: bool = False
    """Whether it only looks, which an environment may give an account of its own for."""
    systems: dict[str, System] = field(default_factory=dict)
    telemetry: Telemetry = field(default_factory=Telemetry)
    """Is told the phases of the run, its requests and outcomes."""
    readings: dict[str, System] = field(default_factory=dict)
    """The systems with what was read of them for the answers."""

    def __post_init__(self) -> None:
        self.process_env = correlation.identified(self.process_env)
        Secrets(self.process_env)  # unspeakable from now on, also where no system is asked and none of them is needed

    @property
    def correlation_id(self) -> str:
        """The id that every request of the run carries."""
        return correlation.correlation_id(self.process_env)

    def draft(self) -> Draft:
        """The manifests of the environment, checked offline; raises `ManifestError` with every finding."""
        with self.telemetry.phase("manifests"):
            return self.loaded().required()

    def loaded(self) -> Draft:
        """The manifests of the environment, whatever their findings are."""
        return recalled(self.root, self.environment, self.process_env)

    def wishes(self, draft: Draft, ledger: Ledger) -> Wishes:
        """What the manifests want, once the live systems and the ledger have answered what they ask.

        What the ledger knows by its id is looked for there first, which takes fewer requests than its name.
        Documents that cannot be applied now are among its `held`. Raises `ManifestError` with every finding where
        no plan can be made at all. What was read for the answers counts as read for the plan.
        """
        questions = draft.questions()
        self.readings = {name: system.fresh() for name, system in self.systems.items()} if questions else {}
        if self.readings:
            hints = known(ledger)
            for reading in self.readings.values():
                reading.hints = hints
        with self.telemetry.phase("questions"):
            found = draft.wishes(ask(questions, askable(self.readings, ledger))).required()
        self.note(found.size)
        return found

    def book(self, draft: Draft) -> Book:
        """The place that keeps the ledger of the environment."""
        return book_of(
            draft.environment, self.environment, self.root, self.process_env, ephemeral=self.ephemeral_ledger
        )

    def ledger_place(self) -> Book:
        """The same for who needs the environment alone; raises `ManifestError` where that is not valid."""
        found = self.loaded()
        if found.environment is NOWHERE:
            found.required()
        return self.book(found)

    def audit(self, draft: Draft, labels: frozenset[str], revision: str = "") -> Audit:
        """The audit of the environment; `labels` are those that whoever runs this approves.

        `revision` is the commit that is applied where it is not the one of the working folder.
        """
        return audit_of(draft.environment, self.environment, self.root, self.process_env, labels, revision)

    @contextmanager
    def connected(self, draft: Draft) -> Iterator[dict[str, System]]:
        """The systems that the environment names, closed afterwards."""
        few_arenas()
        self.systems = connect(draft.environment, self.process_env, self.stop, verifying=self.verifying)
        for system in self.systems.values():
            system.connection.trace, system.connection.watch = self.detail, self.telemetry.sent
        self.telemetry.look_at(self.systems)
        try:
            yield self.systems
        finally:
            self.hang_up()

    def hang_up(self) -> None:
        """Closes every connection; requests under way break off, and their outcome is open."""
        for system in self.systems.values():
            system.connection.close()

    @property
    def requests(self) -> int:
        """Requests sent so far."""
        return sum(system.counts.requests for system in self.systems.values())

    @property
    def waited(self) -> float:
        """Seconds waited on limits of the systems so far."""
        return sum(system.counts.waited for system in self.systems.values())

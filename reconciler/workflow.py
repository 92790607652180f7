"""The whole way in two functions: manifests and live state to a plan, and a plan to a result.

The verbs of the command line call these; so may a program.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.apply import Result, execute
from reconciler.audit.audit import Audit
from reconciler.audit.place import audit_of
from reconciler.connect import connect
from reconciler.consent import Approval, Consent
from reconciler.desired import NOWHERE, Draft, Wishes, draft
from reconciler.desired import draft as drafted
from reconciler.diff import Options
from reconciler.environment.secrets import Secrets
from reconciler.environment.spec import GitPlace
from reconciler.errors import ConfigurationError, Diagnostic, ReconcilerError, RefusedError, StaleError
from reconciler.ledger import Book, Ledger, descent
from reconciler.ledger.place import book_of
from reconciler.live import Note
from reconciler.plan import Plan, build, require_approved
from reconciler.provenance import Provenance, provenance_of
from reconciler.questions import Answers, ask
from reconciler.resources.rules import Secret
from reconciler.rollback import Rollback, rollback_to
from reconciler.systems import correlation
from reconciler.systems.base import System
from reconciler.telemetry.base import Telemetry

if TYPE_CHECKING:
    from reconciler.accept.accept import Acceptance

__all__ = ["Approval", "Session", "Subject", "accept_drift", "apply_plan", "make_plan"]


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
    systems: dict[str, System] = field(default_factory=dict)
    telemetry: Telemetry = field(default_factory=Telemetry)
    """Is told the phases of the run, its requests and outcomes."""
    readings: dict[str, System] = field(default_factory=dict)
    """The systems with what was read of them for the answers."""

    def __post_init__(self) -> None:
        self.process_env = correlation.identified(self.process_env)

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
        return draft(self.root, self.environment, self.process_env)

    def wishes(self, draft: Draft) -> Wishes:
        """What the manifests want, once the live systems have answered what they ask.

        Documents that cannot be applied now are among its `held`. Raises `ManifestError` with every finding where
        no plan can be made at all. What was read for the answers counts as read for the plan.
        """
        questions = draft.questions()
        self.readings = {name: system.fresh() for name, system in self.systems.items()} if questions else {}
        with self.telemetry.phase("questions"):
            found = draft.wishes(ask(questions, self.readings)).required()
        self.note(f"{found.files} files, {found.documents} documents, {len(found.resources)} resources")
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
        self.systems = connect(draft.environment, self.process_env, self.stop)
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


def make_plan(session: Session, options: Options) -> Plan:
    """Reads everything and says what would change; writes nothing, not even the ledger."""
    subject = Subject.of(session, options)
    ledger = subject.book.load()
    with session.connected(subject.draft) as systems:
        wishes = session.wishes(subject.draft)
        with session.telemetry.phase("plan"):
            return subject.plan(wishes, ledger, systems, session.readings)[0]


def accept_drift(session: Session, named: Sequence[str]) -> Acceptance:
    """Writes what people changed in the systems into the manifests: all that drifted, or what is `named`.

    Writes nothing else, not even the ledger. Raises `ManifestError` where the manifests are not valid as they are.
    """
    from reconciler.accept.accept import accept

    draft = session.draft()
    ledger = session.book(draft).load()
    with session.connected(draft) as systems:
        wishes = session.wishes(draft)
        plan = build(wishes, ledger, systems, Options(), session.note, session.readings)
        answers = Answers()

        def expand(folder: Path) -> tuple[Draft, Wishes]:
            tried = drafted(folder, session.environment, session.process_env).required()
            known = answers.rows.keys() | answers.failures.keys()
            more = ask([one for one in tried.questions() if one not in known], session.readings)
            answers.rows |= more.rows
            answers.failures |= more.failures
            return tried, tried.wishes(answers).required()

        return accept(session.root, plan.drifted, named, expand)


@dataclass(slots=True)
class Subject:
    """What is planned: the manifests of the working folder or of an older revision, and where they come from."""

    session: Session
    options: Options
    draft: Draft
    book: Book
    provenance: Provenance
    rollback: Rollback | None = None

    @classmethod
    def of(cls, session: Session, options: Options) -> Subject:
        """What the options name; raises `ManifestError` with every finding.

        For another revision the manifests of today need not hold, as long as their environment does.
        """
        if not options.ref:
            draft, provenance = session.draft(), provenance_of(session.root, session.process_env)
            return cls(session, options, draft, session.book(draft), provenance)
        today = session.loaded()
        if today.environment is NOWHERE:
            today.required()
        book = session.book(today)
        back = rollback_to(session.root, session.environment, session.process_env, options.ref, today.environment)
        provenance = provenance_of(session.root, session.process_env, back.commit)
        return cls(session, replace(options, ref=back.commit), back.draft(), book, provenance, back)

    def plan(
        self, wishes: Wishes, ledger: Ledger, systems: Mapping[str, System], readings: Mapping[str, System] | None
    ) -> tuple[Plan, Wishes]:
        """The plan, and the wishes that it is of: those of an older revision move things back."""
        if self.rollback is not None:
            wishes = self.rollback.taken_back(wishes, ledger)
        plan = build(wishes, ledger, systems, self.options, self.session.note, readings)
        plan.provenance = self.provenance
        if self.rollback is None and (behind := self._behind(ledger)) is not None:
            plan.diagnostics.append(behind)
        return plan, wishes

    def _behind(self, ledger: Ledger) -> Diagnostic | None:
        """What stands against these manifests because of the commit that was applied last."""
        remote = (self.draft.environment.ledger.git or GitPlace()).remote
        session = self.session
        return descent.finding(session.root, session.process_env, remote, self.provenance, ledger.header.commit)


def apply_plan(
    session: Session,
    options: Options,
    approval: Approval,
    *,
    lock_timeout: float | None = None,
    show: Callable[[Plan], None] = lambda plan: None,
) -> Result:
    """Plans, checks that the plan is the approved one and that nothing refuses it, and carries it out.

    `show` is called with the plan before anything is asked or refused. Raises `StaleError` when it is not what
    was approved, `RefusedError` when a conflict or a guard stands in the way, `ReconcilerError` when the
    answer is no.
    """
    subject = Subject.of(session, options)
    draft, book = subject.draft, subject.book
    _refuse_lost_ledger(session, book)
    secrets = Secrets(session.process_env)
    audit = session.audit(draft, approval.labels, subject.options.ref)
    with session.connected(draft) as systems:
        wanted = session.wishes(draft)
        ledger = book.load()
        with session.telemetry.phase("plan"):
            plan, wishes = subject.plan(wanted, ledger, systems, session.readings)
        show(plan)
        consent = Consent(plan, approval, draft.environment.policy, in_ci=bool(session.process_env.get("CI")))
        _require(plan, approval, consent)
        _resolve_secrets(plan, secrets)
        if plan.executable and not approval.ask(plan):
            raise ReconcilerError.of("apply.declined", "not applied: the answer was not yes")
        with book.lock(lock_timeout) as held:
            for system in systems.values():
                system.connection.allow_write = held
            current = book.load()
            if current.header.serial != ledger.header.serial:
                session.note("the ledger moved: planning again")
                ledger, approved = current, plan
                plan, wishes = subject.plan(wanted, ledger, systems, None)
                if plan.digest != approved.digest:
                    raise StaleError(
                        Diagnostic(
                            "error",
                            "apply.moved",
                            "another apply changed what would be written",
                            "Plan again.",
                        )
                    )
                if plan.guarded:
                    raise RefusedError(*plan.guarded)
            if plan.executable:
                session.note(f"applying {_count(len(plan.executable), 'change')}")
            with session.telemetry.phase("apply"):
                result = execute(plan, wishes, book, ledger, systems, session.note, secrets, audit)
            result.correlation_id, result.approvals = session.correlation_id, consent.given
            session.telemetry.applied(result)
            return result


def _require(plan: Plan, approval: Approval, consent: Consent) -> None:
    if approval.plan is not None:
        require_approved(approval.plan, plan)
    if approval.digest is not None and approval.digest != plan.digest:
        raise StaleError(
            Diagnostic(
                "error",
                "approval.digest",
                f"the plan's digest is {plan.digest}, expected was {approval.digest}",
                "Live state, manifests or options moved; plan again and approve the new digest.",
            )
        )
    if plan.refused and not approval.skip_refused:
        errors = [d for d in plan.diagnostics if d.severity == "error"]
        conflicts = [d for d in plan.diagnostics if d.code.startswith("conflict.")]
        raise RefusedError(*(errors or conflicts))
    if missing := list(consent.missing()):
        raise RefusedError(*missing)
    if plan.guarded:
        raise RefusedError(*plan.guarded)


def _resolve_secrets(plan: Plan, secrets: Secrets) -> None:
    """Every secret that the plan needs, before the first write."""
    for change in plan.executable:
        for item in change.fields:
            if item.after is not None and change.type.field(item.path).has(Secret):
                secrets(item.after)


def _refuse_lost_ledger(session: Session, book: Book) -> None:
    """A ledger in a file that ends with the job would forget what we own."""
    if not book.shared and session.process_env.get("CI") and not session.ephemeral_ledger:
        raise ConfigurationError.of(
            "ledger.local_in_ci",
            f"the ledger is a local file ({Path(book.place).name}), and CI throws local files away",
            "Run it in a clone with a remote, so that the ledger is kept there; or keep the file between runs and say "
            "so with --ephemeral-ledger.",
        )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"

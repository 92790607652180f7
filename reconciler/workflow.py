"""The whole way in two functions: manifests and live state to a plan, and a plan to a result.

The verbs of the command line call these; so may a program.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.apply import Result, execute
from reconciler.consent import Approval, Consent
from reconciler.desired import Wishes
from reconciler.desired.wishes import Draft
from reconciler.desired.wishes import draft as drafted
from reconciler.diff import Options
from reconciler.environment.secrets import Secrets
from reconciler.errors import ConfigurationError, Diagnostic, ReconcilerError, RefusedError, StaleError
from reconciler.kinds.telling.names import NO_NAMES, names_of
from reconciler.ledger import Book, Header, Ledger
from reconciler.plan import Plan, build, require_approved
from reconciler.provenance import again_by, authors_since
from reconciler.questions import Answers, ask, askable
from reconciler.resources.rules import Secret

if TYPE_CHECKING:
    from reconciler.accept.accept import Acceptance
    from reconciler.kinds.pulling import Limits
    from reconciler.pull.pull import Result as PullResult
    from reconciler.saved.between import Between
from reconciler.session import Session
from reconciler.subject import Subject

__all__ = [
    "Approval",
    "Session",
    "Subject",
    "accept_drift",
    "adopt",
    "apply_plan",
    "compare_systems",
    "make_plan",
    "pull_estate",
    "pull_from",
]


def make_plan(session: Session, options: Options) -> Plan:
    """Reads everything and says what would change; writes nothing, not even the ledger."""
    subject = Subject.of(session, options)
    ledger = subject.book.load()
    with session.connected(subject.draft) as systems:
        wishes = session.wishes(subject.draft, ledger)
        with session.telemetry.phase("plan"):
            return subject.plan(wishes, ledger, systems, session.readings)[0]


def compare_systems(session: Session) -> Between:
    """Where CluedIn and Purview disagree, also about what no manifest mentions; writes nothing.

    Raises `ManifestError` where the manifests are not valid, `ConfigurationError` where there is one system only.
    """
    from reconciler.between import compare

    draft = session.draft()
    ledger = session.book(draft).load()
    with session.connected(draft) as systems, session.telemetry.phase("between"):
        return compare(draft, ledger, systems, session.note)


def accept_drift(session: Session, named: Sequence[str]) -> Acceptance:
    """Writes what people changed in the systems into the manifests: all that drifted, or what is `named`.

    Writes nothing else, not even the ledger. Raises `ManifestError` where the manifests are not valid as they are.
    """
    from reconciler.accept.accept import accept

    draft = session.draft()
    ledger = session.book(draft).load()
    with session.connected(draft) as systems:
        wishes = session.wishes(draft, ledger)
        plan = build(wishes, ledger, systems, Options(), session.note, session.readings, keep_answers=True)
        answers = Answers()

        def expand(folder: Path) -> tuple[Draft, Wishes]:
            tried = drafted(folder, session.environment, session.process_env).required()
            known = answers.rows.keys() | answers.failures.keys()
            more = ask([one for one in tried.questions() if one not in known], askable(session.readings, ledger))
            answers.rows |= more.rows
            answers.failures |= more.failures
            return tried, tried.wishes(answers).required()

        names = names_of(wishes.world) if wishes.world is not None else NO_NAMES
        return accept(session.root, plan.drifted, named, expand, names.alias)


def adopt(
    session: Session,
    named: Sequence[str],
    *,
    lock_timeout: float | None = None,
    show: Callable[[Plan], None] = lambda plan: None,
) -> Result:
    """Takes what matches under management, all of it or what is `named`: the ledger learns it, no system is told.

    What differs is left, with why, in the plan of the result. Raises `RefusedError` where something named is not
    there to be adopted.
    """
    options = Options(adopt="matching", targets=tuple(named))
    approval = Approval(skip_refused=True)
    return apply_plan(session, options, approval, lock_timeout=lock_timeout, show=show, only_adopts=True)


def pull_estate(session: Session, limits: Limits, out: Path | None = None) -> PullResult:
    """Writes what is live, as far as `limits` ask for it, as manifests whose plan only adopts.

    Files that are there keep all but what differs. `out` is the folder of the new ones, by default that of manifests.
    Writes nothing to a system or the ledger. Raises `ManifestError` where the manifests are not valid as they are.
    """
    from reconciler.pull.pull import pull
    from reconciler.pull.workspace import Workspace

    with tempfile.TemporaryDirectory(prefix="reconciler-pull-") as folder:
        workspace = Workspace(session.root, Path(folder), out or session.root / "manifests")
        draft = drafted(workspace.folder, session.environment, session.process_env).required()
        ledger = session.book(draft).load()
        with session.connected(draft) as systems:
            session.readings = {name: system.fresh() for name, system in systems.items()}
            answers = Answers()

            def load(place: Path) -> tuple[Draft, Wishes]:
                tried = drafted(place, session.environment, session.process_env)
                if not tried.ok:
                    return tried, tried.wishes()
                known = answers.rows.keys() | answers.failures.keys()
                more = ask([one for one in tried.questions() if one not in known], askable(session.readings, ledger))
                answers.rows |= more.rows
                answers.failures |= more.failures
                return tried, tried.wishes(answers)

            def plan_of(wishes: Wishes, ledger: Ledger, options: Options) -> Plan:
                return build(wishes, ledger, systems, options, session.note, session.readings, keep_answers=True)

            wishes = load(workspace.folder)[1].required()
            plan = plan_of(wishes, ledger, Options())
            empty = Ledger(Header.new(session.environment))
            only_adopting = partial(plan_of, ledger=empty, options=Options(adopt="matching"))
            return pull(workspace, load, plan, only_adopting, draft, wishes, session.readings, limits)


def pull_from(session: Session, files: Sequence[Path], limits: Limits, out: Path | None = None) -> PullResult:
    """Writes what files of others say as manifests; asks no system, and writes to none nor to the ledger.

    The session may be of no environment of the project, but of `NOBODY`. Raises `ConfigurationError` for a file that
    is none of the formats, `ManifestError` where it or the manifests are not valid.
    """
    from reconciler.pull.from_files import NOBODY, pull_files, stand_in, without_secrets
    from reconciler.pull.workspace import Workspace

    is_nobodys = session.environment == NOBODY
    process_env = without_secrets(session.process_env) if is_nobodys else session.process_env

    def load(place: Path) -> tuple[Draft, Wishes]:
        tried = drafted(place, session.environment, process_env)
        return tried, tried.wishes()

    with tempfile.TemporaryDirectory(prefix="reconciler-pull-") as folder:
        workspace = Workspace(session.root, Path(folder), out or session.root / "manifests")
        told = []
        if is_nobodys:
            known = drafted(workspace.folder, None, process_env).project.environments.values()
            told = stand_in(workspace, known, process_env)
        found = pull_files(workspace, load, files, load(workspace.folder)[0].required(), limits)
        found.findings = [*told, *found.findings]
        return found


def apply_plan(
    session: Session,
    options: Options,
    approval: Approval,
    *,
    lock_timeout: float | None = None,
    show: Callable[[Plan], None] = lambda plan: None,
    only_adopts: bool = False,
) -> Result:
    """Plans, checks that the plan is the approved one and that nothing refuses it, and carries it out.

    `show` is called with the plan before anything is asked or refused. Raises `StaleError` when it is not what
    was approved, `RefusedError` when a conflict or a guard stands in the way, `ReconcilerError` when the
    answer is no. With `only_adopts` nothing is sent to a system: what matches is noted in the ledger.
    """
    subject = Subject.of(session, options)
    subject.only_adopts = only_adopts
    draft, book = subject.draft, subject.book
    _refuse_lost_ledger(session, book)
    secrets = Secrets(session.process_env)
    audit = session.audit(draft, approval.labels, subject.options.ref)
    with session.connected(draft) as systems:
        ledger = book.load()
        wanted = session.wishes(draft, ledger)
        with session.telemetry.phase("plan"):
            plan, wishes = subject.plan(wanted, ledger, systems, session.readings)
        since = (ledger.header.commit, plan.provenance.commit)
        others = authors_since(session.root, *since) if approval.labels else ()
        consent = Consent(
            plan,
            approval,
            draft.environment.policy,
            in_ci=bool(session.process_env.get("CI")),
            others=others,
            again_by=again_by(session.process_env),
        )
        plan.approved = consent.taken
        show(plan)
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
                wanted = session.wishes(draft, ledger)
                plan, wishes = subject.plan(wanted, ledger, systems, session.readings)
                plan.approved = approved.approved
                _require_what_is_left(approved, plan)
                if plan.guarded:
                    raise RefusedError(*plan.guarded)
            if plan.executable:
                session.note(f"applying {_count(len(plan.executable), 'change')}")
            claim = partial(subject.hold, plan, book, ledger, audit)
            with session.telemetry.phase("apply"):
                result = execute(plan, wishes, book, ledger, systems, session.note, secrets, audit, claim)
            if not result.interrupted:
                subject.settle(plan, wishes, ledger)
            result.correlation_id, result.approvals = session.correlation_id, consent.given
            session.telemetry.applied(result)
            return result


def _require_what_is_left(approved: Plan, plan: Plan) -> None:
    """Another apply came between: what it has done of this one is done, and nothing else may differ."""
    if plan.digest == approved.digest:
        return
    try:
        require_approved(approved.as_dict(), plan)
    except StaleError as moved:
        what = "another apply changed what would be written"
        raise StaleError(Diagnostic("error", "apply.moved", what, "Plan again."), *moved.diagnostics) from None


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

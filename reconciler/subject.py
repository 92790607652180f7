"""What a plan is made of: manifests and their commit, a ledger, and the claims on the systems."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from reconciler.audit.audit import Audit
from reconciler.claims.holdings import Holdings, holdings_of
from reconciler.claims.owner import owner_of
from reconciler.claims.stake import Stake
from reconciler.desired import Wishes
from reconciler.desired.wishes import NOWHERE, Draft
from reconciler.diff import Options
from reconciler.environment.spec import GitPlace
from reconciler.errors import Diagnostic
from reconciler.ledger import Book, Ledger, descent
from reconciler.plan import Plan, build, cut_to_adoptions
from reconciler.provenance import Provenance, provenance_of
from reconciler.rollback import Rollback, rollback_to
from reconciler.session import Session
from reconciler.systems.base import System
from reconciler.systems.purview import Purview


@dataclass(slots=True)
class Subject:
    """What is planned: the manifests of the working folder or of an older revision, and where they come from."""

    session: Session
    options: Options
    draft: Draft
    book: Book
    provenance: Provenance
    rollback: Rollback | None = None
    only_adopts: bool = False
    """Whether the plan is cut down to what the ledger alone learns."""
    stake: Stake | None = None
    """The claim of the environment; None where nothing is written to Purview."""

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
        self.stake = self._stake(ledger, systems)
        with ThreadPoolExecutor(max_workers=1) as beside:
            looked = beside.submit(self.stake.look) if self.stake is not None else None
            plan = build(wishes, ledger, systems, self.options, self.session.note, readings)
            if looked is not None:
                looked.result()
        plan.provenance = self.provenance
        if self.stake is not None:
            self.stake.holdings = self._holdings(plan, wishes, ledger)
            plan.diagnostics += self.stake.findings()
        if self.rollback is None and (behind := self._behind(ledger)) is not None:
            plan.diagnostics.append(behind)
        if self.only_adopts:
            cut_to_adoptions(plan)
        return plan, wishes

    def hold(self, plan: Plan, book: Book, ledger: Ledger, audit: Audit) -> None:
        """Leaves the claim of the environment, before anything is written; raises as `Stake.hold` does."""
        if self.stake is None or self.only_adopts:
            return
        if self.stake.holdings and not ledger.header.serial:
            book.flush(ledger)  # a claim is its ledger's, which must be there also if this run ends now
        if told := self.stake.hold(audit.take_over, writes=bool(plan.executable)):
            self.session.note(told)

    def settle(self, plan: Plan, wishes: Wishes, ledger: Ledger) -> None:
        """Lets go of what the apply removed, where it came to its end."""
        if self.stake is None or self.only_adopts:
            return
        if told := self.stake.settle(self._holdings(plan, wishes, ledger)):
            self.session.note(told)

    def _stake(self, ledger: Ledger, systems: Mapping[str, System]) -> Stake | None:
        environment, purview = self.draft.environment, systems.get("purview")
        if not isinstance(purview, Purview) or environment.scope.purview.read_only:
            return None
        remote = (environment.ledger.git or GitPlace()).remote
        owner = owner_of(self.session.root, self.session.environment, ledger, remote)
        return Stake(purview, owner, Holdings(), self.options.takeover)

    def _holdings(self, plan: Plan, wishes: Wishes, ledger: Ledger) -> Holdings:
        return holdings_of(self.draft.environment, wishes.known.values(), ledger, plan.names)

    def _behind(self, ledger: Ledger) -> Diagnostic | None:
        """What stands against these manifests because of the commit that was applied last."""
        remote = (self.draft.environment.ledger.git or GitPlace()).remote
        session = self.session
        return descent.finding(session.root, session.process_env, remote, self.provenance, ledger.header.commit)

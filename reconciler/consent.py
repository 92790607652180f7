"""What was agreed to before an apply, and whose agreement to which label counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.environment.policy import Policy
from reconciler.errors import Diagnostic
from reconciler.plan import Plan
from reconciler.provenance import Person

if TYPE_CHECKING:
    from reconciler.saved import plan as saved


@dataclass(slots=True)
class Approval:
    """What was agreed to before: a saved plan, a digest, or a person at the terminal."""

    plan: saved.Plan | None = None
    digest: str | None = None
    ask: Callable[[Plan], bool] = lambda plan: True
    skip_refused: bool = False
    labels: frozenset[str] = frozenset()
    """Labels whose changes are approved."""


@dataclass(frozen=True, slots=True)
class Consent:
    """The labels that a plan needs somebody's agreement for, and what whoever runs the apply says to them."""

    plan: Plan
    approval: Approval
    policy: Policy = field(default_factory=Policy)
    in_ci: bool = False
    """Whether nobody read the plan that this apply makes, unless a plan file or a digest names it."""
    others: tuple[Person, ...] = ()
    """Who wrote commits of the manifests since the last apply, beside the authors of the newest."""
    again_by: Person | None = None
    """Who ran the job again, beside whose job it is: neither may have written what is approved."""

    @property
    def given(self) -> dict[str, str]:
        """The labels that were needed and approved, with who did."""
        by = str(self.plan.provenance.actor)
        return {label: by for label in self.plan.requires_approval if label in self.approval.labels}

    def missing(self) -> Iterator[Diagnostic]:
        """A finding for each label that nobody approved, or whose approval does not count."""
        for label, addresses in sorted(self.plan.requires_approval.items()):
            yield from self._against(label, addresses)

    @property
    def taken(self) -> list[str]:
        """The labels that are approved in a way that counts."""
        needed = sorted(self.plan.requires_approval.items())
        return [label for label, addresses in needed if not [*self._against(label, addresses)]]

    def _against(self, label: str, addresses: list[str]) -> Iterator[Diagnostic]:
        if label not in self.approval.labels:
            yield _unapproved(label, addresses)
        elif self.in_ci and self.approval.plan is None and self.approval.digest is None:
            yield Diagnostic(
                "error",
                "approval.unread",
                f"--approve {label} does not count: in CI nobody has read the plan that this apply makes",
                "Approve the plan that was read: apply its file, or name its digest with --expect-digest.",
                address=addresses[0],
            )
        elif self.policy.separation_of_duties:
            yield from self._by_author(label, addresses[0])

    def _writer(self) -> Person | None:
        """Who runs this, or ran it again, and wrote what is planned; None where that is somebody else."""
        came, saved = self.plan.provenance, self.approval.plan
        planned = (Person.of(saved["author"]),) if saved is not None and saved.get("author") else ()
        written = (*self.others, *planned)
        for one in (came.actor, self.again_by):
            if one is not None and (came.wrote(one) or any(map(one.is_same, written))):
                return one
        return None

    def _by_author(self, label: str, address: str) -> Iterator[Diagnostic]:
        """Whoever wrote what is planned does not approve it; where nobody knows who did, nobody can."""
        came = self.plan.provenance
        writer = self._writer()
        if came.authors and writer is None:
            return
        if not came.authors:
            why = "nobody knows who wrote these manifests: Git tells no commit of theirs"
        elif came.uncommitted and not any(map(came.actor.is_same, came.authors)):
            why = f"{came.actor} applies manifests that are not committed"
        elif writer is not None and any(map(writer.is_same, came.authors)):
            what = f"pull request {came.pull_request}" if came.pull_request else f"commit {came.commit[:12]}"
            why = f"{writer} wrote {what}"
        else:
            why = f"{writer} wrote manifests that are applied now for the first time"
        yield Diagnostic(
            "error",
            "approval.by_author",
            f"--approve {label} does not count: {why}",
            "The environment says `policy.separation_of_duties`: let somebody else apply it with the approval.",
            address=address,
        )


def _unapproved(label: str, addresses: list[str]) -> Diagnostic:
    others = len(addresses) - 1
    more = f" and {others} other change{'' if others == 1 else 's'}" if others else ""
    return Diagnostic(
        "error",
        "approval.missing",
        f"the label {label} needs an approval: {addresses[0]}{more}",
        f"Who may agree to it applies with --approve {label!r}." if " " in label else f"Apply with --approve {label}.",
        address=addresses[0],
    )

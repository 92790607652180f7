"""What became of an apply: one outcome a change, and the exit code that follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.diff import WRITES, Change
from reconciler.errors import Diagnostic, Exit
from reconciler.plan import Plan
from reconciler.saved.words import Status
from reconciler.systems.redact import SECRETS

if TYPE_CHECKING:
    from reconciler.saved import result as saved


@dataclass(slots=True)
class Outcome:
    """What became of one change."""

    change: Change
    status: Status
    message: str = ""
    request_id: str = ""

    def as_dict(self) -> saved.Outcome:
        """The JSON shape."""
        shape: saved.Outcome = {"address": self.change.address, "action": self.change.action, "status": self.status}
        if self.message:
            shape["message"] = self.message
        if self.request_id:
            shape["request_id"] = self.request_id
        return shape


@dataclass(slots=True)
class Result:
    """The outcome of an apply."""

    plan: Plan
    outcomes: list[Outcome] = field(default_factory=list)
    interrupted: bool = False
    diagnostics: list[Diagnostic] = field(default_factory=list)
    correlation_id: str = ""
    """The id that every request of the apply carried."""
    approvals: dict[str, str] = field(default_factory=dict)
    """The labels that somebody approved, with who did."""

    @property
    def complete(self) -> bool:
        """Whether every change is done."""
        return (
            not self.interrupted and not self.diagnostics and all(outcome.status == "done" for outcome in self.outcomes)
        )

    @property
    def wrote(self) -> bool:
        """Whether anything may have been written to a system."""
        return any(
            outcome.status in ("pending", "unverified", "unknown")
            or (outcome.status == "done" and outcome.change.action in WRITES | {"adopt"})
            for outcome in self.outcomes
        )

    @property
    def exit_code(self) -> Exit:
        """The promised exit code of an apply that ended like this."""
        if self.interrupted:
            return Exit.INTERRUPTED
        if self.complete:
            return self._exit_of_what_was_left_out()
        if self.wrote:
            return Exit.PARTIAL
        open_ = {outcome.status for outcome in self.outcomes} - {"done", "skipped", "not_started"}
        return Exit.STALE if open_ == {"stale"} and not self.diagnostics else Exit.ERROR

    def _exit_of_what_was_left_out(self) -> Exit:
        """Everything planned is done; what the plan holds back, refused, blocked or waits for was not part of it.

        Where nothing was written it is what `plan` says of the same state.
        """
        if self.wrote:
            return Exit.PARTIAL if self._left_out else Exit.OK
        return self.plan.exit_code

    @property
    def _left_out(self) -> bool:
        """Whether the plan holds back, refuses, or lets wait what the manifests want."""
        return bool(self.plan.held) or any(
            change.action in ("conflict", "blocked", "pending") for change in self.plan.changes
        )

    @property
    def summary(self) -> dict[str, int]:
        """How many changes of each action are done, and how many ended otherwise, by status."""
        counts: dict[str, int] = {}
        for outcome in self.outcomes:
            word = outcome.change.action if outcome.status == "done" else outcome.status
            counts[word] = counts.get(word, 0) + 1
        return counts

    def as_dict(self) -> saved.Result:
        """The result as JSON (`schemas/result.schema.json`)."""
        shape: saved.Result = {
            "format_version": "1.0",
            "environment": self.plan.environment,
            "digest": self.plan.digest,
            "complete": self.complete and not self._left_out,
            "interrupted": self.interrupted,
            "summary": self.summary,
            "held": self.plan.held,
            "approvals": [{"label": label, "by": by} for label, by in sorted(self.approvals.items())],
            "outcomes": [outcome.as_dict() for outcome in self.outcomes],
            "diagnostics": [diagnostic.as_dict() for diagnostic in self.diagnostics],
        }
        if self.correlation_id:
            shape["correlation_id"] = self.correlation_id
        cleaned: saved.Result = SECRETS.clean_all(shape)
        return cleaned

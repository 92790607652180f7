"""An older revision, planned on what a later one left.

What was renamed in between is renamed back, and what fields got in between is taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler.desired import Wishes
from reconciler.desired.wishes import Draft
from reconciler.environment.spec import Environment
from reconciler.errors import Diagnostic, ManifestError, RefusedError
from reconciler.ledger import Ledger
from reconciler.repository import answer, ask, commit_of, is_ancestor, is_shallow
from reconciler.resources.base import Desired
from reconciler.resources.keys import Address
from reconciler.rollback.fields import Later
from reconciler.rollback.history import History


@dataclass(slots=True)
class Rollback:
    """The manifests of a commit of a clone."""

    root: Path
    commit: str
    history: History

    def draft(self) -> Draft:
        """The manifests of the commit, checked offline; raises `ManifestError` with every finding."""
        try:
            return self.history.draft(self.commit).required()
        except ManifestError as error:
            raise ManifestError(
                Diagnostic(
                    "error",
                    "ref.invalid",
                    f"the manifests of commit {self.commit[:12]} are not valid today: what follows is found there",
                    "Correct a copy of them in a commit of its own, and apply that.",
                ),
                *error.diagnostics,
            ) from None

    def taken_back(self, wishes: Wishes, ledger: Ledger) -> Wishes:
        """The wishes of the commit, moving from the names that things have since another one was applied, and without
        the values that fields got since.

        A ledger of before it kept commits is taken for one of the commit that is checked out. Raises `RefusedError`
        where the clone does not have all that is in between.
        """
        applied = ledger.header.commit or (answer(self.root, "rev-parse", "HEAD") if ledger.entries else "")
        if not applied:
            return wishes
        if applied != self.commit:
            self._require_history(applied)
            if is_ancestor(self.root, applied, self.commit):
                return wishes  # it goes on, and its manifests say what was moved
            wishes = self._moved_back(wishes, applied)
        return Later(self.history, self.commit, ledger, applied).taken_back(wishes)

    def _moved_back(self, wishes: Wishes, applied: str) -> Wishes:
        parting = self.history.parting(self.commit, applied)
        now = self.history.names(parting, applied) if parting else {}
        is_back = parting == self.commit
        held = {
            name: replace(one, wants={address: _moved_back(want, now, is_back) for address, want in one.wants.items()})
            for name, one in wishes.held.items()
        }
        resources = {address: _moved_back(want, now, is_back) for address, want in wishes.resources.items()}
        return replace(wishes, resources=resources, held=held)

    def _require_history(self, applied: str) -> None:
        if ask(self.root, "cat-file", "-e", f"{applied}^{{tree}}").code != 0:
            why = f"commit {applied[:12]}, which was applied last, is not in this clone"
        elif is_shallow(self.root) and not answer(self.root, "merge-base", self.commit, applied):
            why = f"this clone does not have what lies between {self.commit[:12]} and {applied[:12]}"
        else:
            return
        raise RefusedError(
            Diagnostic(
                "error",
                "ref.history_missing",
                f"{why}: what was renamed since is not known",
                "Fetch the whole history: `fetch-depth: 0` of actions/checkout, `git fetch --unshallow` by hand.",
            )
        )


def _moved_back(want: Desired, now: Mapping[str, str], is_back: bool) -> Desired:
    """A wish that moves from the name that it has by now; what its manifest says of before is past, or came besides.

    What repeats the names of others follows them without being told.
    """
    if want.derived_from:
        return want  # what its source was called when we saw it last, the ledger knows
    later = _later(want, want.key, now)
    if is_back:
        return replace(want, moved_from=later, past=want.moved_from, moved=bool(later))
    formers = [name for former in want.moved_from for name in (*_later(want, former, now), former)]
    return replace(want, moved_from=tuple(dict.fromkeys((*later, *formers))))


def _later(want: Desired, key: str, now: Mapping[str, str]) -> tuple[str, ...]:
    address = now.get(want.type.address(key)) if not want.type.hosted else None
    later = Address.of(address).key if address is not None else key
    return (later,) if later != key else ()


def rollback_to(
    root: Path, environment: str, process_env: Mapping[str, str], revision: str, today: Environment
) -> Rollback:
    """The rollback to a revision of the clone. Raises `ReconcilerError` when there is no such commit."""
    history = History(root, environment, process_env, today)
    return Rollback(root, commit_of(root, revision), history)

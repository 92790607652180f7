"""An older revision, planned on what a later one left: what was renamed in between is renamed back.

Manifests say what a thing was called before (`moved_from`), and an older one cannot say what it is called by now. So
the commits in between are walked through: each is compared with the one before it, as an apply would, and the names
that things got by their manifests are followed to the end. Nothing is asked of a system for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler.contracts.revision import at_revision
from reconciler.desired import Draft, Wishes, draft
from reconciler.diff.identity import Identity
from reconciler.environment.spec import Environment
from reconciler.errors import Diagnostic, ManifestError, RefusedError
from reconciler.ledger import Entry, Header, Ledger
from reconciler.live import LiveState
from reconciler.repository import answer, ask, commit_of, is_ancestor, is_shallow
from reconciler.resources.base import Desired
from reconciler.resources.keys import Address


@dataclass(slots=True)
class Rollback:
    """The manifests of a commit, for an environment that is reached as it is today."""

    root: Path
    environment: str
    process_env: Mapping[str, str]
    commit: str
    today: Environment

    def draft(self) -> Draft:
        """The manifests of the commit, checked offline; raises `ManifestError` with every finding."""
        try:
            return self._at(self.commit).required()
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

    def _at(self, commit: str) -> Draft:
        with at_revision(self.root, commit) as folder:
            return draft(folder, self.environment, self.process_env, self.today)

    def taken_back(self, wishes: Wishes, ledger: Ledger) -> Wishes:
        """The wishes of the commit, moving from the names that things have since another one was applied.

        A ledger of before it kept commits is taken for one of the commit that is checked out. Raises `RefusedError`
        where the clone does not have all that is in between.
        """
        applied = ledger.header.commit or (answer(self.root, "rev-parse", "HEAD") if ledger.entries else "")
        if not applied or applied == self.commit:
            return wishes
        self._require_history(applied)
        if is_ancestor(self.root, applied, self.commit):
            return wishes  # it goes on, and its manifests say what was moved
        parting = answer(self.root, "merge-base", self.commit, applied)
        now = self._names(parting, applied) if parting else {}
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

    def _names(self, start: str, end: str) -> dict[str, str]:
        """The addresses that things had at one commit, with those that their manifests had given them by another."""
        walk = answer(
            self.root, "rev-list", "--first-parent", "--reverse", f"{start}..{end}", "--", "manifests"
        ).split()
        story = _Story(self._offline(start)) if walk else None
        for commit in walk if story is not None else ():
            wishes = self._offline(commit)
            if story is not None and wishes.ok:
                story.goes_on(wishes)
        return story.names if story is not None else {}

    def _offline(self, commit: str) -> Wishes:
        return self._at(commit).wishes()


class _Story:
    """How things were called from commit to commit: each is compared with the one before as an apply would."""

    def __init__(self, start: Wishes) -> None:
        self.names = {address: address for address in start.resources}
        self._ledger = Ledger(Header.new(start.environment_name))
        self._learn(start.resources.values())

    def goes_on(self, wishes: Wishes) -> None:
        """The next commit: what it moves has another name from then on."""
        identity = Identity(wishes.resources, self._ledger, LiveState({}))
        for want in sorted(wishes.resources.values(), key=lambda one: wishes.levels.get(one.address, 0)):
            identity.entry(want)
        now = {former: address for address, former in identity.moves.items()}
        self.names = {first: now.get(last, last) for first, last in self.names.items()}
        self._ledger.move(identity.moves)
        self._learn(wishes.resources.values())

    def _learn(self, wants: Iterable[Desired]) -> None:
        for want in wants:
            entry = self._ledger.get(want.address) or Entry(want.address)
            entry.follow(want)
            self._ledger.put(entry)


def _moved_back(want: Desired, now: Mapping[str, str], is_back: bool) -> Desired:
    """A wish that moves from the name that it has by now; what its manifest says of before is past, or came besides.

    What repeats the names of others follows them without being told.
    """
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
    return Rollback(root, environment, process_env, commit_of(root, revision), today)

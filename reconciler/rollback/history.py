"""What the manifests of other commits wanted, and how things were called from commit to commit.

Manifests say what a thing was called before (`moved_from`), and an older one cannot say what it is called by now. So
the commits in between are walked through: each is compared with the one before it, as an apply would, and the names
that things got by their manifests are followed to the end. Nothing is asked of a system for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.contracts.revision import at_revision
from reconciler.desired import Wishes
from reconciler.desired.wishes import Draft, draft
from reconciler.diff.identity import Identity
from reconciler.environment.spec import Environment
from reconciler.ledger import Entry, Header, Ledger
from reconciler.live import LiveState
from reconciler.repository import answer
from reconciler.resources.base import Desired


@dataclass(slots=True)
class History:
    """The commits of a clone, for an environment that is reached as it is today."""

    root: Path
    environment: str
    process_env: Mapping[str, str]
    today: Environment
    _names: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    _wishes: dict[str, Wishes] = field(default_factory=dict)

    def draft(self, commit: str) -> Draft:
        """The manifests of a commit, checked offline."""
        with at_revision(self.root, commit) as folder:
            return draft(folder, self.environment, self.process_env, self.today)

    def offline(self, commit: str) -> Wishes:
        """What the manifests of a commit want, as far as it can be told without the systems."""
        if commit not in self._wishes:
            self._wishes[commit] = self.draft(commit).wishes()
        return self._wishes[commit]

    def parting(self, one: str, other: str) -> str:
        """The last commit that two have in common; empty where the clone knows of none."""
        return answer(self.root, "merge-base", one, other) if one and other else ""

    def names(self, start: str, end: str) -> dict[str, str]:
        """The addresses that things had at one commit, with those that their manifests had given them by another."""
        if (start, end) not in self._names:
            self._names[start, end] = self._followed(start, end)
        return self._names[start, end]

    def _followed(self, start: str, end: str) -> dict[str, str]:
        span = f"{start}..{end}"
        walk = answer(self.root, "rev-list", "--first-parent", "--reverse", span, "--", "manifests").split()
        if not walk:
            return {}
        story = _Story(self.offline(start))
        for commit in walk:
            wishes = self.draft(commit).wishes()
            if wishes.ok:
                story.goes_on(wishes)
        return story.names


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

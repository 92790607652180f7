"""The lock of a ledger in Git: a ref that only one can create, renewed while its holder lives.

It is created with an empty lease, renewed every quarter of its time, and may be taken over only after the same
commit was seen for a whole time on the contender's own clock: clocks of machines differ, and none is asked.
"""

from __future__ import annotations

import uuid

from reconciler.errors import ReconcilerError
from reconciler.ledger.book import locked
from reconciler.ledger.git_store import MISSING, Git, PushRefusedError
from reconciler.ledger.renewing import RenewedLock, TakenError, words_of


class GitLock(RenewedLock):
    """A lock ref of the remote."""

    def __init__(self, git: Git, ref: str, seconds: float, place: str) -> None:
        super().__init__(seconds, place)
        self.git, self.ref = git, ref
        self._mine = ""

    def look(self) -> str:
        """The commit of the ref."""
        return self.git.seen(self.ref).get(self.ref, "")

    def claim(self, there: str) -> bool:
        """Lets the ref point to a commit of ours, if it is still as it was seen."""
        commit = self._new()
        try:
            self.git.push(self.ref, there or MISSING, commit)
        except PushRefusedError:
            return False
        self._mine = commit
        return True

    def renew(self, within: float) -> None:
        """Lets the ref point to a new commit of ours."""
        commit = self._new()
        try:
            self.git.push(self.ref, self._mine, commit, within=within)
        except PushRefusedError:
            raise TakenError from None
        self._mine = commit

    def give_back(self) -> None:
        """Removes the ref."""
        try:
            self.git.push(self.ref, self._mine, "")
        except PushRefusedError:
            raise TakenError from None

    def told(self, there: str) -> str:
        """What the message of the commit says."""
        try:
            self.git.fetch(there, self.ref)
            return words_of(self.git.run("log", "-1", "--format=%B", there))
        except ReconcilerError:
            return words_of("")

    def remove(self) -> None:
        """Removes the ref, whoever has it; raises `RefusedError` when it is renewed at that moment."""
        there = self.look()
        if there:
            try:
                self.git.push(self.ref, there, "")
            except PushRefusedError:
                raise locked(self.place, "another apply, which is alive,") from None

    def _new(self) -> str:
        """A commit that nobody else makes: the same one pushed twice would be taken as done both times."""
        return self.git.commit(self.git.tree({}), self.said(claim=str(uuid.uuid4())))

"""What hangs on something that is made, and is made in the same request; each is a change of its own all the same.

A part rides along where its type says that the create of its host takes it (`Resource.comes_with`), where everything
else that it needs is there, and only once: what does not show beside its host, or whose host went without an answer,
is looked at and sent by itself when its turn comes. Where nothing of a type shows, none rides any more in the run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.apply.run import Run
from reconciler.diff import Change
from reconciler.resources.objects import Write


class Along:
    """The creates of a plan that may ride along with another."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._planned = {change.address for change in run.plan.executable}
        self._parts: dict[str, list[Change]] = {}
        self._left_out: set[str] = set()
        creates = {change.address for change in run.plan.executable if change.action == "create"}
        for change in run.plan.executable:
            host = _host(change)
            if host in creates:
                self._parts.setdefault(host, []).append(change)

    def all_of(self, changes: Iterable[Change]) -> list[Change]:
        """Some changes, and whatever may ride along with them."""
        return [one for change in changes for one in (change, *self._parts.get(change.address, ()))]

    def board(self, change: Change, write: Write) -> None:
        """Puts what may ride along on the write of its host."""
        write.along = [self.run.write_of(part, None) for part in self._parts.get(change.address, ()) if self._may(part)]

    def sent(self, writes: Iterable[Write], *, answered: bool) -> None:
        """A request with what rides along on some writes was sent, and perhaps answered: that is of our making now."""
        for part in (part for write in writes for part in write.along):
            self.run.sent[part.address] = "unverified" if answered else "unknown"
            self.run.recorder.half_done.add(part.address)
            self.run.along.add(part.address)

    def riding(self, changes: Iterable[Change], writes: Mapping[str, Write]) -> list[Change]:
        """What went along with some changes and is to show beside them."""
        found: list[Change] = []
        for change in changes:
            if parts := {part.address for part in writes[change.address].along}:
                found += [part for part in self._parts[change.address] if part.address in parts]
        return found

    def shown(self, parts: Iterable[Change]) -> None:
        """What a type's parts came to, of those that rode: where none shows, none rides any more."""
        shows: dict[str, bool] = {}
        for part in parts:
            shows[part.type.full_name] = shows.get(part.type.full_name, False) or part.address in self.run.outcomes
        self._left_out.update(name for name, any_ in shows.items() if not any_)

    def _may(self, part: Change) -> bool:
        outcomes, host = self.run.outcomes, _host(part)
        return (
            part.type.full_name not in self._left_out
            and part.address not in outcomes
            and not part.after
            and all(
                need == host or need not in self._planned or (need in outcomes and self.run.is_there(need))
                for need in part.depends_on
            )
        )


def _host(change: Change) -> str:
    """The address of what a create may ride along with; empty where it may not."""
    if change.action != "create" or not change.type.comes_with:
        return ""
    return next((need for need in change.depends_on if need.startswith(f"{change.type.comes_with}:")), "")

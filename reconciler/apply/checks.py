"""Whether a change may still be made: the last look before it is sent."""

from __future__ import annotations

from reconciler.apply.evidence import is_as_wanted, is_empty, moved_since, shows, unmoved
from reconciler.apply.run import Run
from reconciler.diff import Change
from reconciler.live import LiveState
from reconciler.resources.objects import Live


class Checks:
    """Compares what a change was planned on with what is there now."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def still_holds(self, change: Change, fresh: LiveState) -> bool:
        """Whether the live state is still the one the change was planned on; else it ends as stale or done."""
        found = self.run.found(change, fresh)
        if change.action in ("create", "replace"):
            if found is None:
                return True
            if is_as_wanted(change, found):
                if not change.type.with_host:
                    self.run.recorder.take_over(change)
                self.run.confirm(change, found)
                return False
            if change.type.with_host and is_empty(change, found):
                return True
            if change.address in self.run.along:
                return True  # ours, as the system made it within its host: it is sent as an update
            self.run.recorder.drop_intent(change)
            self.run.end(change, "stale", "was created by others since the plan")
            return False
        if found is None:
            if change.action in ("delete", "retire"):
                self.run.recorder.forget(change.address)
                self.run.end(change, "done", "was gone already")
            else:
                self.run.recorder.drop_intent(change)
                self.run.end(change, "stale", "was deleted by others since the plan")
            return False
        if change.action in ("delete", "retire"):
            why = moved_since(change, found, self.run.by_now(change.type, change.live_key))
            still = "" if why else self._wanted_on(found)
            if why or still:
                self.run.recorder.drop_intent(change)
                self.run.end(change, "stale", why or f"{still} still hangs on it, which a manifest wants")
                return False
            return not self._is_under_way(change, found)
        moved = [
            item.path
            for item in change.fields
            if item.reason != "with_host" and not unmoved(change, item.path, item.before, found)
        ]
        if moved and is_as_wanted(change, found):
            self.run.confirm(change, found)
            return False
        if moved:
            self.run.recorder.drop_intent(change)
            self.run.end(change, "stale", f"{', '.join(moved)} changed since the plan")
            return False
        return True

    def _wanted_on(self, found: Live) -> str | None:
        """A part of an object that is to go, which the plan should have taken elsewhere before."""
        for part in found.parts:
            if part.id and (part.goes or part.field) and self.run.recorder.wants(part):
                return part.address
        return None

    def _is_under_way(self, change: Change, found: Live) -> bool:
        """Whether an earlier run asked for a removal already: it shows by now, or it waits for an approval."""
        waiting = self.run.recorder.held.get(change.address)
        if waiting is None:
            return False
        if shows(change, found):
            self.run.confirm(change, found)
        else:
            self.run.recorder.leave_open(change, found, waiting)
            self.run.end(change, "pending", waiting)
        return True

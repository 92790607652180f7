"""What exchanges its name with another takes a third one for a moment."""

from __future__ import annotations

import time
from collections.abc import Sequence

from reconciler.apply.run import FIRST_LOOK, LONGEST_LOOK, Run
from reconciler.apply.sending import Sender
from reconciler.diff import Change
from reconciler.errors import ReconcilerError, StoppedError
from reconciler.resources.objects import Write
from reconciler.systems.refusals import LostAnswer, Unreachable


class Aside:
    """Steps aside before the wave that takes the name."""

    def __init__(self, run: Run, sender: Sender) -> None:
        self.run, self.sender = run, sender

    def make_way(self, wave: Sequence[Change]) -> None:
        """Gives what exchanges its name with something in the wave another name for a moment."""
        names = {address for change in wave for address in change.after}
        for change in self.run.plan.executable:
            if change.aside and change.address in names and change.address not in self.run.outcomes:
                self._step_aside(change)

    def _step_aside(self, change: Change) -> None:
        found = self.run.found(change, self.run.read([change], keep_raw=True))
        place, aside = self.run.by_now(change.type, change.live_key), self.run.by_now(change.type, change.aside)
        if found is None or found.key != place:
            return  # by others, or in an earlier run
        system = self.run.systems[change.type.system].fresh()
        write = Write(change.address, aside, {}, found, self.run.id_of)
        try:
            self.run.sent[change.address] = "unknown"
            change.type.rename(system, write)
        except (LostAnswer, Unreachable):
            pass  # the reading tells
        except StoppedError:
            raise
        except ReconcilerError as error:
            self.sender.failed(change, write, error, set())
            return
        deadline, look = time.monotonic() + change.type.settle, FIRST_LOOK
        while True:
            found = self.run.found(change, self.run.read([change]))
            if found is None or found.key != place:
                return
            if time.monotonic() > deadline:
                self.run.recorder.leave_open(change, found, "")
                self.run.end(change, "unverified", "could not be called otherwise for a moment, to make way for others")
                return
            self.run.pause(change.type, look)
            look = min(LONGEST_LOOK, look * 2)

"""Carries a plan out: durable intents, waves in order of references, fresh readings, batches, reading back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import zip_longest
from typing import Any

from reconciler.apply.along import Along
from reconciler.apply.aside import Aside
from reconciler.apply.checks import Checks
from reconciler.apply.forbidden import refuse_unfit
from reconciler.apply.readings import Readings
from reconciler.apply.result import Outcome, Result
from reconciler.apply.run import Run
from reconciler.apply.sending import Sender
from reconciler.apply.teardown import Teardown
from reconciler.apply.waves import waves
from reconciler.audit.audit import Audit
from reconciler.desired import Wishes
from reconciler.diff import Change
from reconciler.errors import ReconcilerError, StoppedError
from reconciler.ledger import Book, Ledger, LockLostError
from reconciler.live import Note, answers_of
from reconciler.plan import Plan
from reconciler.systems.answers import defect
from reconciler.systems.base import System


def execute(
    plan: Plan,
    wishes: Wishes,
    book: Book,
    ledger: Ledger,
    systems: Mapping[str, System],
    note: Note = lambda line: None,
    secret: Callable[[Any], str] = str,
    audit: Audit | None = None,
    claim: Callable[[], None] = lambda: None,
) -> Result:
    """Carries out every executable change of a plan under the ledger's lock, held by the caller.

    `secret` resolves a secret reference to its value, `audit` is told each change, `claim` leaves the claim of the
    environment before the first write. Returns the outcomes; an interruption is an outcome too.
    Raises `RefusedError` when a system is not one that may be written to or others claim it, `ReconcilerError` when
    the audit cannot be begun; nothing is written then.
    """
    refuse_unfit(plan, systems)
    run = Run(plan, wishes, book, ledger, systems, note, secret, audit)
    run.audit.begin(plan, ledger, wishes.resources)
    try:
        claim()
    except ReconcilerError as error:
        with suppress(ReconcilerError):
            run.audit.end(complete=False, interrupted=isinstance(error, StoppedError))
        raise
    carrying = Carrying(run)
    ordered = list(waves(plan.executable))
    run.recorder.announce(plan, carrying.along.all_of(ordered[0] if ordered else ()))
    try:
        carrying.readings.begin(ordered[0] if ordered else ())
        for wave, following in zip_longest(ordered, ordered[1:], fillvalue=()):
            carrying.aside.make_way(wave)
            carrying.carry_out(wave, following)
    except LockLostError as lost:
        run.result.diagnostics += lost.diagnostics
    except StoppedError:
        run.result.interrupted = True
    except ReconcilerError as error:
        run.result.diagnostics += error.diagnostics
    except Exception as error:  # noqa: BLE001 - what was written must be noted, whatever happens
        run.result.diagnostics.append(defect(error))
    run.finish()
    return run.result


class Carrying:
    """Takes the changes wave by wave, all types of a wave at once."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.readings = Readings(run)
        self.along = Along(run)
        self.sender = Sender(run, self.readings, self.along)
        self.checks = Checks(run)
        self.teardown = Teardown(run, self.sender, self.readings)
        self.aside = Aside(run, self.sender)

    def carry_out(self, wave: Sequence[Change], following: Sequence[Change]) -> None:
        """One wave: all types at once, each with a fresh reading, its writes, and a reading back.

        The reading back also looks at what the following wave writes, for which it is the fresh reading.
        """
        self.readings.following = following
        undone = [outcome for outcome in self.run.outcomes.values() if outcome.status != "done"]
        clinging = {need: outcome for outcome in reversed(undone) for need in outcome.change.depends_on}
        ready = [c for c in wave if c.address not in self.run.outcomes and self._is_ready(c, clinging)]
        self.teardown.clear(change for change in ready if change.action == "replace")
        ready = [change for change in ready if change.address not in self.run.outcomes]
        groups: dict[tuple[str, str], list[Change]] = {}
        for change in ready:
            groups.setdefault((change.type.full_name, change.action), []).append(change)
        if not groups:
            return
        self.readings.writers = Counter(answers_of(group[0].type) for group in groups.values())
        with ThreadPoolExecutor(max_workers=len(groups)) as pool:
            futures = [pool.submit(self._carry_out_group, group) for group in groups.values()]
        failures = [future.exception() for future in futures]
        coming = {change.type.full_name for change in following}
        self.readings.recent = {name: known for name, known in self.readings.recent.items() if name in coming}
        self.run.recorder.begin(self.along.all_of(following))
        self.run.recorder.flush()
        self.run.write_audit()
        done = len(self.run.outcomes)
        self.run.note(f"applied {done} of {self.run.total}")
        for failure in failures:
            if failure is not None:
                raise failure

    def _is_ready(self, change: Change, clinging: Mapping[str, Outcome]) -> bool:
        """Whether all that the change needs is there; otherwise it is skipped, and says for what.

        `clinging` are changes that are not done, by what they need: that may not be removed under them.
        """
        if change.action in ("delete", "retire", "forget"):
            blocking = clinging.get(change.address) or next(filter(None, map(self._stays, change.depends_on)), None)
        else:
            outcomes = self.run.outcomes
            missing = (need for need in change.depends_on if need in outcomes and not self.run.is_there(need))
            kept = (name for name in change.after if self._keeps_its_name(name))
            cause = next(missing, None) or next(kept, None)
            blocking = outcomes[cause] if cause is not None else None
        if blocking is None:
            return True
        self.run.end(change, "skipped", f"{blocking.change.address} is {blocking.status}")
        return False

    def _stays(self, address: str) -> Outcome | None:
        """The outcome of a removal that is not done: what hangs on it is still there, too."""
        outcome = self.run.outcomes.get(address)
        undone = outcome is not None and outcome.change.action in ("delete", "retire") and outcome.status != "done"
        return outcome if undone else None

    def _keeps_its_name(self, address: str) -> bool:
        """Whether what was to free a name did not; what has stepped aside has no outcome yet."""
        return address in self.run.outcomes and self.run.outcomes[address].status != "done"

    def _carry_out_group(self, group: list[Change]) -> None:
        type, action = group[0].type, group[0].action
        if action == "forget" or (action == "adopt" and not any(change.fields for change in group)):
            for change in group:
                self._settle_without_request(change)
            return
        fresh = self.readings.fresh(type, group)
        if action in ("delete", "retire") and any(self.run.found(change, fresh) is None for change in group):
            fresh = self.run.read(group, keep_raw=True, seek=True)
        todo = [change for change in group if self.checks.still_holds(change, fresh)]
        if not todo:
            return
        if action == "replace":
            self.sender.write(type, "create", todo, fresh)
        elif action in ("update", "rename", "adopt"):
            self.sender.write(type, "rename" if action == "rename" else "update", todo, fresh)
        else:
            self.sender.write(type, action, todo, fresh)

    def _settle_without_request(self, change: Change) -> None:
        if change.action == "forget":
            self.run.recorder.forget(change.address)
        else:
            self.run.recorder.record(change, None)
        self.run.end(change, "done")

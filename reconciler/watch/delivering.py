"""Hands messages to webhooks: each attempt is written down before it is made, and ticked off after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from reconciler.errors import Diagnostic
from reconciler.watch.cursor import Cursor, CursorFile, Delivery
from reconciler.watch.events import Event, body_of
from reconciler.watch.hooks import Hook
from reconciler.webhooks.sending import Attempt, moment, pause, send

Send = Callable[[str, Sequence[str], str, bytes, float], Attempt]


@dataclass
class Delivering:
    """One watcher's deliveries."""

    file: CursorFile
    cursor: Cursor
    hooks: Sequence[Hook]
    send: Send = send
    clock: Callable[[], float] = moment
    delivered: int = 0
    findings: list[Diagnostic] = field(default_factory=list)

    def plan(self, events: Iterable[tuple[str, Event]]) -> None:
        """Notes whom to tell of each event; ids of messages come with them."""
        for id, event in events:
            for hook in self.hooks:
                if hook.wants(event) and not self._is_stopped(hook):
                    self.cursor.deliveries.append(Delivery(id, hook.name))

    def run(self) -> None:
        """Makes every attempt that is due, the oldest message first."""
        known = {one.name: one for one in self.hooks}
        for one in list(self.cursor.deliveries):
            hook = known.get(one.hook)
            if hook is None or one.event not in self.cursor.waiting:
                self.cursor.deliveries.remove(one)  # its document is gone, and with it who is told
            elif not self._is_stopped(hook) and one.due <= self.clock():
                self._try(one, hook)
        self.file.save(self.cursor)

    def next_due(self) -> float | None:
        """When the next attempt is due, in Unix seconds; None where none is."""
        return min((one.due for one in self.cursor.deliveries), default=None)

    def _try(self, one: Delivery, hook: Hook) -> None:
        now = self.clock()
        one.attempts += 1
        one.due = now + (pause(one.attempts, 0.0) or 0.0)  # should this be killed, it is tried again
        self.file.save(self.cursor)
        message = self.cursor.waiting[one.event].message
        attempt = self.send(hook.url, hook.secrets, one.event, body_of(message), now)
        if attempt.state == "done":
            self.cursor.deliveries.remove(one)
            self.delivered += 1
        elif attempt.state == "gone":
            self._stop(hook, attempt.why)
        elif (wait := pause(one.attempts, attempt.wait)) is None:
            self._bury(one, hook, attempt.why)
        else:
            one.due = now + wait
            self._say("warning", "watch.not_delivered", f"{hook.name} was not told of {message['type']}: {attempt.why}",
                      f"It is tried again in {wait:.0f} s, by whatever `watch --deliver` runs then.")  # fmt: skip
        self.file.save(self.cursor)

    def _stop(self, hook: Hook, why: str) -> None:
        self.cursor.stopped[hook.name] = hook.mark
        self.cursor.deliveries = [one for one in self.cursor.deliveries if one.hook != hook.name]
        self._say("error", "watch.stopped", f"{hook.name} is not told of anything any more: {why}",
                  "Correct its address or its secret in the manifest, or take the document out.")  # fmt: skip

    def _bury(self, one: Delivery, hook: Hook, why: str) -> None:
        message = self.cursor.waiting[one.event].message
        self.file.bury(message, hook.name, why)
        self.cursor.deliveries.remove(one)
        self._say("error", "watch.dead_letter", f"{hook.name} was not told of {message['type']}: {why}",
                  f"The message stands in {self.file.dead.name}; nothing sends it again.")  # fmt: skip

    def _is_stopped(self, hook: Hook) -> bool:
        """Whether it wants nothing any more, and was not changed since."""
        if hook.name in self.cursor.stopped and self.cursor.stopped[hook.name] != hook.mark:
            del self.cursor.stopped[hook.name]
        return hook.name in self.cursor.stopped

    def _say(self, severity: str, code: str, summary: str, detail: str) -> None:
        self.findings.append(Diagnostic(severity, code, summary, detail))  # type: ignore[arg-type]

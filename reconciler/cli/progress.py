"""Progress on stderr: a first line at once, a line a step, a heartbeat on long waits, totals at the end."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from reconciler.cli.common import Setup, tell
from reconciler.report.seen import visible
from reconciler.systems import correlation

if TYPE_CHECKING:
    from reconciler.workflow import Session

HEARTBEAT = 10.0
BURST_SECONDS = 0.25
BURST_LINES = 50
PATIENCE = 3.0
"""Seconds that requests under way may still take after a first interrupt."""


@contextmanager
def session(setup: Setup, verb: str, *, environment: str | None = None, **more: Any) -> Iterator[Session]:
    """A session that tells its progress, stops on the first signal and leaves on the second."""
    name = environment or setup.named()
    _line(setup, f"{verb}: environment {name}")
    if correlation.is_refused(os.environ):
        _warn(f"{correlation.VARIABLE} is no UUID and is not used; this run has an id of its own")
    from reconciler.workflow import Session

    progress = _Progress(setup)
    run = Session(setup.project, name, os.environ, progress.note, details(setup), **more)
    progress.run = run
    _line(setup, f"correlation id: {run.correlation_id}")
    started = time.monotonic()
    try:
        with _told(run, verb), _signals(run), progress.beating():
            yield run
        _line(setup, _totals(run, time.monotonic() - started))
    finally:
        _line(setup, f"correlation id: {run.correlation_id}")


@contextmanager
def _told(run: Session, verb: str) -> Iterator[None]:
    """Tells OpenTelemetry how the run goes, where its variables ask for it; one line where that fails."""
    from reconciler.telemetry.start import telemetry_of

    run.telemetry, missing = telemetry_of(verb, run.environment, run.process_env)
    _warn(missing)
    failure: BaseException | None = None
    try:
        yield
    except BaseException as error:
        failure = error
        raise
    finally:
        _warn(run.telemetry.close(failure))


def _warn(text: str) -> None:
    if text:
        tell(f"Warning: {visible(text)}")


def _totals(run: Session, seconds: float) -> str:
    waited = f", {run.waited:.1f} s of it waiting on limits" if run.waited >= 0.1 else ""
    return f"{run.requests} requests in {seconds:.1f} s{waited}"


def details(setup: Setup) -> Callable[[str], None] | None:
    """What tells each request with its answer; None where nobody asked for it with `-v`."""
    return (lambda line: _line(setup, f"  {line}")) if setup.verbose else None


class _Progress:
    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.run: Session | None = None
        self._last = self._burst = time.monotonic()
        self._lines = 0
        self._waiting: list[str] = []
        self._lock = threading.Lock()

    def note(self, line: str) -> None:
        """A line at once; of thousands in a moment many together, as each write takes longer than what it tells of."""
        with self._lock:
            self._last = now = time.monotonic()
            if now - self._burst > BURST_SECONDS:
                self._burst, self._lines = now, 0
            self._lines += 1
            self._waiting.append(f"  {line}")
            if self._lines <= BURST_LINES or len(self._waiting) >= BURST_LINES:
                self._write()

    def _write(self) -> None:
        if self._waiting:
            _lines(self.setup, self._waiting)
            self._waiting = []

    @contextmanager
    def beating(self) -> Iterator[None]:
        over = threading.Event()

        def beat() -> None:
            while not over.wait(BURST_SECONDS):
                with self._lock:
                    self._write()
                if time.monotonic() - self._last >= HEARTBEAT and self.run is not None:
                    self.note(f"still at work: {self.run.requests} requests so far")

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            with self._lock:
                self._write()


@contextmanager
def _signals(run: Session) -> Iterator[None]:
    """The first SIGINT or SIGTERM asks for an end, the second ends."""

    def handle(number: int, frame: Any) -> None:  # noqa: ARG001
        if run.stop.is_set():
            os._exit(130)
        run.stop.set()
        tell("stopping: no new write; once more to leave at once")
        timer = threading.Timer(PATIENCE, run.hang_up)
        timer.daemon = True
        timer.start()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _line(setup: Setup, text: str) -> None:
    _lines(setup, [text])


def _lines(setup: Setup, texts: Sequence[str]) -> None:
    if not setup.quiet:
        tell("\n".join(visible(text) for text in texts))
        sys.stderr.flush()

"""Spans and counters of a run for OpenTelemetry, sent over OTLP/HTTP as its variables say.

Names of attributes are those of its semantic conventions for HTTP clients where there are some. Texts of errors and
values of paths are never among them.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import SpanKind, Status, StatusCode

from reconciler import __version__
from reconciler.apply import Result
from reconciler.systems.base import System
from reconciler.systems.sent import Sent
from reconciler.telemetry.base import Telemetry

NAME = "reconciler"
PATIENCE = 5.0
"""Seconds that the end of a run waits for a collector."""


class OpenTelemetry(Telemetry):
    """A span for the run, below it one for each phase, below those one for each request; and counters."""

    def __init__(
        self,
        verb: str,
        environment: str,
        correlation_id: str,
        spans: SpanExporter | None = None,
        reader: MetricReader | None = None,
    ) -> None:
        resource = Resource.create(_named())
        self._systems: Mapping[str, System] = {}
        self._failures = _Failures.listening()
        self._traces = TracerProvider(resource=resource, shutdown_on_exit=False)
        if spans is not None:
            self._traces.add_span_processor(BatchSpanProcessor(spans))
        self._metrics = MeterProvider([reader] if reader is not None else [], resource, shutdown_on_exit=False)
        self._tracer = self._traces.get_tracer(NAME, __version__)
        meter = self._metrics.get_meter(NAME, __version__)
        self._requests = meter.create_counter("reconciler.requests", "{request}", "Requests by system and status")
        self._outcomes = meter.create_counter("reconciler.outcomes", "{change}", "Changes of an apply by status")
        meter.create_observable_counter("reconciler.waited", [self._waited], "s", "Seconds waited on limits")
        meter.create_observable_counter("reconciler.repeated", [self._repeated], "{request}", "Requests sent again")
        about = {"reconciler.environment": environment, "reconciler.correlation_id": correlation_id}
        self._run = self._tracer.start_span(f"{NAME} {verb}", Context(), attributes=about)
        self._here = trace.set_span_in_context(self._run, Context())
        self.sent = self._sent

    @classmethod
    def over_http(cls, verb: str, environment: str, correlation_id: str) -> OpenTelemetry:
        """As the variables say (`OTEL_EXPORTER_OTLP_ENDPOINT` and others); raises `ImportError` without exporters."""
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        spans = OTLPSpanExporter() if _is_wanted("OTEL_TRACES_EXPORTER") else None
        reader = PeriodicExportingMetricReader(OTLPMetricExporter()) if _is_wanted("OTEL_METRICS_EXPORTER") else None
        return cls(verb, environment, correlation_id, spans, reader)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """A span for a part of the run; requests until its end are below it."""
        above, span = self._here, self._tracer.start_span(name, self._here)
        self._here = trace.set_span_in_context(span, Context())
        try:
            yield
        except BaseException as error:
            _fail(span, error)
            raise
        finally:
            self._here = above
            span.end()

    def _sent(self, sent: Sent) -> None:
        about: dict[str, Any] = {
            "reconciler.system": sent.system,
            "http.request.method": sent.method,
            "url.template": sent.template,
        }
        outcome: dict[str, Any] = {"http.response.status_code": sent.status} if sent.status else {}
        if sent.error or sent.status >= 400:
            outcome["error.type"] = sent.error or str(sent.status)
        operation = {"graphql.operation.name": sent.operation} if sent.operation else {}
        span = self._tracer.start_span(
            f"{sent.method} {sent.template}",
            self._here,
            SpanKind.CLIENT,
            {**about, **operation, **outcome},
            start_time=sent.began,
        )
        if "error.type" in outcome:
            span.set_status(Status(StatusCode.ERROR))
        span.end(sent.began + int(sent.seconds * 1e9))
        counted = {"reconciler.system": sent.system, "http.request.method": sent.method}
        self._requests.add(1, {**counted, **outcome})

    def look_at(self, systems: Mapping[str, System]) -> None:
        """The systems whose waits are counted, whenever counters are read."""
        self._systems = dict(systems)

    def applied(self, result: Result) -> None:
        """Counts every change of an apply by what became of it."""
        for outcome in result.outcomes:
            told = {"reconciler.status": outcome.status, "reconciler.action": outcome.change.action}
            self._outcomes.add(1, told)

    def close(self, failure: BaseException | None = None) -> str:
        """Ends the run and sends what is left; a sentence where the collector did not take it, or not in time."""
        if failure is not None:
            _fail(self._run, failure)
        self._run.end()
        ending = threading.Thread(target=self._shut_down, daemon=True)
        ending.start()
        ending.join(PATIENCE)
        self._failures.stop()
        if ending.is_alive() or self._failures.any:
            return "OpenTelemetry: the collector did not take everything; look at OTEL_EXPORTER_OTLP_ENDPOINT"
        return ""

    def _shut_down(self) -> None:
        self._traces.shutdown()
        self._metrics.shutdown()

    def _waited(self, options: CallbackOptions) -> Iterable[Observation]:  # noqa: ARG002 - as the library calls it
        return [Observation(one.counts.waited, {"reconciler.system": name}) for name, one in self._systems.items()]

    def _repeated(self, options: CallbackOptions) -> Iterable[Observation]:  # noqa: ARG002 - as the library calls it
        return [Observation(one.counts.repeated, {"reconciler.system": name}) for name, one in self._systems.items()]


class _Failures(logging.Handler):
    """Hears what the library would print on stderr: an exporter tells in no other way that it gave up."""

    any = False

    @classmethod
    def listening(cls) -> _Failures:
        """One that hears from now on; nothing is printed by the library meanwhile."""
        heard = cls(logging.WARNING)
        logging.getLogger("opentelemetry").addHandler(heard)
        return heard

    def emit(self, record: logging.LogRecord) -> None:
        """Remembers that something failed; its text may hold an address with a secret."""
        self.any = self.any or record.levelno >= logging.ERROR

    def stop(self) -> None:
        """Hears no more; what is said later is heard by nobody."""
        logger = logging.getLogger("opentelemetry")
        logger.removeHandler(self)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


def _fail(span: trace.Span, error: BaseException) -> None:
    span.set_attribute("error.type", type(error).__name__)
    span.set_status(Status(StatusCode.ERROR))


def _is_wanted(variable: str) -> bool:
    """Whether a signal goes out over OTLP, which is what it does where nothing else is said."""
    return "otlp" in [word.strip() for word in os.environ.get(variable, "otlp").split(",")]


def _named() -> dict[str, Any]:
    """Who tells this; the name is the operator's where the variables give one."""
    named = os.environ.get("OTEL_SERVICE_NAME") or "service.name=" in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    return {"service.version": __version__, **({} if named else {"service.name": NAME})}

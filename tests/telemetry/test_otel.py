"""What a run tells OpenTelemetry: in memory, and to a small collector over HTTP."""

from __future__ import annotations

import json
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from reconciler.apply import Result
from reconciler.diff import Options
from reconciler.systems.redact import SECRETS as UNSPEAKABLE
from reconciler.systems.sent import template
from reconciler.telemetry.otel import OpenTelemetry
from reconciler.workflow import Approval, apply_plan

from ..cli.conftest import Ran
from ..support import SECRETS, Project, project

Run = Callable[..., Ran]


@dataclass
class Told:
    """What was told of a run in memory."""

    spans: list[Any]
    counters: dict[str, dict[tuple[tuple[str, Any], ...], float]]
    result: Result


def counters(reader: InMemoryMetricReader) -> dict[str, dict[tuple[tuple[str, Any], ...], float]]:
    data = reader.get_metrics_data()
    metrics = [one for part in data.resource_metrics for scope in part.scope_metrics for one in scope.metrics]
    return {
        one.name: {tuple(sorted(point.attributes.items())): point.value for point in one.data.data_points}
        for one in metrics
    }


@pytest.fixture
def told(example: Project) -> Told:
    """An apply of the worked example."""
    spans, reader = InMemorySpanExporter(), InMemoryMetricReader()
    session = example.session()
    session.telemetry = telemetry = OpenTelemetry("apply", "sandbox", session.correlation_id, spans, reader)
    result = apply_plan(session, Options(), Approval())
    found = counters(reader)
    assert telemetry.close() == ""
    return Told(list(spans.get_finished_spans()), found, result)


def test_a_span_for_the_run_its_phases_and_each_request(told: Told) -> None:
    by_id = {span.context.span_id: span for span in told.spans}
    above = {span.name: by_id[span.parent.span_id].name for span in told.spans if span.parent is not None}
    assert [span.name for span in told.spans if span.parent is None] == ["reconciler apply"]
    assert {above[name] for name in ("manifests", "questions", "plan", "apply")} == {"reconciler apply"}
    requests = [span for span in told.spans if "http.request.method" in span.attributes]
    assert {above[span.name] for span in requests} <= {"questions", "plan", "apply"}
    assert {dict(span.attributes)["reconciler.system"] for span in requests} == {"cluedin", "purview"}
    assert all(span.attributes["http.response.status_code"] >= 200 for span in requests)
    [entities] = {span.name for span in requests if span.attributes["url.template"].endswith("/entity/bulk")} & {
        "POST /datamap/api/atlas/v2/entity/bulk"
    }
    assert above[entities] == "apply"
    assert "getAllConnectors" in {span.attributes.get("graphql.operation.name") for span in requests}
    for span in requests:
        assert 0 <= span.end_time - span.start_time < 60e9


def test_counters_of_requests_waits_and_outcomes(told: Told) -> None:
    requests = told.counters["reconciler.requests"]
    spans = [span for span in told.spans if "http.request.method" in span.attributes]
    assert sum(requests.values()) == len(spans)
    assert all(dict(key)["http.response.status_code"] for key in requests)
    assert sum(told.counters["reconciler.outcomes"].values()) == len(told.result.outcomes)
    assert {dict(key)["reconciler.status"] for key in told.counters["reconciler.outcomes"]} == {"done"}
    assert {dict(key)["reconciler.system"] for key in told.counters["reconciler.waited"]} == {"cluedin", "purview"}


def test_nothing_that_is_told_holds_a_value(told: Told) -> None:
    shown = json.dumps([json.loads(span.to_json()) for span in told.spans]) + repr(told.counters)
    for value in (*SECRETS.values(), "Primary contact", "Customer", "contoso", "customers_wide", "PII"):
        assert value not in shown, value
    templates = {span.attributes["url.template"] for span in told.spans if "url.template" in span.attributes}
    assert not [one for one in templates if any(len(part) > 25 for part in one.split("/"))]


def test_a_failure_is_told_by_its_kind_and_not_in_its_words(example: Project) -> None:
    spans = InMemorySpanExporter()
    session = example.session()
    session.telemetry = telemetry = OpenTelemetry("apply", "sandbox", session.correlation_id, spans, None)
    example.edit("glossary/customer.yaml", "name: Customer", "nmae: kanary")
    with pytest.raises(Exception, match="nmae"):
        session.draft()
    telemetry.close(ValueError("kanary"))
    shown = [json.loads(span.to_json()) for span in spans.get_finished_spans()]
    assert [one["attributes"]["error.type"] for one in shown] == ["ManifestError", "ValueError"]
    assert "kanary" not in json.dumps(shown)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/datamap/api/atlas/v2/entity/guid/0b6ad6a6-8a57/labels", "/datamap/api/atlas/v2/entity/guid/{}/labels"),
        ("/collections/glossary", "/collections/{}"),
        ("/entity/guid/1/classification/glossary", "/entity/guid/{}/classification/{}"),
        ("/types/typedef/name/term", "/types/typedef/name/{}"),
        ("/streams/7/connectorActions/RunExport/execute", "/streams/{}/connectorActions/RunExport/execute"),
        ("/glossary/term/x?sig=kanary", "/glossary/term/{}"),
        ("/new/things", "/{}/{}"),
        ("/graphql", "/graphql"),
    ],
)
def test_a_template_holds_words_of_the_api_alone(path: str, shown: str) -> None:
    assert template(path) == shown


def test_templates_are_the_paths_that_the_systems_document(example: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every path of an apply of the worked example, beside the routes of the sandbox."""
    from reconciler_sandbox.web import Router

    matched: dict[str, str] = {}
    add = Router.add

    def seen(router: Router, method: str, pattern: str, handler: Any) -> None:
        def handle(request: Any, **more: str) -> Any:
            matched[request.path] = pattern
            return handler(request, **more)

        add(router, method, pattern, handle)

    monkeypatch.setattr(Router, "add", seen)
    path = example.root / "manifests/environments/sandbox.yaml"
    environment = path.read_text(encoding="utf-8")
    with project(example.root) as routed:
        path.write_text(environment, encoding="utf-8")
        assert routed.apply().complete
    assert len(matched) > 20
    for path, pattern in matched.items():
        if not path.startswith(("/_sandbox", "/auth")):
            assert template(path).rstrip("/") == re.sub(r"\{\w+\}", "{}", pattern).rstrip("/"), path


# -- over HTTP ---------------------------------------------------------------------------------------------------


@dataclass
class Collector:
    """A small collector, and what it was sent."""

    url: str
    bodies: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)
    status: int = 200


@pytest.fixture
def collector() -> Iterator[Collector]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            made.bodies.append((self.path, body, {name.lower(): value for name, value in self.headers.items()}))
            self.send_response(made.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Collector(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


def test_the_variables_of_opentelemetry_are_enough(
    example: Project, run: Run, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "api-key=kanary-of-the-collector")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "governance")
    ran = run("-v", "plan")
    assert ran.code == 0
    assert "Warning" not in ran.err
    assert "kanary" not in ran.err + ran.out
    assert UNSPEAKABLE.clean("kanary-of-the-collector") == "(sensitive value)"
    assert {path for path, *_ in collector.bodies} == {"/v1/traces", "/v1/metrics"}
    assert {headers["api-key"] for *_, headers in collector.bodies} == {"kanary-of-the-collector"}
    traces = [ExportTraceServiceRequest.FromString(body) for path, body, _ in collector.bodies if path == "/v1/traces"]
    spans = [
        span for one in traces for part in one.resource_spans for scope in part.scope_spans for span in scope.spans
    ]
    assert "reconciler plan" in {span.name for span in spans}
    resource = {pair.key: pair.value.string_value for pair in traces[0].resource_spans[0].resource.attributes}
    assert resource["service.name"] == "governance"
    metrics = [ExportMetricsServiceRequest.FromString(body) for path, body, _ in collector.bodies if "metrics" in path]
    names = {m.name for one in metrics for part in one.resource_metrics for s in part.scope_metrics for m in s.metrics}
    assert "reconciler.requests" in names
    whole = b"".join(body for _, body, _ in collector.bodies)
    for value in SECRETS.values():
        assert value.encode() not in whole


def test_where_no_variable_is_set_nothing_is_imported(
    example: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "reconciler.telemetry.otel", None)
    ran = run("plan")
    assert (ran.code, "OpenTelemetry" in ran.err) == (0, False)
    monkeypatch.setenv("OTEL_SERVICE_NAME", "x")
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    assert "OpenTelemetry" not in run("plan").err


def test_without_the_extra_there_is_one_warning_and_the_run_goes_on(
    example: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "reconciler.telemetry.otel", raising=False)
    for name in [name for name in sys.modules if name.startswith("opentelemetry.sdk")]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    ran = run("plan")
    assert ran.code == 0
    [warning] = [line for line in ran.err.splitlines() if line.startswith("Warning")]
    assert "OTEL_EXPORTER_OTLP_ENDPOINT is set and OpenTelemetry is not installed" in warning
    assert "cluedin-purview-reconciler[otel]" in warning


@pytest.mark.parametrize("refuses", [True, False])
def test_a_collector_that_does_not_take_it_is_one_warning_and_holds_nobody_up(
    example: Project, run: Run, collector: Collector, monkeypatch: pytest.MonkeyPatch, refuses: bool
) -> None:
    monkeypatch.setattr("reconciler.telemetry.otel.PATIENCE", 0.5)
    collector.status = 400
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, and never answers
        silent_url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url if refuses else silent_url)
        began = time.monotonic()
        ran = run("plan")
        assert time.monotonic() - began < 30, "far less than what is tried where nobody limits it"
    assert ran.code == 0
    assert [line for line in ran.err.splitlines() if "OpenTelemetry" in line] == [
        "Warning: OpenTelemetry: the collector did not take everything; look at OTEL_EXPORTER_OTLP_ENDPOINT"
    ]


def test_a_signal_that_is_not_wanted_is_not_sent(
    example: Project, run: Run, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    monkeypatch.setenv("OTEL_METRICS_EXPORTER", "none")
    assert run("plan").code == 0
    assert {path for path, *_ in collector.bodies} == {"/v1/traces"}


def test_another_protocol_is_told_once_and_http_is_spoken(
    example: Project, run: Run, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    ran = run("plan")
    assert ran.code == 0
    [warning] = [line for line in ran.err.splitlines() if "OTEL_EXPORTER_OTLP_PROTOCOL" in line]
    assert "OTEL_EXPORTER_OTLP_PROTOCOL=grpc is not supported" in warning
    assert {path for path, *_ in collector.bodies} == {"/v1/traces", "/v1/metrics"}
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
    assert "OTEL_EXPORTER_OTLP_PROTOCOL" not in run("plan").err

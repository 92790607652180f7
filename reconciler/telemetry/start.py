"""Whether a run is to be told of: by the variables of OpenTelemetry, which CI or an operator sets."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.systems.correlation import correlation_id
from reconciler.telemetry.base import Telemetry

_PREFIX = "OTEL_"
_HEADERS = "_HEADERS"
_SPOKEN = "http/protobuf"
_PROTOCOLS = (
    "OTEL_EXPORTER_OTLP_PROTOCOL",
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL",
)


def telemetry_of(verb: str, environment: str, process_env: Mapping[str, str]) -> tuple[Telemetry, str]:
    """What a run tells of itself, and a sentence where that is not what somebody asks for.

    Nothing of OpenTelemetry is imported where none of its variables is set, or `OTEL_SDK_DISABLED` is `true`.
    """
    asked = sorted(name for name, value in process_env.items() if name.startswith(_PREFIX) and value)
    if not asked or process_env.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return Telemetry(), ""
    _hide(process_env)
    try:
        from reconciler.telemetry.otel import OpenTelemetry
    except ImportError:
        missing = (
            f"{asked[0]} is set and OpenTelemetry is not installed: nothing is sent. "
            "Install cluedin-purview-reconciler[otel]."
        )
        return Telemetry(), missing
    return OpenTelemetry.over_http(verb, environment, correlation_id(process_env)), _other_protocol(process_env)


def _other_protocol(process_env: Mapping[str, str]) -> str:
    """That a protocol is asked for which is not spoken; the exporters of OTLP/HTTP do not read these variables [A]."""
    asked = ((name, process_env.get(name, "").strip()) for name in _PROTOCOLS)
    named = [f"{name}={value}" for name, value in asked if value and value.lower() != _SPOKEN]
    if not named:
        return ""
    return (
        f"{', '.join(named)} is not supported: OpenTelemetry is told over {_SPOKEN}. Give the address of the "
        "collector for that, commonly port 4318."
    )


def _hide(process_env: Mapping[str, str]) -> None:
    """What stands in headers for a collector is a secret: `OTEL_EXPORTER_OTLP_HEADERS=api-key=…,…`."""
    from reconciler.systems.redact import SECRETS

    for name, value in process_env.items():
        if name.startswith(_PREFIX) and name.endswith(_HEADERS):
            for pair in value.split(","):
                SECRETS.add(pair.partition("=")[2].strip())

# Made by `reconciler handover gcp` of ExportContract/customers_wide_v1 in sandbox, digest c02261d8cda15e83. Change the contract, not this file.
"""A job of Google Cloud: runs the export customers_wide_v1 of CluedIn, and pushes what came of it to Cloud Monitoring.

A Cloud Run job, or any step that runs Python 3.11 or later with `cluedin-purview-reconciler`,
`google-cloud-secret-manager` and `google-cloud-monitoring`. GOOGLE_CLOUD_PROJECT is the project; each secret is one of
Secret Manager of the same name; the account of the job may read them and write time series. RECONCILER_PROJECT is the
folder of the manifests.

A lost answer starts no second export: the job remembers the newest run first, by CluedIn's own clock, and looks for a newer
one where the end of its own is open. So that a job that is started again knows what was remembered, RECONCILER_STATE names a
folder that is kept from one try to the next; without one, let the job have no retries.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path

CONTRACT = "customers_wide_v1"
ENVIRONMENT = "sandbox"
SECRETS = ["CLUEDIN_PASSWORD","PURVIEW_TOKEN"]
NAMED = ["CLUEDIN_PASSWORD","LAKE_KEY","PURVIEW_TOKEN"]
WAIT_SECONDS = 1800
NEVER = "1970-01-01T00:00:00+00:00"
OPEN = 5  # it was asked for, and nobody knows how it ended: another look helps, and no second request


def project() -> str:
    """The project of Google Cloud."""
    return os.environ.get("GOOGLE_CLOUD_PROJECT") or sys.exit("GOOGLE_CLOUD_PROJECT is not set")


def secret(name: str) -> str:
    """A secret, from Secret Manager."""
    from google.cloud import secretmanager

    key = f"projects/{project()}/secrets/{name}/versions/latest"
    client = secretmanager.SecretManagerServiceClient()
    return client.access_secret_version(name=key).payload.data.decode()


def run_id() -> str:
    """The id of the execution, which its retries share."""
    return os.environ.get("CLOUD_RUN_EXECUTION") or "by-hand"


def push(figures: dict[str, float]) -> None:
    """Figures, to Cloud Monitoring."""
    import time

    from google.cloud import monitoring_v3

    interval = monitoring_v3.TimeInterval({"end_time": {"seconds": int(time.time())}})
    series = []
    for name, value in figures.items():
        one = monitoring_v3.TimeSeries()
        one.metric.type = f"custom.googleapis.com/cluedin/export/{name}"
        one.metric.labels["contract"], one.metric.labels["environment"] = CONTRACT, ENVIRONMENT
        one.resource.type = "global"
        one.points = [monitoring_v3.Point({"interval": interval, "value": {"double_value": value}})]
        series.append(one)
    monitoring_v3.MetricServiceClient().create_time_series(name=f"projects/{project()}", time_series=series)


def reconciler(env: dict[str, str], *words: str) -> tuple[int, str]:
    """The exit code of reconciler and its report; what it tells beside goes to the log of the job."""
    command = shlex.split(os.environ.get("RECONCILER_COMMAND", "reconciler"))
    call = [*command, "--project", os.environ.get("RECONCILER_PROJECT", "."), "--env", ENVIRONMENT, *words]
    try:
        ran = subprocess.run(call, env={**os.environ, **env}, stdout=subprocess.PIPE, text=True, check=False)
    except OSError as error:
        sys.exit(f"{command[0]} cannot be run: {error.strerror}: see RECONCILER_COMMAND")
    return ran.returncode, ran.stdout


def newest_before(env: dict[str, str]) -> str:
    """The newest run before this job, remembered over its tries in RECONCILER_STATE where that folder is kept."""
    folder = Path(os.environ.get("RECONCILER_STATE", tempfile.gettempdir()))
    path = folder / f"{ENVIRONMENT}-{CONTRACT}-{run_id()}.json"
    if path.exists():
        return json.loads(path.read_text(encoding="utf-8"))["after"]
    code, text = reconciler(env, "exports", "history", CONTRACT, "--format", "json")
    if code:
        sys.exit(code)
    moments = [run["start_time"] or run["data_time"] for run in json.loads(text)["runs"]]
    after = next(filter(None, moments), NEVER)
    try:
        path.write_text(json.dumps({"after": after}), encoding="utf-8")
    except OSError as error:
        sys.exit(f"{path} cannot be written: {error.strerror}: see RECONCILER_STATE")
    return after


def seconds(start: str | None, end: str | None) -> float | None:
    """The time between two moments, where both are known."""
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds() if start and end else None


def main() -> int:
    env = {name: secret(name) for name in SECRETS} | {"RECONCILER_SECRETS": ",".join(NAMED)}
    after, code, text = newest_before(env), OPEN, ""
    words = ["--after", after, "--wait", str(WAIT_SECONDS), "--correlation-id", run_id()[:128], "--format", "json"]
    for _ in range(3):
        code, text = reconciler(env, "exports", "run", CONTRACT, *words)
        if code != OPEN:
            break
    run = (json.loads(text) if text.lstrip().startswith("{") else {}).get("run") or {}
    age = seconds(run.get("data_time"), datetime.now(timezone.utc).isoformat())
    found = {
        "succeeded": 1.0 if code == 0 else 0.0,
        "rows": run.get("rows"),
        "duration_seconds": seconds(run.get("start_time"), run.get("end_time")),
        "latency_seconds": seconds(run.get("data_time"), run.get("end_time")),
        "data_age_seconds": age,
    }
    push({name: float(value) for name, value in found.items() if value is not None})
    print(json.dumps({"contract": CONTRACT, "exit_code": code, **found}))
    return code


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ImportError as error:
        sys.exit(f"the package {error.name} is not installed")

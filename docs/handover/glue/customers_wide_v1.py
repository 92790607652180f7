# Made by `reconciler handover glue` of ExportContract/customers_wide_v1 in sandbox, digest 22a08f99d867c89a. Change the contract, not this file.
"""A job of AWS Glue: runs the export customers_wide_v1 of CluedIn, and pushes what came of it to CloudWatch.

A Python shell job, Python 3.11 or later, with `--additional-python-modules cluedin-purview-reconciler` and the
arguments `--contract_run_id` (the id of what starts it) and `--secret_prefix`. Each secret is one of Secrets Manager,
PREFIX/NAME; the role may read them and put figures to CloudWatch. RECONCILER_PROJECT is the folder of the manifests.

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


def argument(name: str, default: str = "") -> str:
    """An argument of the job."""
    return sys.argv[sys.argv.index(f"--{name}") + 1] if f"--{name}" in sys.argv else default


def secret(name: str) -> str:
    """A secret, from Secrets Manager."""
    import boto3

    key = f"{argument('secret_prefix', 'reconciler')}/{name}"
    return boto3.client("secretsmanager").get_secret_value(SecretId=key)["SecretString"]


def run_id() -> str:
    """The id of what started the job, which each try of it is given again."""
    return argument("contract_run_id") or argument("JOB_RUN_ID") or "by-hand"


def push(figures: dict[str, float]) -> None:
    """Figures, to CloudWatch."""
    import boto3

    dimensions = [{"Name": "Contract", "Value": CONTRACT}, {"Name": "Environment", "Value": ENVIRONMENT}]
    units = {name: "Seconds" if name.endswith("_seconds") else "Count" for name in figures}
    boto3.client("cloudwatch").put_metric_data(
        Namespace="CluedIn/Exports",
        MetricData=[
            {"MetricName": name, "Dimensions": dimensions, "Value": value, "Unit": units[name]}
            for name, value in figures.items()
        ],
    )


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

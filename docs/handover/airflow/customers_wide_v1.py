# Made by `reconciler handover airflow` of ExportContract/customers_wide_v1 in sandbox, digest f183884beaf111dc. Change the contract, not this file.
"""Runs the export customers_wide_v1 of CluedIn, and looks at whether its data are as fresh as promised.

CluedIn runs it by itself (hourly, UTC); this DAG has no schedule of its own.
Trigger it from what feeds CluedIn, and schedule on its asset what reads the export.

Where the workers run, `reconciler` is installed (or RECONCILER_COMMAND says how it is called), RECONCILER_PROJECT is the
folder of its manifests, and these secrets are variables of the process: CLUEDIN_PASSWORD, PURVIEW_TOKEN. The manifests name
RECONCILER_SECRETS=CLUEDIN_PASSWORD,LAKE_KEY,PURVIEW_TOKEN

Each file holds all records. `customers_wide_v1_backfill` therefore is a run now: CluedIn's export has no parameters, so that no past
window can be exported, and what it offers for the past is a check of the files that were written. Dead letters are
processed again by their number and not by a window, by an administrator of CluedIn.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shlex
import subprocess
from datetime import timedelta

from airflow.sdk import DAG, Asset, Param, get_current_context, task

try:
    from airflow.sdk.exceptions import AirflowException, AirflowFailException
except ImportError:  # before 3.2
    from airflow.exceptions import AirflowException, AirflowFailException

CONTRACT = "customers_wide_v1"
ENVIRONMENT = "sandbox"
DESCRIPTION = "Customers as the warehouse reads them"
OWNER = "sales-ops"
TAGS = ["cluedin","sandbox","PII"]
EXPORT = Asset(f"cluedin.{ENVIRONMENT}.{CONTRACT}")
WAIT_SECONDS = 1800
NEVER = "1970-01-01T00:00:00+00:00"
OPEN = 5  # it was asked for, and nobody knows how it ended: the one exit code after which another try helps
TRIES = {
    "retries": 5,
    "retry_delay": timedelta(seconds=int(os.environ.get("RECONCILER_RETRY_SECONDS", "60"))),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=30),
}
log = logging.getLogger(__name__)


def reconciler(*words: str) -> str:
    """What reconciler reports; raises for a failure, and so that Airflow tries again where that can help."""
    command = shlex.split(os.environ.get("RECONCILER_COMMAND", "reconciler"))
    project = os.environ.get("RECONCILER_PROJECT", ".")
    call = [*command, "--project", project, "--env", ENVIRONMENT, *words]
    try:
        ran = subprocess.run(call, capture_output=True, text=True, check=False)
    except OSError as error:
        raise AirflowFailException(f"{command[0]} cannot be run: {error.strerror}: see RECONCILER_COMMAND") from None
    log.info("%s\n%s\n%s", shlex.join(words), ran.stdout, ran.stderr)
    if ran.returncode == 0:
        return ran.stdout
    last = (ran.stderr.strip().splitlines() or ran.stdout.strip().splitlines() or [""])[-1]
    why = f"reconciler {words[0]} {words[1]} ended with {ran.returncode}: {last}"
    if ran.returncode == OPEN or ran.returncode < 0:  # a process that was killed leaves its export open, too
        raise AirflowException(why)
    raise AirflowFailException(why)


@task
def remember() -> str:
    """The newest run before this one, by CluedIn's clock: so a second try knows which runs are its own."""
    runs = json.loads(reconciler("exports", "history", CONTRACT, "--format", "json"))["runs"]
    moments = [run["start_time"] or run["data_time"] for run in runs]
    return next(filter(None, moments), NEVER)


@task(outlets=[EXPORT], **TRIES)
def run_export(after: str) -> dict:
    """Runs the export, unless a run that began since is there or under way."""
    run_id = re.sub(r"[^\x21-\x7e]", "_", get_current_context()["run_id"])[:128]
    words = ["--wait", str(WAIT_SECONDS), "--after", after, "--correlation-id", run_id, "--format", "json"]
    return json.loads(reconciler("exports", "run", CONTRACT, *words))


@task
def check_freshness() -> None:
    """Whether the data are as fresh as the contract promises, by the history of its runs."""
    reconciler("contracts", "check", CONTRACT, "--live")


@task
def check_past() -> None:
    """Whether the files of past days hold as many rows as CluedIn's cache had then."""
    given = get_current_context()["params"]
    window = ["--from", given["start"], "--to", given["end"], "--step", given["step"]]
    reconciler("exports", "compare", CONTRACT, *window)


with DAG(
    CONTRACT,
    description=DESCRIPTION,
    schedule=None,
    catchup=False,
    max_active_runs=1,
    default_args={"owner": OWNER},
    tags=TAGS,
    doc_md=__doc__,
):
    run_export(remember()) >> check_freshness()

with DAG(
    f"{CONTRACT}_backfill",
    description=f"{DESCRIPTION}: all records now, and a check of what was written before",
    schedule=None,
    catchup=False,
    max_active_runs=1,
    default_args={"owner": OWNER},
    tags=TAGS,
    doc_md=__doc__,
    params={
        "start": Param("2026-01-01", type="string", format="date", description="First day that is checked"),
        "end": Param("2026-01-31", type="string", format="date", description="Last day that is checked"),
        "step": Param("1d", type="string", pattern="^[1-9][0-9]*[hd]$", description="1d looks at one file a day"),
    },
):
    run_export(remember()) >> check_past()

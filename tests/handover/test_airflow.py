"""The DAGs in a real Airflow: they load, one run ends well, and a lost answer exports nothing twice."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ..support import Project
from .conftest import JUDGES, Run

NAME = "customers_wide_v1"

LOSES_AN_ANSWER = """\
#!/bin/sh
# The first time that an export is run, its answer is lost on the way, as when the connection breaks.
case "$*" in *"exports run"*) [ -e "{mark}" ] || {{ touch "{mark}"; {reconciler} "$@" >/dev/null; exit 5; }} ;; esac
exec {reconciler} "$@"
"""


class Airflow:
    """An Airflow with a database of its own and the DAGs of a project."""

    def __init__(self, programs: Path, project: Project, home: Path) -> None:
        self.programs, self.folder = programs, project.root / "handover" / "airflow"
        self.script, self.lost = home / "reconciler.sh", home / "lost"
        reconciler = Path(os.sys.executable).parent / "reconciler"  # type: ignore[attr-defined]
        self.script.write_text(LOSES_AN_ANSWER.format(mark=self.lost, reconciler=reconciler))
        self.script.chmod(0o755)
        self.env = {
            **os.environ,
            **project.env,
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.folder),
            "RECONCILER_PROJECT": str(project.root),
            "RECONCILER_COMMAND": str(self.script),
            "RECONCILER_RETRY_SECONDS": "1",
        }
        self._do(str(programs / "airflow"), "db", "migrate")

    def _do(self, *words: str) -> str:
        ran = subprocess.run(words, env=self.env, capture_output=True, text=True, timeout=600, check=False)
        assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
        return ran.stdout

    def run(self, dag: str, **conf: str) -> Any:
        """What the folder holds, and what one run of the DAG ends with."""
        words = [str(self.programs / "python"), str(JUDGES / "run_dag.py"), str(self.folder), dag, json.dumps(conf)]
        return json.loads(self._do(*words).rpartition("\nFOUND ")[2])


def asked(project: Project) -> int:
    """How many exports were asked for."""
    return sum(one["path"].endswith("/RunExport/execute") for one in project.requests())


@pytest.mark.long
def test_dags_load_and_run_and_no_second_try_exports_twice(
    example: Project, run: Run, tool: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    programs = tool("airflow")
    assert example.apply().complete
    assert run("handover", "airflow").code == 0
    airflow = Airflow(programs, example, tmp_path_factory.mktemp("airflow"))

    found = airflow.run(NAME)
    tasks = ["remember", "run_export"]
    assert found["errors"] == {}
    assert found["dags"] == {NAME: ["check_freshness", *tasks], f"{NAME}_backfill": ["check_past", *tasks]}
    assert found["serialised"] == [True, True]
    assert airflow.lost.exists()
    assert found["run"] == "success"
    assert found["tasks"]["run_export"] == ["success", 2], "the answer of the first try was lost"
    assert asked(example) == 1

    assert airflow.run(f"{NAME}_backfill", start="2026-01-01", end="2099-12-31", step="900d")["run"] == "success"
    assert asked(example) == 2, "a run of its own"

    example.http("POST", "/_sandbox/reset")
    found = airflow.run(NAME)
    assert (found["run"], found["tasks"]["remember"]) == ("failed", ["failed", 1]), "what is refused is not tried again"
    assert asked(example) == 0

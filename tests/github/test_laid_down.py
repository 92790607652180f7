"""What `init` lays down for GitHub Actions is what this repository uses itself, but for what has to differ."""

from __future__ import annotations

import pytest
import yaml

from reconciler import __version__

from .own import LAID, NAMES, OWN, ROOT, own

LAID_ACTION = LAID / "actions/reconciler/action.yml"


@pytest.mark.parametrize("name", NAMES)
def test_the_workflows_here_are_those_that_are_laid_down(name: str, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update"):
        (OWN / name).write_text(own(name), encoding="utf-8")
    assert (OWN / name).read_text(encoding="utf-8") == own(name), "pytest --update tests/github/test_laid_down.py"


def test_all_that_is_laid_down_is_known() -> None:
    assert {path.name for path in (LAID / "workflows").iterdir()} == {*NAMES}


def test_the_action_that_is_laid_down_is_the_one_at_the_root(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update"):
        LAID_ACTION.write_bytes((ROOT / "action.yml").read_bytes())
    assert LAID_ACTION.read_bytes() == (ROOT / "action.yml").read_bytes()


def test_the_action_installs_the_version_that_it_came_with() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert action["inputs"]["version"]["default"] == __version__


def test_no_input_is_put_into_a_line_of_a_shell() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    lines = [step["run"] for step in action["runs"]["steps"]]
    assert len(lines) == 2
    assert not [line for line in lines if "${{" in line]
    assert lines[-1].rstrip().splitlines()[-2].startswith('exec "${tool[@]}"'), "a signal reaches the tool"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_a_pull_request_says_is_put_into_a_line_of_a_shell(name: str) -> None:
    shape = yaml.safe_load((LAID / "workflows" / name).read_text(encoding="utf-8"))
    steps = [step for job in shape["jobs"].values() for step in job["steps"]]
    assert not [step for step in steps if "${{" in step.get("run", "")]
    assert "pull_request_target" not in shape[True], "it would give secrets to forks"


def test_a_plan_is_applied_as_the_job_before_showed_it() -> None:
    jobs = yaml.safe_load((LAID / "workflows/apply.yml").read_text(encoding="utf-8"))["jobs"]
    applies = {name: step["with"] for name, job in jobs.items() for step in job["steps"] if step.get("id") == "apply"}
    assert {name: one["expect-digest"] for name, one in applies.items()} == {
        "test": "${{ needs.plan-test.outputs.digest }}",
        "prod": "${{ needs.plan-prod.outputs.digest }}",
        "by-hand": "${{ inputs.digest }}",
    }
    for name, given in applies.items():
        assert jobs[name]["environment"] == given["environment"]
        assert jobs[name]["concurrency"] == {"group": f"reconciler-{given['environment']}", "cancel-in-progress": False}
    assert "test" in jobs["plan-prod"]["needs"], "prod comes after test"

"""The policy in `policies/` is judged by conftest itself, over plans of the worked example: as docs/policy.md says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.report import jsonform
from reconciler.workflow import Session
from reconciler_sandbox.server import running

from ..support import Project
from ..support_go import built

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
MODULE = "github.com/open-policy-agent/conftest"
VERSION = "v0.71.1"
TITLE = "    - {name: Title, key: title, definition: Name on the invoice.}\n"


@pytest.fixture(scope="module")
def conftest(request: pytest.FixtureRequest) -> Path:
    """conftest, built from its module."""
    return built(request.config, "conftest", MODULE, VERSION)


@dataclass
class Plans:
    """Real plans of the worked example, in an environment called `prod`."""

    first: str
    removals: str
    conflicts: str
    nothing: str


class Prod(Project):
    """The worked example, whose environment is called `prod`."""

    def session(self) -> Session:
        """A session on it."""
        return Session(self.root, "prod", self.env, stop=self.stop)


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plans]:
    """Made once: the first plan, one with nothing to do, one in conflict with people, one that removes."""
    root = tmp_path_factory.mktemp("policy")
    with running(seed="demo") as sandbox:
        made = Prod(root, sandbox.url)
        shutil.rmtree(root / "manifests")
        shutil.copytree(ROOT / "manifests", root / "manifests")
        (root / "manifests/environments/sandbox.yaml").rename(root / "manifests/environments/prod.yaml")
        made.edit("environments/prod.yaml", "  name: sandbox\n", "  name: prod\n")
        first = told(made)
        made.apply()
        nothing = told(made)
        made.edit("glossary/customer.yaml", "definition: Primary contact address.", "definition: Where to write to.")
        made.edit_term(made.terms("Enterprise")["Email"]["guid"], longDescription="By a person.")
        conflicts = told(made)
        made.edit("glossary/customer.yaml", "definition: Where to write to.", "definition: By a person.")
        made.apply()
        made.edit("glossary/product.yaml", TITLE, "")
        made.edit("glossary/product.yaml", "removed: keep", "removed: delete")
        yield Plans(first, told(made, prune=True), conflicts, nothing)


def told(made: Project, **options: Any) -> str:
    return jsonform.dump(made.plan(**options).as_dict())


@pytest.fixture
def judge(conftest: Path, tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """What conftest says of a plan, with the rules as they are but for what is given."""

    def run(plan: str, *more: str, **rules: Any) -> tuple[int, str]:
        (tmp_path / "plan.json").write_text(plan, encoding="utf-8")
        data = yaml.safe_load((ROOT / "policies/rules.yaml").read_text(encoding="utf-8"))
        data["policy"] |= rules
        (tmp_path / "rules.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
        words = ["test", "--no-color", "--policy", str(ROOT / "policies"), "--data", "rules.yaml", *more, "plan.json"]
        ran = subprocess.run(
            [str(conftest), *words], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
        )
        return ran.returncode, ran.stdout + ran.stderr

    return run


def shown(name: str) -> str:
    """What the page shows under a name."""
    found = re.search(rf"<!-- shows: {name} -->\n\n```text\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def test_its_own_tests_pass(conftest: Path) -> None:
    words = [str(conftest), "verify", "--no-color", "--policy", str(ROOT / "policies")]
    ran = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert (ran.returncode, "6 passed" in ran.stdout) == (0, True), ran.stdout + ran.stderr
    words = [str(conftest), "fmt", "--check", str(ROOT / "policies")]
    assert subprocess.run(words, capture_output=True, timeout=120, check=False).returncode == 0


def test_passes_and_refusals_are_as_the_page_says(plans: Plans, judge: Callable[..., tuple[int, str]]) -> None:
    masked = {"masked_exports": ["customers_wide_v1"]}
    assert judge(plans.first) == (1, shown("first"))
    code, out = judge(plans.first, **masked)
    assert (code, out.strip()) == (0, shown("masked").strip())
    assert judge(plans.removals) == (1, shown("removals"))
    assert judge(plans.removals, production=["elsewhere"])[0] == 0
    assert judge(plans.nothing)[0] == 0
    code, out = judge(plans.conflicts)
    assert (code, out.count("FAIL"), "a conflict has to be settled first" in out) == (1, 1, True), out
    changes = sum(json.loads(plans.first)["summary"][name] for name in ("create", "adopt"))
    code, out = judge(plans.first, most_changes=changes - 1, **masked)
    assert (code, f"{changes} changes are more than {changes - 1}" in out) == (1, True), out
    assert judge(plans.first, most_changes=changes, **masked)[0] == 0


def test_what_is_no_plan_and_rules_that_lack_something_do_not_pass(
    plans: Plans, judge: Callable[..., tuple[int, str]]
) -> None:
    newer = plans.nothing.replace('"format_version": "1.0"', '"format_version": "2.0"')
    assert newer != plans.nothing
    for plan in (newer, "{}", json.dumps({"diagnostics": []})):
        code, out = judge(plan)
        assert (code, "this is no plan of format 1" in out) == (1, True), out
    code, out = judge(plans.nothing, personal=None)
    assert (code, "the rules have no array for personal" in out) == (1, True), out


def test_the_job_of_the_page_runs(plans: Plans, conftest: Path, tmp_path: Path) -> None:
    """Its lines of shell as they stand there: refused without the label, let through with it. No name is a command."""
    block = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None
    install, step = yaml.safe_load(block[1])
    assert f"go install {MODULE}@{VERSION}" in install["run"]
    assert step["env"]["PLAN"] == "${{ steps.plan.outputs.reports }}/plan.json"
    assert step["env"]["LABELS"] == "${{ toJSON(github.event.pull_request.labels.*.name) }}"
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    hostile = json.loads(plans.removals)
    hostile["changes"][0]["sentence"] = "The term Title\n::error::is $(touch run) `touch run` \u202e deleted."
    for name, plan in (("plan.json", plans.removals), ("hostile.json", json.dumps(hostile))):
        (tmp_path / name).write_text(plan, encoding="utf-8")

    def run(labels: str, plan: str = "plan.json") -> tuple[int, str]:
        env = {
            "PATH": f"{conftest.parent}{os.pathsep}{os.environ['PATH']}",
            "RUNNER_TEMP": str(tmp_path),
            "HOME": str(tmp_path),
        }
        env |= {"PLAN": str(tmp_path / plan), "LABELS": labels}
        words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        ran = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120, check=False)
        return ran.returncode, ran.stdout + ran.stderr

    code, out = run('["documentation"]')
    assert (code, out.count("::error file=")) == (1, 3), out
    assert run('["documentation", "allow-removals"]')[0] == 0
    assert run("null")[0] == 1, "as on a push"
    code, out = run("[]", "hostile.json")
    assert (code, out.count("::error ")) == (1, 3), out
    assert not any(line.startswith("::error::") for line in out.splitlines())
    assert not (tmp_path / "run").exists()

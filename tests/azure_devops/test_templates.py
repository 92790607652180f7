"""The pipelines that `init` lays down for Azure: what Azure Pipelines' schema takes, and what their script does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler import __version__
from reconciler.starter.lay import PIPELINES

from ..tools import program

ROOT = Path(__file__).parents[2]
LAID = ROOT / "reconciler/starter/files/azure-pipelines"
FILES = sorted(LAID.rglob("*.yml"))
ECHO = """#!{python}
import json, os, sys
json.dump({{"pid": os.getpid(), "words": sys.argv[1:]}}, open(os.environ["SEEN"], "w"))
"""


def loaded(name: str) -> Any:
    return yaml.safe_load((LAID / name).read_text(encoding="utf-8"))


def steps(shape: Any) -> list[dict[str, Any]]:
    """Everything in a file that runs or checks out."""
    if isinstance(shape, dict):
        own = [shape] if shape.keys() & {"bash", "task", "checkout", "publish", "template"} else []
        return [*own, *(one for value in shape.values() for one in steps(value))]
    return [one for value in shape for one in steps(value)] if isinstance(shape, list) else []


def judged(*paths: Path) -> subprocess.CompletedProcess[str]:
    """What Microsoft's published schema of pipelines says, as check-jsonschema brings it along."""
    pytest.importorskip("check_jsonschema", reason="pip install -e '.[conformance]'")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.azure-pipelines"]
    command += ["--data-transform", "azure-pipelines", "--regex-variant", "python", *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.long
def test_they_have_the_form_that_azure_pipelines_takes() -> None:
    done = judged(*FILES)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.long
@pytest.mark.parametrize("wrong", ['timeoutInMinutes: "30"', "- checkout: self", "keepAzSessionActive: true"])
def test_another_form_is_seen(tmp_path: Path, wrong: str) -> None:
    bent = []
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        if wrong in text:
            bent.append(tmp_path / path.name)
            bent[-1].write_text(text.replace(wrong, f"{wrong.split(':')[0]}s: nonsense"), encoding="utf-8")
    assert bent
    assert judged(bent[0]).returncode == 1


def test_every_template_that_is_named_is_there() -> None:
    assert [path.relative_to(LAID).as_posix() for path in FILES] == [
        *("apply.yml", "drift.yml", "plan.yml"),
        *("templates/apply.yml", "templates/run.yml"),
    ]
    for path in FILES:
        for step in steps(loaded(path.relative_to(LAID).as_posix())):
            if "template" in step:
                assert (path.parent / step["template"]).is_file()


def test_a_template_gets_what_it_has_a_parameter_for() -> None:
    """Azure Pipelines refuses others, and those without a default are needed."""
    for path in FILES:
        for step in steps(loaded(path.relative_to(LAID).as_posix())):
            if "template" not in step:
                continue
            taken = yaml.safe_load((path.parent / step["template"]).read_text(encoding="utf-8"))["parameters"]
            given = step["parameters"].keys()
            assert given <= {one["name"] for one in taken}
            assert {one["name"] for one in taken if "default" not in one} <= given


def test_nothing_is_put_into_a_line_of_a_shell() -> None:
    for path in FILES:
        for step in steps(loaded(path.relative_to(LAID).as_posix())):
            line = step.get("bash") or step.get("inputs", {}).get("inlineScript", "")
            assert "${{" not in line
            assert "$(" not in line, "a macro would be filled in"
            assert step.get("persistCredentials", "false") == "false"


def test_the_tool_is_the_version_that_laid_it_down() -> None:
    [version] = [one for one in loaded("templates/run.yml")["parameters"] if one["name"] == "version"]
    assert version["default"] == __version__


def test_an_apply_has_the_digest_of_its_plan_and_waits_for_the_environment_before() -> None:
    text = (LAID / "templates/apply.yml").read_text(encoding="utf-8")
    assert "stageDependencies.plan_${{ replace(parameters.environment, '-', '_') }}.plan.outputs['run.digest']" in text
    plan, apply = loaded("templates/apply.yml")["stages"]
    assert apply["jobs"][0]["environment"] == "reconciler-${{ parameters.environment }}"
    assert apply["lockBehavior"] == "sequential"
    assert "refs/heads/main" in apply["condition"]
    assert "succeeded('apply_${{ replace(parameters.after, '-', '_') }}')" in plan["${{ else }}"]["condition"]
    given = [one["parameters"] for one in loaded("apply.yml")["stages"]]
    assert [(one["environment"], one.get("after")) for one in given] == [("test", None), ("prod", "test")]


def test_the_token_is_in_the_environment_alone() -> None:
    for path in FILES:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if "AccessToken" in line]
        assert all(line.partition(": ")[2] == "$(System.AccessToken)" for line in lines)


INSTALL, PLAIN, SIGNED_IN = loaded("templates/run.yml")["steps"]
RUN = next(iter(PLAIN.values()))[0]
AZURE_CLI = next(iter(SIGNED_IN.values()))[0]


def test_both_ways_to_run_are_one_script() -> None:
    assert AZURE_CLI["inputs"]["inlineScript"] == RUN["bash"]
    assert AZURE_CLI["env"] == RUN["env"]
    assert AZURE_CLI["name"] == RUN["name"] == "run", "what the variables are asked for by"


def ran(folder: Path, **given: str) -> tuple[int, list[str], str]:
    """The exit code, the words that the tool got, and what was said; the tool only writes its words down."""
    (folder / "bin").mkdir()
    (folder / "bin/reconciler").write_text(ECHO.format(python=sys.executable))
    (folder / "bin/reconciler").chmod(0o755)
    names = [name for name in RUN["env"] if name.isupper() and "TOKEN" not in name]
    env = {**dict.fromkeys(names, ""), "COMMAND": "plan", "ENVIRONMENT": "test", "PROJECT": ".", "VERSION": "present"}
    env |= {**given, "AGENT_TEMPDIRECTORY": str(folder), "SEEN": str(folder / "seen")}
    env["PATH"] = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    bash = program("bash", why="agents have it")
    with subprocess.Popen(
        [bash, "-c", RUN["bash"]], env=env, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        said, _ = running.communicate(timeout=60)
    seen = (
        json.loads((folder / "seen").read_text()) if (folder / "seen").exists() else {"pid": running.pid, "words": []}
    )
    assert seen["pid"] == running.pid, "the tool takes the place of the shell"
    return running.returncode, seen["words"], said


def test_a_plan_gets_what_is_asked_for(tmp_path: Path) -> None:
    _, words, _ = ran(tmp_path, OPTIONS="--comment\n--labels\n", ARGUMENTS="--prune\n\n--target\npurview.term:A B/*\n")
    assert words == [
        *("--project=.", "--env=test", "azure-devops", "--out", f"{tmp_path}/reconciler-plan-test"),
        *("--comment", "--labels", "--", "plan", "--prune", "--target", "purview.term:A B/*"),
    ]


def test_an_apply_gets_digest_and_labels_and_is_none_without(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    _, words, _ = ran(tmp_path / "one", COMMAND="apply", DIGEST="sha256:1", APPROVE="PII\nTop secret")
    assert words[-4:] == ["apply", "--expect-digest=sha256:1", "--approve=PII", "--approve=Top secret"]
    code, words, said = ran(tmp_path / "two", COMMAND="apply")
    assert (code, words) == (1, [])
    assert "apply needs the digest" in said


@pytest.mark.parametrize("name", ["ENVIRONMENT", "PROJECT", "OPTIONS", "ARGUMENTS", "APPROVE", "DIGEST", "COMMAND"])
def test_no_parameter_is_a_line_of_the_shell(name: str, tmp_path: Path) -> None:
    evil = "x\"; touch made; '$(touch made)`touch made`; ${IFS}*"
    _, words, _ = ran(tmp_path, **{"COMMAND": "apply", "DIGEST": "sha256:1", name: evil})
    assert any(evil in word for word in words)
    assert not (tmp_path / "made").exists()


def test_the_folder_is_laid_down_for_azure_alone() -> None:
    assert PIPELINES[LAID.name] == "azure-devops"

"""What is done with rules and not kept, from the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reconciler.cli import main

from ..support import Project, project
from ..support_rules import Page, live, rule_calls

MANIFEST = """
apiVersion: reconciler/v1
kind: Rule
metadata: {name: tag-people}
spec:
  name: Tag people
  scope: data_part
  where: [{entity_type: /Person}]
  do:
    - actions:
        - {add_tag: HasMail}
        - {set_value: {key: person.gender, value: unknown}}
        - {power_fx: 'AddTag(Entity, "x")'}
  active: true
"""


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    with project(tmp_path) as one:
        for name, value in one.env.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("CI", raising=False)
        one.write("rules.yaml", MANIFEST)
        yield one


@pytest.fixture
def run(made: Project, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def go(*words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as left:
            main(["--project", str(made.root), *words])
        told = capsys.readouterr()
        return int(left.value.code or 0), told.out + told.err

    return go


def test_records_are_processed_again(made: Project, run: Callable[..., tuple[int, str]]) -> None:
    code, told = run("rules", "reprocess", "tag-people")
    assert (code, "has no rule named Tag people" in told) == (4, True)
    assert made.apply().complete
    code, told = run("rules", "reprocess", "tag-people")
    assert (code, "took the request" in told) == (0, True)
    code, told = run("rules", "reprocess", "tag-people", "--wait", "10")
    assert (code, "Complete" in told) == (0, True)
    code, told = run("rules", "reprocess", "tag-person")
    assert (code, "no Rule is named tag-person" in told) == (1, True)
    assert "tag-people" in told, "the near name"
    id = live(made)["Tag people"]["id"]
    assert rule_calls(made)[-2:] == [f"POST /rules/{id}/reprocess"] * 2
    assert made.actions() == []


def test_while_it_runs_another_one_is_refused_or_waited_for(made: Project, run: Callable[..., tuple[int, str]]) -> None:
    assert made.apply().complete
    page, id = Page(made), live(made)["Tag people"]["id"]
    made.http("PUT", "/_sandbox/settings", json={"lag_ms": 600_000})
    page.rest("POST", f"/rules/{id}/reprocess")
    made.http("PUT", "/_sandbox/settings", json={"lag_ms": 0})
    code, told = run("rules", "reprocess", "tag-people")
    assert (code, "again already" in told) == (4, True)
    page.rest("POST", f"/rules/{id}/reprocess/abort")
    made.http("PUT", "/_sandbox/settings", json={"lag_ms": 1500})
    page.rest("POST", f"/rules/{id}/reprocess")
    made.http("PUT", "/_sandbox/settings", json={"lag_ms": 0})
    code, told = run("rules", "reprocess", "tag-people", "--wait", "60")
    assert (code, "Complete" in told) == (0, True)


def test_a_preview_shows_what_each_action_makes_of_a_record(made: Project, run: Callable[..., tuple[int, str]]) -> None:
    """Of the rule as it is written, before it is applied; nothing is written."""
    code, told = run("rules", "preview", "tag-people")
    assert code == 0, told
    assert "Add Tag:\n  tags: nothing → HasMail" in told
    assert "Set Value:\n  person.gender: nothing → unknown" in told
    assert "Expression:\n  CluedIn shows no preview" in told
    assert [call for call in rule_calls(made) if call != "POST /rules/preview"] == []
    assert live(made) == {}
    made.http("POST", "/_sandbox/faults", json={
        "method": "POST", "path": "/rules/preview", "status": 404, "body": {"status": 404, "title": "Not Found"},
    })  # fmt: skip
    code, told = run("rules", "preview", "tag-people")
    assert (code, "no preview of rules" in told) == (4, True)

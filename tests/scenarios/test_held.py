"""What cannot be applied now is held back: the plan says so, and plan and apply agree on the exit code."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import main
from reconciler.errors import Exit

from ..support import Project, project

TYPES = "/datamap/api/atlas/v2/types/typedefs"
PLAIN = """
    apiVersion: reconciler/v1
    kind: GlossaryMapping
    metadata: {name: alpha}
    spec:
      glossary: Held
      term: {name: Alpha, definition: First.}
"""
TEMPLATED = """
    apiVersion: reconciler/v1
    kind: GlossaryMapping
    metadata: {name: beta}
    spec:
      glossary: Held
      term:
        name: Beta
        template: Data Contract
        attributes:
          Data Contract:
            Owner: ada
            Retention: 30
            Valid until: 2026-01-31
            Binding: true
            Level: Gold
            Regions: [EU, US]
"""
STREAM = """
    apiVersion: reconciler/v1
    kind: Stream
    metadata: {name: people-names}
    spec:
      entity: /Person
      target: {name: nowhere, provider: Azure DataLake Connector}
      columns: [{property: Name}]
"""
VOCABULARY = """
    apiVersion: reconciler/v1
    kind: GlossaryMapping
    metadata: {name: gamma}
    spec:
      vocabulary: {name: Gamma, key_prefix: gamma%s}
      terms: [{name: One, key: one%s}]
"""


def attribute(name: str, type: str, *, optional: bool = True) -> dict[str, Any]:
    return {"name": name, "typeName": type, "isOptional": optional, "cardinality": "SINGLE"}


def make_template(made: Project) -> None:
    level = {"name": "Level", "elementDefs": [{"value": "Gold", "ordinal": 1}, {"value": "Silver", "ordinal": 2}]}
    region = {"name": "Region", "elementDefs": [{"value": "EU", "ordinal": 1}, {"value": "US", "ordinal": 2}]}
    template = {
        "name": "Data Contract",
        "attributeDefs": [
            attribute("Owner", "string", optional=False),
            attribute("Retention", "int"),
            attribute("Valid until", "date"),
            attribute("Binding", "boolean"),
            attribute("Level", "Level"),
            attribute("Regions", "array<Region>") | {"cardinality": "SET"},
        ],
    }
    made.http("POST", TYPES, json={"enumDefs": [level, region], "termTemplateDefs": [template]})


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Project]:
    """A project with one document that can always be applied."""
    with project(tmp_path) as one:
        make_template(one)
        one.write("alpha.yaml", PLAIN)
        yield one


def said(made: Project) -> list[tuple[str, str, int | None]]:
    """What holds documents back: code, sentence, line."""
    found = [one for one in made.plan().diagnostics if one.document]
    return [(one.code, one.summary, one.source.line if one.source else None) for one in found]


# -- what a template takes -------------------------------------------------------------------------------------


def test_a_template_is_filled_and_dates_are_dates(made: Project) -> None:
    made.write("beta.yaml", TEMPLATED)
    assert made.apply().complete
    live = made.terms("Held")["Beta"]["attributes"]["Data Contract"]
    assert live["Valid until"] == 1769817600000
    assert made.actions() == []
    made.edit("beta.yaml", "2026-01-31", "2026-02-28T12:30:00+01:00")
    [change] = made.plan().changes
    assert [(item.before, item.after) for item in change.fields] == [("2026-01-31", "2026-02-28T11:30:00Z")]
    assert made.apply().complete
    assert made.terms("Held")["Beta"]["attributes"]["Data Contract"]["Valid until"] == 1772278200000
    assert made.actions() == []


def test_a_date_in_milliseconds_is_the_same_date(made: Project) -> None:
    made.write("beta.yaml", TEMPLATED.replace("2026-01-31", "1769817600000"))
    assert made.apply().complete
    assert made.actions() == []
    made.edit("beta.yaml", "1769817600000", "2026-01-31T00:00:00Z")
    assert made.actions() == []


WRONG = {
    "a misspelt template": (
        "template: Data Contract\n        attributes:\n          Data Contract:",
        "template: Data Contrct\n        attributes:\n          Data Contrct:",
        "term.no_template",
        8,
    ),
    "an unknown attribute": ("Retention: 30", "Retentoin: 30", "term.no_attribute", 12),
    "a missing required attribute": ("            Owner: ada\n", "", "resource.incomplete", 6),
    "no whole number": ("Retention: 30", "Retention: a month", "term.attribute_value", 12),
    "a number too large": ("Retention: 30", "Retention: 3000000000", "term.attribute_value", 12),
    "no date": ("2026-01-31", "2026-02-30", "term.attribute_value", 13),
    "no boolean": ("Binding: true", "Binding: sometimes", "term.attribute_value", 14),
    "no choice": ("Level: Gold", "Level: Golden", "term.attribute_value", 15),
    "one of several choices": ("[EU, US]", "[EU, Mars]", "term.attribute_value", 16),
    "one value for several": ("[EU, US]", "EU", "term.attribute_value", 16),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_a_template_does_not_take_is_a_finding_of_the_plan(made: Project, case: str) -> None:
    old, new, code, line = WRONG[case]
    assert old in TEMPLATED
    made.write("beta.yaml", TEMPLATED.replace(old, new))
    assert [(found, at) for found, _, at in said(made)] == [(code, line)]
    result = made.apply(skip_refused=True)
    assert result.exit_code == Exit.PARTIAL
    assert set(made.terms("Held")) == {"Alpha"}


def test_the_sandbox_refuses_what_the_plan_refuses(made: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the findings the same manifests fail in the apply: they are of what the system does not take."""
    monkeypatch.setattr("reconciler.kinds.glossary_mapping.kind.judgements", lambda scene: ())
    monkeypatch.setattr("reconciler.kinds.glossary_mapping.terms.required_paths", lambda text, known: [])
    for old, new, _, _ in WRONG.values():
        made.write("beta.yaml", TEMPLATED.replace(old, new))
        result = made.apply()
        assert [one.status for one in result.outcomes if one.change.address.endswith("Beta")] == ["failed"], new


def test_templates_are_not_asked_for_where_none_is_used(made: Project) -> None:
    made.apply()
    before = len(made.requests())
    made.plan()
    assert not [one for one in made.requests()[before:] if "typedefs" in one["path"] and "type=" in one["query"]]


# -- what else a reading tells ---------------------------------------------------------------------------------


def test_a_target_beside_a_held_document_in_one_glossary_is_applied(made: Project) -> None:
    made.write("beta.yaml", TEMPLATED)
    assert made.apply().complete
    made.edit("beta.yaml", "Retention: 30", "Retention: a month")
    made.edit("alpha.yaml", "First.", "The first.")
    alpha, beta = "purview.term:Held/Alpha", "purview.term:Held/Beta"
    assert made.plan(targets=(alpha,)).exit_code == Exit.OK, "what is shared is as it should be"
    assert made.plan(targets=(beta,)).exit_code == Exit.REFUSED
    assert made.plan(targets=("purview.term:*",)).exit_code == Exit.REFUSED
    assert made.apply(targets=(alpha,)).exit_code == Exit.OK
    assert made.plan(targets=(alpha,)).changes == []


def test_a_stream_without_a_target_is_held_back(made: Project) -> None:
    made.write("stream.yaml", STREAM)
    [(code, sentence, line)] = said(made)
    assert (code, line) == ("stream.target", 6)
    assert "no export target `nowhere`" in sentence


def test_a_new_vocabulary_without_an_entity_type_is_held_back(made: Project) -> None:
    made.write("gamma.yaml", VOCABULARY % ("", ""))
    assert [(code, line) for code, _, line in said(made)] == [("resource.incomplete", 5)]
    assert made.apply(skip_refused=True).exit_code == Exit.PARTIAL


@pytest.mark.parametrize(
    ("more", "item", "code"),
    [
        (", source: No Such Connector", "", "vocabulary.no_source"),
        (", owners: [nobody@example.com]", "", "vocabulary.no_user"),
        ("", ", classification: /NoSuchThing", "key.no_classification"),
    ],
)
def test_names_that_cluedin_does_not_know_hold_their_document_back(
    made: Project, more: str, item: str, code: str
) -> None:
    entity_type = ", entity_type: {name: Gamma, code: /Gamma}"
    made.write("gamma.yaml", VOCABULARY % (entity_type + more, item))
    assert [found for found, _, _ in said(made)] == [code]


def test_a_definition_beyond_the_documented_size_is_an_offline_finding(made: Project) -> None:
    made.write("alpha.yaml", PLAIN.replace("First.", "é" * 16385))
    from reconciler.desired import load

    [finding] = [one for one in load(made.root, "sandbox", made.env).findings if one.severity == "error"]
    assert finding.code == "resource.invalid"
    assert "32,770 bytes" in finding.summary
    assert finding.source is not None
    assert finding.source.file == "manifests/alpha.yaml"


# -- exit codes ------------------------------------------------------------------------------------------------

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(made: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line in the project's folder: exit code and stdout."""
    for name, value in made.env.items():
        monkeypatch.setenv(name, value)
    for name in ("CI", "RECONCILER_ENV", "FORCE_COLOR", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)

    def go(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(["--project", str(made.root), "--env", "sandbox", *words])
        return int(left.value.code or 0), capsys.readouterr().out

    return go


def nothing(made: Project) -> None:
    made.apply()


def changes(made: Project) -> None:
    nothing(made)
    made.edit("alpha.yaml", "First.", "Second.")


def held(made: Project) -> None:
    nothing(made)
    made.write("beta.yaml", TEMPLATED.replace("template: Data", "template: Dta").replace("  Data C", "  Dta C"))


def held_and_changes(made: Project) -> None:
    held(made)
    made.edit("alpha.yaml", "First.", "Second.")


def conflict(made: Project) -> None:
    nothing(made)
    made.edit("alpha.yaml", "First.", "Second.")
    made.edit_term(made.terms("Held")["Alpha"]["guid"], longDescription="Theirs.")


def conflict_and_changes(made: Project) -> None:
    conflict(made)
    made.write("delta.yaml", PLAIN.replace("alpha", "delta").replace("Alpha", "Delta"))


def blocked(made: Project) -> None:
    nothing(made)
    child = PLAIN.replace("alpha", "delta").replace("name: Alpha", "name: Delta, parent: Nobody")
    made.write("delta.yaml", child)


def blocked_and_changes(made: Project) -> None:
    blocked(made)
    made.edit("alpha.yaml", "First.", "Second.")


TABLE = [
    # state, plan, plan --detailed-exitcode, apply, apply --skip-refused
    (nothing, 0, 0, 0, 0),
    (changes, 0, 2, 0, 0),
    (held, 4, 4, 4, 4),
    (held_and_changes, 4, 4, 4, 5),
    (conflict, 4, 4, 4, 4),
    (conflict_and_changes, 4, 4, 4, 5),
    (blocked, 0, 2, 0, 0),
    (blocked_and_changes, 0, 2, 5, 5),
]


@pytest.mark.parametrize(
    ("state", "plan", "detailed", "apply", "skipping"), TABLE, ids=lambda one: getattr(one, "__name__", None)
)
def test_plan_and_apply_agree(
    made: Project, run: Run, state: Callable[[Project], None], plan: int, detailed: int, apply: int, skipping: int
) -> None:
    state(made)
    assert run("plan")[0] == plan
    assert run("plan", "--detailed-exitcode")[0] == detailed
    saved = str(made.root / "plan.json")
    assert run("plan", "--out", saved)[0] == plan
    if apply == 4:
        assert run("apply", "--yes")[0] == 4
        assert run("apply", saved)[0] == 4
        assert run("apply", "--yes", "--skip-refused")[0] == skipping
    else:
        assert run("apply", saved)[0] == apply
        assert run("plan")[0] == 0
        assert run("apply", "--yes")[0] == 0


def test_reports_name_what_is_held_and_why(made: Project, run: Run) -> None:
    held_and_changes(made)
    sentence = "Purview has no term template `Dta Contract`"
    text = run("plan")[1]
    assert "Held back: 1" in text
    assert "GlossaryMapping beta is held back" in text
    assert sentence in text
    assert "manifests/beta.yaml:8" in text
    markdown = run("plan", "--format", "markdown")[1]
    assert "GlossaryMapping beta is held back" in markdown
    assert "Held back: GlossaryMapping beta" in run("plan", "--format", "html")[1]
    shape = json.loads(run("plan", "--format", "json")[1])
    [told] = [one for one in shape["diagnostics"] if one.get("document")]
    assert (told["document"], told["summary"]) == ("GlossaryMapping/beta", sentence)
    code, drift = run("drift")
    assert code == 0
    assert "1 document held back and not compared" in drift
    applied = run("apply", "--yes", "--skip-refused")[1]
    assert "Apply complete!" not in applied
    assert "Held back: GlossaryMapping beta." in applied


def test_a_result_is_not_complete_while_documents_are_held(made: Project, run: Run) -> None:
    held_and_changes(made)
    for code in (5, 4):  # with changes; then only the held document is left
        ran, out = run("apply", "--yes", "--skip-refused", "--format", "json")
        shape = json.loads(out)
        assert (ran, shape["complete"], shape["held"]) == (code, False, ["GlossaryMapping/beta"])
    (made.root / "manifests/beta.yaml").unlink()
    shape = json.loads(run("apply", "--yes", "--format", "json")[1])
    assert (shape["complete"], shape["held"]) == (True, [])

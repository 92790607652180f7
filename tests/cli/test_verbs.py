"""The promises of the command line: verbs, streams, exit codes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ..support import Project
from .conftest import Ran

Run = Callable[..., Ran]
SCHEMAS = Path(__file__).parents[2] / "schemas"
CUSTOMER = "glossary/customer.yaml"


def edit_portal(example: Project) -> None:
    example.edit_term(example.terms("Enterprise")["Email"]["guid"], longDescription="Edited by hand.")


def test_the_environment_of_the_worked_example_needs_no_name(example: Project, run: Run) -> None:
    assert run("validate").code == 0
    assert run("plan").code == 0


def test_a_second_environment_must_be_named(example: Project, run: Run, tmp_path: Path) -> None:
    text = (tmp_path / "manifests/environments/sandbox.yaml").read_text(encoding="utf-8")
    text = text.replace("name: sandbox", "name: other").replace(
        "    collection:", "    name_prefix: other\n    collection:"
    )
    (tmp_path / "manifests/environments/other.yaml").write_text(text, encoding="utf-8")
    ran = run("plan")
    assert ran.code == 1
    assert "--env" in ran.err
    assert "other, sandbox" in ran.err


def test_options_of_the_whole_command_stand_before_the_verb_or_after_it(
    example: Project, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("plan", "-q").err == ""
    assert "/graphql getAllConnectors: 200" in run("plan", "-v", "--env", "sandbox").err
    assert "nowhere" in run("--env", "sandbox", "contracts", "check", "--env", "nowhere").err
    (tmp_path / "empty").mkdir()
    assert "manifest.no_folder" in run("validate", "--project", str(tmp_path / "empty")).out
    monkeypatch.setenv("RECONCILER_ENV", "nowhere")
    assert run("--env", "sandbox", "validate").code == 0
    assert run("validate", "--env", "sandbox").code == 0
    assert "nowhere" in run("validate").out


def test_a_plan_goes_to_stdout_and_progress_to_stderr(example: Project, run: Run) -> None:
    ran = run("plan")
    assert "Plan: 137 to add" in ran.out
    assert "requests in" in ran.err
    assert "requests in" not in ran.out
    assert run("-q", "plan").err == ""


def test_more_is_told_of_each_request(example: Project, run: Run) -> None:
    """`-v` says what was asked and what came of it; the report stays as it is, and `-q` stays silent."""
    plain, more = run("plan"), run("-v", "plan")
    assert more.out == plain.out
    assert "/graphql" not in plain.err
    lines = [line.strip() for line in more.err.splitlines()]
    assert any(re.fullmatch(r"cluedin POST /graphql getAllConnectors: 200 in \d+ ms", line) for line in lines), lines
    assert any(re.fullmatch(r"purview GET /datamap/api/atlas/v2/glossary\S*: 200 in \d+ ms", line) for line in lines)
    asked = int(re.search(r"(\d+) requests in", more.err)[1])  # type: ignore[index]
    assert len([line for line in lines if line.endswith(" ms")]) == asked
    for verb in ("doctor", "drift"):
        assert "purview GET /datamap" in run("-v", verb).err, verb
    assert "resources" in run("-v", "validate").err
    assert run("validate").err == ""
    assert run("-q", "-v", "plan").err == ""


@pytest.mark.parametrize("words", [("plan",), ("apply", "--yes"), ("drift",), ("drift", "--accept")])
def test_json_on_stdout_tells_of_a_failure_too(
    example: Project, run: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.delenv("CLUEDIN_PASSWORD")
    ran = run(*words, "--format", "json")
    assert ran.code == 1
    told = json.loads(ran.out)
    assert told["format_version"] == "1.0"
    assert any("CLUEDIN_PASSWORD" in one["summary"] for one in told["diagnostics"])
    assert "CLUEDIN_PASSWORD" in ran.err


def test_json_on_stdout_is_pure_and_valid(example: Project, run: Run) -> None:
    shape = json.loads(run("plan", "--format", "json").out)
    jsonschema.validate(shape, json.loads((SCHEMAS / "plan.schema.json").read_text()))
    assert shape["summary"]["create"] == 137
    ran = run("apply", "--yes", "--format", "json")
    result = json.loads(ran.out)
    told = re.findall(r"(?m)^  done: (\w+) (.+)$", ran.err)  # each resource as it is done
    assert sorted(told) == sorted((one["action"], one["address"]) for one in result["outcomes"])
    assert f"applied {len(told)} of {len(told)}" in ran.err
    jsonschema.validate(result, json.loads((SCHEMAS / "result.schema.json").read_text()))
    assert result["complete"] is True


def test_detailed_exit_codes(example: Project, run: Run) -> None:
    assert run("plan").code == 0
    assert run("plan", "--detailed-exitcode").code == 2
    assert run("apply", "--yes").code == 0
    assert run("plan", "--detailed-exitcode").code == 0
    assert run("drift", "--detailed-exitcode").code == 0
    edit_portal(example)
    assert run("drift").code == 0
    ran = run("drift", "--detailed-exitcode")
    assert ran.code == 2
    assert "Edited by hand." in ran.out
    assert "Primary contact address." in ran.out


def test_a_conflict_exits_4_from_plan_and_apply_and_the_plan_is_saved(
    example: Project, run: Run, tmp_path: Path
) -> None:
    run("apply", "--yes")
    edit_portal(example)
    example.edit("glossary/customer.yaml", "Primary contact address.", "Edited in Git.")
    saved = tmp_path / "plan.json"
    assert run("plan", "--out", str(saved)).code == 4
    assert json.loads(saved.read_text())["summary"]["conflict"] == 1
    assert run("apply", "--yes").code == 4
    assert run("apply", str(saved)).code == 4
    assert "conflict" in run("show", str(saved)).out.lower()


def test_a_saved_plan_is_applied_and_may_be_run_again(example: Project, run: Run, tmp_path: Path) -> None:
    saved = str(tmp_path / "plan.json")
    assert run("plan", "--out", saved).code == 0
    assert run("apply", saved).code == 0
    assert run("apply", saved).code == 0, "what is approved is in place already"


def test_a_plan_that_is_not_the_approved_one_exits_3_and_says_what_moved(
    example: Project, run: Run, tmp_path: Path
) -> None:
    saved = str(tmp_path / "plan.json")
    run("plan", "--out", saved)
    example.edit("glossary/customer.yaml", "Primary contact address.", "Edited since.")
    ran = run("apply", saved)
    assert ran.code == 3
    assert "purview.term:Enterprise/Party/Customer/Email" in ran.err
    assert example.writes() == []


def test_an_expected_digest_must_be_met(example: Project, run: Run) -> None:
    digest = json.loads(run("plan", "--format", "json").out)["digest"]
    assert run("apply", "--yes", "--expect-digest", "sha256:other").code == 3
    assert run("apply", "--yes", "--expect-digest", digest).code == 0


def test_nobody_to_answer_is_an_error_and_not_a_wait(example: Project, run: Run) -> None:
    ran = run("apply")
    assert ran.code == 1
    assert "--yes" in ran.err
    assert example.writes() == []


def test_a_saved_plan_brings_its_own_options(example: Project, run: Run, tmp_path: Path) -> None:
    saved = str(tmp_path / "plan.json")
    run("plan", "--out", saved)
    assert run("apply", saved, "--prune").code == 1


def test_targets_take_what_they_need_along(example: Project, run: Run) -> None:
    address = "cluedin.vocabulary_key:customer.email"
    shape = json.loads(run("plan", "--target", address, "--format", "json").out)
    assert {c["address"] for c in shape["changes"]} == {
        address,
        "cluedin.vocabulary:customer",
        "cluedin.entity_type:/Customer",
    }
    assert run("plan", "--target", "purview.term:Nothing").code == 1


def test_copies_in_other_formats(example: Project, run: Run, tmp_path: Path) -> None:
    page, comment = tmp_path / "plan.html", tmp_path / "plan.md"
    assert run("plan", "--also", f"html={page}", "--also", f"markdown={comment}").code == 0
    assert page.read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert "```diff" in comment.read_text(encoding="utf-8")
    assert run("plan", "--also", "pdf=x").code == 1
    for verb in ("plan", "validate", "apply", "drift"):
        ran = run(verb, "--also", "json=-")
        assert (ran.code, "--also writes files" in ran.err) == (1, True)
    assert not Path("-").exists()


def test_a_verb_that_ends_early_says_so_where_ci_shows_tests_and_findings(
    example: Project, run: Run, tmp_path: Path
) -> None:
    for verb in (("validate",), ("plan",), ("drift",), ("drift", "--between"), ("contracts", "check")):
        tests, log = tmp_path / "out/told.xml", tmp_path / "out/told.sarif"
        has_sarif = verb not in (("plan",), ("drift",))
        also = ["--also", f"junit={tests}", *(["--also", f"sarif={log}"] if has_sarif else [])]
        ran = run("--env", "nowhere", *verb, *also)
        assert ran.code == 1
        assert "<failure" in tests.read_text(encoding="utf-8"), verb
        assert "nowhere" in tests.read_text(encoding="utf-8")
        tests.unlink()
        if has_sarif:
            assert len(json.loads(log.read_text(encoding="utf-8"))["runs"][0]["results"]) == 1, verb
            log.unlink()


def test_what_became_of_an_apply_in_every_format(example: Project, run: Run, tmp_path: Path) -> None:
    copies = {form: tmp_path / f"out/result.{form}" for form in ("text", "json", "markdown", "html")}
    also = [word for form, path in copies.items() for word in ("--also", f"{form}={path}")]
    ran = run("apply", "--yes", "--format", "markdown", *also)
    assert ran.code == 0
    assert ran.out.startswith("<!-- reconciler")
    assert "## Apply to `sandbox`" in ran.out
    assert ran.out == copies["markdown"].read_text(encoding="utf-8")
    result = json.loads(copies["json"].read_text(encoding="utf-8"))
    jsonschema.validate(result, json.loads((SCHEMAS / "result.schema.json").read_text()))
    assert result["correlation_id"] in copies["html"].read_text(encoding="utf-8")
    assert result["correlation_id"] in ran.out
    assert "Apply complete!" in copies["text"].read_text(encoding="utf-8")
    assert run("apply", "--yes", "--format", "html").out.startswith("<!doctype html>")


def conflicting(example: Project, run: Run) -> tuple[str, ...]:
    run("apply", "--yes")
    example.edit(CUSTOMER, "Primary contact address.", "Of the manifest.")
    example.edit_term(example.terms("Enterprise")["Email"]["guid"], longDescription="Of the portal.")
    return ("--yes",)


def not_approved(example: Project, run: Run) -> tuple[str, ...]:
    example.edit("environments/sandbox.yaml", "approved_labels: [PII]", "approved_labels: []")
    return ("--yes",)


def test_a_missing_approval_is_told_by_the_plan_and_refused_by_the_apply(example: Project, run: Run) -> None:
    """As docs/exit-codes.md says: what a person may still agree to is no refusal of a plan."""
    not_approved(example, run)
    planned = run("plan")
    assert planned.code == 0
    assert "Needs an approval" in planned.out
    assert run("apply", "--yes").code == 4


def another_digest(example: Project, run: Run) -> tuple[str, ...]:
    return ("--yes", "--expect-digest", f"sha256:{'0' * 64}")


def not_the_saved_plan(example: Project, run: Run) -> tuple[str, ...]:
    saved = example.root / "saved.json"
    run("plan", "--out", str(saved))
    example.edit(CUSTOMER, "Primary contact address.", "Another.")
    return (str(saved),)


@pytest.mark.parametrize(
    ("story", "code", "finding", "verdict"),
    [
        (conflicting, 4, "conflict.conflict", "Refused: 1 conflict stands in the way."),
        (not_approved, 4, "approval.missing", "stands in the way."),
        (another_digest, 3, "approval.digest", "Refused: 1 refusal stands in the way."),
        (not_the_saved_plan, 3, "approval.altered", "stands in the way."),
    ],
)
def test_an_apply_that_is_refused_leaves_its_plan_and_why(
    example: Project, run: Run, tmp_path: Path, story: Any, code: int, finding: str, verdict: str
) -> None:
    words = story(example, run)
    writes = len(example.writes())
    copies = {form: tmp_path / f"out/plan.{form}" for form in ("text", "json", "markdown", "html")}
    also = [word for form, path in copies.items() for word in ("--also", f"{form}={path}")]
    assert run("apply", *words, *also).code == code
    assert len(example.writes()) == writes
    plan = json.loads(copies["json"].read_text(encoding="utf-8"))
    jsonschema.validate(plan, json.loads((SCHEMAS / "plan.schema.json").read_text()))
    told = [json.dumps(one) for one in plan["diagnostics"] if one["code"] == finding]
    assert told
    assert len(told) == len(set(told))
    assert verdict in copies["text"].read_text(encoding="utf-8")
    assert "⛔ **Refused: " in copies["markdown"].read_text(encoding="utf-8")
    assert "Nothing is applied." in copies["html"].read_text(encoding="utf-8")


def test_an_apply_without_a_plan_leaves_none(example: Project, run: Run, tmp_path: Path) -> None:
    example.edit(CUSTOMER, "name: Customer", "nmae: Customer")
    assert run("apply", "--yes", "--also", f"html={tmp_path / 'plan.html'}").code == 1
    assert not (tmp_path / "plan.html").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_refusal_that_cannot_be_written_is_one_all_the_same(example: Project, run: Run) -> None:
    words = not_approved(example, run)
    ran = run("apply", *words, "--also", "json=/dev/full")
    assert ran.code == 4
    assert "[output.not_writable]" in ran.err
    assert "approv" in ran.err


@pytest.mark.parametrize("also", ["pdf=x", "html=manifests/labels.yaml", "json=.reconciler/audit/sandbox.jsonl"])
def test_a_report_that_cannot_be_written_is_told_before_anything_is_sent(
    example: Project, run: Run, tmp_path: Path, also: str
) -> None:
    form, _, name = also.partition("=")
    assert run("apply", "--yes", "--also", f"{form}={tmp_path / name}").code == 1
    assert example.writes() == []


def test_a_report_never_takes_the_place_of_the_plan(example: Project, run: Run, tmp_path: Path) -> None:
    saved = tmp_path / "plan.json"
    run("plan", "--out", str(saved))
    before = saved.read_bytes()
    assert run("apply", str(saved), "--also", f"json={saved}").code == 1
    assert (example.writes(), saved.read_bytes()) == ([], before)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_disk_that_is_full_does_not_hide_what_was_applied(example: Project, run: Run) -> None:
    ran = run("apply", "--yes", "--also", "json=/dev/full")
    assert ran.code == 5, "something was written, and something failed"
    assert "Apply complete!" in ran.out
    assert "[output.not_writable]" in ran.err
    assert run("apply", "--yes", "--also", "json=/dev/full").code == 1, "nothing was written"


@pytest.mark.parametrize("name", ["manifests/labels.yaml", "manifests/new.json", ".reconciler/ledger/sandbox.jsonl"])
@pytest.mark.parametrize("option", ["--out={}", "--also=html={}"])
def test_no_report_replaces_what_the_project_is_made_of(
    example: Project, run: Run, tmp_path: Path, name: str, option: str
) -> None:
    path = tmp_path / name
    before = path.read_bytes() if path.exists() else None
    ran = run("plan", option.format(path))
    assert ran.code == 1
    assert "[output.not_writable]" in ran.err
    assert (path.read_bytes() if path.exists() else None) == before


def test_no_report_replaces_a_ledger_that_stands_elsewhere(example: Project, run: Run, tmp_path: Path) -> None:
    assert run("apply", "--yes").code == 0
    ledger = next((tmp_path / ".reconciler" / "ledger").glob("*.jsonl")).rename(tmp_path / "state.jsonl")
    before = ledger.read_bytes()
    ran = run("plan", "--out", str(ledger))
    assert ran.code == 1
    assert "it is a ledger" in ran.err
    assert ledger.read_bytes() == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("option", ["--out=/dev/full", "--also=json=/dev/full"])
def test_a_full_disk_is_told_with_the_file(example: Project, run: Run, option: str) -> None:
    ran = run("plan", option)
    assert ran.code == 1
    assert "/dev/full could not be written: No space left on device [output.not_writable]" in ran.err


@pytest.mark.parametrize("more", ["html={}/plan", "html={}/manifests/../plan"])
def test_no_file_is_written_twice(example: Project, run: Run, tmp_path: Path, more: str) -> None:
    ran = run("plan", "--out", str(tmp_path / "plan"), "--also", more.format(tmp_path))
    assert ran.code == 1
    assert "[output.twice]" in ran.err
    assert not (tmp_path / "plan").exists()


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_findings_in_every_format(example: Project, run: Run, form: str) -> None:
    example.edit("glossary/customer.yaml", "labels: [PII]", "labels: [PIJ]")
    ran = run("validate", "--format", form)
    assert ran.code == 1
    assert "PIJ" in ran.out
    assert "customer.yaml" in ran.out
    if form in ("json", "sarif"):
        json.loads(ran.out)


def test_copies_of_findings(example: Project, run: Run, tmp_path: Path) -> None:
    example.edit("glossary/customer.yaml", "labels: [PII]", "labels: [PIJ]")
    forms = ("text", "json", "sarif", "junit")
    assert run("validate", *(f"--also={form}={tmp_path / 'out' / form}" for form in forms)).code == 1
    assert all("PIJ" in (tmp_path / "out" / form).read_text() for form in forms)
    assert run("validate", "--also=github=x").code == 1
    assert "[output.not_writable]" in run("validate", f"--also=junit={tmp_path}/manifests/x.yaml").err


def test_drift_as_tests(example: Project, run: Run, tmp_path: Path) -> None:
    report = tmp_path / "drift.xml"
    run("apply", "--yes")
    assert run("drift", f"--also=junit={report}").code == 0
    assert 'name="No drift"' in report.read_text()
    example.edit_term(example.terms("Enterprise")["Email"]["guid"], longDescription="By hand.")
    assert run("drift", f"--also=junit={report}", f"--also=text={tmp_path / 'drift.txt'}").code == 0
    assert report.read_text().count("<failure") == 1
    assert "By hand." in (tmp_path / "drift.txt").read_text()
    assert run("drift", "--accept", f"--also=junit={report}").code == 1


def test_usage_errors_exit_1(run: Run, tmp_path: Path) -> None:
    assert run("nonsense").code == 1
    assert run("plan", "--no-such-option").code == 1
    assert run("show", str(tmp_path / "none.json")).code == 1
    (tmp_path / "bad.json").write_text("[]")
    assert run("show", str(tmp_path / "bad.json")).code == 1


def test_no_manifests_is_one_clear_message(run: Run) -> None:
    ran = run("--env", "x", "validate")
    assert ran.code == 1
    assert "manifests" in ran.out


@pytest.mark.parametrize("verb", ["plan", "apply", "drift", "doctor"])
def test_where_no_project_is_its_folder_is_what_lacks(run: Run, tmp_path: Path, verb: str) -> None:
    ran = run(verb)
    assert ran.code == 1
    assert f"no folder manifests in {tmp_path}" in ran.err
    assert "--project" in ran.err


def test_an_unreachable_system_exits_1_and_names_it(
    example: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.systems.pacing.backoff", lambda attempt: 0.0)
    monkeypatch.setenv("RECONCILER_VAR_SANDBOX_URL", "http://127.0.0.1:9")
    ran = run("plan")
    assert ran.code == 1
    assert "127.0.0.1:9: " in ran.err, "the host is named"


def test_a_local_ledger_is_refused_in_ci(example: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    ran = run("apply", "--yes")
    assert ran.code == 1
    assert "--ephemeral-ledger" in ran.err
    assert run("apply", "--yes", "--ephemeral-ledger").code == 0


def test_the_schemas_are_written(run: Run, tmp_path: Path) -> None:
    assert run("schema", "--out", str(tmp_path / "s")).code == 0
    for path in SCHEMAS.glob("*.json"):
        assert (tmp_path / "s" / path.name).read_text() == path.read_text(), f"{path.name} is not current"


def test_a_guard_stops_a_mass_delete_until_the_number_is_named(example: Project, run: Run, tmp_path: Path) -> None:
    run("apply", "--yes")
    (tmp_path / "manifests/glossary/customer.yaml").unlink()
    ran = run("plan", "--prune")
    assert ran.code == 4
    assert "--allow-deletes" in ran.out + ran.err
    shape = json.loads(run("plan", "--prune", "--format", "json").out)
    removals = shape["summary"]["delete"] + shape["summary"]["retire"]
    ran = run("plan", "--prune", "--allow-deletes", str(removals))
    assert ran.code == 4, "a protected term stands in the way"
    assert "protected" in ran.out


def test_what_validate_can_tell_makes_manifests_invalid_for_every_verb(example: Project, run: Run) -> None:
    """A key that is to be made beside a declared one of another case; a refusal is what only the systems tell."""
    link = "sources/crm-contacts.yaml"
    columns = "[id, email, updated_at, account_id, segment, crm_notes, fullname]"
    example.edit(link, "fields: from_asset", f"fields: {columns}")
    example.edit(link, "      full_name: customer.fullName\n", "")
    example.edit(link, "    name: full_name\n", "    unmapped: create\n")
    for words in (("validate",), ("plan",), ("apply", "--yes"), ("apply", "--yes", "--skip-refused")):
        ran = run(*words)
        assert ran.code == 1, words
        assert (ran.out + ran.err).count("[link.key_case]") == 1, words


def test_the_rest_may_be_applied_when_something_is_refused(example: Project, run: Run) -> None:
    run("apply", "--yes")
    edit_portal(example)
    example.edit("glossary/customer.yaml", "Primary contact address.", "Edited in Git.")
    ran = run("apply", "--yes", "--skip-refused", "--format", "json")
    assert ran.code == 4, "nothing else was there to do"
    assert json.loads(ran.out)["complete"] is False, "a conflict is left"
    example.edit("glossary/product.yaml", "Name on the invoice.", "Name on every invoice.")
    ran = run("apply", "--yes", "--skip-refused")
    assert ran.code == 5
    assert example.terms("Enterprise")["Title"]["longDescription"] == "Name on every invoice."
    assert example.terms("Enterprise")["Email"]["longDescription"] == "Edited by hand."


def test_what_waits_for_a_missing_reference_is_refused_and_the_rest_applied(example: Project, run: Run) -> None:
    example.edit("glossary/customer.yaml", "lookup: Customer segments", "lookup: Nobody made this one")
    ran = run("plan")
    assert ran.code == 0
    assert "Nobody made this one" in ran.out
    assert run("apply", "--yes").code == 5
    assert run("apply", "--yes").code == 0, "only what is blocked is left, and the plan says so too"

"""The worked example from its first day to a removal, with everything that the tool can send on the way."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from typing import Any

import pytest

from reconciler.cli import main
from reconciler.cli.demo import EXPORTED
from reconciler.kinds import kinds, models
from reconciler.manifest.spec import example

from .. import portal
from ..support import SECRETS, Project
from .reference import ROOT

EXPORT = "customers_wide_v1"
_SETS = "query x { inbound { dataSourceSets(page: 0, pageSize: 50) { data { dataSources { dataSets { id } } } } } }"


def furnish(made: Project) -> None:
    """The manifests of the worked example in place of the project's own, and the examples of kinds that it lacks."""
    shutil.rmtree(made.root / "manifests")
    shutil.copytree(ROOT / "manifests", made.root / "manifests")
    there = "\n".join(path.read_text(encoding="utf-8") for path in (made.root / "manifests").rglob("*.yaml"))
    for kind in kinds():
        if f"kind: {kind}\n" not in there and kind != "Stream":
            made.write(f"more/{kind.lower()}.yaml", example(models()[kind]))
    types = ("enricher", "provider_state", "rule", "policy", "policy_state")
    words = ", ".join(f'"cluedin.{type}:*"' for type in types)
    allowed = f"[{words}]"
    made.edit("environments/sandbox.yaml", f"allow_disruptive: {allowed}", "allow_disruptive: true")


def walk(made: Project, scanned_at: str = "") -> None:
    """Plan, apply, export, scan, apply, drift, repair, figures, an edit, a removal.

    `scanned_at` is the sandbox's own address where the project's is another, since a scan is no call of a system's.
    """
    verb = _verbs(made)
    assert made.plan().changes
    assert made.apply().complete
    assert not made.plan().changes
    # what is done and not kept, and told by who watches
    assert _watched(made) == []
    run = verb("exports", "run", EXPORT, "--wait", "30")
    assert (run["state"], run["run"]["status"]) == ("complete", "Complete")
    assert len(verb("exports", "history", EXPORT)["runs"]) == 1
    assert _watched(made) == ["export.succeeded"]
    _send_records(made)
    assert [one["state"] for one in verb("metrics", "publish")["data_sets"]] == ["published"]
    assert not made.plan().changes
    # the scan of the lake finds the file, and takes the placeholder's place
    _scan(scanned_at or made.url)
    moved = made.actions()
    assert ("update", f"purview.entity:cluedin_export/cluedin.export.{EXPORT}") in moved
    assert made.apply().complete
    assert not made.plan().changes
    # somebody edits, and the manifests change
    made.edit_term(made.terms("Enterprise")["Email"]["guid"], longDescription="Edited by hand.")
    assert [change["action"] for change in verb("drift")["changes"]] == ["update"]
    assert made.apply().complete
    made.edit("glossary/customer.yaml", "Primary contact address.", "Where we write to first.")
    made.edit("exports/customers_wide_v1.yaml", "Primary contact address", "Where we write to first")
    assert made.apply().complete
    made.edit("more/enricher.yaml", "owners: [ada]", "owners: [sales-ops@example.com]")
    assert made.apply().complete
    _rules(made)
    _projects(made)
    _policies(made)
    # and the doctor looks at it all
    checks = verb("doctor", "--access")["checks"]
    assert {check["area"] for check in checks} >= {"cluedin", "purview"}
    assert "access.held" in {check["code"] for check in checks}
    # what no manifest wants any more
    (made.root / "manifests" / "glossary" / "product.yaml").unlink()
    (made.root / "manifests" / "exports" / "customers_wide_v1.yaml").unlink()
    shutil.rmtree(made.root / "manifests" / "more")
    removed = [action for action, _ in made.actions(prune=True) if action in ("delete", "retire")]
    assert removed
    assert made.apply(prune=True, allow_deletes=len(removed)).complete
    assert not made.plan().changes


_RULES = """
apiVersion: reconciler/v1
kind: Rule
metadata: {name: first}
spec:
  scope: data_part
  where: [{key: customer.email, operator: exists}, {power_fx: "Entity.Name <> Blank()"}]
  do: [{actions: [{add_tag: HasMail}, {set_value: {key: customer.segment, value: known}}]}]
  reprocess: on_change
  active: true
---
apiVersion: reconciler/v1
kind: Rule
metadata: {name: second}
spec:
  scope: data_part
  where: [{entity_type: /Customer}]
  do: [{actions: [{add_tag: Customer}]}]
  after: [first]
  on_remove: delete
"""


def _rules(made: Project) -> None:
    """Rules are made, put in order, changed in both ways, looked at and removed."""
    path = made.write("rules.yaml", _RULES)
    assert made.apply().complete
    made.edit("rules.yaml", "HasMail", "Reachable")
    made.edit("rules.yaml", "add_tag: Customer", "add_tag: Buyer")
    assert made.apply().complete
    assert not made.plan().changes
    for words in (("preview", "first"), ("reprocess", "first", "--wait", "10")):
        _said(made, "rules", *words)
    path.unlink()
    assert made.apply(prune=True, allow_deletes=2).complete


_PROJECTS = """
apiVersion: reconciler/v1
kind: CleanProject
metadata: {name: mend}
spec:
  fields: [customer.segment, {property: name}]
  where: [{entity_type: /Customer}, {any: [{key: customer.email, operator: exists}]}]
  rules: verify
  on_remove: delete
---
apiVersion: reconciler/v1
kind: Deduplication
metadata: {name: twins}
spec:
  where: [{entity_type: /Customer}, {key: customer.email, operator: exists}]
  rules:
    - {name: Mail, match: [{key: customer.email, by: Equals}], active: true}
    - {name: Name, match: [{property: Name, by: Contains}], active: false}
  on_remove: delete
"""


def _projects(made: Project) -> None:
    """Projects are made, changed and removed."""
    path = made.write("projects.yaml", _PROJECTS)
    assert made.apply().complete
    made.edit("projects.yaml", "[customer.segment, {property: name}]", "[customer.segment]")
    made.edit("projects.yaml", "by: Contains", "by: Ends with")
    made.edit(
        "projects.yaml",
        "    - {name: Mail, match",
        "    - {name: First, match: [{key: customer.id, by: Equals}]}\n    - {name: Mail, match",
    )
    assert made.apply().complete
    assert not made.plan().changes
    made.edit("projects.yaml", "    - {name: First, match: [{key: customer.id, by: Equals}]}\n", "")
    assert made.apply(prune=True, allow_deletes=1).complete
    path.unlink()
    assert made.apply(prune=True, allow_deletes=4).complete


_POLICIES = """
apiVersion: reconciler/v1
kind: MaskingPolicy
metadata: {name: first}
spec: {keys: [customer.email], members: [ada], active: true}
---
apiVersion: reconciler/v1
kind: MaskingPolicy
metadata: {name: second}
spec: {keys: [customer.email], effect: allow, members: [sales-ops], order: first, on_remove: delete}
"""


def _policies(made: Project) -> None:
    """Policies are made, put in order, changed and removed; agents look, and what was asked is shown."""
    path = made.write("policies.yaml", _POLICIES)
    assert made.apply().complete
    made.edit("policies.yaml", "members: [ada]", "members: [ada, {role: sales}]")
    made.edit("more/aiagent.yaml", "sample: 500", "sample: 400")
    assert made.apply().complete
    assert not made.plan().changes
    for words in (("analyse", "dq-analyzer", "--wait", "10"), ("log", "dq-analyzer", "--with-text")):
        _said(made, "agents", *words)
    path.unlink()
    assert made.apply(prune=True, allow_deletes=2).complete


def _said(made: Project, *words: str) -> str:
    """What a verb prints."""
    out = StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(StringIO()):
        for name, value in made.env.items():
            patch.setenv(name, value)
        patch.delenv("CI", raising=False)
        with pytest.raises(SystemExit) as left:
            main(["--project", str(made.root), "--env", "sandbox", *words])
    assert not left.value.code, out.getvalue()
    return out.getvalue()


def _verbs(made: Project) -> Callable[..., dict[str, Any]]:
    """Runs a verb as a person would, and gives its JSON."""

    def go(*words: str) -> dict[str, Any]:
        told, err = _ran(made, *words)
        assert told.startswith("{"), f"{words}: {told}{err}"
        return dict(json.loads(told))

    return go


def _watched(made: Project) -> list[str]:
    """What one look of `watch` tells, each by its type."""
    told, _ = _ran(made, "watch", "--once")
    return [json.loads(line)["type"] for line in told.splitlines()]


def _ran(made: Project, *words: str) -> tuple[str, str]:
    """Runs a verb as a person would, and gives what it writes to both streams."""
    out, err = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name, value in made.env.items():
            patch.setenv(name, value)
        patch.delenv("CI", raising=False)
        with pytest.raises(SystemExit):
            main(["--project", str(made.root), "--env", "sandbox", *words, "--format", "json"])
    return out.getvalue(), err.getvalue()


def _send_records(made: Project) -> None:
    """What a pipeline does each night: records for the data set."""
    form = {"grant_type": "password", "client_id": "contoso", "username": "admin@contoso.test"}
    token = made.http("POST", "/auth/connect/token", data={**form, "password": SECRETS["CLUEDIN_PASSWORD"]})
    headers = {"authorization": f"Bearer {token['access_token']}"}
    groups = {"query": _SETS, "variables": {}}
    found = portal.post(f"{made.url}/graphql", json=groups, headers=headers, timeout=30).json()["data"]["inbound"]
    [id] = [
        one["id"] for group in found["dataSourceSets"]["data"] for s in group["dataSources"] for one in s["dataSets"]
    ]
    path = f"{made.url}/upload/api/endpoint/{id}"
    rows = [{"id": "1", "email": "ada@example.com"}, {"id": "2", "email": "mary@example.com"}]
    portal.post(path, json=rows, headers=headers, timeout=30).raise_for_status()


def _scan(url: str) -> None:
    portal.post(f"{url}/_sandbox/scan", json=EXPORTED, timeout=30).raise_for_status()

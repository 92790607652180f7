"""Settings of CluedIn: what is written, what is only compared, what nobody sets, and how they go back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.diff import Options
from reconciler.errors import ReconcilerError, RefusedError
from reconciler.workflow import Approval, apply_plan

from .. import portal
from ..support import Project, project

FILE = "settings.yaml"
BASE = "Purview.BaseUrl"
SYNC = "cluedin.setting:Purview.SyncDataSources.Enabled"


def settings(spec: str) -> str:
    return f"apiVersion: reconciler/v1\nkind: Setting\nmetadata: {{name: settings}}\nspec:\n{spec}"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Project]:
    with project(tmp_path) as one:
        yield one


def live(made: Project) -> dict[str, Any]:
    return {one["key"]: one for one in made.http("GET", "/_sandbox/state")["cluedin"]["setting"].values()}


def by_hand(made: Project, key: str, value: str) -> None:
    """What a person does on the pages of CluedIn."""
    sign_in = {"grant_type": "password", "client_id": "contoso", "username": "admin@contoso.test",
               "password": "sandbox-password"}  # fmt: skip
    token = made.http("POST", "/auth/connect/token", data=sign_in)["access_token"]
    headers = {"authorization": f"Bearer {token}"}
    organization = "query { administration { organization { Id } } }"
    change = """mutation c($id: ID!, $key: String!, $value: String!) { administration {
      changeConfigurationSettings(organizationId: $id, key: $key, value: $value) } }"""

    def ask(query: str, **variables: str) -> Any:
        sent = {"query": query, "variables": variables}
        return portal.post(f"{made.url}/graphql", json=sent, headers=headers).json()["data"]["administration"]

    assert ask(change, id=ask(organization)["organization"]["Id"], key=key, value=value)


def codes(made: Project, spec: str) -> set[str]:
    """The errors of a document, told offline or by a plan."""
    made.write(FILE, settings(spec))
    try:
        found = made.plan().diagnostics
    except ReconcilerError as error:
        found = error.diagnostics
    return {one.code for one in found if one.severity == "error"}


def test_a_plan_is_written_in_one_call_and_a_person_who_changes_one_back_is_told(made: Project) -> None:
    made.write(FILE, settings('  set: {Purview.SyncDataSources.Enabled: "True", Purview.CollectionName: CluedIn,'
                              " PowerApps.ParallelExecutionCount: 7}\n"
                              '  secrets: {Purview.ClientSecret: {env: LAKE_KEY, version: "1"}}\n'))  # fmt: skip
    before = len(made.writes())
    assert made.apply().complete
    assert len(made.writes()) == before + 1
    assert live(made)["Purview.ClientSecret"]["value"] == "the-key-of-the-lake=="
    assert live(made)["Purview.SyncDataSources.Enabled"]["value"] == "true"
    assert made.actions() == []
    by_hand(made, "Purview.SyncDataSources.Enabled", "false")
    [change] = made.plan().drifted
    assert (change.address, change.reason) == (SYNC, "drift")
    made.edit(FILE, 'version: "1"', 'version: "2"')
    [rotated] = made.plan().executable
    assert [(item.path, item.reason) for item in rotated.fields] == [("secret", "rotated")]


def test_what_people_set_is_taken_over_only_when_asked(made: Project) -> None:
    by_hand(made, "Purview.SyncDataSources.Enabled", "true")
    made.write(FILE, settings("  set: {Purview.SyncDataSources.Enabled: false}\n"))
    assert made.actions() == [("conflict", SYNC)]
    assert made.apply(adopt="overwrite").complete
    assert live(made)["Purview.SyncDataSources.Enabled"]["value"] == "false"


def test_a_setting_goes_back_to_its_default(made: Project) -> None:
    keywords = "Purview.SyncDataSources.Keywords"
    made.write(FILE, settings(f"  set: {{{keywords}: Ours, Adf.TenantId: here}}\n  on_remove: reset\n"))
    assert made.apply().complete
    made.write(FILE, settings("  reset: [Adf.TenantId]\n"))
    assert made.actions(prune=True) == [
        ("retire", f"cluedin.setting:{keywords}"),
        ("update", "cluedin.setting:Adf.TenantId"),
    ]
    assert made.apply(prune=True, allow_deletes=1).complete
    assert live(made)[keywords]["value"] == '"CluedInSource"'
    assert live(made)["Adf.TenantId"]["value"] == ""
    assert made.actions(prune=True) == []


def test_what_is_wrong_is_told_before_anything_is_written(made: Project) -> None:
    made.http("PUT", "/_sandbox/settings", json={"ai_agents": False})
    gated = next(one["key"] for one in live(made).values() if one.get("group") == "AI Agents")
    assert codes(made, "  set: {Purview.ClientSecret: mine}\n") == {"setting.secret"}
    assert codes(made, "  set: {Purview.BaseUrl: 'https://x.test/?sig=abcdefghij'}\n") == {"setting.secret"}
    assert codes(made, "  set: {Purview.SyncDataSource.Enabled: false}\n") == {"setting.unknown"}
    assert codes(made, "  set: {ui.theme: dark}\n") == {"setting.preference"}
    assert codes(made, f"  set: {{{gated}: true}}\n") == {"setting.feature"}
    assert codes(made, "  set: {PowerApps.ParallelExecutionCount: many}\n") == {"setting.type"}
    assert codes(made, "  set: {Metrics.Enabled: maybe}\n") == {"setting.type"}
    assert codes(made, "  expect: {Metrics.Enabled: true}\n") == {"setting.differs"}
    assert codes(made, "  set: {Metrics.Enabled: true}\n  expect: {Metrics.Enabled: true}\n") == {"setting.twice"}
    assert codes(made, "  expect_features: [AI Agents]\n") == {"setting.feature"}
    assert codes(made, "  expect_features: [AI Agent]\n") == {"setting.feature_unknown"}
    made.write("other.yaml", settings("  reset: [Metrics.Enabled]\n").replace("name: settings", "name: other"))
    assert codes(made, "  set: {Metrics.Enabled: true}\n") == {"setting.twice"}
    assert made.writes() == []


def test_a_native_sync_is_not_switched_on_beside_documents_that_do_the_same(made: Project) -> None:
    made.write("mapping.yaml", "apiVersion: reconciler/v1\nkind: GlossaryMapping\nmetadata: {name: a}\nspec:\n"
               "  glossary: Enterprise\n  term: {name: A}\n")  # fmt: skip
    sync = "Purview.SyncCluedInVocabulariesToPurviewGlossaries.Enabled"
    assert codes(made, f"  set: {{{sync}: true}}\n") == {"setting.native_sync"}
    assert codes(made, "  set: {Purview.SyncStreams.Enabled: true}\n") == set()


def test_access_control_is_known_by_its_title_and_wants_an_approval(made: Project) -> None:
    key = next(one["key"] for one in live(made).values() if one.get("group") == "Access Control")
    made.write(FILE, settings(f"  set: {{{key}: true, Feature.SSO.AutomaticRoleSync.Enabled: true}}\n"))
    told = {change.address.partition(":")[2]: change for change in made.plan().executable}
    assert told[key].disruptive
    assert told[key].approvals == {"access-control"}
    assert told["Feature.SSO.AutomaticRoleSync.Enabled"].disruptive
    with pytest.raises(RefusedError, match="access-control needs an approval"):
        made.apply()
    approved = Approval(labels=frozenset({"access-control"}))
    assert apply_plan(made.session(), Options(), approved).complete
    assert live(made)[key]["value"] == "true"


def test_what_is_refused_in_an_answer_of_success_is_no_success(made: Project) -> None:
    """Of several, those are written that nothing is wrong with, whether the server takes a part or nothing."""
    for partial in (False, True):
        made.http("PUT", "/_sandbox/settings", json={"partial_settings": partial})
        value = "true" if partial else "false"
        made.write(FILE, settings(f"  set: {{Metrics.relevance.Enabled: {value}, Purview.BaseUrl: no-address,"
                                  f" Metrics.accuracy.Enabled: {value}}}\n"))  # fmt: skip
        result = made.apply()
        outcomes = {one.change.address.partition(":")[2]: one.status for one in result.outcomes}
        assert outcomes["Purview.BaseUrl"] == "failed"
        assert {status for key, status in outcomes.items() if key != "Purview.BaseUrl"} <= {"done"}
        assert live(made)["Metrics.accuracy.Enabled"]["value"] == value

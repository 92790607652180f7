"""Policies of access control: pasted from the cookbook, by row, beside those of others, and what they do not cover."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import ReconcilerError, RefusedError
from reconciler_sandbox.cluedin.access_policies import TEMPLATE
from reconciler_sandbox.cluedin.seed import user_id
from reconciler_sandbox.cluedin.world import POLICY, SETTING
from reconciler_sandbox.server import running

from .. import portal
from ..support import SECRETS, Project
from ..support_cookbook import snippet

ENVELOPE = "apiVersion: reconciler/v1\nkind: MaskingPolicy\nmetadata: {{name: {}}}\nspec:\n"
MEMBERS = "  members: [{role: sales}]\n"


def policy(name: str, *lines: str) -> str:
    """The manifest of a policy."""
    return ENVELOPE.format(name) + "".join(f"  {line}\n" for line in lines)


def pasted(*more: str) -> str:
    """The cookbook's snippet under an envelope."""
    return policy("mask_email_default", *snippet("### 10.2", "yaml").splitlines(), *more)


class World(Project):
    """A project whose sandbox is at hand."""

    def __init__(self, root: Path, sandbox: Any) -> None:
        super().__init__(root, sandbox.url)
        self.sandbox = sandbox.sandbox

    @property
    def policies(self) -> dict[str, dict[str, Any]]:
        """The policies of the sandbox by name."""
        return {one["name"]: one for one in self.sandbox.cluedin._world.all(POLICY, latest=True)}

    def people_have(self, name: str, does: str, keys: list[str], *, active: bool = True) -> None:
        """A policy that somebody made in the pages."""
        plane = self.sandbox.cluedin
        words = {"members": [["user", user_id("ada@example.com")]], "scope": [["key", key] for key in keys], "all": 0}
        rule = plane._policies._inner(user_id("ada@example.com"), {"name": "One", "does": does, **words}, 1)
        order = 1 + max(one["order"] for one in self.policies.values())
        given = {"name": name, "rules": [rule], "isActive": active, "description": "of people"}
        plane._world.put(POLICY, plane._policies._doc(user_id("ada@example.com"), given, order))

    def rest(self, path: str) -> bytes:
        """What CluedIn answers, byte for byte."""
        form = {"grant_type": "password", "client_id": "contoso", "username": "admin@contoso.test"}
        form |= {"password": SECRETS["CLUEDIN_PASSWORD"]}
        token = self.http("POST", "/auth/connect/token", data=form)["access_token"]
        url = f"{self.url}/api/api/v1/accesscontrolpolicies{path}"
        return portal.get(url, headers={"authorization": f"Bearer {token}"}, timeout=30).content

    def codes(self) -> list[str]:
        """What a plan says."""
        return [one.code for one in self.plan().diagnostics]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    with running(seed="demo") as sandbox:
        yield World(tmp_path, sandbox)


# -- the cookbook ------------------------------------------------------------------------------------------


def test_the_cookbook_is_accepted_and_waits_until_members_are_named(made: World) -> None:
    roles = "      administrator: {name: Administrator, id: bb4e61ee-d10d-5c9e-9690-2c05302847ee}\n"
    made.edit("environments/sandbox.yaml", "      sales:", f"{roles}      sales:")
    made.write("policy.yaml", pasted())
    findings = made.session().draft().wishes().required().findings
    assert {one.code: one.severity for one in findings} == {
        "masking.members": "warning",
        "masking.whole": "warning",
        "masking.not_covered": "info",
    }
    plan = made.plan()
    assert plan.refused
    assert plan.changes == []
    with pytest.raises(RefusedError, match="It is for nobody, and waits"):
        made.apply()
    assert list(made.policies) == [TEMPLATE]
    made.write("policy.yaml", pasted("members: [{role: sales}]"))
    assert made.apply().complete
    assert made.actions() == []
    rules = made.policies["mask_email_default"]["rules"]
    assert [(rule["does"], [kind for kind, _ in rule["members"]]) for rule in rules] == [
        ("mask", ["role"]),
        ("view", ["role", "role"]),
    ]
    assert all(list(map(list, rule["scope"])) == [["key", "person.email"]] for rule in rules)
    assert made.policies["mask_email_default"]["isActive"] is False


def test_members_may_be_those_of_the_environment(made: World) -> None:
    made.edit("environments/sandbox.yaml", "    roles:", "    masked_members: [ada, {role: sales}]\n    roles:")
    made.write("policy.yaml", policy("one", "target: entity:Person.field:email"))
    assert made.apply().complete
    [rule] = made.policies["one"]["rules"]
    assert ("user", user_id("ada@example.com")) in map(tuple, rule["members"])


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (("keys: [person.email]", "effect: deny"), "masking.deny"),
        (("keys: [person.email]", "actions: [edit]"), "masking.edit"),
        (("keys: [person.email]", "effect: allow", "unless: [{role_in: [steward]}]"), "masking.unless"),
        (("keys: [person.email]", "policy: another"), "masking.name"),
        (("target: entity:Person.field:mail",), "masking.field"),
        (("target: entity:Persons.field:email",), "entity.unknown"),
        (("vocabulary: persons",), "masking.vocabulary"),
        (("keys: [person.email]", "unless: [{role_in: [Stewart]}]"), "member.role"),
        (("keys: [person.email]", "members: [nobody@example.com]"), "member.user"),
        (("keys: [person.mail]",), "key.unknown"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_written(made: World, lines: tuple[str, ...], code: str) -> None:
    more = () if any(line.startswith("members") for line in lines) else ("members: [{role: sales}]",)
    made.write("policy.yaml", policy("one", *lines, *more))
    try:
        plan = made.plan()
        assert plan.refused
        found = {one.code for one in plan.diagnostics if one.severity == "error"}
    except ReconcilerError as error:
        found = {one.code for one in error.diagnostics if one.severity == "error"}
    assert found == {code}
    assert made.writes() == []


# -- how policies are written --------------------------------------------------------------------------------


def test_without_the_policy_that_shows_it_nothing_is_written(made: World) -> None:
    made.write("policy.yaml", policy("one", "keys: [person.email]", "members: [{role: sales}]"))
    world = made.sandbox.cluedin._world
    shown = made.policies[TEMPLATE]
    for broken in (
        {**shown, "isActive": True},
        {**shown, "rules": shown["rules"][:1]},
        {**shown, "name": "another"},
        {**shown, "rules": [{**rule, "members": []} for rule in shown["rules"]]},
    ):
        world.put(POLICY, broken)
        assert "masking.template" in made.codes()
        assert made.plan().changes == []
    world.put(POLICY, shown)
    assert made.apply().complete


def test_types_and_names_are_those_of_the_server(tmp_path: Path) -> None:
    """They are others at each start: what one server took no other one takes."""
    seen = set()
    for number in range(3):
        with running(seed="demo") as sandbox:
            made = World(tmp_path / str(number), sandbox)
            made.write("policy.yaml", policy("one", "target: all", "effect: allow", "members: [ada]"))
            assert made.apply().complete
            id = made.policies["one"]["id"]
            seen.add(made.rest(f"/{id}").partition(b'"type":"CluedIn.')[2].partition(b'"')[0])
    assert len(seen) == 3
    assert b"" not in seen


# -- rows and what is not covered ----------------------------------------------------------------------------


def see(made: World, user: str, record: str) -> dict[str, Any]:
    """What somebody sees of a record in CluedIn."""
    return dict(made.http("GET", f"/_sandbox/cluedin/see?user={user}&record={record}"))


def switch_on(made: World) -> None:
    """Access control counts from now on."""
    world = made.sandbox.cluedin._world
    switch = next(one for one in world.all(SETTING) if one.get("group") == "Access Control")
    world.put(SETTING, {**switch, "value": "true"})


def test_who_sees_what_of_which_records(made: World) -> None:
    rows = "rows: [{key: user.email, operator: equals, value: sales-ops@example.com}]"
    lines = ("keys: [user.email]", "members: [ada]", rows, "active: true")
    made.write("policy.yaml", policy("one", *lines))
    assert see(made, "ada@example.com", "Ada") == {"user.email": "ada@example.com"}
    assert "masking.off" in made.codes()
    assert made.apply().complete
    switch_on(made)
    assert "masking.off" not in made.codes()
    assert see(made, "ada@example.com", "Ada") == {}
    assert see(made, "ada@example.com", "Sales Operations") == {"user.email": "****"}
    assert see(made, "sales-ops@example.com", "Sales Operations") == {}
    made.edit("policy.yaml", "keys: [user.email]", "keys: [user.email]\n  effect: allow")
    assert made.apply().complete
    assert see(made, "ada@example.com", "Sales Operations") == {"user.email": "sales-ops@example.com"}


def test_what_it_does_not_cover_is_said_in_the_plan(made: World) -> None:
    made.write("policy.yaml", policy("one", "keys: [person.email]", "members: [ada]"))
    made.write("another.yaml", policy("two", "keys: [person.email]", "members: [ada]"))
    made.write(
        "stream.yaml",
        """
        apiVersion: reconciler/v1
        kind: ExportContract
        metadata: {name: people_v1}
        spec:
          entity: /Person
          delivery:
            type: file-parquet
            connection: abfss://mdm@contosolake.dfs.core.windows.net
            path: exports/people_v1/
            schedule: daily
            target: {secrets: {AccountKey: {env: LAKE_KEY, version: "1"}}}
          columns: [{from: person.email}]
        """,
    )
    said = made.plan().diagnostics
    [whole] = [one for one in said if one.code == "masking.not_covered"]
    assert "streams and exports, clean projects, deduplication, hierarchies and manual merges" in whole.summary
    clear = [one.summary for one in said if one.code == "masking.exported"]
    assert len(clear) == 2
    assert "in clear in the ExportContract `people_v1`" in clear[0]


def test_other_policies_that_give_more_are_named(made: World) -> None:
    made.people_have("Everything for Ada", "view", ["person.email", "person.gender"])
    made.write("policy.yaml", policy("one", "keys: [person.email]", "members: [{role: sales}]"))
    [wider] = [one for one in made.plan().diagnostics if one.code == "masking.widened"]
    assert "`Everything for Ada` gives values of the same in clear, to ada@example.com" in wider.summary
    assert "masking.nothing_else" in made.codes()


# -- labels ------------------------------------------------------------------------------------------------

LABELLED = """
apiVersion: reconciler/v1
kind: LabelMap
metadata: {name: labels}
spec: {labels: {PII: {classification: CLUEDIN.PII}}}
---
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: guest}
spec:
  glossary: Enterprise
  term: {name: Guest}
  vocabulary: {name: Guest, key_prefix: guest, entity_type: {name: Guest, code: /Guest}}
  terms: [{name: Mail, key: mail, labels: [PII]}, {name: Room, key: room}]
"""


def needed(made: World) -> set[str]:
    """Labels that somebody has to approve for a plan, of policies."""
    changes = made.plan().changes
    return {word for one in changes if ".policy" in one.address for word in one.approvals}


def test_giving_more_of_a_labelled_key_needs_an_approval(made: World) -> None:
    made.write("guest.yaml", LABELLED)
    assert made.apply().complete
    made.write("policy.yaml", policy("one", "keys: [guest.mail]", "members: [ada, {role: sales}]"))
    assert needed(made) == {"PII"}
    with pytest.raises(ReconcilerError, match="PII"):
        made.apply()
    made.edit("environments/sandbox.yaml", "allow_disruptive: true", "allow_disruptive: true, approved_labels: [PII]")
    assert made.apply().complete
    made.edit("environments/sandbox.yaml", ", approved_labels: [PII]", "")
    made.write("policy.yaml", policy("one", "keys: [guest.mail]", "members: [{role: sales}]"))
    assert needed(made) == set(), "fewer members see less"
    made.write("policy.yaml", policy("one", "keys: [guest.mail]", "effect: allow", "members: [{role: sales}]"))
    assert needed(made) == {"PII"}, "in clear"


# -- beside others -----------------------------------------------------------------------------------------


def _everything_of_others(made: World, names: set[str]) -> dict[str, bytes]:
    return {name: made.rest(f"/{one['id']}") for name, one in made.policies.items() if name in names}


def estate_beside_others(made: World, seed: int) -> None:
    """Policies of people and of manifests in one order, which is changed: those of people are the same afterwards."""
    chance = random.Random(seed)
    keys = ["user.email", "person.email", "person.gender", "product.sku"]
    others = {f"Of people {number}" for number in range(chance.randint(1, 4))}
    ours = [f"ours-{number}" for number in range(chance.randint(2, 4))]
    for name in sorted(others | {f"gone {seed}"}, key=lambda _: chance.random()):
        does = chance.choice(["view", "mask", "edit"])
        made.people_have(name, does, chance.sample(keys, 2), active=chance.random() < 0.5)
    foreign = {*others, f"gone {seed}", TEMPLATE}
    before = _everything_of_others(made, foreign)
    for turn in range(2):
        chance.shuffle(ours)
        for at, name in enumerate(ours):
            lines = [
                f"keys: [{chance.choice(keys)}]",
                "members: [ada]",
                f"active: {str(chance.random() < 0.5).lower()}",
            ]
            lines += [f"after: [{ours[at - 1]}]"] if at and chance.random() < 0.7 else []
            made.write(f"{name}.yaml", policy(name, *lines))
        assert made.apply().complete, turn
        assert made.actions() == []
    for name in ours[1:]:
        (made.root / "manifests" / f"{name}.yaml").unlink()
    (made.root / "manifests" / f"{ours[0]}.yaml").unlink()
    removed = [one for one in made.plan(prune=True).changes if one.action in ("delete", "retire")]
    assert made.apply(prune=True, allow_deletes=len(removed)).complete
    assert _everything_of_others(made, foreign) == before


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.long) for n in range(2, 101))])
def test_policies_of_others_stay_byte_for_byte(made: World, seed: int) -> None:
    estate_beside_others(made, seed)


def test_a_list_has_those_that_somebody_made_in_between(made: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order is read just before it is written: one that came after the plan is in it."""
    from reconciler.resources.cluedin.policy_order import PolicyOrder

    made.write("a.yaml", policy("a", "keys: [user.email]", "members: [ada]"))
    assert made.apply().complete
    made.write("b.yaml", policy("b", "keys: [user.email]", "members: [ada]"))
    made.edit("a.yaml", "members: [ada]", "members: [ada]\n  after: [b]")
    send, late = PolicyOrder.send, []

    def delayed(self: PolicyOrder, cluedin: Any, rows: Any, order: Any) -> None:
        if not late:
            made.people_have("late", "view", ["user.email"])
            late.append(made.policies["late"])
        send(self, cluedin, rows, order)

    monkeypatch.setattr(PolicyOrder, "send", delayed)
    assert made.apply().complete
    assert made.actions() == []
    assert late
    assert {**made.policies["late"]} == late[0]
    order = sorted(made.policies.values(), key=lambda one: one["order"])
    assert [one["name"] for one in order].index("b") < [one["name"] for one in order].index("a")

"""Several environments and repositories on one Purview: what one claims is refused to the others."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.claims import register, stake
from reconciler.claims.register import CLAIM, NAME, REGISTER
from reconciler.claims.stake import Stake
from reconciler.desired.wishes import draft
from reconciler.diff import Options
from reconciler.doctor import examine
from reconciler.errors import ReconcilerError, RefusedError
from reconciler.ledger import LocalLedger
from reconciler.plan import Plan
from reconciler.resources.purview.entity import Entity
from reconciler.systems.purview import Purview
from reconciler.workflow import Session, make_plan

from ..support import Project, project
from ..support_git import git, repository

GLOSSARY = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: customer}
spec:
  glossary: Words
  term: {name: Customer, definition: Who buys.}
  vocabulary: {name: Customer, key_prefix: customer, entity_type: {name: Customer, code: /Customer}}
  terms: [{name: Email, key: email, definition: Where we write to.}]
"""
ATLAS = "/datamap/api/atlas/v2"
NOT_YOURS = {"status": 403, "body": {"error": {"code": "Unauthorized", "message": "Not authorized"}}}


@pytest.fixture
def first(tmp_path: Path) -> Iterator[Project]:
    """A project that is applied: it claims the prefix `cluedin`, the glossary Words, the key prefix customer."""
    with project(tmp_path / "first", seed="empty") as made:
        made.write("glossary/customer.yaml", GLOSSARY)
        assert made.apply().complete
        yield made


def another(first: Project, name: str = "second") -> Project:
    """Another project on the same systems with the same manifests."""
    made = Project(first.root.parent / name, first.url, first.lag_ms)
    made.write("glossary/customer.yaml", GLOSSARY)
    return made


def apart(first: Project, name: str = "second") -> Project:
    """Another project that has nothing in common with the first."""
    made = another(first, name)
    prefixed(made, name)
    made.edit("glossary/customer.yaml", "glossary: Words", f"glossary: Words of {name}")
    made.edit("glossary/customer.yaml", "key_prefix: customer", f"key_prefix: {name}")
    made.edit("glossary/customer.yaml", "{name: Customer, key_prefix", f"{{name: Customer of {name}, key_prefix")
    made.edit("glossary/customer.yaml", "code: /Customer", f"code: /{name.capitalize()}")
    return made


def prefixed(made: Project, prefix: str) -> None:
    made.edit(
        "environments/sandbox.yaml",
        "collection: contoso-purview",
        f"name_prefix: {prefix}\n    collection: contoso-purview",
    )


def scoped(made: Project, scope: str) -> None:
    made.edit("environments/sandbox.yaml", "  policy:", f"  scope: {scope}\n  policy:")


def codes(plan: Plan, severity: str = "error") -> list[str]:
    return [one.code for one in plan.diagnostics if one.severity == severity]


def held(plan: Plan) -> str:
    """The one sentence that refuses a plan."""
    [one] = [one for one in plan.diagnostics if one.code == "claim.held"]
    assert plan.exit_code == 4
    return one.summary


def claims(made: Project) -> list[dict[str, Any]]:
    """The claims as Purview keeps them, by environment and prefixes."""
    found = made.http("GET", f"{ATLAS}/entity/bulk/uniqueAttribute/type/{REGISTER}?attr_0:qualifiedName={NAME}")
    return [one["attributes"] for one in found["referredEntities"].values() if one.get("status") != "DELETED"]


def state(made: Project) -> dict[str, Any]:
    return made.http("GET", "/_sandbox/state")  # type: ignore[no-any-return]


def purview_entities(made: Project, type_name: str) -> dict[str, Any]:
    """The entities of one type by guid."""
    entities = state(made)["purview"]["entity"]
    return {guid: one for guid, one in entities.items() if one["typeName"] == type_name}


def refused(made: Project, **options: Any) -> RefusedError:
    """An apply is refused, and nothing of the systems changes."""
    before = state(made)
    with pytest.raises(RefusedError) as caught:
        made.apply(**options)
    assert state(made) == before
    return caught.value


# -- what is refused ---------------------------------------------------------------------------------------------


def test_another_repository_of_the_same_prefix_is_refused_and_told_who_holds_it(first: Project) -> None:
    second = another(first)
    summary = held(second.plan())
    assert summary.startswith("first, environment sandbox, has held the name prefix `cluedin`")
    assert "the glossary `Words`" in summary
    assert "the key prefix `customer` since 20" in summary
    [finding] = refused(second).diagnostics
    assert finding.summary == summary
    assert "purview.name_prefix" in finding.detail
    assert "--takeover" in finding.detail
    refused(second, skip_refused=True)
    assert first.actions() == []


@pytest.mark.parametrize(
    ("same", "words"), [("prefix", "the name prefix `cluedin`"), ("glossary", "the glossary `Words`")]
)
def test_one_thing_in_common_is_enough(first: Project, same: str, words: str) -> None:
    second = another(first)
    second.edit("glossary/customer.yaml", "key_prefix: customer", "key_prefix: second")
    if same == "glossary":
        prefixed(second, "second")
    else:
        second.edit("glossary/customer.yaml", "glossary: Words", "glossary: Others")
    assert f"has held {words} since" in held(second.plan())


def test_key_prefixes_of_one_cluedin(first: Project) -> None:
    second = apart(first)
    second.edit("glossary/customer.yaml", "key_prefix: second", "key_prefix: CUSTOMER")
    assert "has held the key prefix `CUSTOMER` since" in held(second.plan())


def test_a_declared_scope_is_claimed_as_a_whole(tmp_path: Path) -> None:
    with project(tmp_path / "first", seed="empty") as first:
        first.write("glossary/customer.yaml", GLOSSARY)
        scoped(first, "{purview: {glossaries: ['W*'], collections: [contoso-purview/MDM/*]}}")
        assert first.apply().complete
        second = apart(first)
        assert "has held the glossary `Words of second` since" in held(second.plan())
        second.edit("glossary/customer.yaml", "glossary: Words of second", "glossary: Others")
        assert codes(second.plan()) == [], "a collection is shared where only one declares it"
        scoped(second, "{purview: {glossaries: [Others], collections: [contoso-purview/MDM/CluedIn]}}")
        assert "has held the collection `contoso-purview/MDM/CluedIn` since" in held(second.plan())


def test_two_environments_of_one_repository_whose_prefixes_are_one(first: Project) -> None:
    """Of two environment files a check offline says it; of two branches of one repository only the claim does."""
    second = another(first)
    text = (second.root / "manifests/environments/sandbox.yaml").read_text(encoding="utf-8")
    (second.root / "manifests/environments/sandbox.yaml").unlink()
    second.write("environments/test.yaml", text.replace("metadata: {name: sandbox}", "metadata: {name: test}"))
    assert held(make_plan(Session(second.root, "test", second.env), Options()))


# -- what is not -------------------------------------------------------------------------------------------------


def test_disjoint_environments_work_side_by_side(first: Project) -> None:
    second = apart(first)
    assert codes(second.plan(), "warning") == []
    assert second.apply().complete
    assert {tuple(one["name_prefixes"]) for one in claims(first)} == {("cluedin",), ("second",)}
    for made in (first, second):
        before = len(made.writes())
        assert made.actions() == []
        assert made.apply().complete
        assert len(made.writes()) == before, "a claim that is in order is not written again"


def test_the_claim_is_no_part_of_a_plan(first: Project) -> None:
    plan = first.plan()
    assert (plan.changes, plan.orphans, plan.diagnostics) == ([], [], [])
    assert "takeover" not in plan.as_dict()["options"]
    digest = plan.digest
    guid = next(iter(purview_entities(first, CLAIM)))
    first.http("DELETE", f"{ATLAS}/entity/guid/{guid}")
    assert first.plan().digest == digest
    assert first.plan(prune=True).changes == []


def test_a_plan_costs_one_request_more(first: Project) -> None:
    def reads() -> int:
        return sum(REGISTER in one["path"] for one in first.requests())

    before = reads()
    first.plan()
    assert reads() == before + 1
    assert first.apply().complete
    assert reads() == before + 2, "an apply that has nothing to do looks once too"


def test_a_read_only_environment_claims_nothing_and_is_not_refused(first: Project) -> None:
    second = another(first)
    (second.root / "manifests/glossary/customer.yaml").unlink()
    scoped(second, "{purview: {glossaries: [Words], read_only: true}, cluedin: {read_only: true}}")
    assert not [one for one in second.plan().diagnostics if one.code.startswith("claim.")]
    assert second.apply().complete
    assert len(claims(first)) == 1


def test_nothing_claimed_yet_is_no_error(tmp_path: Path) -> None:
    """The types of claims are made by the first apply: a plan only reads, and an unknown type is no claim."""
    with project(tmp_path / "first", seed="empty") as first:
        first.write("glossary/customer.yaml", GLOSSARY)
        assert not [one for one in first.plan().diagnostics if one.code.startswith("claim.")]
        assert first.writes() == []


# -- what becomes of a claim -------------------------------------------------------------------------------------


def test_what_people_deleted_is_claimed_again(first: Project) -> None:
    for type_name in (CLAIM, REGISTER):
        [guid] = purview_entities(first, type_name)
        first.http("DELETE", f"{ATLAS}/entity/guid/{guid}")
        first.settle()
        assert first.apply().complete
        [claim] = claims(first)
        assert claim["glossaries"] == ["Words"]


def test_what_is_removed_is_free_for_others(first: Project) -> None:
    """The claim goes with the last of what is owned, at the end of that apply; an apply after it has nothing to do."""
    first.edit("environments/sandbox.yaml", "  policy: {", "  policy: {guards: {deletes_all: 1000}, ")
    (first.root / "manifests/glossary/customer.yaml").unlink()
    removed = first.plan(prune=True).summary
    result = first.apply(prune=True, allow_deletes=removed["delete"] + removed["retire"])
    assert [str(one) for one in result.diagnostics] == []
    assert claims(first) == []
    count = len(first.writes())
    assert first.apply().complete
    assert len(first.writes()) == count
    assert codes(another(first).plan()) == []


def test_a_claim_grows_with_the_manifests_and_shrinks_when_they_let_go(first: Project) -> None:
    first.write(
        "glossary/more.yaml", GLOSSARY.replace("customer", "more").replace("Words", "More").replace("Customer", "More")
    )
    assert first.apply().complete
    assert claims(first)[0]["glossaries"] == ["More", "Words"]
    since = claims(first)[0]["since"]
    second = apart(first)
    second.edit("glossary/customer.yaml", "glossary: Words of second", "glossary: More")
    assert "the glossary `More`" in held(second.plan())
    assert claims(first)[0]["since"] == since


# -- takeover ----------------------------------------------------------------------------------------------------


def test_a_takeover_replaces_the_claim_and_the_other_is_refused_from_then_on(first: Project) -> None:
    second = another(first)
    plan = second.plan(takeover=True)
    assert codes(plan) == []
    [said] = [one for one in plan.diagnostics if one.code == "claim.takeover"]
    assert "will be taken over from first, environment sandbox" in said.summary
    assert plan.as_dict()["options"]["takeover"] is True
    assert plan.digest != second.plan().digest
    assert len(claims(first)) == 1, "a plan takes nothing"
    assert second.apply(takeover=True, adopt="matching").complete
    [claim] = claims(first)
    assert claim["repository"] == "second"
    audit = (second.root / ".reconciler/audit/sandbox.jsonl").read_text(encoding="utf-8").splitlines()
    [line] = [one for one in map(json.loads, audit) if one["event"] == "takeover"]
    assert line["repository"] == "first"
    assert "the name prefix `cluedin`" in line["claims"]
    assert second.actions() == []
    assert held(first.plan()).startswith("second, environment sandbox")
    refused(first)


def test_what_is_taken_over_is_held_since_then_and_not_since_something_else_was(first: Project) -> None:
    second = apart(first)
    assert second.apply().complete
    [before] = [one["since"] for one in claims(first) if one["repository"] == "second"]
    second.edit("glossary/customer.yaml", "glossary: Words of second", "glossary: Words")
    assert second.apply(takeover=True, adopt="overwrite", skip_refused=True).wrote
    [after] = [one["since"] for one in claims(first) if one["repository"] == "second"]
    assert after > before


def test_a_takeover_leaves_disjoint_claims_alone(first: Project) -> None:
    other = apart(first, "other")
    assert other.apply().complete
    assert another(first).apply(takeover=True).complete
    assert {tuple(one["name_prefixes"]) for one in claims(first)} == {("cluedin",), ("other",)}


# -- lost ledgers ------------------------------------------------------------------------------------------------


def test_who_lost_the_ledger_is_told_and_not_locked_out(first: Project) -> None:
    (first.root / ".reconciler/ledger/sandbox.jsonl").unlink()
    plan = first.plan()
    assert codes(plan) == []
    assert "claim.other_ledger" in codes(plan, "warning")
    assert first.apply().complete
    assert len(claims(first)) == 1
    assert first.plan().diagnostics == []


def test_a_folder_of_the_same_name_elsewhere_proves_nothing(first: Project) -> None:
    assert held(another(first, "elsewhere/first").plan()).startswith("first, environment sandbox")


def test_another_clone_of_the_same_remote_is_the_same_project(tmp_path: Path) -> None:
    with project(tmp_path / "first", seed="empty") as first:
        first.write("glossary/customer.yaml", GLOSSARY)
        cloned(first, "https://ada:a-secret-token@git.example/acme/mdm.git")
        assert first.apply().complete
        assert claims(first)[0]["repository"] == "git.example/acme/mdm"
        assert "a-secret-token" not in json.dumps(state(first))
        second = another(first)
        cloned(second, "git@git.example:acme/mdm.git")
        assert codes(second.plan()) == []
        assert "claim.other_ledger" in codes(second.plan(), "warning")
        fork = another(first, "fork")
        cloned(fork, "https://git.example/bob/mdm")
        assert held(fork.plan()).startswith("git.example/acme/mdm, environment sandbox")


def cloned(made: Project, remote: str) -> None:
    repository(made.root)
    git(made.root, "remote", "add", "origin", remote)
    made.edit("environments/sandbox.yaml", "  policy:", "  ledger: {path: ledger.jsonl}\n  policy:")


# -- two at once -------------------------------------------------------------------------------------------------


def test_who_comes_between_reading_and_writing_is_seen(first: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan saw no claim; the look under the lock does."""
    second, third = another(first, "second"), another(first, "third")
    for made in (second, third):
        prefixed(made, "shared")
        made.edit("glossary/customer.yaml", "glossary: Words", "glossary: Shared")
        made.edit("glossary/customer.yaml", "key_prefix: customer", "key_prefix: shared")
        made.edit("glossary/customer.yaml", "{name: Customer, key_prefix", "{name: Shared, key_prefix")
    look = Stake.look

    def late(self: Stake) -> None:
        look(self)
        monkeypatch.setattr(Stake, "look", look)
        assert third.apply().complete

    monkeypatch.setattr(Stake, "look", late)
    with pytest.raises(RefusedError, match="third, environment sandbox, has held the name prefix `shared`"):
        second.apply()
    assert {one["repository"] for one in claims(first)} == {"first", "third"}


@pytest.mark.parametrize("had_one", [False, True], ids=["first claim", "a larger one"])
def test_of_two_that_claim_at_once_not_both_win(first: Project, monkeypatch: pytest.MonkeyPatch, had_one: bool) -> None:
    """Both looked before either wrote: who sees the other's claim when reading its own back withdraws."""
    second, third = apart(first, "second"), apart(first, "third")
    if had_one:
        assert second.apply().complete
    for made, name in ((second, "second"), (third, "third")):
        made.edit("glossary/customer.yaml", f"glossary: Words of {name}", "glossary: Shared")
    write, done = register.write, []

    def late(purview: Purview, claim: register.Claim, *, exists: bool) -> None:
        if not done:
            done.append(True)
            assert third.apply().complete
        write(purview, claim, exists=exists)

    monkeypatch.setattr(stake, "write", late)
    with pytest.raises(
        RefusedError, match="third, environment sandbox, claims the glossary `Shared` at the same moment"
    ):
        second.apply()
    left = {one["repository"]: one["glossaries"] for one in claims(first)}
    assert left.pop("third") == ["Shared"]
    assert left == {"first": ["Words"]} | ({"second": ["Words of second"]} if had_one else {})


def test_a_claim_that_is_taken_while_it_is_laid_stops_the_apply(
    first: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = apart(first)
    monkeypatch.setattr(stake, "SETTLES", 0.3)
    monkeypatch.setattr(stake, "write", lambda purview, claim, *, exists: None)
    before = state(first)
    with pytest.raises(ReconcilerError, match="does not show, so nothing is written"):
        second.apply()
    assert state(first) == before


# -- rights ------------------------------------------------------------------------------------------------------


def test_who_may_not_read_claims_is_warned(first: Project) -> None:
    first.http("POST", "/_sandbox/faults", json={"path": REGISTER, **NOT_YOURS})
    assert "claim.unreadable" in codes(first.plan(), "warning")
    assert codes(first.plan()) == []


def test_who_may_not_write_claims_applies_all_the_same(tmp_path: Path) -> None:
    with project(tmp_path / "first", seed="empty") as first:
        first.write("glossary/customer.yaml", GLOSSARY)
        first.http(
            "POST", "/_sandbox/faults", json={"path": "types/typedefs$", "method": "POST", "times": 1, **NOT_YOURS}
        )
        assert first.apply().complete
        assert purview_entities(first, CLAIM) == {}
        assert first.apply().complete
        assert len(purview_entities(first, CLAIM)) == 1


def test_doctor_says_who_claims_what(first: Project) -> None:
    other = apart(first, "other")
    assert other.apply().complete
    second = another(first)

    def told(made: Project) -> list[tuple[str, str]]:
        environment = draft(made.root, "sandbox", made.env).environment
        checks = examine(made.root, "sandbox", environment, made.env)
        return [(one.code, one.found) for one in checks if one.code.startswith("claim.")]

    assert [code for code, _ in told(first)] == ["claim.own", "claim.others"]
    by_code = dict(told(second))
    assert "this environment shares the name prefix `cluedin` with it" in by_code["claim.held"]
    assert by_code["claim.others"].startswith("other, environment sandbox, has claimed the name prefix `other`")


def test_git_is_not_needed(first: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: Any, **__: Any) -> None:
        raise FileNotFoundError("git")

    monkeypatch.setattr(subprocess, "run", missing)
    assert first.plan().diagnostics == []


# -- without a claim ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("description", ["", "Made by others."], ids=["alike", "otherwise"])
def test_what_others_made_between_our_look_and_our_write_stays_theirs(
    first: Project, monkeypatch: pytest.MonkeyPatch, description: str
) -> None:
    """Somebody without claims makes an entity of our name: the write goes to theirs, which we do not delete later."""
    second = apart(first)
    key = "cluedin_entity/second.entity.Second"
    create = Entity.create_many

    def late(self: Entity, purview: Purview, writes: Any) -> Any:
        if any(write.key == key for write in writes):
            [ours] = [write.values for write in writes if write.key == key]
            attributes = {"qualifiedName": "second.entity.Second", "name": ours["name"], "entity_type_code": "/Second"}
            attributes |= {"description": description} if description else {}
            body = {"entities": [{"typeName": "cluedin_entity", "guid": "-1", "attributes": attributes}]}
            first.http("POST", f"{ATLAS}/entity/bulk", json=body)
        return create(self, purview, writes)

    monkeypatch.setattr(Entity, "create_many", late)
    assert second.apply().complete
    ledger = LocalLedger(second.root / ".reconciler/ledger/sandbox.jsonl", "sandbox").load()
    assert ledger.entries[f"purview.entity:{key}"].how == "adopted"
    assert {entry.how for entry in ledger.entries.values() if ".term:" in entry.address} == {"created"}
    (second.root / "manifests/glossary/customer.yaml").unlink()
    assert ("forget", f"purview.entity:{key}") in second.actions(prune=True)


@pytest.mark.parametrize("settings", [{"lag_ms": 120}, {"normalise": True}], ids=["lagging", "normalising"])
def test_on_systems_that_lag_or_keep_a_form_of_their_own(tmp_path: Path, settings: dict[str, Any]) -> None:
    with project(tmp_path / "first", seed="empty", **settings) as first:
        first.write("glossary/customer.yaml", GLOSSARY)
        assert first.apply().complete
        count = len(first.writes())
        assert first.apply().complete
        assert len(first.writes()) == count
        assert held(another(first).plan())

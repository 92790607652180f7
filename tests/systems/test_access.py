"""`doctor --access` and `verify_sign_in`: which claims the manifests take, who holds them, and who holds too much."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.doctor import shipped_roles
from reconciler.doctor.access import LOOKS
from reconciler.doctor.needs import needs_of
from reconciler.doctor.shipped_roles import ROLES, levels_of
from reconciler.questions import Question
from reconciler.resources import types
from reconciler.resources.rights import CLAIMS, LEVELS
from reconciler_sandbox.cluedin import claims as served
from reconciler_sandbox.sign_in import ADMIN

from ..support import ACCOUNTABLE, Project, project
from .conftest import CONCEPT, Ran

Run = Callable[..., Ran]
INFORMED = "informed@contoso.test"


@pytest.fixture
def strict(tmp_path: Path, clean: pytest.MonkeyPatch) -> Iterator[Project]:
    """A project on a sandbox that is strict about claims; who applies holds all of them."""
    with project(tmp_path, strict_claims=True) as made:
        for name, value in made.env.items():
            clean.setenv(name, value)
        made.write("customer.yaml", CONCEPT)
        yield made


def verify_with(made: Project, user: str) -> None:
    old = f"sign_in: {{user: {ACCOUNTABLE}, password: {{env: CLUEDIN_PASSWORD}}}}"
    new = f"verify_sign_in: {{user: {user}, password: {{env: CLUEDIN_PASSWORD}}}}"
    made.edit("environments/sandbox.yaml", old, f"{old}\n    {new}")


def holds(made: Project, user: str, **claims: str) -> None:
    made.http("PUT", "/_sandbox/settings", json={"claims": {user: claims}})


def told(ran: Ran) -> dict[str, list[str]]:
    """What is said of access, by code."""
    found: dict[str, list[str]] = {}
    for check in ran.json["checks"]:
        if check["code"].startswith("access."):
            found.setdefault(check["code"], []).append(check["summary"])
    return found


def waiting(ran: Ran) -> int:
    """How much of a plan waits, as what it needs could not be read."""
    return int(json.loads(ran.out)["summary"]["blocked"])


def access(run: Run) -> Ran:
    return run("doctor", "--access", "--format", "json")


def test_what_the_manifests_take_is_told(strict: Project, run: Run) -> None:
    found = told(access(run))
    level = "an apply takes Accountable (Consulted where it owns what it writes); a plan takes Informed"
    assert found["access.needed"] == [
        f"{area}: {level}" for area in ("Admin: Entity Types", "Management: Data Catalog")
    ]
    assert len(found["access.one_account"]) == 1
    assert "access." not in run("doctor").out


def test_it_writes_nothing(strict: Project, run: Run) -> None:
    verify_with(strict, INFORMED)
    ran = access(run)
    assert (ran.code, strict.writes()) == (0, [])
    assert set(told(ran)) == {"access.needed", "access.held"}


def test_a_claim_that_lacks_is_told_with_what_to_do(strict: Project, run: Run) -> None:
    holds(strict, ACCOUNTABLE, **{"management.glossary": "Accountable", "admin.entitytypes": "Accountable"})
    ran = access(run)
    assert ran.code == 1
    [check] = [one for one in ran.json["checks"] if one["code"] == "access.missing"]
    assert "may not read what is behind Management: Data Catalog" in check["summary"]
    assert check["detail"] == f"Give {ACCOUNTABLE} the claim Management: Data Catalog at level Accountable."
    assert len(told(ran)["access.held"]) == 1


@pytest.mark.parametrize("code", ["access.too_much", "access.same_account", "access.missing"])
def test_who_only_looks_is_to_hold_no_more_than_that(strict: Project, run: Run, code: str) -> None:
    user = {"access.too_much": ADMIN, "access.same_account": ACCOUNTABLE, "access.missing": INFORMED}[code]
    verify_with(strict, user)
    if code == "access.missing":
        holds(strict, INFORMED, **{"management.glossary": "Informed", "admin.entitytypes": "Informed"})
    ran = access(run)
    assert ran.code == 1
    assert [code for code in told(ran) if code not in ("access.needed", "access.held")] == [code]


def test_roles_that_cluedin_comes_with_tell_their_levels(strict: Project, run: Run) -> None:
    """A data steward reads entity types and makes none; what others own in the catalogue waits for them."""
    strict.edit("environments/sandbox.yaml", ACCOUNTABLE, "ada@example.com")
    ran = access(run)
    assert ran.code == 1
    found = told(ran)
    assert found["access.reads_only"] == [
        "apply: ada@example.com holds Admin: Entity Types at level Informed by its roles, of Accountable"
    ]
    assert found["access.waits"] == [
        "apply: ada@example.com holds Management: Data Catalog at level Consulted by its roles"
    ]


def test_an_administrator_for_nothing_is_too_much(strict: Project, run: Run) -> None:
    strict.edit("environments/sandbox.yaml", ACCOUNTABLE, ADMIN)
    (strict.root / "manifests/customer.yaml").unlink()
    ran = access(run)
    assert (ran.code, told(ran)["access.too_much"]) == (
        1,
        [f"{ADMIN} is OrganizationAdmin, and these manifests write nothing to CluedIn"],
    )


def test_a_plan_signs_in_as_who_only_looks(strict: Project, run: Run) -> None:
    """An apply of what it showed does not: it is the same plan, made by the other account."""
    verify_with(strict, INFORMED)
    assert run("plan", "--out", str(strict.root / "plan.json")).code == 0
    holds(strict, INFORMED)
    assert waiting(run("plan", "--format", "json")) > 0
    assert run("apply", str(strict.root / "plan.json"), "--yes").code == 0
    assert strict.actions() == []
    holds(strict, ACCOUNTABLE)
    assert waiting(run("plan", "--format", "json")) == 0
    assert waiting(run("drift", "--format", "json")) == 0
    assert "cluedin refused" in run("apply", "--yes").out


# -- what is told of claims holds together ---------------------------------------------------------------------------


def test_every_claim_is_known_to_the_sandbox() -> None:
    assert set(CLAIMS.values()) <= served.CLAIMS
    assert LOOKS.keys() == CLAIMS.keys() - {"Admin: Provider Management"}


def test_every_type_and_question_names_claims_that_there_are() -> None:
    named = [type.claims for type in types().values()]
    named += [question.claims for question in _subclasses(Question)]
    assert {area for claims in named for area in claims} <= CLAIMS.keys()
    assert {level for claims in named for level in claims.values()} <= set(LEVELS)
    without = {name for name, type in types().items() if type.system == "cluedin" and not type.right.area}
    assert without == {"cluedin.owners"}, "owners take the claim of what they own"
    assert {type.right.area for type in types().values() if type.right.area} <= CLAIMS.keys()


def _subclasses(base: type[Question]) -> list[type[Question]]:
    return [one for child in base.__subclasses__() for one in (child, *_subclasses(child))]


def test_the_higher_of_two_roles_counts() -> None:
    assert levels_of(["DataSteward", "DataGovernanceAdministrator"]) == {
        **dict.fromkeys(CLAIMS.keys() - shipped_roles._UNREAD, "None"),
        **ROLES["DataSteward"],
        **dict.fromkeys(("Management: Annotation", "Management: Data Catalog", "Management: Glossary"), "Accountable"),
    }
    assert levels_of(["DataSteward", "Ours"]) is None
    assert levels_of([]) is None


def test_needs_are_those_of_what_is_written(strict: Project) -> None:
    found: Any = needs_of(strict.session().draft())
    assert found.writes
    (strict.root / "manifests/customer.yaml").unlink()
    assert not needs_of(strict.session().draft()).writes

"""`drift --accept`: what people changed is written into the manifests, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ..support import SECRETS, Project
from .conftest import Ran

Run = Callable[..., Ran]
EMAIL = "purview.term:Enterprise/Party/Customer/Email"
CUSTOMER = "purview.term:Enterprise/Party/Customer"
GLOSSARY = "manifests/glossary/customer.yaml"


def manifests(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted((root / "manifests").rglob("*.yaml"))}


def edit(example: Project, own: str, **fields: str) -> None:
    """What somebody does in Purview's portal."""
    example.edit_term(example.terms("Enterprise")[own]["guid"], **fields)


def test_all_drift_is_accepted_and_a_plan_has_nothing_to_do(example: Project, run: Run, tmp_path: Path) -> None:
    """Comments, quotes and line ends stay."""
    path = tmp_path / GLOSSARY
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert run("apply", "--yes").code == 0
    before = manifests(tmp_path)
    edit(example, "Email", longDescription="Where they read mail: first.")
    edit(example, "Customer", longDescription="Whoever buys # here.", abbreviation="CU")
    ran = run("drift", "--accept")
    assert ran.code == 0, ran.err
    assert f"{EMAIL} definition  {GLOSSARY}:" in ran.out
    assert "3 fields accepted" in ran.out
    after = manifests(tmp_path)
    assert [name for name in after if after[name] != before[name]] == [GLOSSARY]
    changed = [new for new in after[GLOSSARY].split(b"\n") if new not in before[GLOSSARY].split(b"\n")]
    assert changed == [
        b'    definition: "Whoever buys # here."\r',
        b"    abbreviation: CU\r",
        b'      definition: "Where they read mail: first."\r',
    ]
    assert len(after[GLOSSARY].split(b"\n")) == len(before[GLOSSARY].split(b"\n"))
    assert run("plan", "--detailed-exitcode").code == 0
    assert run("drift", "--accept").out == "Nothing has drifted.\n"


def test_only_what_is_named(example: Project, run: Run, tmp_path: Path) -> None:
    assert run("apply", "--yes").code == 0
    before = manifests(tmp_path)
    edit(example, "Email", longDescription="Edited by hand.")
    edit(example, "Customer", longDescription="Edited, too.", abbreviation="CU")
    ran = run("drift", "--accept", f"{CUSTOMER}#abbreviation", "--format", "json")
    assert ran.code == 0
    told = json.loads(ran.out)
    assert [(one["address"], one["path"]) for one in told["accepted"]] == [(CUSTOMER, "abbreviation")]
    assert manifests(tmp_path)[GLOSSARY] == before[GLOSSARY].replace(b"CUST\n", b"CU\n")
    ran = run("drift", "--accept", EMAIL, f"{CUSTOMER}/Nowhere")
    assert ran.code == 1
    assert f"{CUSTOMER}/Nowhere has not drifted" in ran.out
    assert b"definition: Edited by hand." in manifests(tmp_path)[GLOSSARY]
    assert b"Edited, too" not in manifests(tmp_path)[GLOSSARY]


@pytest.mark.long
def test_what_one_document_does_not_say_alone(example: Project, run: Run, tmp_path: Path) -> None:
    """A variable is told with its place; a default of the folder stays, and the document says otherwise from now on."""
    example.edit("glossary/customer.yaml", "Primary contact address.", '"${var.ADDRESS}"')
    example.edit("environments/sandbox.yaml", "variables:\n", "variables:\n    ADDRESS: Primary contact address.\n")
    example.edit("glossary/customer.yaml", "    abbreviation: CUST\n", "")
    defaults = "apiVersion: reconciler/v1\nkind: Defaults\nspec: {GlossaryMapping: {term: {abbreviation: CUST}}}\n"
    example.write("glossary/defaults.yaml", defaults)
    assert run("apply", "--yes").code == 0
    before = manifests(tmp_path)
    edit(example, "Email", longDescription="Edited by hand.")
    edit(example, "Customer", abbreviation="CU")
    ran = run("drift", "--accept")
    assert ran.code == 0
    assert "it is written with a variable at manifests/glossary/customer.yaml:" in ran.out
    after = manifests(tmp_path)
    assert [name for name in after if after[name] != before[name]] == [GLOSSARY]
    assert after[GLOSSARY].replace(b"    abbreviation: CU\n", b"", 1) == before[GLOSSARY]
    assert "Error" not in ran.out, "nothing that was asked for has failed"
    assert "Warning" in ran.out
    assert run("drift", "--accept", "--detailed-exitcode").code == 2
    assert run("drift", "--accept", EMAIL).code == 1
    assert manifests(tmp_path) == after


def test_a_conflict_is_accepted_only_by_name(example: Project, run: Run, tmp_path: Path) -> None:
    assert run("apply", "--yes").code == 0
    edit(example, "Email", longDescription="Edited by hand.")
    example.edit("glossary/customer.yaml", "Primary contact address.", "Edited in Git.")
    before = manifests(tmp_path)
    assert "it was changed in the manifest as well" in run("drift", "--accept").out
    assert manifests(tmp_path) == before
    assert run("drift", "--accept", EMAIL).code == 0
    assert manifests(tmp_path)[GLOSSARY] == before[GLOSSARY].replace(b"Edited in Git.", b"Edited by hand.")
    assert run("plan", "--detailed-exitcode").code == 0


@pytest.mark.parametrize("text", [SECRETS["LAKE_KEY"], "of ${var.ADDRESS} and $${x}", "{env: CLUEDIN_PASSWORD}"])
def test_text_of_a_portal_is_only_text(example: Project, run: Run, tmp_path: Path, text: str) -> None:
    """A secret of this run is not written; what looks like a variable or a reference is text, or is not accepted."""
    assert run("apply", "--yes").code == 0
    before = manifests(tmp_path)
    edit(example, "Email", longDescription=text)
    ran = run("drift", "--accept", EMAIL)
    if text == SECRETS["LAKE_KEY"]:
        assert ran.code == 1
        assert "a secret of this run stands in it" in ran.out
        assert text not in ran.out + ran.err
        assert manifests(tmp_path) == before
    else:
        assert ran.code == 0, ran.out
        assert run("plan", "--detailed-exitcode").code == 0
    assert SECRETS["LAKE_KEY"].encode() not in b"".join(manifests(tmp_path).values())


def test_people_are_named(example: Project, run: Run) -> None:
    """Of somebody who was taken off a term the name is told beside the id."""
    assert run("apply", "--yes").code == 0
    term = example.terms("Enterprise")["Customer"]
    path = f"/datamap/api/atlas/v2/glossary/term/{term['guid']}?includeTermHierarchy=true"
    live = example.http("GET", path) | {"contacts": {}}
    example.http("PUT", path, json={name: value for name, value in live.items() if name != "lastModifiedTS"})
    ran = run("drift", "--accept")
    assert ran.code == 0, ran.err
    for alias in ("ada", "sales-ops"):
        assert f"] ({alias}) is not accepted: it is one of a list of members" in ran.out, ran.out


def test_how_it_is_used(example: Project, run: Run) -> None:
    assert "addresses are only for --accept" in run("drift", EMAIL).err
    assert "--accept reports as text or json" in run("drift", "--accept", "--format", "html").err


def test_a_value_that_people_cleared_is_empty_in_the_manifest(example: Project, run: Run, tmp_path: Path) -> None:
    """It stays managed: a field that is not mentioned would be nobody's."""
    assert run("apply", "--yes").code == 0
    before = manifests(tmp_path)
    edit(example, "Email", longDescription="")
    assert run("drift", "--accept", EMAIL).code == 0
    assert manifests(tmp_path)[GLOSSARY] == before[GLOSSARY].replace(
        b"definition: Primary contact address.", b'definition: ""'
    )
    assert run("plan", "--detailed-exitcode").code == 0


def test_what_people_deleted_or_renamed_is_told(example: Project, run: Run, tmp_path: Path) -> None:
    assert run("apply", "--yes").code == 0
    before = manifests(tmp_path)
    terms = example.terms("Enterprise")
    example.http("DELETE", f"/datamap/api/atlas/v2/glossary/term/{terms['Updated At']['guid']}")
    ran = run("drift", "--accept", "purview.term:Enterprise/Party/Customer/Updated At")
    assert ran.code == 1
    assert "it was deleted in the system" in ran.out
    assert manifests(tmp_path) == before

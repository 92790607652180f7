"""Names that look like what is there: named, never doubled in silence; one name in two forms of Unicode is one."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from reconciler.diff import Options
from reconciler.errors import ManifestError, RefusedError
from reconciler.report import text
from reconciler.workflow import Approval, apply_plan

from ..support import ENVIRONMENT, Project, project
from .conftest import Recorder

pytestmark = pytest.mark.long

ATLAS = "/datamap/api/atlas/v2"
CUSTOMER = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: customer}
spec:
  glossary: Enterprise
  term: {name: Shopper, definition: Who buys from us.}
  vocabulary:
    name: Shopper
    key_prefix: shopper
    entity_type: {name: Shopper, code: /Shopper, icon: User}
  terms:
    - {name: Email, key: email, definition: Primary contact address.}
  cluedin_glossary: {category: Enterprise}
"""
FILE = "glossary/customer.yaml"


@pytest.fixture
def shop(tmp_path: Path):
    with project(tmp_path) as made:
        made.write(FILE, CUSTOMER)
        yield made


@pytest.fixture
def sold(shop: Project) -> Project:
    assert shop.apply().complete
    return shop


def shown(project: Project) -> str:
    lines = text.plan(project.plan().as_dict(), colour=False).splitlines()
    return "\n".join(line for line in lines if not line.startswith("Digest:")) + "\n"


def twins(project: Project) -> list[str]:
    plan = project.plan()
    found = [c.address for c in plan.changes if (c.action, c.reason) == ("conflict", "near_match")]
    assert plan.refused or not found
    return found


def collections(project: Project) -> list[str]:
    return sorted(one["friendlyName"] for one in project.http("GET", "/account/collections")["value"])


def test_a_glossary_in_another_case(shop: Project, requests: Recorder, golden) -> None:
    shop.edit(FILE, "glossary: Enterprise", "glossary: enterprise")
    golden("twin_glossary.plan.txt", shown(shop))
    plan = shop.plan()
    assert twins(shop) == ["purview.glossary:enterprise"]
    [said] = [d for d in plan.diagnostics if d.code == "conflict.near_match"]
    assert "`Enterprise` is, which differs in case only" in said.summary
    assert (said.source.file, said.source.line) == ("manifests/glossary/customer.yaml", 6)
    with pytest.raises(RefusedError):
        shop.apply()
    assert requests.lines == []
    names = [one["name"] for one in shop.http("GET", f"{ATLAS}/glossary?ignoreTermsAndCategories=true")]
    assert "enterprise" not in names


def test_a_glossary_that_is_meant(shop: Project) -> None:
    shop.edit(FILE, "glossary: Enterprise", "glossary: enterprise")
    shop.edit(FILE, "{name: customer}", "{name: customer, distinct: [enterprise]}")
    assert twins(shop) == []
    assert shop.apply().complete
    assert shop.actions() == []
    assert "Shopper" in shop.terms("enterprise")


def test_a_collection_in_another_case(shop: Project, requests: Recorder, golden) -> None:
    before = collections(shop)
    shop.write("environments/sandbox.yaml", ENVIRONMENT.replace("MDM/CluedIn", "mdm/cluedin"))
    golden("twin_collection.plan.txt", shown(shop))
    assert twins(shop) == ["purview.collection:contoso-purview/mdm"]
    [said] = [d for d in shop.plan().diagnostics if d.code == "conflict.near_match"]
    assert (said.source.file, said.source.line) == ("manifests/environments/sandbox.yaml", 15)
    with pytest.raises(RefusedError):
        shop.apply()
    assert requests.lines == []
    assert collections(shop) == before


def test_a_collection_that_is_meant(shop: Project) -> None:
    meant = ENVIRONMENT.replace("MDM/CluedIn", "mdm/cluedin").replace(
        "{name: sandbox}", "{name: sandbox, distinct: true}"
    )
    shop.write("environments/sandbox.yaml", meant)
    assert twins(shop) == []
    assert shop.apply().complete
    assert shop.actions() == []
    assert {"mdm", "cluedin"} <= set(collections(shop))


def test_the_account_at_the_root_has_no_case(shop: Project) -> None:
    shop.write("environments/sandbox.yaml", ENVIRONMENT.replace("contoso-purview/MDM", "Contoso-Purview/MDM"))
    assert twins(shop) == []
    assert [a for a in shop.actions() if "collection" in a[1]] == []


TERM, WORD, COLUMN = "purview.term:Enterprise/", "cluedin.glossary_term:", "purview.entity:cluedin_column/"
ENTITY = "purview.entity:cluedin_entity/cluedin.entity."


@pytest.mark.parametrize("ledger", ["kept", "lost"])
@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("glossary: Enterprise", "glossary: 'Enter prise'", []),
        ("glossary: Enterprise", "glossary: ENTERPRISE", ["purview.glossary:ENTERPRISE"]),
        ("glossary: Enterprise", "glossary: Ｅnterprise", ["purview.glossary:Ｅnterprise"]),
        ("name: Shopper, d", "name: SHOPPER, d", [f"{WORD}SHOPPER", f"{WORD}SHOPPER_Email", f"{TERM}SHOPPER"]),
        ("{name: Email, key", "{name: e-mail, key", []),
        ("{name: Email, key", "{name: EMAIL, key", [f"{WORD}Shopper_EMAIL", f"{TERM}Shopper/EMAIL"]),
        (
            "key_prefix: shopper",
            "key_prefix: Shopper",
            ["cluedin.vocabulary_key:Shopper.email", f"{COLUMN}cluedin.entity.Shopper#Shopper.email"],
        ),
        ("code: /Shopper", "code: /shopper", ["cluedin.entity_type:/shopper", f"{ENTITY}shopper"]),
        ("{category: Enterprise}", "{category: ENTERPRISE}", ["cluedin.glossary_category:ENTERPRISE"]),
        (
            "key: email",
            "key: eMail",
            ["cluedin.vocabulary_key:shopper.eMail", f"{COLUMN}cluedin.entity.Shopper#shopper.eMail"],
        ),
    ],
)
def test_one_name_in_another_form(sold: Project, old: str, new: str, found: list[str], ledger: str) -> None:
    if ledger == "lost":
        (sold.root / ".reconciler/ledger/sandbox.jsonl").unlink()
    sold.edit(FILE, old, new)
    assert sorted(twins(sold)) == found
    sold.edit(FILE, "{name: customer}", "{name: customer, distinct: true}")
    left = twins(sold)
    assert all("#" in address for address in left), "only a column has no other way"


def test_a_plan_that_creates_nothing_looks_for_nothing(sold: Project) -> None:
    before = len(sold.requests())
    assert sold.actions() == []
    assert not [r for r in sold.requests()[before:] if "/search/" in r["path"]]


SYSTEM = """
apiVersion: reconciler/v1
kind: LabelMap
metadata: {name: words}
spec:
  labels:
    Mail: {classification: microsoft.personal.email}
"""


def test_a_classification_of_microsofts_in_another_case(shop: Project) -> None:
    shop.write("labels.yaml", SYSTEM)
    assert twins(shop) == ["purview.classification_type:microsoft.personal.email"]
    shop.edit("labels.yaml", "microsoft.personal.email", "MICROSOFT.PERSONAL.EMAIL")
    assert twins(shop) == []


def test_a_reference_to_what_is_there_in_another_case(shop: Project) -> None:
    home = next(
        g for g in shop.http("GET", f"{ATLAS}/glossary?ignoreTermsAndCategories=true") if g["name"] == "Enterprise"
    )
    term = {"name": "Zone", "nickName": "Zone", "anchor": {"glossaryGuid": home["guid"]}}
    shop.http("POST", f"{ATLAS}/glossary/term", json=term)
    shop.edit(FILE, "name: Shopper, definition", "name: Shopper, parent: zone, related: [enterprise/Zone], definition")
    said = [d.summary for d in shop.plan().diagnostics if d.code == "blocked.missing_reference"]
    end = "does not exist, and no manifest declares it; `Enterprise/Zone` is there: spell it as it is live"
    assert said == [f"purview.term:Enterprise/zone {end}", f"purview.term:enterprise/Zone {end}"]


def test_two_documents_that_spell_one_name_in_two_cases(shop: Project) -> None:
    other = CUSTOMER.replace("Shopper", "Seller").replace("shopper", "seller").replace("customer}", "seller}")
    shop.write("glossary/seller.yaml", other.replace("glossary: Enterprise", "glossary: enterprise"))
    with pytest.raises(ManifestError) as caught:
        shop.plan()
    [said] = caught.value.diagnostics
    assert (said.code, said.source.file) == ("resource.look_alike", "manifests/glossary/seller.yaml")
    assert "manifests/glossary/customer.yaml:6" in said.detail
    shop.edit("glossary/seller.yaml", "{name: seller}", "{name: seller, distinct: [enterprise]}")
    assert twins(shop) == []


NFC, NFD = unicodedata.normalize("NFC", "Kärnten"), unicodedata.normalize("NFD", "Kärnten")
ONE_NAME = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: region}
spec:
  glossary: NAME
  term: {name: NAME, definition: A region.}
  vocabulary: {name: NAME, key_prefix: region, entity_type: {name: NAME, code: /Region, icon: Map}}
  terms:
    - {name: NAME 1, key: one, definition: The first., related: [NAME]}
  cluedin_glossary: {category: NAME}
"""


@pytest.mark.parametrize(("first", "then"), [(NFC, NFD), (NFD, NFC)])
def test_one_name_in_two_forms_of_unicode(shop: Project, first: str, then: str) -> None:
    shop.write("region.yaml", ONE_NAME.replace("NAME", first))
    assert shop.apply().complete
    shop.write("region.yaml", ONE_NAME.replace("NAME", then))
    assert shop.actions() == []
    (shop.root / ".reconciler/ledger/sandbox.jsonl").unlink()
    assert {action for action, _ in shop.actions()} <= {"adopt"}


def test_what_people_wrote_in_the_other_form_is_found(shop: Project) -> None:
    glossary = shop.http("POST", f"{ATLAS}/glossary", json={"name": NFD, "qualifiedName": NFD})
    anchor = {"glossaryGuid": glossary["guid"]}
    term = {"name": NFD, "nickName": NFD, "anchor": anchor, "longDescription": "A region."}
    guid = shop.http("POST", f"{ATLAS}/glossary/term", json=term)["guid"]
    shop.write("region.yaml", ONE_NAME.replace("NAME", NFC))
    found = {address: action for action, address in shop.actions() if "purview." in address}
    assert found.get(f"purview.glossary:{NFC}") in (None, "adopt")
    assert found[f"purview.term:{NFC}/{NFC}"] == "adopt"
    assert shop.apply().complete
    assert shop.actions() == []
    assert [t["guid"] for t in shop.terms(NFD).values() if unicodedata.normalize("NFC", t["name"]) == NFC] == [guid]


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "meant"),
    [
        ("environments/sandbox.yaml", "contoso-purview/MDM/CluedIn", "/contoso-purview/MDM/CluedIn", 15, "contoso"),
        ("environments/sandbox.yaml", "MDM/CluedIn", "MDM/CluedIn/", 15, "contoso-purview/MDM/CluedIn"),
        ("environments/sandbox.yaml", "MDM/CluedIn", "MDM//CluedIn", 15, "contoso-purview/MDM/CluedIn"),
        (FILE, "name: Shopper, definition", "name: Shopper, parent: /Party/, definition", 6, "`Party`"),
        (FILE, "definition: Primary", "synonyms: [Enterprise/Mail/], definition: Primary", 12, "`Enterprise/Mail`"),
        (FILE, "definition: Primary", "related: [Enterprise / Mail], definition: Primary", 12, "`Enterprise/Mail`"),
    ],
)
def test_paths_with_outer_slashes(shop: Project, file: str, old: str, new: str, line: int, meant: str) -> None:
    shop.edit(file, old, new)
    with pytest.raises(ManifestError) as caught:
        shop.plan()
    said = [d for d in caught.value.diagnostics if d.code == "path.form"]
    assert [(d.source.file, d.source.line) for d in said] == [(f"manifests/{file}", line)]
    assert meant in said[0].detail
    assert len(caught.value.diagnostics) == 1


LINK, EXPORT = "sources/crm-contacts.yaml", "exports/customers_wide_v1.yaml"
SOURCES = {
    "group: CRM": ("group: crm", ["cluedin.data_source_group:crm"]),
    "source: contacts": ("source: Contacts", ["cluedin.data_source:CRM/Contacts"]),
    "name: contacts": ("name: Contacts", ["cluedin.data_set:CRM/contacts/Contacts"]),
}


@pytest.mark.parametrize("old", SOURCES)
def test_a_data_set_in_another_case(applied: Project, old: str) -> None:
    new, found = SOURCES[old]
    applied.edit(LINK, f"    {old}\n", f"    {new}\n")
    (applied.root / ".reconciler/ledger/sandbox.jsonl").unlink()
    conflicts = twins(applied)
    assert [one for one in conflicts if one.startswith("cluedin.")] == found
    assert [one.partition("/")[0] for one in conflicts if one.startswith("purview.")] == [
        "purview.entity:cluedin_dataset"  # what hangs on it waits
    ]


def test_an_export_in_another_case(applied: Project) -> None:
    text = (applied.root / "manifests" / EXPORT).read_text(encoding="utf-8")
    applied.write(EXPORT, text.replace("customers_wide_v1", "Customers_wide_v1"))
    (applied.root / ".reconciler/ledger/sandbox.jsonl").unlink()
    found = twins(applied)
    assert "cluedin.export_target:Azure DataLake Connector/Customers_wide_v1" in found
    assert "purview.entity:cluedin_export_target/cluedin.target.Customers_wide_v1" in found


def test_the_rest_goes_on_without_the_twin(shop: Project) -> None:
    shop.edit(FILE, "glossary: Enterprise", "glossary: enterprise")
    apply_plan(shop.session(), Options(), Approval(skip_refused=True))
    assert ("conflict", "purview.glossary:enterprise") in shop.actions()
    assert not [a for a in shop.actions() if a[0] == "create"]


def test_data_sources_in_the_other_form_of_unicode(applied: Project) -> None:
    applied.edit(LINK, "    group: CRM\n", f"    group: {NFD}\n")
    applied.edit(LINK, "    name: contacts\n", f"    name: {NFD}\n")
    assert applied.apply().complete
    applied.edit(LINK, f"    group: {NFD}\n", f"    group: {NFC}\n")
    assert applied.actions() == []
    applied.edit(LINK, f"    name: {NFD}\n", f"    name: {NFC}\n")
    assert applied.actions() == []

"""What fifty plans of the worked example say, as a data steward reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.plan.telling import hanging_on
from reconciler.report import concepts

from ..support import Project
from .test_stories import A_TIME, WHEN

pytestmark = pytest.mark.long

ENVIRONMENT = "environments/sandbox.yaml"
CUSTOMER, PRODUCT, LABELS = "glossary/customer.yaml", "glossary/product.yaml", "labels.yaml"
EXPORT, SOURCE = "exports/customers_wide_v1.yaml", "sources/crm-contacts.yaml"
EMAIL = "purview.term:Enterprise/Party/Customer/Email"
SEGMENT, COLUMN = "    - {name: Segment,", "    - {name: customer_segment,"
Edit = tuple[str, str, str]
"""A manifest, and text in it with what takes its place."""

MANIFESTS: dict[str, tuple[Edit, ...]] = {
    "a definition": ((CUSTOMER, "Primary contact address.", "Where we write to first."),),
    "a definition goes": ((CUSTOMER, "      definition: Primary contact address.\n", ""),),
    "a status": ((CUSTOMER, "status: Approved", "status: Draft"),),
    "several fields": (
        (CUSTOMER, "summary: Someone who buys from us.", "summary: Whoever buys."),
        (CUSTOMER, "abbreviation: CUST", "abbreviation: CU"),
    ),
    "a steward goes": ((CUSTOMER, "stewards: [ada, sales-ops]", "stewards: [ada]"),),
    "an expert comes": ((CUSTOMER, "experts: [ada]", "experts: [ada, sales-ops]"),),
    "a link": ((CUSTOMER, "{name: Playbook,", "{name: Handbook,"),),
    "a related term goes": ((CUSTOMER, "    related: [Account]\n", ""),),
    "a template": ((CUSTOMER, "{CluedInVocab: true}", "{CluedInVocab: false}"),),
    "a data type": ((CUSTOMER, "data_type: Email", "data_type: Text"),),
    "a group": ((CUSTOMER, "group: Contact", "group: Ways to reach"),),
    "a data classification": ((CUSTOMER, "classification: /Email", "classification: /Phone"),),
    "a lookup": ((CUSTOMER, "lookup: Customer segments", "lookup: Segments"),),
    "a key becomes obsolete": (
        (CUSTOMER, "{name: Segment, key: segment,", "{name: Segment, key: segment, obsolete: true,"),
    ),
    "a key and its term come": (
        (CUSTOMER, SEGMENT, f"    - {{name: Birthday, key: birthday, data_type: DateTime, labels: [PII]}}\n{SEGMENT}"),
    ),
    "a term is renamed": ((PRODUCT, "{name: Title, key: title,", "{name: Label, moved_from: Title, key: title,"),),
    "a concept is renamed": (
        (CUSTOMER, "    name: Customer\n    parent", "    name: Client\n    moved_from: Customer\n    parent"),
        ("environments/sandbox.yaml", "Party/Customer", "Party/Client"),
    ),
    "an owner goes": ((CUSTOMER, "    owners: [ada]\n", ""),),
    "a vocabulary's description": ((CUSTOMER, "Customer master data.", "What we know of customers."),),
    "an icon": ((CUSTOMER, "icon: User", "icon: Person"),),
    "CluedIn's term is switched on": ((CUSTOMER, "    active: false", "    active: true"),),
    "a label comes": ((CUSTOMER, "{name: Customer Id, key: id,", "{name: Customer Id, key: id, labels: [PII],"),),
    "a label goes": ((CUSTOMER, "classification: /Email\n      labels: [PII]", "classification: /Email"),),
    "what a label means": ((LABELS, "description: Personal data.", "description: Data of people."),),
    "a label of its own": (
        (LABELS, "    PII:", "    Secret: {classification: CLUEDIN.SECRET, description: Few may know.}\n    PII:"),
    ),
    "another classification": ((LABELS, "classification: CLUEDIN.PII", "classification: CLUEDIN.PERSON"),),
    "a label's word in Purview": ((LABELS, "purview_label: pii", "purview_label: personal"),),
    "an export's column comes": (
        (EXPORT, COLUMN, f"    - {{name: customer_updatedAt, from: customer.updatedAt}}\n{COLUMN}"),
    ),
    "an export's column goes": (
        (EXPORT, "    - {name: customer_segment, from: customer.segment}\n", ""),
        (EXPORT, '      customer_segment: new_segment\n', ""),
    ),
    "an export's selection": (
        (EXPORT, "\n  columns:", "\n  where: [{key: customer.segment, operator: in, value: [A, B]}]\n  columns:"),
    ),
    "an export's schedule": ((EXPORT, "schedule: hourly", 'schedule: "30 * * * *"'),),
    "an export's folder": ((EXPORT, "path: exports/customers_wide_v1/", "path: exports/customers/"),),
    "an export stops": ((EXPORT, "state: started", "state: stopped"),),
    "an export's secret": ((EXPORT, 'version: "1"', 'version: "2"'),),
    "an export's promise": ((EXPORT, "freshness_p95_minutes: 90", "freshness_p95_minutes: 60"),),
    "an export's owner": ((EXPORT, "owner: sales-ops", "owner: ada"),),
    "an export's description": ((EXPORT, "Customers as the warehouse reads them", "All customers, for the warehouse"),),
    "a column is mapped to another key": (
        (SOURCE, "account_id: customer.accountId", "account_id: customer.segment"),
        (SOURCE, "segment: customer.segment", "segment: customer.accountId"),
    ),
    "a column is left out": ((SOURCE, "segment: customer.segment", "segment: ignore"),),
    "what identifies a record": ((SOURCE, "primary_identifier: id", "primary_identifier: account_id"),),
    "a source's name of records": ((SOURCE, "name: full_name\n", "name: email\n"),),
    "a label that nobody approved": (
        (ENVIRONMENT, "    approved_labels: [PII] #", "    approved_labels: [] #"),
        (CUSTOMER, SEGMENT, f"    - {{name: Birthday, key: birthday, data_type: DateTime, labels: [PII]}}\n{SEGMENT}"),
        (EXPORT, COLUMN, f"    - {{name: customer_birthday, from: customer.birthday}}\n{COLUMN}"),
        (EXPORT, '"PII:customer_email"', '"PII:customer_email", "PII:customer_birthday"'),
    ),
    "two labels that nobody approved": (
        (ENVIRONMENT, "    approved_labels: [PII] #", "    approved_labels: [] #"),
        (EXPORT, '"PII:customer_email"', '"PII:customer_email", "PII:customer_segment", "Restricted:customer_segment"'),
    ),
    "names with odd characters": (
        (PRODUCT, "{name: Title, key: title,", "{name: 'Größe (é 日本) & *Maß* `x`', key: title,"),
    ),
    "a text with several lines": (
        (CUSTOMER, "definition: Primary contact address.", 'definition: "Line one\\nand two: {a: 1}"'),
    ),
    "another data set": ((SOURCE, "    name: contacts\n    type", "    name: people\n    type"),),
}  # fmt: skip
REMOVED = {"a concept goes": PRODUCT, "an export goes": EXPORT, "a source goes": SOURCE}


def told(plan: Any) -> list[str]:
    shape = plan.as_dict()
    lines = [concepts.verdict(shape)] if shape["changes"] or shape["diagnostics"] else []
    lines += [f"{one['concept']}: {A_TIME.sub(WHEN, one['sentence'])}{_used(one)}" for one in shape["changes"]]
    lines += [f"{one['concept']}, not now, but with --prune: {one['sentence']}" for one in shape["orphans"]]
    return lines or ["Nothing changes."]


def _used(change: Any) -> str:
    told = hanging_on(change)
    return f" Others use it: {', '.join(told)}." if told else ""


def rewritten(made: Project, edits: tuple[Edit, ...], **options: Any) -> list[str]:
    """What the plan says with manifests edited, which are as they were afterwards."""
    paths = {made.root / "manifests" / name for name, _, _ in edits}
    before = {path: path.read_text(encoding="utf-8") for path in paths}
    try:
        for name, old, new in edits:
            made.edit(name, old, new)
        return told(made.plan(**options))
    finally:
        for path, text in before.items():
            path.write_text(text, encoding="utf-8")


def without(made: Project, name: str) -> list[str]:
    path = made.root / "manifests" / name
    text = path.read_text(encoding="utf-8")
    path.unlink()
    try:
        return told(made.plan(prune=True))
    finally:
        path.write_text(text, encoding="utf-8")


def by_people(made: Project) -> dict[str, Callable[[], list[str]]]:
    """Plans after edits in the portals, each on top of those before."""
    guid = made.terms("Enterprise")["Email"]["guid"]

    def drift() -> list[str]:
        made.edit_term(guid, longDescription="Edited by hand.")
        return told(made.plan())

    def conflict() -> list[str]:
        return rewritten(made, ((CUSTOMER, "Primary contact address.", "Edited in Git."),))

    def forced() -> list[str]:
        edits = ((CUSTOMER, "Primary contact address.", "Edited in Git."),)
        return rewritten(made, edits, force_conflicts=True)

    def kept() -> list[str]:
        return rewritten(
            made, (("environments/sandbox.yaml", "    on_drift:\n", "    on_drift:\n      default: keep\n"),)
        )

    def renamed() -> list[str]:
        term = made.http("GET", f"/datamap/api/atlas/v2/glossary/term/{guid}")
        new = {**term, "nickName": "E-mail", "name": term["name"].replace("Email", "E-mail")}
        new.pop("lastModifiedTS", None)
        made.http("PUT", f"/datamap/api/atlas/v2/glossary/term/{guid}?includeTermHierarchy=true", json=new)
        return told(made.plan())

    def gone() -> list[str]:
        made.http("DELETE", f"/datamap/api/atlas/v2/glossary/term/{made.terms('Enterprise')['Title']['guid']}")
        return told(made.plan())

    return {
        "drift": drift, "a conflict": conflict, "a conflict by force": forced, "drift that is kept": kept,
        "a rename in the portal": renamed, "a term is deleted in the portal": gone,
    }  # fmt: skip


def test_what_fifty_plans_say(example: Project, golden) -> None:
    said = {"the first apply": told(example.plan())}
    assert example.apply().complete
    said["nothing to do"] = told(example.plan())
    said |= {what: rewritten(example, edits) for what, edits in MANIFESTS.items()}
    protected = ((CUSTOMER, "    name: Customer\n    parent", "    name: Buyer\n    parent"),)
    said["what is protected goes, and what hangs on it"] = rewritten(example, protected, prune=True)
    said |= {what: without(example, name) for what, name in REMOVED.items()}
    said |= {what: plan() for what, plan in by_people(example).items()}
    assert len(said) >= 50
    text = "\n".join("\n".join([f"## {what}", *(f"  {line}" for line in lines), ""]) for what, lines in said.items())
    golden("sentences.txt", text)

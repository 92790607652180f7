"""The terms of a sandbox as Purview's portal exports them: a CSV of one glossary."""

from __future__ import annotations

import csv
import io
from typing import Any

from ..support import Project

HEADS = (
    *("Nick Name", "Name", "Definition", "IsDefinitionRichText", "Status", "Related Terms", "Synonyms", "Acronym"),
    *("Experts", "Stewards", "Resources", "Parent Term Name", "Term Template Names"),
)


def exported(subject: Project, glossary: str) -> str:
    """The file: every column filled where the term says it, people by object id."""
    atlas = "/datamap/api/atlas/v2/glossary"
    guid = next(one["guid"] for one in subject.http("GET", atlas) if one["name"] == glossary)
    terms = subject.http("GET", f"{atlas}/{guid}/terms?limit=1000&includeTermHierarchy=true")
    by_guid = {term["guid"]: term for term in terms}
    return written([_row(subject.http("GET", f"{atlas}/term/{one['guid']}"), by_guid) for one in terms])


def written(rows: list[dict[str, str]]) -> str:
    """Rows as a file; further columns come behind those of the portal."""
    out = io.StringIO(newline="")
    more = dict.fromkeys(head for row in rows for head in row if head not in HEADS)
    writer = csv.DictWriter(out, [*HEADS, *more], quoting=csv.QUOTE_ALL, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _row(term: dict[str, Any], by_guid: dict[str, dict[str, Any]]) -> dict[str, str]:
    def names(field: str) -> str:
        return "".join(f"{by_guid[one['termGuid']]['name']};" for one in term.get(field) or ())

    def people(kind: str) -> str:
        return "".join(f"{one['id']};" for one in (term.get("contacts") or {}).get(kind, ()))

    parent = (term.get("parentTerm") or {}).get("termGuid")
    attributes = {
        f"[Attribute][{template}]{name}": str(value).lower() if isinstance(value, bool) else str(value)
        for template, values in (term.get("attributes") or {}).items()
        for name, value in (values or {}).items()
    }
    return {
        "Nick Name": term.get("nickName", term["name"]),
        "Name": term["name"],
        "Definition": term.get("longDescription", ""),
        "IsDefinitionRichText": "FALSE",
        "Status": term.get("status", ""),
        "Related Terms": names("seeAlso"),
        "Synonyms": names("synonyms"),
        "Acronym": term.get("abbreviation", ""),
        "Experts": people("Expert"),
        "Stewards": people("Steward"),
        "Resources": "".join(f"{one['displayName']}:{one['url']};" for one in term.get("resources") or ()),
        "Parent Term Name": by_guid[parent]["name"] if parent else "",
        "Term Template Names": "".join(f"{one};" for one in term.get("templateName") or ["System Default"]),
        **attributes,
    }

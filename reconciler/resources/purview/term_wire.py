"""A term as it goes over the wire: what its fields are called, and how a write is put into its object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.resources.objects import Write
from reconciler.resources.purview import common, templates, terms
from reconciler.systems.purview import Purview

PLAIN = {
    "definition": "longDescription",
    "summary": "shortDescription",
    "abbreviation": "abbreviation",
    "usage": "usage",
    "status": "status",
}
"""Our names and the wire's; exactly what `…/partial` takes for a term (Data Map documentation, grade A)."""
CONTACTS = {"experts": "Expert", "stewards": "Steward"}


def formal(key: str) -> str:
    """The wire's name of a term with parents, as the portal and PyApacheAtlas write it [B]."""
    return "_".join(terms.names_of(key))


def identity(term: Mapping[str, Any]) -> tuple[str, str]:
    """What makes a term unique: glossary and formal name."""
    return str((term.get("anchor") or {}).get("glossaryGuid")), str(term.get("name"))


def text(name: str, value: Any) -> str:
    """The value of a plain field as it is sent; nothing is an empty text, or the first status."""
    return str(value) if value else "Draft" if name == "status" else ""


def merge(purview: Purview, body: dict[str, Any], write: Write) -> None:
    """Puts the paths of the write into a term, as far as its dialect keeps them."""
    kept = purview.dialect.term_parts
    for name, wire in PLAIN.items():
        if name in write.values and (name != "status" or name in kept):
            body[wire] = text(name, write.values[name])
    if "templates" in kept:
        _merge_templates(purview, body, write)
    if "contacts" in kept and (write.has("experts") or write.has("stewards")):
        body["contacts"] = common.contacts_after(write, CONTACTS)
    if "resources" in kept and "resources" in write.values:
        known = {resource.get("url"): resource for resource in body.get("resources") or []}
        body["resources"] = [
            {**known.get(r.get("url"), {}), "displayName": r.get("name"), "url": r.get("url")}
            for r in write.values["resources"] or []
        ]


def _merge_templates(purview: Purview, body: dict[str, Any], write: Write) -> None:
    if write.has("templates"):
        body["templateName"] = write.merged_members("templates", body.get("templateName") or [])
    for (template, attribute), value in write.entries("attributes").items():
        values = body.setdefault("attributes", {}).setdefault(template, {})
        if value is None:
            values.pop(attribute, None)
        else:
            values[attribute] = _sent(purview, template, attribute, value)


def _sent(purview: Purview, template: str, attribute: str, value: Any) -> Any:
    """The value of an attribute as Purview keeps it: a date is a number there."""
    if not templates.may_be_dates(value):
        return value
    known = templates.templates(purview).get(template, {}).get(attribute)
    return known.sent(value) if known is not None else value

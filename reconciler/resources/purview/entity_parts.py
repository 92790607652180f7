"""What hangs on an entity: its columns, what people put on it, and the lineage of others that names it.

Everything is told by the entity itself as it is read in bulk, so that no request is sent for it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from reconciler.resources.objects import Part
from reconciler.resources.purview.assigning import meanings
from reconciler.resources.purview.references import References, holds

_OWN = frozenset({"table", "composeSchema", "inputs", "outputs", "meanings"})
"""Relations that are told otherwise: the whole that a column is a part of, the flows of a process, its terms."""
_FLOWS = {"inputToProcesses": ("reads it", "inputs"), "outputFromProcesses": ("writes it", "outputs")}
"""The ends at a data set of the relations between it and processes (Atlas' base model, grade A)."""
_DIRECT = {"sinks": "to", "sources": "from"}
"""The ends of lineage without a process (`direct_lineage_dataset_dataset`, Data Map only, grade B)."""
_CONTACTS = frozenset({"Owner", "Expert"})
"""Kinds of contacts that are fields of an entity."""


def parts_of(key: str, entity: Mapping[str, Any], references: References, ends: Container[str] = ()) -> Iterator[Part]:
    """Everything on an entity that somebody else may have put there; what it is a part of, at its `ends`, is not."""
    guid = str(entity["guid"])
    yield from _related(entity, references, ends)
    yield from _annotations(key, guid, entity)
    for name, values in (entity.get("businessAttributes") or {}).items():
        for attribute, value in (values or {}).items():
            if value not in (None, "", []):
                yield Part(f"purview.type:{name}", "", f"the business metadata {name}.{attribute}", goes=False)
    for name in entity.get("customAttributes") or {}:
        yield Part("", name, f"the attribute {name}, which people added")
    for kind, contacts in (entity.get("contacts") or {}).items():
        for contact in contacts or () if kind not in _CONTACTS else ():
            yield Part("", f"{kind}/{contact.get('id')}", f"the contact {contact.get('id')} ({kind})")


def _annotations(key: str, guid: str, entity: Mapping[str, Any]) -> Iterator[Part]:
    """Classifications (what came by propagation is not the entity's own), labels, terms."""
    for one in entity.get("classifications") or []:
        if one.get("entityGuid", guid) == guid:
            name = str(one["typeName"])
            yield Part(f"purview.classification:{name}@{key}", f"{guid}/{name}", f"the classification {name}")
    for label in entity.get("labels") or []:
        yield Part(f"purview.label:{label}@{key}", f"{guid}/{label}", f"the label {label}")
    for term, meaning in meanings(entity).items():
        what = f"the term {meaning.get('displayText') or term}"
        yield Part(f"purview.assignment:@{key}", f"{guid}/{term}", what)


def _related(entity: Mapping[str, Any], references: References, ends: Container[str]) -> Iterator[Part]:
    for name, value in (entity.get("relationshipAttributes") or {}).items():
        if name not in _OWN and name not in ends:
            for reference in filter(holds, _listed(value)):
                yield _relation(name, reference, references)


def _relation(name: str, reference: Mapping[str, Any], references: References) -> Part:
    id, type_name = str(reference.get("guid")), str(reference.get("typeName"))
    [other] = references.keys([reference])
    called = f"{reference.get('displayText') or other} ({type_name})"
    if name in _FLOWS:
        does, field = _FLOWS[name]
        return Part("purview.entity:", id, f"the process {called}, which {does}", goes=False, field=field)
    if name in _DIRECT:
        return Part("", id, f"the lineage {_DIRECT[name]} {called}", goes=False)
    if name == "columns":
        return Part(f"purview.entity:{other}", id, f"the column {called}")
    return Part("purview.entity:", id, f"{called}, related by {name}")


def _listed(value: Any) -> Iterable[Mapping[str, Any]]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict) and item.get("guid")]

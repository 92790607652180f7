"""Types of what is live: those that carry our mark, as types of others are never taken over; of files all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from reconciler.kinds.custom_type.pasted import Unfit, pasted
from reconciler.kinds.custom_type.spec import CustomType
from reconciler.kinds.custom_type.wire import Wire, Written, applicable, written
from reconciler.kinds.pulling import Estate, Pulled, Puller, without_nothing
from reconciler.questions.live_types import LiveTypes
from reconciler.resources.purview.typedef_wire import MARK

_FIELDS = {
    "ENUM": "enums",
    "STRUCT": "structs",
    "ENTITY": "entities",
    "RELATIONSHIP": "relationships",
    "CLASSIFICATION": "classifications",
    "BUSINESS_METADATA": "business_metadata",
}
_OF_CLAIMS = "reconciler_claim"
"""Types in which environments say what they claim: they belong to no document."""
_FACETS = {"isUnique": "unique", "isIndexable": "indexable"}


class CustomTypePuller(Puller):
    """A document for each type of source; what its fields cannot say exactly stands in `typedefs`."""

    kind = "CustomType"
    types = ("purview.type",)

    def pull(self, estate: Estate) -> Iterator[Pulled]:
        """What no manifest wants, and no environment of this tool makes by itself."""
        if not estate.has("purview") or estate.limits.words:
            return
        purview = estate.world.environment.purview
        prefix = purview.type_prefix if purview is not None else ""
        groups: dict[str, list[Written]] = {}
        for row in estate.rows(LiveTypes()):
            name, service = str(row["name"]), str(row.get("serviceType") or "Custom")
            ours = (row.get("options") or {}).get("managedBy") == MARK
            if not ours or (prefix and name.startswith(prefix)) or name.startswith(_OF_CLAIMS):
                continue
            word = "classification_type" if row["category"] == "CLASSIFICATION" else "type"
            if estate.is_wanted(f"purview.{word}", name):
                continue
            [one] = pasted(row, ())
            if isinstance(one, Unfit):
                estate.leave(one.summary, f"purview.{word}:{name}")
                continue
            estate.claim(f"purview.{word}", name)
            groups.setdefault(service, []).append(one)
        for service, found in sorted(groups.items()):
            yield Pulled(self.kind, service, {"service_type": service, **_spec(found)}, "types")


def _spec(types: Iterable[Written]) -> dict[str, Any]:
    spec: dict[str, list[Any]] = {}
    for one in types:
        item = _ITEMS[one.category](one.wire)
        if item is None or not _is_same(one, item):
            spec.setdefault("typedefs", []).append(_wire(one))
        else:
            spec.setdefault(_FIELDS[one.category], []).append(item)
    return spec


def _is_same(one: Written, item: dict[str, Any]) -> bool:
    """Whether the fields say all that the definition does."""
    try:
        [again] = written(CustomType.model_validate({"service_type": "x", _FIELDS[one.category]: [item]}))
    except ValueError:
        return False
    return bool(_plain(again) == _plain(one))


def _plain(one: Written) -> Any:
    """What a definition says, without what it says by default."""
    wire = {key: value for key, value in one.wire.items() if value and key not in ("serviceType", "typeVersion")}
    wire["attributeDefs"] = [_attribute_of(attribute) for attribute in one.attributes]
    wire["applies"] = [sorted(applicable(attribute)) for attribute in one.attributes]
    options = wire.get("options") or {}
    if options.get("schemaAttributes"):
        wire["options"] = options | {"schemaAttributes": _columns(options["schemaAttributes"])}
    return wire


def _wire(one: Written) -> dict[str, Any]:
    return {"category": one.category, **{key: value for key, value in one.wire.items() if value not in ([], {})}}


def _head(wire: Wire) -> dict[str, Any]:
    return {"name": wire["name"], **without_nothing(description=wire.get("description"))}


def _attribute_of(wire: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {word: True for member, word in _FACETS.items() if wire.get(member)}
    if wire.get("isOptional") is False:
        said["required"] = True
    many = str(wire["typeName"]).startswith("array<")
    cardinality = str(wire.get("cardinality") or "SINGLE")
    if cardinality != ("SET" if many else "SINGLE") and wire.get("cardinality"):
        said["cardinality"] = cardinality.lower()
    given = without_nothing(description=wire.get("description"), default=wire.get("defaultValue"))
    return {"name": wire["name"], "type": wire["typeName"], **said, **given}


def _enum(wire: Wire) -> dict[str, Any]:
    values = [
        {"value": one["value"], "description": one["description"]} if one.get("description") else one["value"]
        for one in wire["elementDefs"]
    ]
    return {**_head(wire), "values": values, **without_nothing(default=wire.get("defaultValue"))}


def _struct(wire: Wire) -> dict[str, Any]:
    return {**_head(wire), "attributes": [_attribute_of(one) for one in wire["attributeDefs"]]}


def _entity(wire: Wire) -> dict[str, Any]:
    options = dict(wire.get("options") or {})
    tab, columns = options.pop("schemaElementsAttribute", None), options.pop("schemaAttributes", None)
    supers = list(wire.get("superTypes") or [])
    return {
        **_head(wire),
        **({"super_types": supers} if supers != ["DataSet"] else {}),
        **without_nothing(schema_tab=tab, schema_columns=_columns(columns) if columns else None),
        **without_nothing(attributes=[_attribute_of(one) for one in wire["attributeDefs"]], options=options),
    }


def _columns(text: str) -> list[str]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return [text]
    return [str(one) for one in found] if isinstance(found, list) else [text]


def _relationship(wire: Wire) -> dict[str, Any]:
    first, second = wire["endDef1"], wire["endDef2"]
    said = {**_head(wire), "category": str(wire["relationshipCategory"]).lower()}
    said |= without_nothing(label=wire.get("relationshipLabel"))
    if said["category"] == "association":
        ends = [
            {"type": one["type"], "as": one["name"], "many": one["cardinality"] != "SINGLE"} for one in (first, second)
        ]
        return said | {"ends": [{key: value for key, value in end.items() if value is not False} for end in ends]}
    container, part = ({"type": one["type"], "as": one["name"]} for one in (first, second))
    return said | {"container": container, "part": part}


def _classification(wire: Wire) -> dict[str, Any] | None:
    if wire.get("attributeDefs"):
        return None
    lists = {"super_types": wire.get("superTypes"), "entity_types": wire.get("entityTypes")}
    return {**_head(wire), **without_nothing(**lists)}


def _business(wire: Wire) -> dict[str, Any] | None:
    attributes = wire["attributeDefs"]
    applies = [applicable(one) for one in attributes]
    if not applies or any(sorted(one) != sorted(applies[0]) for one in applies):
        return None
    items = []
    for one in attributes:
        longest = str((one.get("options") or {}).get("maxStrLength") or "")
        more = {"max_length": int(longest)} if longest.isdigit() and longest != "500" else {}
        items.append(
            {
                "name": one["name"],
                "type": one["typeName"],
                **more,
                **without_nothing(description=one.get("description")),
            }
        )
    return {**_head(wire), "applies_to": sorted(applies[0]), "attributes": items}


_ITEMS = {
    "ENUM": _enum,
    "STRUCT": _struct,
    "ENTITY": _entity,
    "RELATIONSHIP": _relationship,
    "CLASSIFICATION": _classification,
    "BUSINESS_METADATA": _business,
}

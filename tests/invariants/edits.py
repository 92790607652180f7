"""For every field that the estate manages: how people edit its live value in the sandbox's store."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from reconciler.resources.keys import field_of, steps_of
from reconciler_sandbox.cluedin import world as c
from reconciler_sandbox.cluedin.seed import user_id

from .estate import Estate

Doc = dict[str, Any]
Edit = tuple[str, str, Callable[[Doc], Doc]]
"""The kind of a document, its key, and its edited form."""


def edit_of(made: Estate, address: str, path: str) -> list[Edit] | None:
    """The documents to edit so that one managed path of a resource has another live value; None when unknown."""
    type, _, key = address.partition(":")
    known = {**CLUEDIN, **PURVIEW}.get((type, field_of(path)))
    return known(made, key, path) if known is not None else None


# -- CluedIn -----------------------------------------------------------------------------------------------


def _id(made: Estate, type: str, key: str) -> str:
    return made.entries()[f"{type}:{key}"].id


def _member(kind: str, type: str, member: str, value: Any) -> Callable[[Estate, str, str], list[Edit]]:
    def edits(made: Estate, key: str, path: str) -> list[Edit]:
        return [(kind, _id(made, f"cluedin.{type}", key), lambda doc: {**doc, member: _other(doc.get(member), value)})]

    return edits


def _other(before: Any, value: Any) -> Any:
    """Another value: the one given, or one made of what is there."""
    if callable(value):
        return value(copy.deepcopy(before))
    assert value != before
    return value


def _set(doc: Doc) -> Doc:
    return {**doc, "value": {"true": "false", "false": "true"}.get(doc["value"], "77")}


def _condition(before: Doc) -> Doc:
    before["rules"][0]["value"] = ["/Elsewhere"]
    return before


def _slate(text: str) -> str:
    return f'[{{"type":"paragraph","children":[{{"text":"{text}"}}]}}]'


def _mapped(made: Estate, key: str, path: str) -> list[Edit]:
    parent, _, column = key.partition("#")

    def edit(doc: Doc) -> Doc:
        rows = [{**row, "key": "person.website"} if row["originalField"] == column else row
                for row in doc["fieldMappings"]]  # fmt: skip
        return {**doc, "fieldMappings": rows}

    return [(c.DATA_SET, _id(made, "cluedin.data_set", parent), edit)]


def _unarrived(made: Estate, key: str, path: str) -> list[Edit]:
    """The mapping of the column under the name that the scan shows, which never fills."""
    parent, _, column = key.partition("#")

    def edit(doc: Doc) -> Doc:
        rows = [{**row, "originalField": column} if row["originalField"] == f"_{column}" else row
                for row in doc["fieldMappings"]]  # fmt: skip
        return {**doc, "fieldMappings": rows}

    return [(c.DATA_SET, _id(made, "cluedin.data_set", parent), edit)]


def _related(made: Estate, key: str, path: str) -> list[Edit]:
    def edit(doc: Doc) -> Doc:
        doc = copy.deepcopy(doc)
        for item in doc["properties"]:
            for edge in item["annotationEdges"]:
                edge["entityType"] = "/Person"
        return doc

    return [(c.ANNOTATION, _id(made, "cluedin.annotation", key.partition("#")[0]), edit)]


def _of_source(made: Estate, key: str, path: str) -> list[Edit]:
    source = made.world.get(c.DATA_SOURCE, _id(made, "cluedin.data_source", key.rpartition("/")[0])) or {}
    return [(c.PROVIDER, source["connectorConfigurationId"].lower(), lambda doc: {**doc, "sourceQuality": 2})]


def _option(made: Estate, key: str, path: str) -> list[Edit]:
    [name] = steps_of(path)

    def edit(doc: Doc) -> Doc:
        given = doc["helperConfiguration"]
        value = given.get(name)
        other = (not value) if isinstance(value, bool) else "Elsewhere"
        return {**doc, "helperConfiguration": {**given, name: other}}

    return [(c.PROVIDER, _id(made, "cluedin.export_target", key), edit)]


def _configured(type: str, member: str, value: Any) -> Callable[[Estate, str, str], list[Edit]]:
    return lambda made, key, path: [
        (c.PROVIDER, _id(made, type, key), lambda doc: {**doc, member: _other(doc.get(member), value)})
    ]


def _option_of(type: str) -> Callable[[Estate, str, str], list[Edit]]:
    def edits(made: Estate, key: str, path: str) -> list[Edit]:
        [name] = steps_of(path)

        def edit(doc: Doc) -> Doc:
            value = doc["helperConfiguration"].get(name)
            other = (not value) if isinstance(value, bool) else "/Person" if name == "acceptedEntityType" else "v1"
            return {**doc, "helperConfiguration": {**doc["helperConfiguration"], name: other}}

        return [(c.PROVIDER, _id(made, type, key), edit)]

    return edits


def _of_rule(member: str, value: Any) -> Callable[[Estate, str, str], list[Edit]]:
    return lambda made, key, path: [
        (c.RULE, _id(made, "cluedin.rule", key), lambda doc: {**doc, member: _other(doc.get(member), value)})
    ]


def _of(kind: str, type: str, member: str, value: Any) -> Callable[[Estate, str, str], list[Edit]]:
    return lambda made, key, path: [
        (kind, _id(made, type, key), lambda doc: {**doc, member: _other(doc.get(member), value)})
    ]


def _fewer(before: Any) -> Any:
    """A policy without its last rule."""
    return before[:-1]


def _entry_of_agent(made: Estate, key: str, path: str) -> list[Edit]:
    [name] = steps_of(path)

    def edit(doc: Doc) -> Doc:
        return {**doc, "metadata": {**doc["metadata"], f"reconciler.{name}": "edited"}}

    return [(c.AI_AGENT, _id(made, "cluedin.ai_agent", key), edit)]


def _data_of_job(member: str, value: Any) -> Callable[[Estate, str, str], list[Edit]]:
    def edits(made: Estate, key: str, path: str) -> list[Edit]:
        def edit(doc: Doc) -> Doc:
            [source] = doc["dataSources"]
            return {**doc, "dataSources": [{**source, member: _other(source[member], value)}]}

        return [(c.AI_JOB, _id(made, "cluedin.ai_job", key), edit)]

    return edits


def _other_agent(made: Estate, key: str, path: str) -> list[Edit]:
    other = next(one["id"] for one in made.world.all(c.AI_AGENT) if one["name"] == "reconciler-template")
    return [(c.AI_JOB, _id(made, "cluedin.ai_job", key), lambda doc: {**doc, "aiAgentId": other})]


def _tagged(before: Any) -> Any:
    before[0]["actions"][0]["properties"][0]["value"] = "Elsewhere"
    return before


def _matching(edit: Callable[[Doc], None]) -> Callable[[Estate, str, str], list[Edit]]:
    """An edit of one rule of a deduplication project."""

    def edits(made: Estate, key: str, path: str) -> list[Edit]:
        own = _id(made, "cluedin.dedup_rule", key)

        def change(doc: Doc) -> Doc:
            doc = copy.deepcopy(doc)
            for rule in doc["rules"]:
                if rule["id"] == own:
                    edit(rule)
            return doc

        return [(c.DEDUP, _id(made, "cluedin.dedup_project", key.partition("/")[0]), change)]

    return edits


def _other_order(made: Estate, key: str, path: str) -> list[Edit]:
    def change(doc: Doc) -> Doc:
        rules = doc["rules"]
        numbers = [rule["order"] for rule in rules][::-1]
        return {**doc, "rules": [{**rule, "order": order} for rule, order in zip(rules, numbers, strict=True)]}

    return [(c.DEDUP, _id(made, "cluedin.dedup_project", key), change)]


def _category(made: Estate, key: str, path: str) -> list[Edit]:
    id = _id(made, "cluedin.glossary_term", key)
    doc = made.world.get(c.TERM, id) or {}
    other = next(one["id"] for one in made.world.all(c.CATEGORY) if one["id"] != doc["categoryId"])
    return [(c.TERM, id, lambda doc: {**doc, "categoryId": other})]


def _target(made: Estate, key: str, path: str) -> list[Edit]:
    id = _id(made, "cluedin.stream", key)
    doc = made.world.get(c.STREAM, id) or {}
    other = next(one["id"] for one in made.world.all(c.PROVIDER) if one["id"] != doc["connectorProviderDefinitionId"])
    return [(c.STREAM, id, lambda doc: {**doc, "connectorProviderDefinitionId": other})]


def _other_owner(made: Estate, key: str, path: str) -> list[Edit]:
    """Somebody else owns it instead of Ada."""
    rows = made.world.find(c.OWNERSHIP, "object", _id(made, "cluedin.owners", key), latest=True)
    ada = next(row for row in rows if row["userId"] == user_id("ada@example.com"))
    return [(c.OWNERSHIP, ada["id"], lambda doc: {**doc, "userId": user_id("sales-ops@example.com")})]


def _stream(member: str, value: Any) -> Callable[[Estate, str, str], list[Edit]]:
    return lambda made, key, path: [
        (c.STREAM, _id(made, "cluedin.stream", key), lambda doc: {**doc, member: _other(doc.get(member), value)})
    ]


def _maps_to(made: Estate, key: str, path: str) -> list[Edit]:
    id = _id(made, "cluedin.vocabulary_key", key)
    doc = made.world.get(c.KEY, id) or {}
    other = next(
        one["vocabularyKeyId"]
        for one in made.world.all(c.KEY)
        if one["key"].startswith("person.") and one["vocabularyKeyId"] != doc["mapsToOtherKeyId"]
    )
    return [(c.KEY, id, lambda doc: {**doc, "mapsToOtherKeyId": other})]


def _edited(before: Any) -> Any:
    return f"{before or ''} edited"


def _opposite(before: Any) -> bool:
    return not before


CLUEDIN: dict[tuple[str, str], Callable[[Estate, str, str], list[Edit]]] = {
    ("cluedin.vocabulary", "name"): _member(c.VOCABULARY, "vocabulary", "vocabularyName", _edited),
    ("cluedin.vocabulary", "entity_type"): _member(c.VOCABULARY, "vocabulary", "grouping", "/Person"),
    ("cluedin.vocabulary", "active"): _member(c.VOCABULARY, "vocabulary", "isActive", False),
    ("cluedin.vocabulary_key", "display_name"): _member(c.KEY, "vocabulary_key", "displayName", _edited),
    ("cluedin.vocabulary_key", "description"): _member(c.KEY, "vocabulary_key", "description", _slate("Edited")),
    ("cluedin.vocabulary_key", "data_type"): _member(
        c.KEY, "vocabulary_key", "dataType", lambda before: "Uri" if before != "Uri" else "Text"
    ),
    ("cluedin.vocabulary_key", "obsolete"): _member(c.KEY, "vocabulary_key", "isObsolete", _opposite),
    ("cluedin.vocabulary_key", "maps_to"): _maps_to,
    ("cluedin.entity_type", "display_name"): _member(c.ENTITY_TYPE, "entity_type", "displayName", _edited),
    ("cluedin.entity_type", "icon"): _member(c.ENTITY_TYPE, "entity_type", "icon", "Cube"),
    ("cluedin.glossary_term", "category"): _category,
    ("cluedin.glossary_term", "condition"): _member(c.TERM, "glossary_term", "ruleSet", _condition),
    ("cluedin.glossary_term", "description"): _member(c.TERM, "glossary_term", "description", _slate("Edited")),
    ("cluedin.stream", "description"): _stream("description", _slate("Edited")),
    ("cluedin.stream", "condition"): _stream("condition", _condition),
    ("cluedin.stream_export", "target"): _target,
    ("cluedin.stream_export", "container"): _stream("containerName", _edited),
    ("cluedin.stream_export", "export_mode"): _stream("mode", "EventStream"),
    ("cluedin.stream_export", "outgoing_edges"): _stream("exportOutgoingEdges", _opposite),
    ("cluedin.stream_export", "incoming_edges"): _stream("exportIncomingEdges", _opposite),
    ("cluedin.stream_export", "columns"): _stream("mapping", lambda before: before[:-1]),
    ("cluedin.stream_state", "state"): _stream("status", "Paused"),
    ("cluedin.export_target", "config"): _option,
    ("cluedin.enricher", "config"): _option_of("cluedin.enricher"),
    ("cluedin.crawler", "source"): _configured("cluedin.crawler", "source", "Elsewhere"),
    ("cluedin.crawler", "source_quality"): _configured("cluedin.crawler", "sourceQuality", 1),
    ("cluedin.crawler", "users"): _configured("cluedin.crawler", "users", []),
    ("cluedin.provider_state", "active"): lambda made, key, path: [
        (c.PROVIDER, _id(made, "cluedin.provider_state", key), lambda doc: {**doc, "active": not doc["active"]})
    ],
    ("cluedin.owners", "owners"): _other_owner,
    ("cluedin.rule", "description"): _of_rule("description", _slate("Edited")),
    ("cluedin.rule", "condition"): _of_rule("condition", _condition),
    ("cluedin.rule", "actions"): _of_rule("rules", _tagged),
    ("cluedin.rule_state", "active"): _of_rule("isActive", _opposite),
    ("cluedin.policy", "description"): _of(c.POLICY, "cluedin.policy", "description", _edited),
    ("cluedin.policy", "condition"): _of(c.POLICY, "cluedin.policy", "condition", _condition),
    ("cluedin.policy", "rules"): _of(c.POLICY, "cluedin.policy", "rules", _fewer),
    ("cluedin.policy_state", "active"): _of(c.POLICY, "cluedin.policy_state", "isActive", _opposite),
    ("cluedin.ai_agent", "instructions"): _of(c.AI_AGENT, "cluedin.ai_agent", "instructions", _edited),
    ("cluedin.ai_agent", "registry"): _entry_of_agent,
    ("cluedin.ai_job", "prompt"): _of(c.AI_JOB, "cluedin.ai_job", "prompt", _edited),
    ("cluedin.ai_job", "skills"): _of(c.AI_JOB, "cluedin.ai_job", "allowedSkills", []),
    ("cluedin.ai_job", "agent"): _other_agent,
    ("cluedin.ai_job", "model"): _of(c.AI_JOB, "cluedin.ai_job", "endpointId", c.ZERO),
    ("cluedin.ai_job", "keys"): _data_of_job("vocabularyKeys", lambda before: before[:-1]),
    ("cluedin.ai_job", "records"): _data_of_job("filterRule", _condition),
    ("cluedin.ai_job", "sample"): _data_of_job("sampleSize", 7),
    ("cluedin.ai_job_state", "enabled"): _of(c.AI_JOB, "cluedin.ai_job_state", "enabled", _opposite),
    ("cluedin.dedup_project", "description"): _member(c.DEDUP, "dedup_project", "description", _slate("Edited")),
    ("cluedin.dedup_project", "condition"): _member(c.DEDUP, "dedup_project", "deduplicationScopeFilter", _condition),
    ("cluedin.dedup_project", "limit"): _member(c.DEDUP, "dedup_project", "querySizeLimit", 77),
    ("cluedin.dedup_rule", "criteria"): _matching(lambda rule: rule["matchingCriteria"][0].update(function="Contains")),
    ("cluedin.dedup_rule", "active"): _matching(lambda rule: rule.update(enabled=not rule["enabled"])),
    ("cluedin.dedup_order", "after"): _other_order,
    ("cluedin.clean_project", "description"): _member(c.CLEAN, "clean_project", "description", _slate("Edited")),
    ("cluedin.clean_project", "fields"): _member(c.CLEAN, "clean_project", "fields", lambda before: before[:1]),
    ("cluedin.clean_project", "condition"): _member(c.CLEAN, "clean_project", "condition", _condition),
    ("cluedin.clean_project", "include_data_parts"): _member(c.CLEAN, "clean_project", "includeDataParts", _opposite),
    ("cluedin.setting", "value"): lambda made, key, path: [(c.SETTING, key.lower(), _set)],
    ("cluedin.data_set", "source_quality"): _of_source,
    ("cluedin.annotation", "entity_type"): _member(c.ANNOTATION, "annotation", "entityType", "/Person"),
    ("cluedin.annotation_keys", "primary_identifier"): _member(
        c.ANNOTATION, "annotation", "originEntityCodeKey", "person.email"
    ),
    ("cluedin.annotation_keys", "name_key"): _member(c.ANNOTATION, "annotation", "nameKey", "person.email"),
    ("cluedin.annotation_keys", "modified_map"): _member(c.ANNOTATION, "annotation", "modifiedDateMap", "person.email"),
    ("cluedin.column_mapping", "key"): _mapped,
    ("cluedin.column_mapping", "arrives_as"): _unarrived,
    ("cluedin.identifier", "origin"): _member(c.CODE, "identifier", "entityCodeOrigin", _edited),
    ("cluedin.relation", "to"): _related,
}


# -- Purview -----------------------------------------------------------------------------------------------


def _attribute(made: Estate, key: str, path: str) -> list[Edit]:
    name = (steps_of(path) or {"column_mapping": ("columnMapping",)}.get(path, (path,)))[0]
    return [("entity", _id(made, "purview.entity", key), lambda doc: _with(doc, name))]


def _with(doc: Doc, name: str) -> Doc:
    before = doc["attributes"].get(name)
    other: Any = (not before) if isinstance(before, bool) else before + 1 if isinstance(before, int) else None
    if other is None:
        other = (
            [*before, "edited"] if isinstance(before, list) else "[]" if name == "columnMapping" else _edited(before)
        )
    return {**doc, "attributes": {**doc["attributes"], name: other}}


def _flow(*types: str) -> Callable[[Estate, str, str], list[Edit]]:
    """Takes one relation of the entity away."""

    def edits(made: Estate, key: str, path: str) -> list[Edit]:
        id = _id(made, "purview.entity", key)
        rows = [
            row
            for row in made.sandbox.store.all("relation")
            if id in (row["end1"]["guid"], row["end2"]["guid"]) and row["typeName"] in types
        ]
        return [("relation", rows[0]["guid"], lambda doc: {**doc, "status": "DELETED"})] if rows else []

    return edits


def _owner(made: Estate, key: str, path: str) -> list[Edit]:
    return [("entity", _id(made, "purview.entity", key), lambda doc: {**doc, "contacts": {}})]


def _collection(made: Estate, key: str, path: str) -> list[Edit]:
    return [("entity", _id(made, "purview.entity", key), lambda doc: {**doc, "collectionId": "contoso-purview"})]


def _term(member: str, value: Any) -> Callable[[Estate, str, str], list[Edit]]:
    return lambda made, key, path: [
        ("term", _id(made, "purview.term", key), lambda doc: {**doc, member: _other(doc.get(member), value)})
    ]


def _spread(made: Estate, key: str, path: str) -> list[Edit]:
    name, _, host = key.partition("@")

    def edit(doc: Doc) -> Doc:
        items = [{**one, "propagate": not one.get("propagate")} if one["typeName"] == name else one
                 for one in doc["classifications"]]  # fmt: skip
        return {**doc, "classifications": items}

    return [("entity", _id(made, "purview.entity", host), edit)]


def _fact(made: Estate, key: str, path: str) -> list[Edit]:
    group, _, host = key.partition("@")
    [name] = steps_of(path)

    def edit(doc: Doc) -> Doc:
        held = doc["businessAttributes"]
        return {**doc, "businessAttributes": {**held, group: {**held[group], name: 0.25}}}

    return [("entity", _id(made, "purview.entity", host), edit)]


def _typedef(member: str, value: Any) -> Callable[[Estate, str, str], list[Edit]]:
    return lambda made, key, path: [("typedef", key, lambda doc: {**doc, member: _other(doc.get(member), value)})]


PURVIEW: dict[tuple[str, str], Callable[[Estate, str, str], list[Edit]]] = {
    ("purview.entity", "name"): _attribute,
    ("purview.entity", "description"): _attribute,
    ("purview.entity", "attributes"): _attribute,
    ("purview.entity", "column_mapping"): _attribute,
    ("purview.entity", "owners"): _owner,
    ("purview.entity", "inputs"): _flow("dataset_process_inputs"),
    ("purview.entity", "outputs"): _flow("process_dataset_outputs"),
    ("purview.entity", "collection"): _collection,
    ("purview.term", "definition"): _term("longDescription", _edited),
    ("purview.term", "status"): _term("status", "Alert"),
    ("purview.classification_type", "description"): _typedef("description", _edited),
    ("purview.classification_type", "super_types"): _typedef("superTypes", []),
    ("purview.classification_type", "entity_types"): _typedef("entityTypes", []),
    ("purview.type", "description"): _typedef("description", _edited),
    ("purview.type", "service_type"): _typedef("serviceType", _edited),
    ("purview.type", "version"): _typedef("typeVersion", "9"),
    ("purview.classification", "propagate"): _spread,
    ("purview.business_metadata", "attributes"): _fact,
}

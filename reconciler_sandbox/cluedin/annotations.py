"""Annotations: how the columns of a data set become the properties of records."""

from __future__ import annotations

import re

from reconciler_sandbox.cluedin.annotation_views import AnnotationViews
from reconciler_sandbox.cluedin.data_sets import DataSets
from reconciler_sandbox.cluedin.entity_types import EntityTypes
from reconciler_sandbox.cluedin.errors import bad_request, conflict, not_found
from reconciler_sandbox.cluedin.vocabularies import Vocabularies
from reconciler_sandbox.cluedin.world import (
    ANNOTATION,
    CODE,
    ENTITY_TYPE,
    KEY,
    Args,
    Caller,
    Doc,
    Resolver,
    World,
    new_id,
    now_z,
)

SOURCE_NAME = "--data-source-name--"
"""The origin that stands for the name of the data source ([B])."""

# Members of a save that name a vocabulary key; the key's column must have been mapped ([C]).
_KEYS = ("nameKey", "descriptionKey", "originEntityCodeKey")
_CODE = ("vocabKey", "entityCodeOrigin", "key", "type", "sourceCode")


class Annotations:
    """Annotations, their properties, codes and edges."""

    def __init__(
        self, world: World, sets: DataSets, types: EntityTypes, vocabularies: Vocabularies, views: AnnotationViews
    ) -> None:
        self._world = world
        self._sets = sets
        self._types = types
        self._vocabularies = vocabularies
        self._views = views
        sets.annotation_view = views.bare

    def resolvers(self) -> dict[str, Resolver]:
        """Fields of the schema."""
        management, preparation = "ManagementMutation", "PreparationMutation"
        return {
            **self._views.resolvers(),
            f"{management}.createManualAnnotation": self._create,
            f"{management}.saveCustomOriginClueMappingConfiguration": self._origin,
            f"{management}.addPropertyMappingToCluedMappingConfiguration": self._add_property,
            f"{management}.updatePropertyMappingInClueMappingConfig": self._update_property,
            f"{management}.modifyBatchVocabularyClueMappingConfiguration": self._batch,
            f"{management}.addEdgeMapping": self._add_edge,
            f"{preparation}.modifyAnnotation": self._modify,
            f"{preparation}.createAnnotationCode": self._create_code,
            f"{preparation}.editAnnotationCode": self._edit_code,
        }

    # The annotation

    def _create(self, caller: Caller, args: Args) -> Doc:
        """Makes the one annotation of a set; vocabulary and entity type must exist ([C] that they are checked)."""
        data_set = self._sets.newest(args["dataSetId"])
        if data_set["annotationId"]:
            raise conflict(f"The data set {data_set['name']} has an annotation.")
        mapping = args.get("mappingConfiguration") or {}
        code = self._entity_type(caller, mapping.get("entityTypeConfiguration"))
        vocabulary = self._vocabulary(caller, mapping, code)
        moment = now_z()
        doc = {
            "id": str(self._world.store.next("cluedin annotation")),
            "dataSetId": data_set["id"],
            "name": data_set["name"],
            "entityType": code,
            "author": caller.user_id,
            "createdAt": moment,
            "updatedAt": moment,
            "isDynamicVocab": bool(args.get("isDynamicVocab")),
            "vocabularyId": vocabulary["vocabularyId"],
            "origin": SOURCE_NAME,
            "useStrictEdgeCode": False,
            "useDefaultSourceCode": False,
            "properties": [],
            **dict.fromkeys((*_KEYS, "createdDateMap", "modifiedDateMap", "beforeCreatingClue", "beforeSendingClue")),
        }
        self._world.put(ANNOTATION, doc)
        data_set = self._sets.change(data_set, annotationId=doc["id"])
        for column in mapping.get("ignoredFields") or []:
            data_set = self._sets.map(data_set, {"originalField": column, "key": "--ignore--"})
        return self._views.shown(caller, doc)

    def _entity_type(self, caller: Caller, given: Doc | None) -> str:
        self._types.ensure(caller, given)
        code = (given or {}).get("entityType")
        found = self._world.taken(ENTITY_TYPE, "type", code.lower()) if code else None
        if found is None:
            raise bad_request(f"The entity type '{code}' does not exist.")
        return str(found["type"])

    def _vocabulary(self, caller: Caller, mapping: Doc, code: str) -> Doc:
        given = mapping.get("vocabularyConfiguration") or {}
        if not given.get("new"):
            return self._vocabularies.newest(given.get("vocabularyId"))
        names = {name: given.get(name) for name in ("vocabularyName", "keyPrefix")}
        if not all(names.values()):
            raise bad_request("A new vocabulary needs a name and a prefix.")
        return self._vocabularies.create(caller, {**names, "grouping": code, "providerId": None, "description": None})

    def _newest(self, annotation_id: str | None) -> Doc:
        found = self._world.get(ANNOTATION, annotation_id, latest=True)
        if found is None:
            raise not_found("The annotation", annotation_id or "without an id")
        return found

    def _change(self, doc: Doc, **members: object) -> Doc:
        return self._world.put(ANNOTATION, {**doc, **members, "updatedAt": now_z()})

    def _modify(self, _caller: Caller, args: Args) -> bool:
        """Changes the members that are mentioned, and no others ([B])."""
        given = dict(args.get("annotation") or {})
        doc = self._newest(given.pop("id", None))
        for name in _KEYS:
            if given.get(name) and self._property(doc, given[name]) is None:
                raise bad_request(f"{name}: the key '{given[name]}' is not mapped.")
        self._change(doc, **given)
        return True

    def _origin(self, _caller: Caller, args: Args) -> bool:
        """Sets the origin by its own call ([B])."""
        self._change(self._newest(args["annotationId"]), origin=args.get("customOrigin"))
        return True

    # Properties

    @staticmethod
    def _property(doc: Doc, key: str | None) -> Doc | None:
        """A property by its vocabulary key."""
        return next((item for item in doc["properties"] if item["vocabKey"] == key), None)

    def _key(self, given: Doc | None) -> Doc:
        """The key of a mapping; it must exist, in the vocabulary that is named ([C])."""
        wanted = given or {}
        if wanted.get("new"):
            raise bad_request("The sandbox makes no keys on the way.")
        found = self._world.get(KEY, wanted.get("vocabularyKeyId"), latest=True)
        if found is None:
            raise not_found("The vocabulary key", wanted.get("vocabularyKeyId") or "without an id")
        vocabulary = (wanted.get("vocabularyId") or found["vocabularyId"]).lower()
        if vocabulary != found["vocabularyId"]:
            raise bad_request(f"The key {found['key']} is not in the vocabulary {vocabulary}.")
        return found

    def _annotation_of(self, data_set: Doc) -> Doc:
        if not data_set["annotationId"]:
            raise bad_request(f"The data set {data_set['name']} has no annotation.")
        return self._newest(data_set["annotationId"])

    def _add_property(self, _caller: Caller, args: Args) -> bool:
        """Maps a column: a mapping of the set, and a property of its annotation ([B])."""
        given = args.get("propertyMappingConfiguration") or {}
        data_set = self._sets.newest(args["dataSetId"])
        annotation = self._annotation_of(data_set)
        key = self._key(given.get("vocabularyKeyConfiguration"))
        self._sets.map(data_set, {"originalField": given.get("originalField"), "key": key["key"]})
        self._put_property(annotation, key, given)
        return True

    def _update_property(self, _caller: Caller, args: Args) -> bool:
        """Maps a column to another key, or changes its flags; the mapping's id is needed ([B])."""
        given = args.get("propertyMappingConfiguration") or {}
        data_set = self._sets.newest(args["dataSetId"])
        annotation = self._annotation_of(data_set)
        before = self._sets.mapping(data_set, given.get("id"))
        key = self._key(given.get("vocabularyKeyConfiguration"))
        data_set = self._sets.remap(data_set, before, key=key["key"])
        self._put_property(annotation, key, given)
        self._sets.prune(data_set, before["key"])
        return True

    def _put_property(self, annotation: Doc, key: Doc, given: Doc) -> None:
        old = self._property(annotation, key["key"])
        found = {**(old or _new_property(key))}
        for name in ("useAsEntityCode", "useAsAlias"):
            if given.get(name) is not None:
                found[name] = given[name]
        rest = [item for item in annotation["properties"] if item is not old]
        self._change(annotation, properties=[*rest, found])

    def _batch(self, _caller: Caller, args: Args) -> bool:
        """Marks keys as identifiers, as clients of versions before 4.2 do ([B] use, [U] members)."""
        doc = self._newest(args["annotationId"])
        given = (args.get("batchPropertyMappings") or {}).get("propertyMappingConfiguration") or []
        properties = {item["vocabKey"]: item for item in doc["properties"]}
        for item in given if isinstance(given, list) else [given]:
            key = item.get("vocabularyKey") or self._key(item.get("vocabularyKeyConfiguration"))["key"]
            if key not in properties:
                raise bad_request(f"The key '{key}' is not mapped.")
            names = ("useAsEntityCode", "useAsAlias", "useSourceCode", "entityCodeOrigin")
            properties[key] = {**properties[key], **{name: item[name] for name in names if name in item}}
        self._change(doc, properties=list(properties.values()))
        return True

    # Edges: there is no call that changes or removes one ([B])

    def _add_edge(self, caller: Caller, args: Args) -> bool:
        doc = self._newest(args["annotationId"])
        found = next((item for item in doc["properties"] if args["key"] in (item["key"], item["vocabKey"])), None)
        if found is None:
            raise bad_request(f"The key '{args['key']}' is not mapped.")
        edge = self._edge(caller, args.get("edgeConfiguration") or {}, args["key"])
        after = {**found, "annotationEdges": [*found["annotationEdges"], edge]}
        self._change(doc, properties=[after if item is found else item for item in doc["properties"]])
        return True

    def _edge(self, caller: Caller, given: Doc, key: str) -> Doc:
        if not given.get("edgeType"):
            raise bad_request("An edge needs a type.")
        edge = str(self._world.store.next("cluedin annotation edge"))
        properties = [
            {
                "id": new_id(),
                "annotationEdgeId": edge,
                "originalField": (item or {}).get("originalField"),
                "vocabularyKey": self._key((item or {}).get("vocabularyKeyConfiguration"))["key"],
            }
            for item in given.get("edgeProperties") or []
        ]
        names = ("edgeType", "origin", "direction", "dataSetId", "dataSourceGroupId", "dataSourceId")
        return {
            **{name: given.get(name) for name in names},
            "id": edge,
            "key": key,
            "entityType": self._entity_type(caller, given.get("entityTypeConfiguration")),
            "edgeProperties": properties,
        }

    # Codes, since 4.2 ([B])

    def _create_code(self, _caller: Caller, args: Args) -> Doc:
        """Makes an identifier of a key whose column has been mapped ([B] that it comes after the mappings)."""
        given = args.get("annotationCode") or {}
        doc = self._newest(given.get("annotationId"))
        found = self._property(doc, given.get("vocabKey"))
        if found is None:
            raise bad_request(f"The key '{given.get('vocabKey')}' is not mapped.")
        if given.get("key") != found["key"]:
            raise bad_request(f"'{given.get('key')}' is not the property of the key '{given['vocabKey']}'.")
        number = str(self._world.store.next("cluedin annotation code"))
        code = {"id": number, "annotationId": doc["id"], **{name: given.get(name) for name in _CODE}}
        return self._world.put(CODE, code)

    def _edit_code(self, _caller: Caller, args: Args) -> Doc:
        """Changes origin and source code ([B] members)."""
        found = self._world.get(CODE, args.get("id"), latest=True)
        if found is None:
            raise not_found("The annotation code", args.get("id") or "without an id")
        given = args.get("annotationCode") or {}
        changed = {name: given[name] for name in ("entityCodeOrigin", "sourceCode") if name in given}
        return self._world.put(CODE, {**found, **changed})


def _new_property(key: Doc) -> Doc:
    """A property as a mapping makes it; its key is the vocabulary key with underscores ([B])."""
    return {
        "key": re.sub(r"[^A-Za-z0-9]", "_", key["key"]),
        "displayName": key["displayName"],
        "vocabKey": key["key"],
        "keyId": key["vocabularyKeyId"],
        "useAsEntityCode": False,
        "useAsAlias": None,
        "useSourceCode": False,
        "entityCodeOrigin": None,
        "type": "email" if key["dataType"] == "Email" else "string",
        "annotationEdges": [],
    }

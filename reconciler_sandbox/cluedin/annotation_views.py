"""Annotations as callers see them."""

from __future__ import annotations

from reconciler_sandbox.cluedin.entity_types import EntityTypes
from reconciler_sandbox.cluedin.errors import not_found
from reconciler_sandbox.cluedin.key_views import KeyViews
from reconciler_sandbox.cluedin.vocabularies import first_is_one
from reconciler_sandbox.cluedin.world import (
    ANNOTATION,
    CODE,
    KEY,
    VOCABULARY,
    Args,
    Caller,
    Doc,
    Resolver,
    World,
    page_of,
)


class AnnotationViews:
    """Reading annotations and their codes."""

    def __init__(self, world: World, types: EntityTypes, keys: KeyViews) -> None:
        self._world = world
        self._types = types
        self._keys = keys

    def resolvers(self) -> dict[str, Resolver]:
        """Fields of the schema."""
        return {
            "Preparation.annotations": self._list,
            "Preparation.annotation": lambda caller, args: self.shown(caller, self._visible(args.get("id"))),
            "Preparation.getAnnotationCodes": lambda caller, args: self._world.find(
                CODE, "annotation", args["annotationId"]
            ),
        }

    def _visible(self, annotation_id: str | None) -> Doc:
        found = self._world.get(ANNOTATION, annotation_id)
        if found is None:
            raise not_found("The annotation", annotation_id or "without an id")
        return found

    def _list(self, caller: Caller, args: Args) -> Doc:
        """Pages from 1 ([B])."""
        found = self._world.all(ANNOTATION)
        page = page_of(found, first_is_one(args.get("page")), args.get("pageSize") or 20)
        return {"total": len(found), "data": [self.shown(caller, doc) for doc in page]}

    def bare(self, doc: Doc) -> Doc:
        """An annotation inside a data set; nested keys are left out ([B] that only a few members are asked for)."""
        return {
            **doc,
            "annotationCodeSetup": None,
            "previewImageKey": None,
            "cultureKey": None,
            "versionKey": None,
            "vocabulary": self._world.get(VOCABULARY, doc["vocabularyId"]),
            "entityTypeConfiguration": self._types.configuration(doc["entityType"]),
            "annotationProperties": [_property(item) for item in doc["properties"]],
        }

    def shown(self, caller: Caller, doc: Doc) -> Doc:
        """One annotation with everything."""
        return {**self.bare(doc), "annotationProperties": [self._full(caller, item) for item in doc["properties"]]}

    def _full(self, caller: Caller, item: Doc) -> Doc:
        def key(_info: object) -> Doc | None:
            found = self._world.get(KEY, item["keyId"])
            return self._keys.shown(caller, found) if found else None

        edges = [self._edge(caller, edge) for edge in item["annotationEdges"]]
        return {**_property(item), "vocabularyKey": key, "annotationEdges": edges}

    def _edge(self, caller: Caller, edge: Doc) -> Doc:
        properties = []
        for item in edge["edgeProperties"]:
            found = self._keys.full_name(item["vocabularyKey"])
            properties.append({**item, "vocabularyKey": self._keys.shown(caller, found) if found else None})
        kind = self._types.configuration(edge["entityType"])
        return {**edge, "entityTypeConfiguration": kind, "edgeProperties": properties}


def _property(item: Doc) -> Doc:
    """A property; where its key's id should be, a boolean was seen ([B])."""
    return {
        **item,
        "coreVocab": None,
        "vocabularyKeyId": True,
        "validations": [],
        "transformations": None,
        "annotationEdges": [],
    }

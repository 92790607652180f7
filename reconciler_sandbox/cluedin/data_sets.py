"""Data sets, their columns, and the endpoint that takes their records."""

from __future__ import annotations

from collections.abc import Callable

from reconciler_sandbox.cluedin import arrival, models
from reconciler_sandbox.cluedin.administration import Administration
from reconciler_sandbox.cluedin.data_sources import DataSources
from reconciler_sandbox.cluedin.entity_types import EntityTypes
from reconciler_sandbox.cluedin.errors import CluedInError, bad_request, not_found
from reconciler_sandbox.cluedin.world import (
    ANNOTATION,
    DATA_SET,
    DATA_SOURCE,
    KEY,
    RECORDS,
    Args,
    Call,
    Caller,
    Doc,
    Resolver,
    RestRoute,
    World,
    new_id,
    now_z,
)
from reconciler_sandbox.web import Response

IGNORE = "--ignore--"
RECORDS_KEPT = 10_000
"""Records of a set that are kept for golden records; the rest is counted only, as this is no database."""
COLUMNS_MAX = 490
"""Most columns of a record that the endpoint takes ([B])."""

# What a data set shows that this sandbox keeps no account of ([B] values of recorded data sets).
_PLAIN: Doc = {
    "touched": False,
    "hasError": False,
    "latestErrorMessage": None,
    "errorType": "",
    "sanitizeUnicodes": False,
    "hasParsingWarnings": False,
    "canResetMapping": True,
    "hasSubmissions": False,
    "lastPurgedAt": None,
    "lastPurgedBy": "",
    "isOwner": True,
    "isBridge": False,
    "isArchive": None,
    "hasQuarantineData": False,
    "hasPendingRecordsApproval": False,
    "supportsIngestionSourceId": True,
    "archivedBy": None,
    "fileSize": 0,
    "externalTabs": [],
    "invalidKeys": None,
    "currentLoadedSize": 0,
    "hasValidationParsingError": False,
    "hasValidationStoringError": False,
    "hasValidationMappingError": False,
    "hasValidationProcessingError": False,
    "failedLoadingTotal": 0,
    "isDeleteInProgress": False,
    "archivedByUser": None,
    "lastPurgedByUser": None,
    "canBeDeleted": True,
    "dataSourceHasDuplicatedEntityType": False,
    "filters": [],
    "validations": [],
    "operations": [],
}


class DataSets:
    """The sets of records below a source."""

    def __init__(self, world: World, people: Administration, types: EntityTypes, sources: DataSources) -> None:
        self._world = world
        self._people = people
        self._types = types
        self._sources = sources
        self.annotation_view: Callable[[Doc], Doc] = lambda doc: doc
        """How the annotation of a set is shown; given by its area."""
        sources.set_view = self.shown

    def resolvers(self) -> dict[str, Resolver]:
        """Fields of the schema."""
        return {
            "Inbound.dataSet": lambda caller, args: self.shown(self.visible(args["id"])),
            "InboundMutation.createDataSets": self._create_all,
            "InboundMutation.saveDataSet": self._save,
            "InboundMutation.modifyDataSetAutoSubmit": self._auto_submit,
            "InboundMutation.commitDataSet": self._commit,
            "InboundMutation.addAnnotationMappingToDataSet": self._add_mappings,
            "InboundMutation.updateAnnotationMappingInDataSet": self._update_mappings,
            "InboundMutation.deleteAnnotationMappingInDataSet": self._delete_mapping,
        }

    def routes(self) -> list[RestRoute]:
        """The endpoint of a data set ([B] path), below the host's root."""
        return [("POST", "/upload/api/endpoint/{data_set}", self._ingest)]

    # Reading

    def visible(self, set_id: str) -> Doc:
        """A set as callers see it by now."""
        return self._world.visible(DATA_SET, set_id, "The data set")

    def newest(self, set_id: str | None) -> Doc:
        """A set as the server knows it."""
        return self._world.newest(DATA_SET, set_id, "The data set")

    def shown(self, doc: Doc) -> Doc:
        """One set with everything; its id is in upper case ([B])."""

        def source(_info: object) -> Doc | None:
            found = self._world.get(DATA_SOURCE, doc["dataSourceId"], latest=True)
            return self._sources.brief(found) if found else None

        def annotation(_info: object) -> Doc | None:
            found = self._world.get(ANNOTATION, doc["annotationId"])
            return self.annotation_view(found) if found else None

        total = doc["records"]
        counts = {"total": total, "successful": doc["processed"], "failed": 0, "bytes": doc["bytes"]}
        return {
            **_PLAIN,
            **doc,
            "author": self._people.person(doc["author"]),
            "hasReceivedData": total > 0,
            "elasticTotal": total,
            "editModeElasticTotal": total,
            "expectedTotal": total or None,
            "originalFields": doc["originalFields"] or None,
            "stats": counts if total else None,
            "dataSource": source,
            "annotation": annotation,
        }

    # Making and changing

    def _create_all(self, caller: Caller, args: Args) -> list[Doc]:
        """Makes sets and answers with a list of them ([B])."""
        if args.get("existingAnnotationId") or args.get("existingDataSetId"):
            raise CluedInError(501, "Sets that share an annotation or rows are not served yet by the sandbox.")
        source = self._sources.newest(args.get("dataSourceId"))
        given = [item for item in args.get("dataSets") or [] if item]
        if not given:
            raise bad_request("Data sets are needed.")
        return [self.shown(self._create(caller, source, item)) for item in given]

    def _create(self, caller: Caller, source: Doc, given: Doc) -> Doc:
        name = self._world.text(given.get("name"))
        if not (name or "").strip():
            raise bad_request("The model is not valid.", name="This member is required.")
        if given.get("originalFields") is None:
            # The vendor's client warns that null breaks the database ([B]); here it is refused instead.
            raise bad_request("The model is not valid.", originalFields="An array is needed, null is not allowed.")
        configuration = given.get("configuration") or {}
        self._types.ensure(caller, configuration.get("entityTypeConfiguration"))
        moment = now_z()
        doc = {
            "id": new_id().upper(),
            "name": name,
            "type": given.get("type"),
            "dataSourceId": source["id"],
            "author": self._sources.author(given.get("author"), caller),
            "createdAt": moment,
            "updatedAt": moment,
            "configuration": configuration,
            "originalFields": list(dict.fromkeys(given["originalFields"])),
            "fieldMappings": [],
            "annotationId": None,
            "onlyUpdateClueHeadVersion": False,
            "logsRetentionPeriod": None,
            "logsRetentionEnabled": False,
            "submissionsRetentionPeriod": None,
            "submissionsRetentionEnabled": False,
            "records": 0,
            "processed": 0,
            "bytes": 0,
        }
        return self._world.put(DATA_SET, doc)

    def change(self, doc: Doc, **members: object) -> Doc:
        """Writes a changed set."""
        return self._world.put(DATA_SET, {**doc, **members, "updatedAt": now_z()})

    def _save(self, _caller: Caller, args: Args) -> Doc:
        """Changes the one member that a save may carry ([B])."""
        given = args.get("dataSet") or {}
        doc = self.newest(given.get("id"))
        if given.get("onlyUpdateClueHeadVersion") is not None:
            doc = self.change(doc, onlyUpdateClueHeadVersion=given["onlyUpdateClueHeadVersion"])
        return self.shown(doc)

    def _auto_submit(self, _caller: Caller, args: Args) -> bool:
        """Turning it on processes what is there ([B])."""
        doc = self.newest(args["dataSetId"])
        wanted = bool(args.get("autoSubmit"))
        inner = {**(doc["configuration"].get("object") or {}), "autoSubmit": wanted}
        done = doc["records"] if wanted and doc["annotationId"] else doc["processed"]
        self.change(doc, configuration={**doc["configuration"], "object": inner}, processed=done)
        return True

    def _commit(self, _caller: Caller, args: Args) -> bool:
        """Processes what has been sent ([B] call); without a mapping there is nothing to process it by ([C])."""
        doc = self.newest(args.get("dataSetId"))
        if not doc["annotationId"]:
            raise bad_request("The data set is not mapped.")
        self.change(doc, processed=doc["records"])
        return True

    # Columns and what they fill

    def _add_mappings(self, _caller: Caller, args: Args) -> bool:
        doc = self.newest(args.get("dataSetId"))
        for given in args.get("fieldMappings") or []:
            doc = self.map(doc, given or {})
        return True

    def map(self, doc: Doc, given: Doc) -> Doc:
        """Adds what a column fills; the id of a mapping is a GUID in upper case ([B]).

        A column that is mapped already is refused ([C]).
        """
        column, key = given.get("originalField"), given.get("key")
        if not column:
            raise bad_request("A mapping needs a column.")
        self._check_key(key)
        if any(mapping["originalField"] == column for mapping in doc["fieldMappings"]):
            raise CluedInError(409, f"The column '{column}' is mapped.")
        mapping = {
            "id": new_id().upper(),
            "originalField": column,
            "key": key,
            "columnType": given.get("columnType"),
            "columnSubType": given.get("columnSubType"),
        }
        return self.change(doc, fieldMappings=[*doc["fieldMappings"], mapping])

    def remap(self, doc: Doc, before: Doc, **members: object) -> Doc:
        """Changes one mapping of a set."""
        after = [{**item, **members} if item["id"] == before["id"] else item for item in doc["fieldMappings"]]
        return self.change(doc, fieldMappings=after)

    @staticmethod
    def mapping(doc: Doc, mapping_id: str | None) -> Doc:
        """A mapping by id, in whatever case."""
        wanted = (mapping_id or "").upper()
        for item in doc["fieldMappings"]:
            if item["id"] == wanted:
                return dict(item)
        raise not_found("The mapping", mapping_id or "without an id")

    def _update_mappings(self, _caller: Caller, args: Args) -> bool:
        doc = self.newest(args.get("dataSetId"))
        for given in args.get("fieldMappings") or []:
            before = self.mapping(doc, given.get("id"))
            self._check_key(given.get("key"))
            doc = self.remap(doc, before, key=given["key"])
            self.prune(doc, before["key"])
        return True

    def _check_key(self, key: str | None) -> None:
        if not key:
            raise bad_request("A mapping needs a key.")
        if key != IGNORE and not self._world.taken(KEY, "key", key):
            raise bad_request(f"The vocabulary key '{key}' does not exist.")

    def _delete_mapping(self, _caller: Caller, args: Args) -> bool:
        """Takes a mapping out; the property of the annotation goes with its last column ([C])."""
        doc = self.newest(args.get("dataSetId"))
        gone = self.mapping(doc, args.get("propertyId"))
        left = [item for item in doc["fieldMappings"] if item["id"] != gone["id"]]
        self.prune(self.change(doc, fieldMappings=left), gone["key"])
        return True

    def prune(self, doc: Doc, key: str) -> None:
        """Drops the property of a key that no column of the set fills any more."""
        annotation = self._world.get(ANNOTATION, doc["annotationId"], latest=True)
        if annotation and not any(item["key"] == key for item in doc["fieldMappings"]):
            kept = [item for item in annotation["properties"] if item["vocabKey"] != key]
            self._world.put(ANNOTATION, {**annotation, "properties": kept})

    # Records

    def _ingest(self, call: Call, data_set: str) -> Response:
        """Takes a JSON array of records: new columns join the set, and its counts grow ([B]).

        Properties get the names that CluedIn gives them, and a record with one that it refuses is not saved ([B]).
        """
        doc = self.newest(models.guid(data_set))
        if self._sources.newest(doc["dataSourceId"])["type"] != "endpoint":
            raise bad_request("The data set takes no records over an endpoint.")
        given = models.body_of(call.request)
        if not isinstance(given, list) or not all(item is None or isinstance(item, dict) for item in given):
            text = "Invalid JSON sent, the data must be a valid array"
            return Response(400, arrival.refusal(doc["id"], text, "invalid-array-json-sent"))
        if len(given) > arrival.RECORDS_MAX:
            text = f"JSON array contains more than {arrival.RECORDS_MAX:,} records"
            return Response(400, arrival.refusal(doc["id"], text, "too-many-records"))
        found = arrival.arrive(doc["id"], given)
        columns = list(dict.fromkeys([*doc["originalFields"], *arrival.columns_of(found.records)]))
        if len(columns) > COLUMNS_MAX:
            raise bad_request(f"{len(columns)} columns are too many: {COLUMNS_MAX} are allowed.")
        total = doc["records"] + len(found.records)
        submits = (doc["configuration"].get("object") or {}).get("autoSubmit") and doc["annotationId"]
        self._keep(doc, found.records)
        self.change(
            doc,
            originalFields=columns,
            records=total,
            bytes=doc["bytes"] + len(call.request.body),
            processed=total if submits else doc["processed"],
            hasValidationStoringError=bool(found.errors) or doc.get("hasValidationStoringError", False),
        )
        return Response(200, arrival.answer(found, len(given)))

    def _keep(self, doc: Doc, records: list[Doc]) -> None:
        """Keeps what came, as long as it is not much."""
        rows = records[: max(0, RECORDS_KEPT - doc["records"])]
        if rows:
            number = self._world.store.next("cluedin records")
            self._world.put(RECORDS, {"id": str(number), "dataSetId": doc["id"], "at": now_z(), "rows": rows})

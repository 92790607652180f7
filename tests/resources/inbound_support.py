"""What the tests of inbound CluedIn types share: documents of other clients, and a scene of one test's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reconciler.resources.objects import Write
from reconciler.systems.cluedin import CluedIn
from tests.resources.cluedin_support import Desk

IGNORE = "--ignore--"
SAVE_SET = "mutation x($d: InputSaveDataSet) { inbound { saveDataSet(dataSet: $d) { id } } }"
MODIFY = "mutation x($a: InputEntityAnnotation) { preparation { modifyAnnotation(annotation: $a) } }"
UPDATE = (
    "mutation x($d: ID!, $p: InputPropertyMappingConfiguration) { management {"
    " updatePropertyMappingInClueMappingConfig(dataSetId: $d, propertyMappingConfiguration: $p) } }"
)
ANNOTATION = (
    "query x($id: ID) { preparation { annotation(id: $id) { id useStrictEdgeCode nameKey origin beforeCreatingClue"
    " annotationProperties { vocabKey useAsAlias useAsEntityCode annotationEdges { id edgeType } } } } }"
)
SET = "query x($id: ID!) { inbound { dataSet(id: $id) { id configuration onlyUpdateClueHeadVersion } } }"
SOURCE = (
    "query x($id: ID!) { inbound { dataSource(id: $id) { id author { username } connectorConfiguration {"
    " accountDisplay helperConfiguration source sourceQuality } } } }"
)
CONFIGURE = (
    "mutation x($c: InputConnectorConfiguration) { inbound { saveConnectorConfiguration(connectorConfiguration: $c)"
    " { id } } }"
)


@dataclass
class Scene:
    """Types against one system; keys of data sets start with a group of the test's own."""

    cluedin: CluedIn
    group: str

    def desk(self, name: str) -> Desk:
        return Desk(self.cluedin, name)

    @property
    def set(self) -> str:
        return f"{self.group}/contacts/contacts"

    def made(self, **values: Any) -> str:
        """A data set with what is above it; its id."""
        self.desk("data_source_group").create(self.group)
        self.desk("data_source").create(f"{self.group}/contacts", type="endpoint")
        id = self.desk("data_set").create(self.set, type="endpoint", **values)
        assert id is not None
        return id

    def annotated(self, **values: Any) -> str:
        """And with an annotation on the vocabulary `inb.c`; the annotation's id."""
        self.made(fields=["id", "email", "notes"])
        if self.desk("vocabulary").read("inb.c", "none") is None:
            self.desk("vocabulary").create("inb.c", name="Inbound", entity_type="/Person")
            for name in ("id", "email"):
                self.desk("vocabulary_key").create(f"inb.c.{name}", vocabulary="inb.c", data_type="Text")
        given = {"vocabulary": "inb.c", "entity_type": "/Person", **values}
        id = self.desk("annotation").create(self.set, **given)
        assert id is not None
        return id

    def map(self, column: str, **values: Any) -> None:
        desk = self.desk("column_mapping")
        flat = desk.type.desired(f"{self.set}#{column}", **values).values  # type: ignore[misc]
        live = desk.read(f"{self.set}#{column}")
        write = Write("", f"{self.set}#{column}", dict(flat), live, desk.id_of)
        if live is None:
            desk.type.create(self.cluedin.fresh(), write)
        else:
            desk.type.update(self.cluedin.fresh(), write)

    def ask(self, document: str, **variables: Any) -> Any:
        outer = self.cluedin.graphql(document, variables, effect="set")
        return next(iter(next(iter(outer.values())).values()))

"""Annotations, mappings of columns, identifiers, edges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.sandbox._cluedin import Client
from tests.sandbox.test_cluedin_data_sources import KIND, ONE_SET, data_set

CREATE = (
    "mutation x($d: ID!, $t: String!, $m: InputMappingConfiguration, $v: Boolean) { management {"
    " createManualAnnotation(dataSetId: $d, type: $t, mappingConfiguration: $m, isDynamicVocab: $v) { id } } }"
)
ONE = (
    "query x($id: ID) { preparation { annotation(id: $id) { id name entityType isDynamicVocab origin nameKey"
    " descriptionKey originEntityCodeKey vocabularyId vocabulary { vocabularyName keyPrefix }"
    " entityTypeConfiguration { displayName } annotationProperties { key vocabKey type useAsEntityCode useAsAlias"
    " vocabularyKeyId vocabularyKey { vocabularyKeyId key dataType } annotationEdges { id key edgeType direction"
    " entityTypeConfiguration { entityType } edgeProperties { originalField vocabularyKey { key } } } } } } }"
)
MODIFY = "mutation x($a: InputEntityAnnotation) { preparation { modifyAnnotation(annotation: $a) } }"
ORIGIN = (
    "mutation x($a: ID!, $o: String) { management {"
    " saveCustomOriginClueMappingConfiguration(annotationId: $a, customOrigin: $o) } }"
)
_MAP = (
    "mutation x($d: ID!, $p: InputPropertyMappingConfiguration) { management {"
    " %s(dataSetId: $d, propertyMappingConfiguration: $p) } }"
)
ADD = _MAP % "addPropertyMappingToCluedMappingConfiguration"
UPDATE = _MAP % "updatePropertyMappingInClueMappingConfig"
_FIELDS = "mutation x($d: ID, $f: [InputPropertyMapping]) { inbound { %s(dataSetId: $d, fieldMappings: $f) } }"
ADD_FIELDS = _FIELDS % "addAnnotationMappingToDataSet"
UPDATE_FIELDS = _FIELDS % "updateAnnotationMappingInDataSet"
DELETE = "mutation x($d: ID, $p: ID) { inbound { deleteAnnotationMappingInDataSet(dataSetId: $d, propertyId: $p) } }"
CREATE_CODE = "mutation x($c: InputAnnotationCode) { preparation { createAnnotationCode(annotationCode: $c) { id } } }"
EDIT_CODE = (
    "mutation x($id: ID, $c: InputAnnotationCode) { preparation {"
    " editAnnotationCode(id: $id, annotationCode: $c) { id } } }"
)
CODES = (
    "query x($id: ID!) { preparation { getAnnotationCodes(annotationId: $id)"
    " { id annotationId key entityCodeOrigin sourceCode type vocabKey } } }"
)
EDGE = (
    "mutation x($a: ID!, $k: String!, $e: InputEdgeConfiguration) { management {"
    " addEdgeMapping(annotationId: $a, key: $k, edgeConfiguration: $e) } }"
)


@dataclass
class Scene:
    """A data set with an annotation on a vocabulary with two keys."""

    client: Client
    vocabulary: str
    email: dict[str, Any]
    name: dict[str, Any]
    data_set: str
    annotation: str

    def key(self, key: dict[str, Any]) -> dict[str, Any]:
        return {"new": False, "vocabularyId": self.vocabulary, "vocabularyKeyId": key["vocabularyKeyId"]}

    def map(self, column: str, key: dict[str, Any], **more: Any) -> None:
        given = {"originalField": column, "vocabularyKeyConfiguration": self.key(key), **more}
        assert self.client.data(ADD, d=self.data_set, p=given) is True

    def read(self) -> Any:
        return self.client.data(ONE, id=self.annotation)

    def mappings(self) -> dict[str, Any]:
        found = self.client.data(ONE_SET, id=self.data_set)["fieldMappings"]
        return {item["originalField"]: item for item in found}


def mapping_input(vocabulary: str, **more: Any) -> dict[str, Any]:
    given = {"new": False, "vocabularyId": vocabulary}
    return {"entityTypeConfiguration": KIND, "vocabularyConfiguration": given, "ignoredFields": [], **more}


@pytest.fixture
def scene() -> Scene:
    client = Client()
    vocabulary = client.vocabulary()["vocabularyId"]
    email = client.key(vocabulary, "email", dataType="Email")
    name = client.key(vocabulary, "name")
    one = data_set(client, originalFields=["id", "email", "name", "notes"])
    made = client.data(CREATE, d=one, t="endpoint", m=mapping_input(vocabulary), v=True)
    return Scene(client, vocabulary, email, name, one, made["id"])


def test_annotation_reads_back(scene: Scene) -> None:
    found = scene.read()
    assert (found["id"], found["origin"], found["isDynamicVocab"]) == ("1", "--data-source-name--", True)
    assert found["vocabulary"] == {"vocabularyName": "Customer", "keyPrefix": "customer"}
    assert found["entityTypeConfiguration"] == {"displayName": "Person"}
    assert scene.client.data(ONE_SET, id=scene.data_set)["annotation"]["id"] == "1"
    listed = scene.client.data("{ preparation { annotations(page: 1, pageSize: 5) { total data { id name } } } }")
    assert listed == {"total": 1, "data": [{"id": "1", "name": "contacts"}]}


def test_annotation_needs_what_it_names(scene: Scene) -> None:
    client = scene.client
    again = mapping_input(scene.vocabulary)
    assert "409" in client.error(CREATE, d=scene.data_set, t="endpoint", m=again)
    other = data_set(client)
    missing = "00000000-0000-0000-0000-000000000001"
    assert "404" in client.error(CREATE, d=other, t="endpoint", m=mapping_input(missing))
    wrong = mapping_input(scene.vocabulary, entityTypeConfiguration={**KIND, "entityType": "/Nobody"})
    assert "400" in client.error(CREATE, d=other, t="endpoint", m=wrong)
    assert client.data(ONE_SET, id=other)["annotationId"] is None


def test_property_mapping_fills_set_and_annotation(scene: Scene) -> None:
    scene.map("email", scene.email, useAsAlias=True)
    mapping = scene.mappings()["email"]
    assert mapping["key"] == "customer.email"
    assert mapping["id"] == mapping["id"].upper()
    (found,) = scene.read()["annotationProperties"]
    assert (found["key"], found["vocabKey"], found["type"]) == ("customer_email", "customer.email", "email")
    assert (found["useAsAlias"], found["vocabularyKeyId"]) == (True, True)
    assert found["vocabularyKey"]["vocabularyKeyId"] == scene.email["vocabularyKeyId"]


def test_property_mapping_needs_an_annotation_and_a_key(scene: Scene) -> None:
    client = scene.client
    given = {"originalField": "email", "vocabularyKeyConfiguration": scene.key(scene.email)}
    assert "400" in client.error(ADD, d=data_set(client), p=given)
    missing = {**scene.key(scene.email), "vocabularyKeyId": scene.vocabulary}
    assert "404" in client.error(ADD, d=scene.data_set, p={**given, "vocabularyKeyConfiguration": missing})
    scene.map("email", scene.email)
    assert "409" in client.error(ADD, d=scene.data_set, p=given)


def test_property_mapping_is_updated_by_its_id(scene: Scene) -> None:
    scene.map("email", scene.email)
    given = {"originalField": "email", "vocabularyKeyConfiguration": scene.key(scene.name)}
    assert "404" in scene.client.error(UPDATE, d=scene.data_set, p=given)
    scene.client.data(UPDATE, d=scene.data_set, p={**given, "id": scene.mappings()["email"]["id"].lower()})
    assert scene.mappings()["email"]["key"] == "customer.name"
    assert [item["vocabKey"] for item in scene.read()["annotationProperties"]] == ["customer.name"]


def test_ignored_columns_and_removal(scene: Scene) -> None:
    client = scene.client
    scene.map("email", scene.email)
    client.data(ADD_FIELDS, d=scene.data_set, f=[{"originalField": "notes", "key": "--ignore--"}])
    assert scene.mappings()["notes"]["key"] == "--ignore--"
    assert "400" in client.error(ADD_FIELDS, d=scene.data_set, f=[{"originalField": "id", "key": "no.such"}])
    one = scene.mappings()["email"]
    client.data(UPDATE_FIELDS, d=scene.data_set, f=[{"id": one["id"], "key": "--ignore--"}])
    assert scene.read()["annotationProperties"] == []
    client.data(DELETE, d=scene.data_set, p=one["id"])
    assert list(scene.mappings()) == ["notes"]
    assert "404" in client.error(DELETE, d=scene.data_set, p=one["id"])


def test_annotation_changes_mentioned_members_only(scene: Scene) -> None:
    client = scene.client
    assert "not mapped" in client.error(MODIFY, a={"id": "1", "originEntityCodeKey": "customer.email"})
    scene.map("email", scene.email)
    scene.map("name", scene.name)
    client.data(MODIFY, a={"id": "1", "nameKey": "customer.name"})
    client.data(MODIFY, a={"id": "1", "originEntityCodeKey": "customer.email"})
    client.data(ORIGIN, a="1", o="CRM")
    found = scene.read()
    assert (found["nameKey"], found["originEntityCodeKey"], found["origin"]) == (
        "customer.name",
        "customer.email",
        "CRM",
    )
    client.data(MODIFY, a={"id": "1", "nameKey": None})
    assert scene.read()["nameKey"] is None
    assert "404" in client.error(MODIFY, a={"id": "7", "nameKey": None})


def test_codes_come_after_mappings(scene: Scene) -> None:
    client = scene.client
    code = {"annotationId": "1", "vocabKey": "customer.email", "key": "customer_email", "type": "String"}
    code |= {"entityCodeOrigin": "email", "sourceCode": "x"}
    assert "not mapped" in client.error(CREATE_CODE, c=code)
    scene.map("email", scene.email)
    assert "400" in client.error(CREATE_CODE, c={**code, "key": "email"})
    made = client.data(CREATE_CODE, c=code)
    assert client.data(CODES, id="1") == [{**code, "id": made["id"]}]
    client.data(EDIT_CODE, id=made["id"], c={"entityCodeOrigin": "mail"})
    (found,) = client.data(CODES, id="1")
    assert (found["entityCodeOrigin"], found["sourceCode"]) == ("mail", "x")


def test_identifiers_before_codes_existed(scene: Scene) -> None:
    batch = (
        "mutation x($a: ID!, $b: InputBatchPropertyMapping) { management {"
        " modifyBatchVocabularyClueMappingConfiguration(annotationId: $a, batchPropertyMappings: $b) } }"
    )
    item = {"vocabularyKey": "customer.email", "useAsEntityCode": True, "entityCodeOrigin": "email"}
    given = {"propertyMappingConfiguration": [item]}
    assert "not mapped" in scene.client.error(batch, a="1", b=given)
    scene.map("email", scene.email)
    scene.client.data(batch, a="1", b=given)
    assert scene.read()["annotationProperties"][0]["useAsEntityCode"] is True


def test_edges(scene: Scene) -> None:
    edge = {
        "edgeType": "/WorksFor",
        "direction": "outgoing",
        "origin": "CRM",
        "entityTypeConfiguration": {**KIND, "entityType": "/Organization"},
        "edgeProperties": [{"originalField": "name", "vocabularyKeyConfiguration": scene.key(scene.name)}],
    }
    assert "not mapped" in scene.client.error(EDGE, a="1", k="customer_email", e=edge)
    scene.map("email", scene.email)
    scene.client.data(EDGE, a="1", k="customer_email", e=edge)
    (found,) = scene.read()["annotationProperties"][0]["annotationEdges"]
    assert (found["edgeType"], found["direction"]) == ("/WorksFor", "outgoing")
    assert found["entityTypeConfiguration"] == {"entityType": "/Organization"}
    assert found["edgeProperties"] == [{"originalField": "name", "vocabularyKey": {"key": "customer.name"}}]


def test_mapped_data_is_processed(scene: Scene) -> None:
    client = scene.client
    client.send("POST", f"/upload/api/endpoint/{scene.data_set}", [{"id": 1}])
    commit = "mutation x($d: ID) { inbound { commitDataSet(dataSetId: $d) } }"
    client.data(commit, d=scene.data_set)
    assert client.data(ONE_SET, id=scene.data_set)["stats"] == {"total": 1, "successful": 1, "failed": 0}
    assert "400" in client.error(commit, d=data_set(client))

"""Unmodified clients of the real systems, driven against the sandbox over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.sandbox.server import Running, running

OPTIONAL = {"isOptional": True}


@pytest.fixture
def server() -> Iterator[Running]:
    with running(seed="empty") as found:
        yield found


def test_azure_purview_datamap(server: Running) -> None:
    datamap = pytest.importorskip("azure.purview.datamap", reason="azure-purview-datamap is not installed")
    core = pytest.importorskip("azure.core", reason="azure-core is not installed")
    policies = pytest.importorskip("azure.core.pipeline.policies")
    credentials = pytest.importorskip("azure.core.credentials")
    bearer = policies.HeadersPolicy({"Authorization": "Bearer token"})
    key = credentials.AzureKeyCredential("unused")
    with datamap.DataMapClient(server.url, key, authentication_policy=bearer) as client:
        client.type_definition.batch_create({"classificationDefs": [{"name": "PII"}]})
        assert client.type_definition.get_by_name("PII")["category"] == "CLASSIFICATION"
        raw = {"typeName": "DataSet", "attributes": {"qualifiedName": "q", "name": "n"}}
        made = client.entity.create_or_update({"entity": raw})
        guid = next(iter(made["guidAssignments"].values()))
        assert client.entity.get(guid)["entity"]["attributes"]["name"] == "n"
        assert client.entity.get_by_ids(guid=[guid])["entities"][0]["guid"] == guid
        named = client.entity.get_by_unique_attribute("DataSet", attribute="q")
        assert named["entity"]["guid"] == guid
        bulk = client.entity.batch_get_by_unique_attributes("DataSet", attr_n_qualified_name="q")
        assert bulk["entities"][0]["guid"] == guid
        client.entity.update_attribute_by_id(guid, body="said", name="description")
        client.entity.add_classifications(guid, [{"typeName": "PII"}])
        client.entity.set_labels(guid, ["one"])
        shown = client.entity.get(guid)["entity"]
        assert (shown["labels"], shown["attributes"]["description"]) == (["one"], "said")
        glossary = client.glossary.create({"name": "G"})
        term = client.glossary.create_term({"name": "T", "anchor": {"glossaryGuid": glossary["guid"]}})
        client.glossary.assign_term_to_entities(term["guid"], [{"guid": guid}])
        assert client.entity.get(guid)["entity"]["meanings"][0]["termGuid"] == term["guid"]
        assert len(client.glossary.get_terms(glossary["guid"], limit=10, offset=0)) == 1
        assert client.discovery.query({"keywords": "n"})["@search.count"] >= 1
        assert client.lineage.get(guid, direction="BOTH", depth=3)["relations"] == []
        client.entity.delete(guid)
        with pytest.raises(core.exceptions.ResourceNotFoundError):
            client.entity.get(guid)


def _atlas_client(core: Any, server: Running) -> Any:
    auth = pytest.importorskip("pyapacheatlas.auth")
    return core.AtlasClient(
        endpoint_url=f"{server.url}/catalog/api/atlas/v2",
        authentication=auth.BasicAuthentication("user", "password"),
    )


def test_pyapacheatlas(server: Running) -> None:
    core = pytest.importorskip("pyapacheatlas.core", reason="pyapacheatlas is not installed")
    typedef = pytest.importorskip("pyapacheatlas.core.typedef")
    client = _atlas_client(core, server)
    attributes = [typedef.AtlasAttributeDef("size", typeName="int")]
    thing = typedef.EntityTypeDef("thing", superTypes=["DataSet"], attributeDefs=attributes)
    pii = typedef.ClassificationTypeDef("PII")
    client.upload_typedefs(entityDefs=[thing], classificationDefs=[pii])
    client.upload_typedefs(entityDefs=[thing], classificationDefs=[pii], force_update=True)
    assert client.get_typedef(name="thing")["superTypes"] == ["DataSet"]
    a = core.AtlasEntity("a", "thing", "q://a", guid=-1)
    b = core.AtlasEntity("b", "thing", "q://b", guid=-2)
    p = core.AtlasProcess("p", "Process", "q://p", inputs=[a], outputs=[b], guid=-3)
    made = client.upload_entities([a, b, p])
    assert set(made["guidAssignments"]) == {"-1", "-2", "-3"}
    found = client.get_entity(qualifiedName=["q://a", "q://gone"], typeName="thing")
    assert len(found["entities"]) == 1
    guid = found["entities"][0]["guid"]
    assert len(client.get_entity_lineage(guid)["relations"]) == 2
    client.partial_update_entity(typeName="thing", qualifiedName="q://a", attributes={"description": "x"})
    client.classify_entity(guid, [core.AtlasClassification("PII")])
    client.classify_entity(guid, [core.AtlasClassification("PII")], force_update=True)
    client.update_entity_labels(["one"], guid=guid)
    entity = client.get_entity(guid=guid)["entities"][0]
    assert (entity["labels"], entity["classifications"][0]["typeName"]) == (["one"], "PII")
    client.declassify_entity(guid, "PII")
    client.delete_entity(guid=[guid])
    assert "entities" not in client.get_entity(qualifiedName="q://a", typeName="thing")


def test_pyapacheatlas_for_purview(server: Running) -> None:
    core = pytest.importorskip("pyapacheatlas.core", reason="pyapacheatlas is not installed")
    terms = pytest.importorskip("pyapacheatlas.core.glossary")
    auth = pytest.importorskip("pyapacheatlas.auth")
    client = core.PurviewClient("contoso", authentication=auth.BasicAuthentication("user", "password"))
    for part in (client, client.glossary, client.collections, client.discovery, client.msgraph):
        if hasattr(part, "endpoint_url"):
            host, _, path = part.endpoint_url.removeprefix("https://").partition("/")
            if host == "contoso.purview.azure.com":
                part.endpoint_url = f"{server.url}/{path}"
    root = next(iter(client.collections.list_collections()))["name"]
    client.collections.create_or_update_collection("abc123", "Raw", root)
    entity = core.AtlasEntity("a", "DataSet", "q://a", guid=-1)
    client.collections.upload_entities([entity], collection="abc123")
    guid = client.get_entity(qualifiedName="q://a", typeName="DataSet")["entities"][0]["guid"]
    client._post_http(f"{server.url}/datamap/api/atlas/v2/glossary", json={"name": "Glossary"})
    glossary = client.glossary.get_glossary()["guid"]
    parent = terms.PurviewGlossaryTerm(
        name="Party", qualifiedName="Party@Glossary", anchor={"glossaryGuid": glossary}, status="Approved"
    )
    made = client.glossary.upload_term(parent)
    child = terms.PurviewGlossaryTerm(
        name="Customer", qualifiedName="Customer@Glossary", anchor={"glossaryGuid": glossary}, status="Draft"
    )
    child.add_hierarchy(parentFormalName="Party", parentGuid=made["guid"])
    assert client.glossary.upload_term(child)["qualifiedName"] == "Party_Customer@Glossary"
    client.glossary.assignTerm([{"guid": guid}], termGuid=made["guid"])
    assigned = client.glossary.get_termAssignedEntities(termGuid=made["guid"])
    relation = assigned[0]["relationshipGuid"]
    client.glossary.delete_assignedTerm([{"guid": guid, "relationshipGuid": relation}], termGuid=made["guid"])
    assert client.glossary.get_termAssignedEntities(termGuid=made["guid"]) == []


def test_apache_atlas() -> None:
    atlas = pytest.importorskip("apache_atlas.client.base_client", reason="apache-atlas is not installed")
    instance = pytest.importorskip("apache_atlas.model.instance")
    glossaries = pytest.importorskip("apache_atlas.model.glossary")
    with running(seed="empty", mode="atlas") as server:
        client = atlas.AtlasClient(server.url, ("admin", "admin"))
        entity = instance.AtlasEntity({"typeName": "DataSet", "attributes": {"qualifiedName": "q", "name": "n"}})
        holder = instance.AtlasEntityWithExtInfo({"entity": entity})
        made = client.entity.create_entity(holder)
        guid = next(iter(made.guidAssignments.values()))
        assert client.entity.get_entity_by_guid(guid).entity.attributes["name"] == "n"
        client.entity.add_labels_by_guid(guid, ["one"])
        glossary = client.glossary.create_glossary(glossaries.AtlasGlossary({"name": "G"}))
        header = glossaries.AtlasGlossaryHeader({"glossaryGuid": glossary.guid})
        term = glossaries.AtlasGlossaryTerm({"name": "T", "anchor": header})
        assert client.glossary.create_glossary_term(term).qualifiedName == "T@G"
        client.entity.delete_entity_by_guid(guid)
        assert client.entity.get_entity_by_guid(guid).entity.status == "DELETED"
        client.entity.purge_entities_by_guids([guid])

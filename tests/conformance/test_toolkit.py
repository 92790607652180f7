"""The operations of CluedIn's toolkit, executed: those of everything that the reconciler manages.

That the sandbox's schema accepts all 94 documents is shown in `tests/sandbox/test_cluedin_graphql.py`. Here they run,
in the order of a story, each with the whole selection of the toolkit's document.
"""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatch
from typing import Any

import pytest

from ..sandbox._cluedin import RULE, Client
from ..sandbox.test_cluedin_graphql import _document as document
from ..sandbox.test_cluedin_targets import LAKE, OPTIONS
from . import facts

pytestmark = pytest.mark.long

World = dict[str, Any]
Variables = Callable[[World], dict[str, Any]]
Keep = Callable[[Any], dict[str, Any]]
KIND = {"new": False, "icon": "User", "entityType": "/Person", "displayName": "Person"}
TREE = {"condition": "AND", "rules": [RULE]}
HUB = [
    {"configurationKey": "EventHub.Name", "value": "cluedin-events", "useDefault": False},
    {"configurationKey": "EventHub.ConnectionString", "value": "Endpoint=sb://hub.test/", "useDefault": False},
]
"""The settings behind a webhook of CluedIn's own workflows."""
ALL: Variables = lambda world: {}  # noqa: E731 - the table reads better so
NONE: Keep = lambda answer: {}  # noqa: E731


def _key(world: World, name: str) -> dict[str, Any]:
    key = {"vocabularyId": world["vocabulary"], "name": name, "displayName": name.title(), "groupName": "Contact"}
    return key | {"dataType": "Text", "storage": "Keyword", "isVisible": True}


def _cleaning(name: str) -> dict[str, Any]:
    fields = [{"property": "shop.email", "type": "vocabulary"}, {"property": "name", "type": "entity"}]
    return {"name": name, "query": "", "includeDataParts": False, "fields": fields, "condition": TREE}


def _bare(criterion: dict[str, Any]) -> dict[str, Any]:
    """A criterion without the names that the toolkit takes out before it writes one."""
    steps = [
        {"id": one["id"], "configuration": one["configuration"]} for one in criterion["normalizationConfiguration"]
    ]
    kept = {name: value for name, value in criterion.items() if name != "matchingTypeDisplayName"}
    return {**kept, "normalizationConfiguration": steps}


def _of(world: World) -> dict[str, Any]:
    return {"new": False, "vocabularyKeyId": world["key"], "vocabularyId": world["vocabulary"]}


def _set(world: World) -> dict[str, Any]:
    held = {"endPointName": "contacts", "autoSubmit": False, "entityType": "/Person"}
    return {"type": "endpoint", "name": "contacts", "store": True, "author": world["user"]} | {
        "configuration": {"object": held, "entityTypeConfiguration": KIND},
        "originalFields": ["id", "email"],
    }


STEPS: dict[str, tuple[Variables, Keep]] = {
    "me": (ALL, NONE),
    "getUsers": (ALL, lambda a: {"user": a[0]["id"]}),
    "getCurrentOrg": (ALL, lambda a: {"organization": a["Id"]}),
    "getOrganizationFeatures": (ALL, NONE),
    "getConfigurationSettings": (lambda w: {"id": w["organization"], "includeHiddenFromUi": True}, NONE),
    "updateConfigurationSettings": (lambda w: {"organizationId": w["organization"], "model": {"settings": HUB}}, NONE),
    "changeConfigurationSettings": (
        lambda w: {"organizationId": w["organization"], "key": "Purview.SyncDataSources.Enabled", "value": "False"},
        NONE,
    ),
    "getApiTokens": (ALL, NONE),
    # vocabularies and their keys
    "getEntityType": (lambda w: {"pageNumber": 1, "pageSize": 20}, NONE),
    "createEntityTypeConfiguration": (
        lambda w: {"entityTypeConfiguration": '{"displayName":"Lead","type":"/Lead","icon":"User","route":"lead"}'},
        NONE,
    ),
    "createVocabulary": (
        lambda w: {
            "vocabulary": {"vocabularyName": "Shop", "keyPrefix": "shop", "providerId": ""}
            | {"entityTypeConfiguration": KIND, "description": ""}
        },
        lambda a: {"vocabulary": a["vocabularyId"]},
    ),
    "activateVocabulary": (lambda w: {"vocabularyId": w["vocabulary"]}, NONE),
    "getVocabulary": (lambda w: {"id": w["vocabulary"]}, lambda a: {"whole": a}),
    "saveVocabulary": (
        lambda w: {
            "vocabulary": {"vocabularyId": w["vocabulary"], "vocabularyName": "The shop", "keyPrefix": "shop"}
            | {"providerId": "", "entityTypeConfiguration": KIND, "description": ""}
        },
        NONE,
    ),
    "getAllVocabularies": (lambda w: {"pageNumber": 1, "pageSize": 50, "searchName": "shop"}, NONE),
    "createVocabularyKey": (lambda w: {"vocabularyKey": _key(w, "email")}, lambda a: {"key": a["vocabularyKeyId"]}),
    "saveVocabularyKey": (
        lambda w: {"vocabularyKey": _key(w, "email") | {"vocabularyKeyId": w["key"], "displayName": "E-mail"}},
        NONE,
    ),
    "getVocabularyKey": (lambda w: {"key": "shop.email"}, NONE),
    "getVocabularyKeyByKeyName": (lambda w: {"key": "shop.email"}, NONE),
    "getVocabularyKeysFromVocabularyId": (lambda w: {"id": w["vocabulary"], "filterIsObsolete": "All"}, NONE),
    "getAllVocabularyKeys": (
        lambda w: {"pageNumber": 1, "pageSize": 50, "filterIsObsolete": "All", "skipFilterVisibility": True},
        lambda a: {"other": next(row["vocabularyKeyId"] for row in a["data"] if row["key"] != "shop.email")},
    ),
    # the glossary
    "createGlossaryCategory": (lambda w: {"category": {"name": "Words"}}, lambda a: {"category": a["id"]}),
    "getGlossaryCategory": (ALL, NONE),
    "createGlossaryTerm": (
        lambda w: {"term": {"name": "Buyer", "categoryId": w["category"], "ruleSet": TREE}},
        lambda a: {"term": a["id"]},
    ),
    "saveGlossaryTerm": (
        lambda w: {
            "term": {"id": w["term"], "name": "Buyer", "categoryId": w["category"], "ruleSet": TREE, "active": True}
        },
        NONE,
    ),
    "endorseGlossaryTerm": (lambda w: {"termId": w["term"], "status": True}, NONE),
    "getGlossaryTerm": (lambda w: {"id": w["term"]}, NONE),
    "getGlossaryTerms": (lambda w: {"pageNumber": 1, "pageSize": 50}, NONE),
    "getAllTerms": (ALL, NONE),
    "getGlossaryCategoryById": (lambda w: {"id": w["category"], "isActive": True}, NONE),
    # sources, sets, mappings
    "createDataSourceSet": (
        lambda w: {"dataSourceSet": {"name": "CRM", "author": w["user"]}},
        lambda a: {"group": a if isinstance(a, str) else a.get("id", a)},
    ),
    "getAllDataSourceSet": (
        lambda w: {"page": 0, "pageSize": 20, "searchName": "CRM"},
        lambda a: {"group": next(row["id"] for row in a["data"] if row["name"] == "CRM")},
    ),
    "createDataSource": (
        lambda w: {
            "dataSourceSetId": w["group"],
            "dataSource": {"author": w["user"], "type": "endpoint", "name": "Contacts"},
        },
        lambda a: {"source": a["id"]},
    ),
    "createDataSets": (
        lambda w: {"dataSourceId": w["source"], "dataSets": [_set(w)]},
        lambda a: {"set": a[0]["id"]},
    ),
    "getDataSourceById": (lambda w: {"id": w["source"]}, NONE),
    "saveDataSet": (lambda w: {"dataSet": {"id": w["set"], "onlyUpdateClueHeadVersion": True}}, NONE),
    "createManualAnnotation": (
        lambda w: {
            "dataSetId": w["set"],
            "type": "manual",
            "isDynamicVocab": True,
            "mappingConfiguration": {
                "entityTypeConfiguration": KIND,
                "ignoredFields": [],
                "vocabularyConfiguration": {"new": False, "vocabularyId": w["vocabulary"]},
            },
        },
        lambda a: {"annotation": a["id"]},
    ),
    "annotations": (lambda w: {"page": 1, "pageSize": 20}, NONE),
    "addPropertyMappingToCluedMappingConfiguration": (
        lambda w: {
            "dataSetId": w["set"],
            "propertyMappingConfiguration": {"originalField": "email", "useAsAlias": False, "useAsEntityCode": False}
            | {"vocabularyKeyConfiguration": _of(w)},
        },
        NONE,
    ),
    "getAnnotationById": (lambda w: {"id": w["annotation"]}, NONE),
    "getDataSetById": (lambda w: {"id": w["set"]}, lambda a: {"column": a["fieldMappings"][0]["id"]}),
    "updatePropertyMappingInClueMappingConfig": (
        lambda w: {
            "dataSetId": w["set"],
            "propertyMappingConfiguration": {"id": w["column"], "originalField": "email", "useAsAlias": True}
            | {"useAsEntityCode": True, "vocabularyKeyConfiguration": _of(w)},
        },
        NONE,
    ),
    "modifyAnnotation": (lambda w: {"annotation": {"id": w["annotation"], "nameKey": "shop.email"}}, NONE),
    "saveCustomOriginClueMappingConfiguration": (
        lambda w: {"annotationId": w["annotation"], "customOrigin": "CRM"},
        NONE,
    ),
    "modifyBatchVocabularyClueMappingConfiguration": (
        lambda w: {
            "annotationId": w["annotation"],
            "batchPropertyMappings": {
                "propertyMappingConfiguration": [
                    {"vocabularyKey": "shop.email", "useAsEntityCode": True, "entityCodeOrigin": "email"}
                ]
            },
        },
        NONE,
    ),
    "createAnnotationCode": (
        lambda w: {
            "annotationCode": {"annotationId": w["annotation"], "vocabKey": "shop.email", "key": "shop_email"}
            | {"type": "String", "entityCodeOrigin": "email", "sourceCode": "CRM"}
        },
        lambda a: {"code": a["id"]},
    ),
    "updateAnnotationCode": (lambda w: {"id": w["code"], "annotationCode": {"entityCodeOrigin": "mail"}}, NONE),
    "getAnnotationCodes": (lambda w: {"annotationId": w["annotation"]}, NONE),
    "addEdgeMapping": (
        lambda w: {
            "annotationId": w["annotation"],
            "key": "shop_email",
            "edgeConfiguration": {
                "edgeType": "/WorksFor",
                "direction": "outgoing",
                "origin": "CRM",
                "entityTypeConfiguration": KIND | {"entityType": "/Organization", "displayName": "Organization"},
                "edgeProperties": [{"originalField": "email", "vocabularyKeyConfiguration": _of(w)}],
            },
        },
        NONE,
    ),
    "addAnnotationMappingToDataSet": (
        lambda w: {"dataSetId": w["set"], "fieldMappings": [{"originalField": "id", "key": "--ignore--"}]},
        NONE,
    ),
    "updateAnnotationMappingInDataSet": (
        lambda w: {"dataSetId": w["set"], "fieldMappings": [{"id": w["column"], "key": "--ignore--"}]},
        NONE,
    ),
    "deleteAnnotationMappingInDataSet": (lambda w: {"dataSetId": w["set"], "propertyId": w["column"]}, NONE),
    # export targets and streams
    "getInstalledConnectors": (ALL, NONE),
    "createConnection": (
        lambda w: {"connectorId": LAKE, "authInfo": OPTIONS, "accountDisplay": "lake"},
        lambda a: {"target": a["id"]},
    ),
    "connectorConfigurationById": (lambda w: {"id": w["target"]}, NONE),
    "saveConnectorConfiguration": (
        lambda w: {
            "connectorConfiguration": {"id": w["target"], "accountDisplay": "the lake", "helperConfiguration": OPTIONS}
        },
        NONE,
    ),
    "grantUsersPermission": (lambda w: {"connectorId": w["target"], "userIds": [w["user"]]}, NONE),
    "getAllConnectors": (lambda w: {"pageNo": 1, "itemsPerPage": 20}, NONE),
    "createStream": (lambda w: {"stream": {"name": "customers"}}, lambda a: {"stream": a["id"]}),
    "saveStream": (lambda w: {"stream": {"id": w["stream"], "name": "customers", "condition": TREE}}, NONE),
    "setupConnectorStream": (
        lambda w: {
            "streamId": w["stream"],
            "exportConfiguration": {"connectorProviderDefinitionId": w["target"], "containerName": "customers"}
            | {"mode": "Sync", "exportOutgoingEdges": False, "exportIncomingEdges": False}
            | {"dataTypes": [{"key": "shop.email", "type": "vocabkey"}]},
        },
        NONE,
    ),
    "getStream": (lambda w: {"id": w["stream"]}, NONE),
    "getStreams": (lambda w: {"pageNumber": 1, "itemsPerPage": 20}, NONE),
    # clean projects
    "createNewCleanProject": (lambda w: {"cleanProject": _cleaning("Mails")}, lambda a: {"cleaning": a["id"]}),
    "updateNewCleanProject": (lambda w: {"id": w["cleaning"], "cleanProject": _cleaning("Addresses")}, NONE),
    "cleanProjectDetail": (lambda w: {"id": w["cleaning"]}, NONE),
    "allCleanProjects": (lambda w: {"page": 1, "pageSize": 20}, NONE),
    # deduplication projects
    "getDeduplicationProjects": (
        lambda w: {"pageNumber": 1, "itemsPerPage": 20},
        lambda a: {"shown": a["data"][0]["id"]},
    ),
    "getDeduplicationMatchingRules": (
        lambda w: {"id": w["shown"], "pageNumber": 1, "itemsPerPage": 20},
        lambda a: {"criteria": [_bare(one) for one in a["data"][0]["matchingCriteria"]]},
    ),
    "getDeduplicationProject": (
        lambda w: {"id": w["shown"]},
        lambda a: (
            {"filter": {name: a[name] for name in ("deduplicationScopeFilterType", "deduplicationScopeFilter")}}
            if "deduplicationScopeFilterType" in a
            else {}
        ),
    ),
    "createDeduplicationProject": (
        lambda w: {"dedupProject": {"name": "Shoppers", **w["filter"], "shouldLimitQuerySize": False}},
        lambda a: {"comparing": a["id"]},
    ),
    "saveDeduplicationProject": (
        lambda w: {"id": w["comparing"], "dedupProject": {"name": "Buyers", **w["filter"]}},
        NONE,
    ),
    "createDeduplicationMatchingRule": (
        lambda w: {"id": w["comparing"], "rule": {"name": "Mail", "matchingCriteria": w["criteria"]}},
        lambda a: {"matching": a["id"]},
    ),
    "updateDeduplicationMatchingRule": (
        lambda w: {
            "id": w["comparing"],
            "ruleId": w["matching"],
            "rule": {"name": "By mail", "matchingCriteria": w["criteria"]},
        },
        NONE,
    ),
    # rules
    "createRule": (lambda w: {"rule": {"name": "Buyers", "scope": "DataPart"}}, lambda a: {"rule": a["id"]}),
    "saveRule": (lambda w: {"rule": {"id": w["rule"], "name": "Buyers", "scope": "DataPart", "condition": TREE}}, NONE),
    "getRule": (lambda w: {"id": w["rule"]}, NONE),
    "getRules": (lambda w: {"pageNumber": 1, "scope": "DataPart"}, NONE),
    # what changes how a key is called
    "mapToVocabularyKey": (lambda w: {"vocabularyKeyId": w["key"], "mapToVocabularyKeyId": w["other"]}, NONE),
    "renameVocabularyKey": (
        lambda w: {"vocabularyId": w["vocabulary"], "vocabularyKeyId": w["key"], "newName": "mail"},
        NONE,
    ),
}
LEFT_OUT = {
    "administration.createToken": "tokens are not managed: they are secrets that people make",
    "inbound.dataSetContent": "records are not managed",
    "inbound.saveDataBaseConfigurationForDataSource": "sources of databases are not managed",
    "management.createPartialAutoAnnotation": "our annotations are made with all that they say",
    "management.*[Mm]anualDataEntry*": "manual entry projects are not managed",
    "preparation.*PreProcess*": "rules before processing are not managed",
    "preparation.getAnnotationSubmissions": "submissions of records are not managed",
}
"""Operations that are not executed, by their call."""


@pytest.fixture(scope="module")
def operations() -> dict[str, dict[str, Any]]:
    return {one["document"]: one for one in facts.toolkit()}


def test_the_toolkit_s_operations_run_in_order(operations: dict[str, dict[str, Any]]) -> None:
    client, world, faults = Client(), {}, []
    for name, (variables, keep) in STEPS.items():
        operation = operations[name]
        answer = client.gql(document(operation), **variables(world))
        body = answer.body
        if answer.status != 200 or "errors" in body:
            faults.append(f"{name}: {body.get('errors') if isinstance(body, dict) else body}")
            continue
        fields = [found for section in body["data"].values() for field, found in section.items() if field != "id"]
        assert fields, name
        world |= keep(fields[0])
    assert faults == []


HUBSPOT, REST = "7673c455-074a-499f-afd3-c77dfbb7bc1f", "98648745-e0da-40cf-8724-8f4fb9fe338a"
HTTP = "486cc091-4c77-4190-8e2d-058bc4ca8a85"
CONFIGURED = {
    "a crawler": (HUBSPOT, {"apiToken": "of-somebody"}, {"apiToken": "of-another"}),
    "an enricher": (
        REST,
        {"acceptedEntityType": "/Person", "version": "v2", "processScript": "found();"},
        {"acceptedEntityType": "/Person", "version": "v2", "processScript": "found(1);"},
    ),
    "the target of a webhook": (
        HTTP,
        {"url": "https://records.test/in", "authorization": "Bearer one"},
        {"url": "https://records.test/in", "authorization": "Bearer two"},
    ),
}
"""What is configured with the toolkit's documents: whose, first, and then."""


class Toolkit:
    """The toolkit's documents, each as it is."""

    def __init__(self, operations: dict[str, dict[str, Any]]) -> None:
        self.client, self.operations = Client(), operations

    def __call__(self, name: str, **variables: Any) -> Any:
        answer = self.client.gql(document(self.operations[name]), **variables)
        assert (answer.status, answer.body.get("errors")) == (200, None), answer.body
        (section,) = answer.body["data"].values()
        return next(found for field, found in section.items() if field != "id")


@pytest.mark.parametrize("what", CONFIGURED)
def test_what_the_toolkit_configures_is_read_back_as_it_was_saved(
    operations: dict[str, dict[str, Any]], what: str
) -> None:
    toolkit = Toolkit(operations)
    provider, first, then = CONFIGURED[what]
    user = toolkit("getUsers")[-1]["id"]
    id = toolkit("createConnection", connectorId=provider, authInfo=first, accountDisplay="one")["id"]
    made = toolkit("connectorConfigurationById", id=id)
    assert (made["accountDisplay"], made["helperConfiguration"]) == ("one", first)
    assert made["active"] is True, "it works at once"
    saved = {"id": id, "accountDisplay": "two", "helperConfiguration": then}
    toolkit("saveConnectorConfiguration", connectorConfiguration=saved)
    toolkit("grantUsersPermission", connectorId=id, userIds=[user])
    now = toolkit("connectorConfigurationById", id=id)
    assert (now["accountDisplay"], now["helperConfiguration"]) == ("two", then)
    assert user in [one["id"] for one in now["users"]]
    listed = toolkit("getAllConnectors", pageNo=1, itemsPerPage=100, status="All")["configurations"]
    assert [one["accountDisplay"] for one in listed if one["id"] == id] == ["two"]


def test_settings_are_read_back_and_secrets_are_not(operations: dict[str, dict[str, Any]]) -> None:
    toolkit = Toolkit(operations)
    organization = toolkit("getCurrentOrg")["Id"]

    def settings() -> dict[str, str]:
        found = toolkit("getConfigurationSettings", id=organization, includeHiddenFromUi=True)
        return {name.casefold(): value for name, value in found.items()}

    secret = {"configurationKey": "Purview.ClientSecret", "value": "of-the-app", "useDefault": False}
    answer = toolkit("updateConfigurationSettings", organizationId=organization, model={"settings": [*HUB, secret]})
    assert not (answer or {}).get("errors")
    after = settings()
    assert after["eventhub.name"] == "cluedin-events"
    assert "of-the-app" not in after.values()
    toolkit("changeConfigurationSettings", organizationId=organization, key="EventHub.Name", value="others")
    assert settings()["eventhub.name"] == "others"
    unknown = [{"configurationKey": "No.Such", "value": "x", "useDefault": False}]
    answer = toolkit("updateConfigurationSettings", organizationId=organization, model={"settings": unknown})
    assert [one["key"] for group in answer["errors"] for one in group["keys"]] == ["No.Such"], "200, and refused"


def test_every_operation_is_run_or_left_out(operations: dict[str, dict[str, Any]]) -> None:
    def left(name: str) -> list[str]:
        return [p for call in operations[name]["calls"] for p in LEFT_OUT if fnmatch(call, p)]

    assert STEPS.keys() - operations.keys() == set()
    missing = {name for name in operations.keys() - STEPS.keys() if not left(name)}
    assert missing == set()
    assert not [name for name in STEPS if left(name)], "both run and left out"
    used = {pattern for name in operations.keys() - STEPS.keys() for pattern in left(name)}
    assert used == LEFT_OUT.keys()
    assert len(operations) == 94

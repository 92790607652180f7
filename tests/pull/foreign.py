"""Estates that clients of others make: PyApacheAtlas, Microsoft's SDK of the Data Map, and CluedIn's own SDK."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..conformance.tables import need
from ..conformance.test_datamap import datamap_client

ADA = "30435ff9-9b96-44af-a5a9-e05c8b1ae2df"
GLOSSARY = "Glossary"
TOPS, LEAVES = 30, 8
FLAT, NESTED = 300, TOPS * (2 + LEAVES)
LAKE = "f6178e19-7168-449c-b4b6-f9810e86c1c2"
LAKE_KEY = "what-no-system-shows"
HTTP = "486cc091-4c77-4190-8e2d-058bc4ca8a85"
HTTP_KEY = "Bearer what-a-name-shows"
"""CluedIn composes the name of such a target of its address and this."""


# -- PyApacheAtlas: a glossary of six hundred terms -----------------------------------------------------------------


class Words:
    """Terms as PyApacheAtlas uploads them: in bulk, each with the formal name of what stands above it."""

    def __init__(self, url: str) -> None:
        core = need("pyapacheatlas.core")
        self.kinds = need("pyapacheatlas.core.glossary")
        self.client = core.PurviewClient(
            "contoso", authentication=need("pyapacheatlas.auth").BasicAuthentication("user", "password")
        )
        for part in (self.client, self.client.glossary):
            part.endpoint_url = part.endpoint_url.replace("https://contoso.purview.azure.com", url)
        path = f"{self.client.endpoint_url}/glossary"
        self.guid = self.client._post_http(path, json={"name": GLOSSARY}).body["guid"]

    def upload(self, terms: list[Any]) -> dict[str, str]:
        """Uploads terms; their guids by formal name."""
        made = self.client.glossary.upload_terms(terms, includeTermHierarchy=True)
        return {one["name"]: one["guid"] for one in made}

    def term(self, name: str, above: tuple[str, str] = ("", ""), **more: Any) -> Any:
        """A term, below the formal name and the guid of another."""
        said = {"longDescription": f"What {name} is.", "status": "Approved", **more}
        found = self.kinds.PurviewGlossaryTerm(
            name=name, qualifiedName=f"{name}@{GLOSSARY}", anchor={"glossaryGuid": self.guid}, **said
        )
        if above[1]:
            found.add_hierarchy(parentFormalName=above[0], parentGuid=above[1])
        return found


def make_words(url: str) -> None:
    """300 terms at the top and 300 below each other, three deep; every tenth with all that the client can say."""
    words = Words(url)
    flat = words.upload([_rich(words, at) for at in range(FLAT)])
    tops = words.upload([words.term(f"Top {at:02}") for at in range(TOPS)])
    middles = words.upload(
        [words.term(f"Middle {at:02}", (f"Top {at:02}", tops[f"Top {at:02}"])) for at in range(TOPS)]
    )
    names = [(at, f"Top {at:02}_Middle {at:02}") for at in range(TOPS)]
    words.upload(
        [words.term(f"Leaf {at:02}-{leaf}", (name, middles[name])) for at, name in names for leaf in range(LEAVES)]
    )
    pairs = [
        words.term(
            f"Pair {at}", seeAlso=[{"termGuid": flat["Flat 000"]}], synonyms=[{"termGuid": flat[f"Flat 00{at}"]}]
        )
        for at in (1, 2)
    ]
    words.upload(pairs)


def _rich(words: Words, at: int) -> Any:
    if at % 10:
        return words.term(f"Flat {at:03}", status=("Draft", "Approved", "Alert", "Expired")[at % 4])
    term = words.term(
        f"Flat {at:03}",
        longDescription="<div>What it <b>is</b>: a &amp; b.</div>"
        if at % 20
        else "Two lines,\nand 'quotes': # not a remark",
        abbreviation=f"F{at}",
        usage="Where it is used.",
        resources=[{"displayName": "Wiki", "url": f"https://wiki.example.com/{at}"}],
    )
    term.add_expert(ADA, "mornings")
    term.add_steward(ADA)
    return term


# -- Microsoft's SDK: types, assets with lineage, a second glossary ---------------------------------------------------

TABLE = "warehouse_table"
TYPES: dict[str, Any] = {
    "classificationDefs": [
        {"name": "Contoso.Personal data", "description": "Names a person"},
        {"name": "Contoso.Confidential"},
    ],
    "entityDefs": [{"name": TABLE, "superTypes": ["DataSet"]}],
    "termTemplateDefs": [
        {"name": "Policy", "attributeDefs": [{"name": "article", "typeName": "string", "isOptional": True}]}
    ],
}


def make_data_map(url: str) -> None:
    """Types, two tables with what flows between them, classified and labelled; and a glossary with its categories."""
    client = datamap_client(url)
    client.type_definition.batch_create(TYPES)
    tables = [
        {"typeName": TABLE, "guid": f"-{at}", "attributes": {"qualifiedName": f"warehouse://{name}", "name": name}}
        for at, name in enumerate(("orders", "revenue"), 1)
    ]
    load = {
        "qualifiedName": "warehouse://load",
        "name": "load",
        "inputs": [{"guid": "-1"}],
        "outputs": [{"guid": "-2"}],
    }
    made = client.entity.batch_create_or_update(
        {"entities": [*tables, {"typeName": "Process", "guid": "-3", "attributes": load}]}
    )
    orders = made["guidAssignments"]["-1"]
    client.entity.add_classifications(orders, [{"typeName": "Contoso.Personal data"}])
    client.entity.add_label(orders, ["of-a-person"])
    sales = {"glossaryGuid": client.glossary.create({"name": "Sales", "longDescription": "Words of sales"})["guid"]}
    party = client.glossary.create_category({"name": "Party", "anchor": sales})["guid"]
    terms = client.glossary.create_terms(
        [
            {"name": "Buyer", "anchor": sales, "longDescription": "Who buys", "categories": [{"categoryGuid": party}]},
            {"name": "Order", "anchor": sales, "status": "Approved", "examples": ["one", "two"]},
            {"name": "Norm", "anchor": sales, "templateName": ["Policy"], "attributes": {"Policy": {"article": "5"}}},
        ],
        include_term_hierarchy=True,
    )
    ids = {one["name"]: one["guid"] for one in terms}
    client.glossary.create_term({"name": "Seller", "anchor": sales, "antonyms": [{"termGuid": ids["Buyer"]}]})
    client.glossary.assign_term_to_entities(ids["Order"], [{"guid": orders}])


# -- CluedIn's SDK: it signs in and sends documents; nothing is made by a function of its own -------------------------


class CluedIn:
    """Documents of the public toolkit, sent by the SDK."""

    def __init__(self, url: str) -> None:
        said = {"domain": "localhost", "org_name": "contoso", "org_url": url, "user_email": "admin@contoso.test"}
        self.context = need("cluedin").Context.from_dict(said | {"user_password": "sandbox-password"})
        self.context.get_token()
        self._send = need("cluedin.gql").org_gql

    def make(self, section: str, call: str, types: dict[str, str], shown: str, **variables: Any) -> Any:
        """Runs one mutation, and returns what it answers."""
        heads = ", ".join(f"${name}: {type}" for name, type in types.items())
        given = ", ".join(f"{name}: ${name}" for name in types)
        inner = f" {{ {shown} }}" if shown else ""
        answer = self._send(
            self.context, f"mutation m({heads}) {{ {section} {{ {call}({given}){inner} }} }}", variables
        )
        assert "errors" not in answer, answer
        return answer["data"][section][call]


KINDS = {
    "shop": {"new": False, "icon": "User", "entityType": "/Person", "displayName": "Person"},
    "crm.lead": {"new": True, "icon": "Profile", "entityType": "/Lead", "displayName": "Lead"},
    "erp": {"new": True, "icon": "Tag", "entityType": "/Erp/Part", "displayName": "Part"},
}
DATA_TYPES = ("Text", "Email", "Integer", "Number", "Boolean", "DateTime", "Identifier", "PhoneNumber", "Uri", "Money")


def make_cluedin(url: str) -> None:
    """Three vocabularies of thirty keys, a data set that is mapped, a target with two streams, terms of its own."""
    cluedin = CluedIn(url)
    vocabularies = {prefix: _vocabulary(cluedin, prefix) for prefix in KINDS}
    keys = {prefix: list(_keys(cluedin, prefix, id)) for prefix, id in vocabularies.items()}
    _data_set(cluedin, vocabularies["shop"], keys["shop"])
    _streams(cluedin)
    _terms(cluedin)


def _vocabulary(cluedin: CluedIn, prefix: str) -> str:
    said = {"vocabularyName": prefix.title(), "keyPrefix": prefix, "providerId": "", "description": f"What {prefix} is"}
    made = cluedin.make(
        *("management", "createVocabulary", {"vocabulary": "InputVocabulary"}, "vocabularyId"),
        vocabulary=said | {"entityTypeConfiguration": KINDS[prefix]},
    )
    if prefix != "erp":  # one stays as it is made: not active
        cluedin.make(
            *("management", "activateVocabulary", {"vocabularyId": "ID!"}, "vocabularyId"),
            vocabularyId=made["vocabularyId"],
        )
    return str(made["vocabularyId"])


def _keys(cluedin: CluedIn, prefix: str, vocabulary: str) -> Iterator[str]:
    for at in range(30):
        key = {"vocabularyId": vocabulary, "name": f"field{at}", "displayName": f"Field {at}", "storage": "Keyword"}
        key |= {"groupName": "Contact" if at < 25 else "Other", "dataType": DATA_TYPES[at % len(DATA_TYPES)]}
        key |= {"isVisible": at % 7 != 0, "description": f"Field {at}, as the shop has it" if at % 2 else ""}
        made = cluedin.make(
            *("management", "createVocabularyKey", {"vocabularyKey": "InputVocabularyKey"}, "vocabularyKeyId"),
            vocabularyKey=key,
        )
        yield str(made["vocabularyKeyId"])


def _data_set(cluedin: CluedIn, vocabulary: str, keys: list[str]) -> None:
    users = need("cluedin.account").get_users(cluedin.context, cluedin.context.jwt_payload["OrganizationId"])
    author = next(one["Account"]["Id"] for one in users if one["Account"]["UserName"] == "admin@contoso.test")
    group = cluedin.make(
        *("inbound", "createDataSourceSet", {"dataSourceSet": "InputDataSourceSet"}, ""),
        dataSourceSet={"name": "CRM", "author": author},
    )
    source = cluedin.make(
        "inbound",
        "createDataSource",
        {"dataSourceSetId": "ID", "dataSource": "InputDataSource"},
        "id",
        dataSourceSetId=group,
        dataSource={"author": author, "type": "endpoint", "name": "Contacts"},
    )["id"]
    held = {"endPointName": "contacts", "autoSubmit": False, "entityType": "/Person"}
    cluedin.make(
        "inbound",
        "createDataSource",
        {"dataSourceSetId": "ID", "dataSource": "InputDataSource"},
        "id",
        dataSourceSetId=group,
        dataSource={"author": author, "type": "endpoint", "name": "Nothing yet"},
    )
    one = {"type": "endpoint", "name": "contacts", "store": True, "author": author, "originalFields": ["id", "email"]}
    one |= {"configuration": {"object": held, "entityTypeConfiguration": KINDS["shop"]}}
    made = cluedin.make(
        *("inbound", "createDataSets", {"dataSourceId": "ID", "dataSets": "[InputDataSet]"}, "id"),
        dataSourceId=source,
        dataSets=[one],
    )
    words = {"new": False, "vocabularyId": vocabulary}
    cluedin.make(
        "management",
        "createManualAnnotation",
        {
            "dataSetId": "ID!",
            "type": "String!",
            "mappingConfiguration": "InputMappingConfiguration",
            "isDynamicVocab": "Boolean",
        },
        "id",
        dataSetId=made[0]["id"],
        type="manual",
        isDynamicVocab=True,
        mappingConfiguration={
            "entityTypeConfiguration": KINDS["shop"],
            "ignoredFields": [],
            "vocabularyConfiguration": words,
        },
    )
    mapped = {"originalField": "email", "useAsAlias": False, "useAsEntityCode": False}
    cluedin.make(
        "management",
        "addPropertyMappingToCluedMappingConfiguration",
        {"dataSetId": "ID!", "propertyMappingConfiguration": "InputPropertyMappingConfiguration"},
        "",
        dataSetId=made[0]["id"],
        propertyMappingConfiguration=mapped | {"vocabularyKeyConfiguration": words | {"vocabularyKeyId": keys[1]}},
    )


def people(code: str) -> dict[str, Any]:
    """The condition that asks for an entity type, as the portal writes it."""
    rule = {"condition": "AND", "field": "EntityType", "objectTypeId": "3be85371-cbe0-4180-8820-73e6e37a6c32"}
    rule |= {"operator": "0bafc522-8011-43ba-978a-babe222ba466", "type": "string", "value": [code], "rules": []}
    return {"condition": "AND", "rules": [rule]}


def _streams(cluedin: CluedIn) -> None:
    options = {
        "AccountName": "contosolake",
        "AccountKey": LAKE_KEY,
        "FileSystemName": "mdm",
        "DirectoryName": "exports/people",
        "OutputFormat": "parquet",
        "Schedule": "Hourly",
        "IsStreamCacheEnabled": True,
        "FileNamePattern": "{ContainerName}.{OutputFormat}",
    }
    targets = [
        cluedin.make(
            "inbound",
            "createConnection",
            {"connectorId": "ID", "authInfo": "JSON", "accountDisplay": "String"},
            "id",
            connectorId=LAKE,
            authInfo=options,
            accountDisplay=name,
        )["id"]
        for name in ("people lake", "unused lake")
    ]
    cluedin.make(
        "inbound",
        "createConnection",
        {"connectorId": "ID", "authInfo": "JSON", "accountDisplay": "String"},
        "id",
        connectorId=HTTP,
        authInfo={"url": "https://hook.test", "authorization": HTTP_KEY},
        accountDisplay=None,
    )
    for name, target in (("people", targets[0]), ("nowhere", None)):
        stream = cluedin.make(
            *("consume", "createStream", {"stream": "InputCreateStream!"}, "id"), stream={"name": name}
        )["id"]
        cluedin.make(
            *("consume", "saveStream", {"stream": "InputStream!"}, "id"),
            stream={"id": stream, "name": name, "condition": people("/Person")},
        )
        if target is not None:
            where = {"connectorProviderDefinitionId": target, "containerName": "people", "mode": "Sync"}
            where |= {"exportOutgoingEdges": False, "exportIncomingEdges": False}
            cluedin.make(
                "consume",
                "setupConnectorStream",
                {"streamId": "ID!", "exportConfiguration": "InputExportConfiguration"},
                "id",
                streamId=stream,
                exportConfiguration=where | {"dataTypes": [{"key": "shop.field1", "type": "vocabkey"}]},
            )


def _terms(cluedin: CluedIn) -> None:
    """Terms of CluedIn's own glossary: one that Purview may have too, one that a vocabulary has, one of nothing."""
    category = cluedin.make(
        *("management", "createGlossaryCategory", {"category": "InputGlossaryCategory"}, "id"),
        category={"name": "Words"},
    )["id"]
    for name in ("Buyer", "Shop", "Frequent buyer"):
        cluedin.make(
            *("management", "createGlossaryTerm", {"term": "InputGlossaryTerm"}, "id"),
            term={"name": name, "categoryId": category, "ruleSet": people("/Person")},
        )
    cluedin.make(
        *("management", "createGlossaryCategory", {"category": "InputGlossaryCategory"}, "id"),
        category={"name": "Empty"},
    )

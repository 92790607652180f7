"""Claims in the sandbox: what each level of a claim allows, over GraphQL and REST, and what waits for an owner."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler_sandbox.cluedin import claims

from ._cluedin import CREATE_CATEGORY, CREATE_VOCABULARY, V1, Client, vocabulary_input

PEOPLE = ("informed@contoso.test", "consulted@contoso.test", "accountable@contoso.test")
VOCABULARIES = "query { management { id vocabularies { total } } }"
USERS = "query { administration { id users { id } } }"


def strict(user: str = "admin@contoso.test", **settings: Any) -> Client:
    return Client(user=user, strict_claims=True, **settings)


def refused(client: Client, query: str, **variables: Any) -> bool:
    """Whether GraphQL refuses for want of a claim."""
    answer = client.gql(query, **variables)
    errors = answer.body.get("errors")
    if not errors:
        return False
    assert answer.status == 200
    assert "403" in errors[0]["message"], errors
    return True


def test_without_the_option_everybody_may_do_everything() -> None:
    client = Client(user="ada@example.com")
    assert not refused(client, USERS)
    assert client.get("/rules")
    users = Client().plane._people._world.all("cluedin/user")
    assert not {one["username"] for one in users} & set(PEOPLE)


@pytest.mark.parametrize("user", PEOPLE)
def test_reading_takes_informed_and_writing_consulted(user: str) -> None:
    client = strict(user)
    assert not refused(client, VOCABULARIES)
    assert refused(client, CREATE_CATEGORY, category={"name": "Mine"}) is (user == PEOPLE[0])
    assert client.send("GET", f"{V1}/glossary/category").status == 200
    made = client.send("POST", f"{V1}/glossary/category", {"name": "Theirs"})
    assert (made.status, made.body is None) == ((403, True) if user == PEOPLE[0] else (201, False))


def test_people_are_seen_by_who_is_consulted() -> None:
    """The sheet of claims asks more for it than for other things that are read."""
    assert [refused(strict(user), USERS) for user in PEOPLE] == [True, False, False]


def test_each_claim_counts_by_itself() -> None:
    told = {PEOPLE[2]: {"management.datacatalog": "Informed", "consume.streams": "Accountable"}}
    client = strict(PEOPLE[2], claims=told)
    assert not refused(client, VOCABULARIES)
    assert refused(client, CREATE_VOCABULARY, vocabulary=vocabulary_input("Mine", "mine"))
    assert refused(client, "query { management { id glossaryCategories { id } } }")
    assert client.send("GET", f"{V1}/streams").status == 200
    assert client.send("GET", f"{V1}/glossary").status == 403
    assert client.send("POST", f"{V1}/vocabs/vocabulary", {}).status == 403
    assert client.send("POST", f"{V1}/vocabs/key/getbykeynames", ["user.name"]).status == 200, "it reads, by a body"


def test_who_owns_nothing_waits_for_an_owner() -> None:
    """At Consulted one changes what is one's own; the rest is a task for those who own it."""
    client = strict(PEOPLE[1])
    mine = client.vocabulary()
    client.key(mine["vocabularyId"])
    assert client.get("/tasks")["total"] == 0
    product = next(one for one in client.get("/vocabs")["data"] if one["vocabularyName"] == "Product")
    client.token = client.sign_in(PEOPLE[1])
    client.key(product["vocabularyId"], "colour")
    [task] = client.get("/tasks")["data"]
    assert (task["name"], task["requestedByName"]) == ("Create vocabulary key", PEOPLE[1])
    assert "colour" not in client.keys(product["vocabularyId"])
    client.token = client.sign_in(PEOPLE[2])
    client.key(product["vocabularyId"], "weight")
    assert "weight" in client.keys(product["vocabularyId"])


def test_administrators_have_what_the_sheets_say() -> None:
    """The shipped role is Consulted in what configuration is about, and switches no provider."""
    client = strict()
    assert not refused(client, USERS)
    mine = strict("ada@example.com")
    assert refused(mine, USERS)
    category = client.category()
    assert client.send("PUT", f"{V1}/glossary/category", {"id": category, "name": "Other"}).status == 200
    query = "?id=00000000-0000-0000-0000-000000000001&active=false"
    assert client.send("PUT", f"{V1}/organization/providers{query}").status == 403
    accountable = strict(PEOPLE[2])
    assert accountable.send("PUT", f"{V1}/organization/providers{query}").status == 404, "it may, and there is none"


def test_a_configuration_takes_the_claim_of_what_it_configures() -> None:
    connectors = "query { inbound { id connectors { id name streamModes type } } }"
    make = """mutation ($id: ID, $info: JSON) { inbound { id
        createConnection(connectorId: $id, authInfo: $info, accountDisplay: "x") { id } } }"""
    client = strict(PEOPLE[2])
    found = {row["name"]: row["id"] for row in client.data(connectors)}
    for name, claim in (
        ("REST API", claims.ENRICHMENT),
        ("HubSpot", claims.CONFIGURED),
        ("Http Connector", claims.TARGETS),
    ):
        for held in claims.CONNECTED:
            client.settings.claims = {PEOPLE[2]: {held: "Consulted"}}
            answer = client.gql(make, id=found[name], info={"url": "https://example.com"})
            told = str(answer.body.get("errors"))
            assert ("403" in told) is (held != claim), (name, held, told)


def test_nothing_is_served_without_a_word_on_its_claim() -> None:
    """A new field or path is met here: give it its claim in `claims.py`, or name it as free."""
    client = strict()
    free = {name for name in client.plane.gateway._resolvers if claims.of_field(name) is None}
    assert free == {"Administration.me", "Administration.organization", "Administration.organizationFeatures"}
    calls = {(method, pattern) for method, pattern, _ in client.plane._versioned}
    without = {(method, path) for method, path in calls if claims.of_path(method, f"{V1}{path}") is None}
    assert {path for _, path in without if not path.startswith(("/tasks", "/ownership/object/"))} == {
        "/organization/configurationSettingsFiltered",
        "/settings",
    }


def test_owners_are_managed_by_owners_at_consulted() -> None:
    """A level is asked for and no claim; ids of types are others at every start."""
    client = strict(PEOPLE[1])
    connectors = "query { inbound { id connectors { id name } } }"
    make = """mutation ($id: ID, $info: JSON) { inbound { id
        createConnection(connectorId: $id, authInfo: $info) { id } } }"""
    hubspot = next(row["id"] for row in client.data(connectors) if row["name"] == "HubSpot")
    thing = client.data(make, id=hubspot, info={"apiToken": "x"})["id"]
    [row] = client.get(f"/ownership/object/{thing}")
    body = {"roleId": "1bd3a5a6-6e4b-4d8b-9a83-7c6a2f1e0b01", "objectId": thing, "objectTypeId": row["objectTypeId"]}
    assert client.send("POST", f"{V1}/ownership/object", {**body, "objectTypeId": thing}).status == 400
    assert client.send("POST", f"{V1}/ownership/object", {**body, "userId": row["userId"]}).status == 400
    for user, status in ((PEOPLE[0], 403), ("ada@example.com", 403), (PEOPLE[1], 200), (PEOPLE[2], 200)):
        client.token = client.sign_in(user)
        assert client.send("POST", f"{V1}/ownership/object", body).status == status, user
    assert len(client.get(f"/ownership/object/{thing}")) == 2
    del body["objectTypeId"]
    assert client.send("DELETE", f"{V1}/ownership/object", body).status == 200
    assert [one["userId"] for one in client.get(f"/ownership/object/{thing}")] == [row["userId"]]
    again = strict(PEOPLE[1])
    other = again.data(make, id=hubspot, info={"apiToken": "x"})["id"]
    assert again.get(f"/ownership/object/{other}")[0]["objectTypeId"] != row["objectTypeId"]

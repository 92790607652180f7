"""Vocabularies over both faces."""

from __future__ import annotations

import re
import time

import pytest

from tests.sandbox._cluedin import (
    ACTIVATE,
    ADMIN,
    CREATE_VOCABULARY,
    ENTITY_TYPES,
    ONE_VOCABULARY,
    SAVE_VOCABULARY,
    V1,
    VOCABULARIES,
    Client,
    slate,
    vocabulary_input,
)


@pytest.fixture
def client() -> Client:
    return Client()


def test_new_vocabularies_are_inactive_until_activated(client: Client) -> None:
    made = client.vocabulary()
    assert made["isActive"] is False
    assert made["grouping"] == "/Person"
    assert made["providerId"] is None
    assert made["connector"] == {"id": None, "name": None}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?\+00:00", made["createdAt"])
    assert client.data(ACTIVATE, vocabularyId=made["vocabularyId"])["isActive"] is True
    assert client.data(VOCABULARIES, isActive=False)["total"] == 0


def test_detail_has_what_lists_lack(client: Client) -> None:
    made = client.vocabulary()
    listed = client.data(VOCABULARIES, searchName="customer")["data"][0]
    assert (listed["description"], listed["entityTypeConfiguration"], listed["providerId"]) == (
        None,
        None,
        None,
    )
    one = client.data(ONE_VOCABULARY, id=made["vocabularyId"])
    assert one["description"] == slate("Customer")
    assert one["entityTypeConfiguration"] == {
        "icon": "Person",
        "entityType": "/Person",
        "displayName": "Person",
    }
    assert one["isVocabularyOwner"] is True
    assert one["author"] == {"username": ADMIN}
    assert one["owners"][0]["roles"] == ["OrganizationAdmin"]


def test_prefixes_are_unique_ignoring_case(client: Client) -> None:
    client.vocabulary()
    assert "409" in client.error(CREATE_VOCABULARY, vocabulary=vocabulary_input("Other", "CUSTOMER"))
    assert "409" in client.error(CREATE_VOCABULARY, vocabulary=vocabulary_input("customer", "other"))
    assert client.get("/vocabs/vocabulary/prefixexists/Customer") is True
    assert client.get("/vocabs/vocabulary/checkprefix?prefix=CUSTOMER")["vocabulary"]["keyPrefix"] == "customer"
    assert client.get("/vocabs/vocabulary/checkprefix?prefix=free") == {"isUnique": True, "vocabulary": None}


@pytest.mark.parametrize("prefix", ["1st", "with space", "semi;colon", ""])
def test_bad_prefixes(client: Client, prefix: str) -> None:
    assert "400" in client.error(CREATE_VOCABULARY, vocabulary=vocabulary_input("X", prefix))


@pytest.mark.parametrize("prefix", ["ca.vocabulary", "commonDataModel.x_y"])
def test_recorded_prefixes(client: Client, prefix: str) -> None:
    assert client.vocabulary("X", prefix)["keyPrefix"] == prefix


def test_the_prefix_is_fixed_and_the_name_is_not(client: Client) -> None:
    made = client.vocabulary()
    change = {**vocabulary_input("Customer", "client"), "vocabularyId": made["vocabularyId"]}
    assert "400" in client.error(SAVE_VOCABULARY, vocabulary=change)
    change = {**vocabulary_input("Client", "customer"), "vocabularyId": made["vocabularyId"]}
    assert client.data(SAVE_VOCABULARY, vocabulary=change)["vocabularyName"] == "Client"


def test_a_save_that_changes_nothing_is_a_409(client: Client) -> None:
    made = client.vocabulary()
    same = {**vocabulary_input("Customer", "customer"), "vocabularyId": made["vocabularyId"].upper()}
    assert "409" in client.error(SAVE_VOCABULARY, vocabulary=same)


def test_a_save_clears_what_it_leaves_out(client: Client) -> None:
    provider = "742F9D66-8EF2-4544-8A90-41531A26CC59"
    made = client.vocabulary(providerId=provider)
    assert made["connector"] == {"id": provider.lower(), "name": "Endpoint Data Source"}
    change = {**vocabulary_input("Customer", "customer"), "vocabularyId": made["vocabularyId"]}
    del change["providerId"]
    del change["description"]
    saved = client.data(SAVE_VOCABULARY, vocabulary=change)
    assert (saved["providerId"], saved["description"]) == (None, None)


def test_what_ships_with_the_product_stays(client: Client) -> None:
    core = client.data(VOCABULARIES, searchName="user")["data"][0]
    change = {**vocabulary_input("Users", "user"), "vocabularyId": core["vocabularyId"]}
    assert core["isCluedInCore"] is True
    assert "400" in client.error(SAVE_VOCABULARY, vocabulary=change)
    assert client.send("DELETE", f"{V1}/vocabs/vocabulary/{core['vocabularyId']}").status == 400


def test_an_entity_type_can_come_along(client: Client) -> None:
    kind = {"new": True, "icon": "Star", "entityType": "/Partner", "displayName": "Partner"}
    made = client.vocabulary(entityTypeConfiguration=kind)
    assert made["entityTypeConfiguration"]["icon"] == "Star"
    assert client.data(ENTITY_TYPES, searchName="/partner")["total"] == 1


def test_nothing_is_left_of_a_refused_creation(client: Client) -> None:
    client.vocabulary()
    kind = {"new": True, "icon": "Star", "entityType": "/Partner", "displayName": "Partner"}
    given = vocabulary_input("Partner", "customer", entityTypeConfiguration=kind)
    assert "409" in client.error(CREATE_VOCABULARY, vocabulary=given)
    assert client.data(ENTITY_TYPES, searchName="/partner")["total"] == 0


def test_pages_count_from_one(client: Client) -> None:
    for number in range(25):
        client.vocabulary(f"V{number:02}", f"v{number:02}")
    first = client.data(VOCABULARIES, searchName="v", pageNumber=1)
    second = client.data(VOCABULARIES, searchName="v", pageNumber=2)
    assert (first["total"], len(first["data"]), len(second["data"])) == (25, 20, 5)
    assert client.data(VOCABULARIES, searchName="v") == first
    assert "400" in client.error(VOCABULARIES, pageNumber=0)


def test_rest_pages_count_from_zero(client: Client) -> None:
    for number in range(25):
        client.vocabulary(f"V{number:02}", f"v{number:02}")
    first, second = client.get("/vocabs?searchName=v"), client.get("/vocabs?searchName=v&page=1")
    assert (first["total"], len(first["data"]), len(second["data"])) == (25, 20, 5)
    assert len(client.get("/vocabs?searchName=v&take=7&page=3")["data"]) == 4
    client.get("/vocabs?page=x", status=400)


def test_reads_lag_and_the_server_does_not() -> None:
    client = Client(lag_ms=120)
    made = client.vocabulary()
    assert client.data(VOCABULARIES, searchName="Customer")["total"] == 0
    assert "404" in client.error(ONE_VOCABULARY, id=made["vocabularyId"])
    client.key(made["vocabularyId"])
    assert "409" in client.error(CREATE_VOCABULARY, vocabulary=vocabulary_input("Customer", "customer"))
    time.sleep(0.15)
    assert client.data(VOCABULARIES, searchName="Customer")["total"] == 1
    assert list(client.keys(made["vocabularyId"])) == ["email"]


# REST


def test_rest_life_of_a_vocabulary(client: Client) -> None:
    given = {"vocabularyName": "Site", "grouping": "/Person", "keyPrefix": "site"}
    made = client.send("POST", f"{V1}/vocabs/vocabulary", given)
    assert made.status == 201
    path = f"{V1}/vocabs/vocabulary/{made.body['vocabularyId']}"
    assert client.send("POST", f"{V1}/vocabs/vocabulary", given).status == 409
    change = {**given, "vocabularyId": made.body["vocabularyId"], "vocabularyName": "Sites"}
    assert client.send("PUT", f"{V1}/vocabs/vocabulary", change).body["vocabularyName"] == "Sites"
    assert client.send("PUT", f"{path}/activate").body["isActive"] is True
    assert client.get("/vocabs/vocabularybyname/sites")["keyPrefix"] == "site"
    assert client.send("DELETE", path).status == 200
    assert client.send("GET", path).status == 404


def test_paths_exist_with_and_without_version(client: Client) -> None:
    assert client.send("GET", "/api/api/vocabs").body == client.send("GET", "/api/api/v1/vocabs").body


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"keyPrefix": None}, "keyPrefix"),
        ({"grouping": ""}, "grouping"),
        ({"colour": "red"}, "colour"),
        ({"providerId": "x"}, "providerId"),
        ({"vocabularyName": 5}, "vocabularyName"),
    ],
)
def test_models_are_checked(client: Client, change: dict[str, object], field: str) -> None:
    given = {"vocabularyName": "Site", "grouping": "/Person", "keyPrefix": "site"}
    answer = client.send("POST", f"{V1}/vocabs/vocabulary", {**given, **change})
    assert (answer.status, list(answer.body["errors"])) == (400, [field])
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_owners(client: Client) -> None:
    made = client.vocabulary()
    users = {
        user["id"]: user["Account"]["UserName"] for user in client.data("{ administration { users { id Account } } }")
    }
    ids = {name: user for user, name in users.items()}
    path = f"{V1}/vocabs/vocabulary/{made['vocabularyId']}/owners"
    query = f"userId={ids['ada@example.com']}&userId={ids['sales-ops@example.com']}"
    assert client.send("POST", f"{path}?{query}").status == 200
    assert {user["username"] for user in client.send("GET", path).body} == {
        ADMIN,
        "ada@example.com",
        "sales-ops@example.com",
    }
    assert client.send("DELETE", f"{path}?userId={ids[ADMIN]}").status == 200
    assert client.data(ONE_VOCABULARY, id=made["vocabularyId"])["isVocabularyOwner"] is False
    assert client.send("POST", f"{path}?userId=5a0db0c5-64a4-4d7e-9f4d-1f6d3d6a5c11").status == 400


def test_a_vocabulary_with_used_keys_stays(client: Client) -> None:
    product = client.data(VOCABULARIES, searchName="Product")["data"][0]
    assert product["isUsed"] is True
    answer = client.send("DELETE", f"{V1}/vocabs/vocabulary/{product['vocabularyId']}")
    assert answer.status == 400
    assert "product.sku" in answer.body["detail"]
    made = client.vocabulary()
    client.key(made["vocabularyId"])
    assert client.send("DELETE", f"{V1}/vocabs/vocabulary/{made['vocabularyId']}").status == 200
    assert client.get("/vocabs/allkeys?searchName=customer.")["total"] == 0


def test_classifications_are_kinds_of_data(client: Client) -> None:
    codes = client.get("/vocabs/dataclassifications")
    assert {"/Email", "/Person/Name", "/SSN/DK", "/Finance/BankAccount/IBAN", "/Phone"} <= set(codes)
    assert "/PII" not in codes
    assert all(code.startswith("/") for code in codes)


def test_normalised_values_mean_the_same() -> None:
    client = Client(normalise=True)
    made = client.vocabulary(" Customer ")
    assert made["vocabularyName"] == "Customer"
    assert made["description"] != slate(" Customer ")
    assert " Customer " in made["description"]
    again = {**vocabulary_input("Customer", "customer"), "vocabularyId": made["vocabularyId"]}
    again["description"] = made["description"]
    assert "409" in client.error(SAVE_VOCABULARY, vocabulary=again)

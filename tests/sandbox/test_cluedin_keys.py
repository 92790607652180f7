"""Vocabulary keys over both faces."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.sandbox._cluedin import (
    ALL_KEYS,
    CREATE_KEY,
    KEY_BY_NAME,
    MAP_KEY,
    RENAME_KEY,
    SAVE_KEY,
    TERMS,
    V1,
    VOCABULARIES,
    Client,
    key_input,
    save_input,
)

ABSENT = "5a0db0c5-64a4-4d7e-9f4d-1f6d3d6a5c11"


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def customer(client: Client) -> str:
    return str(client.vocabulary()["vocabularyId"])


def _product(client: Client) -> str:
    return str(client.data(VOCABULARIES, searchName="Product")["data"][0]["vocabularyId"])


def test_a_key_as_recorded_answers_show_it(client: Client, customer: str) -> None:
    made = client.key(customer)
    assert made["key"] == "customer.email"
    assert made["dataClassificationCode"] == "/"
    assert made["compositeVocabulary"] == {"name": None, "displayName": None, "dataType": None}
    assert made["connector"] == {"id": None, "name": None}
    assert made["mappedKey"] is None
    assert made["vocabulary"] == {"vocabularyName": "Customer"}
    assert client.data(KEY_BY_NAME, key="user.email")["dataClassificationCode"] is None


def test_full_keys_are_case_sensitive(client: Client, customer: str) -> None:
    client.key(customer, "email")
    assert "409" in client.error(CREATE_KEY, vocabularyKey=key_input(customer, "email"))
    assert client.key(customer, "Email")["key"] == "customer.Email"
    assert client.data(KEY_BY_NAME, key="customer.EMAIL") is None
    assert client.data(KEY_BY_NAME, key="customer.Email")["name"] == "Email"
    client.get("/vocabs/fullyqualifiedkey/customer.EMAIL", status=404)


def test_create_heeds_the_first_members_only(client: Client, customer: str) -> None:
    made = client.key(customer, dataClassificationCode="/Email", dataAnnotationsIsRequired=True)
    assert (made["dataClassificationCode"], made["dataAnnotationsIsRequired"]) == ("/", None)
    saved = client.data(SAVE_KEY, vocabularyKey=save_input(made, dataClassificationCode="/Email"))
    assert saved["dataClassificationCode"] == "/Email"


def test_a_save_clears_what_it_leaves_out(client: Client, customer: str) -> None:
    made = client.key(customer)
    made = client.data(SAVE_KEY, vocabularyKey=save_input(made, dataAnnotationsIsRequired=True))
    bare = {name: made[name] for name in ("vocabularyKeyId", "displayName", "dataType", "storage", "isVisible")}
    saved = client.data(SAVE_KEY, vocabularyKey=bare)
    assert (saved["description"], saved["dataAnnotationsIsRequired"]) == (None, None)
    assert saved["groupName"] == "Metadata"


def test_a_save_that_changes_nothing_is_a_409(client: Client, customer: str) -> None:
    made = client.key(customer)
    assert "409" in client.error(SAVE_KEY, vocabularyKey=save_input(made))
    assert "400" in client.error(SAVE_KEY, vocabularyKey=save_input(made, name="mail"))


@pytest.mark.parametrize(
    "change",
    [
        {"dataType": "Text", "storage": "Typed"},
        {"dataType": "Texts"},
        {"storage": "keyword"},
        {"name": "with space"},
        {"name": ""},
        {"displayName": None},
        {"groupName": ""},
        {"dataType": "Lookup"},
        {"dataType": "Lookup", "glossaryTermId": ABSENT},
    ],
)
def test_refused_keys(client: Client, customer: str, change: dict[str, Any]) -> None:
    assert "400" in client.error(CREATE_KEY, vocabularyKey={**key_input(customer, "x"), **change})
    assert client.keys(customer) == {}


def test_a_key_needs_its_vocabulary(client: Client) -> None:
    assert "404" in client.error(CREATE_KEY, vocabularyKey=key_input(ABSENT, "x"))


def test_old_servers_let_text_be_typed() -> None:
    client = Client(cluedin_version="4.3")
    assert client.key(client.vocabulary()["vocabularyId"], storage="Typed")["storage"] == "Typed"


def test_storage_follows_the_type_when_left_out(client: Client, customer: str) -> None:
    assert client.key(customer, "at", dataType="DateTime", storage=None)["storage"] == "Typed"
    assert client.key(customer, "mail", dataType="Email", storage=None)["storage"] == "Keyword"


def test_a_lookup_needs_an_active_term(client: Client, customer: str) -> None:
    active = client.data(TERMS, searchName="Customer segments")["data"][0]["id"]
    made = client.key(customer, "segment", dataType="Lookup", glossaryTermId=active.upper())
    assert made["glossaryTermId"] == active
    idle = client.term("Idle", client.category())["id"]
    given = key_input(customer, "other", dataType="Lookup", glossaryTermId=idle)
    assert "400" in client.error(CREATE_KEY, vocabularyKey=given)


def test_hidden_and_obsolete_keys_are_kept_back(client: Client) -> None:
    product = _product(client)
    plain = set(client.keys(product))
    assert {"internalNote", "code"} & plain == set()
    assert set(client.keys(product, filterIsObsolete="All")) == plain | {"code"}
    assert set(client.keys(product, skipFilterVisibility=True)) == plain | {"internalNote"}
    everything = client.keys(product, filterIsObsolete="All", skipFilterVisibility=True)
    assert set(everything) == plain | {"internalNote", "code"}
    assert set(client.keys(product, filterIsObsolete="OnlyObsolete")) == {"code"}
    assert "400" in client.error(ALL_KEYS, filterIsObsolete="Some")


def test_mapped_keys_show_their_target_in_pascal_case(client: Client) -> None:
    old = client.keys(_product(client), filterIsObsolete="All")["code"]
    assert old["mappedKey"]["Key"] == "product.sku"
    assert set(old["mappedKey"]) == {
        "VocabularyKeyId",
        "VocabularyId",
        "Name",
        "DataType",
        "DisplayName",
        "Key",
        "Storage",
    }


def test_mappings_do_not_go_round(client: Client, customer: str) -> None:
    a, b, c = (client.key(customer, name)["vocabularyKeyId"] for name in "abc")
    client.data(MAP_KEY, **{"from": a, "to": b})
    assert client.data(MAP_KEY, **{"from": b, "to": c})["mapsToOtherKeyId"] == c
    assert "400" in client.error(MAP_KEY, **{"from": c, "to": a})
    assert "400" in client.error(MAP_KEY, **{"from": c, "to": c})
    client.get(f"/vocabs/vocabularykeymapping/validate/{c}/{a}", status=400)
    assert client.get(f"/vocabs/vocabularykeymapping/validate/{a}/{c}") is True


def test_rename_makes_a_new_key(client: Client, customer: str) -> None:
    old = client.key(customer, "mail")
    new_id = client.data(RENAME_KEY, v=customer, k=old["vocabularyKeyId"], name="email")
    keys = client.keys(customer, filterIsObsolete="All")
    assert keys["email"]["vocabularyKeyId"] == new_id != old["vocabularyKeyId"]
    assert (keys["mail"]["isObsolete"], keys["mail"]["mapsToOtherKeyId"]) == (True, new_id)
    assert "400" in client.error(RENAME_KEY, v=customer, k=new_id, name="mail")


def test_pages(client: Client, customer: str) -> None:
    for number in range(45):
        client.key(customer, f"k{number:02}")
    names: list[str] = []
    for page in (1, 2, 3):
        found = client.data(ALL_KEYS, searchName="customer.", pageNumber=page)
        names += [key["name"] for key in found["data"]]
        assert found["total"] == 45
    assert names == sorted(set(names))
    assert len(client.data(ALL_KEYS, searchName="customer.", pageSize=45)["data"]) == 45
    assert "400" in client.error(ALL_KEYS, pageNumber=0)
    assert len(client.get(f"/vocabs/{customer}/allkeys?page=2")["data"]) == 5


def test_new_keys_are_visible_late() -> None:
    client = Client(lag_ms=120)
    vocabulary = client.vocabulary()["vocabularyId"]
    made = client.key(vocabulary)
    assert client.keys(vocabulary) == {}
    assert client.data(KEY_BY_NAME, key="customer.email") is None
    client.get(f"/vocabs/key/{made['vocabularyKeyId']}", status=404)
    assert client.data(SAVE_KEY, vocabularyKey=save_input(made, displayName="E-mail"))["displayName"] == "E-mail"
    time.sleep(0.15)
    assert client.keys(vocabulary)["email"]["displayName"] == "E-mail"


# REST


def _put(client: Client, key: dict[str, Any], **changes: Any) -> Any:
    """A PUT of a key as REST shows it."""
    members = {
        "vocabularyKeyId",
        "vocabularyId",
        "groupName",
        "displayName",
        "dataType",
        "storage",
        "isVisible",
    }
    members |= {"dataClassificationCode", "mapsToOtherKeyId", "isValueChangeInsignificant", "description"}
    members |= {"isObsolete", "glossaryTermId"}
    return client.send("PUT", f"{V1}/vocabs/key", {**{name: key[name] for name in members}, **changes})


def test_rest_numbers_follow_no_documented_order(client: Client, customer: str) -> None:
    types = ("Text", "DateTime", "Integer", "Email", "Identifier")
    numbers = {}
    for name in types:
        made = client.key(customer, name, dataType=name, storage=None)
        numbers[name] = client.get(f"/vocabs/key/{made['vocabularyKeyId']}")
    assert all(isinstance(model["dataType"], int) for model in numbers.values())
    assert numbers["Text"]["dataType"] != 0
    assert numbers["Text"]["storage"] != 0
    guessed = _put(client, numbers["Text"], dataType=0, displayName="Guess")
    assert guessed.status == 200
    assert client.keys(customer)["Text"]["dataType"] != "Text"
    assert _put(client, numbers["Text"], storage=0).status == 400
    assert _put(client, numbers["Text"], dataType=28).status == 400


def test_rest_obsolete(client: Client, customer: str) -> None:
    made = client.key(customer)
    model = client.get(f"/vocabs/key/{made['vocabularyKeyId']}")
    assert _put(client, model, isObsolete=True).status == 200
    assert client.keys(customer) == {}
    kept = client.keys(customer, filterIsObsolete="All")["email"]
    assert (kept["isObsolete"], kept["dataType"], kept["storage"]) == (True, "Text", "Keyword")
    assert client.get(f"/vocabs/{customer}/allkeys")["total"] == 1
    assert client.get(f"/vocabs/{customer}/allkeys?filterIsObsolete=IgnoreObsolete")["total"] == 0
    assert client.get(f"/vocabs/{customer}/keys?filterIsObsolete=true")["total"] == 1
    assert _put(client, model, isObsolete=True).status == 409


def test_members_left_out_of_a_put_fall_to_their_defaults(client: Client, customer: str) -> None:
    made = client.key(customer)
    model = client.get(f"/vocabs/key/{made['vocabularyKeyId']}")
    body = {name: model[name] for name in ("vocabularyKeyId", "vocabularyId", "displayName", "storage")}
    assert client.send("PUT", f"{V1}/vocabs/key", body).status == 200
    hidden = client.keys(customer, skipFilterVisibility=True)["email"]
    assert (hidden["isVisible"], hidden["dataType"] == "Text") == (False, False)


@pytest.mark.parametrize("change", [{"vocabularyId": ABSENT}, {"name": "mail"}, {"dataClassificationCode": "/PII"}])
def test_refused_puts(client: Client, customer: str, change: dict[str, Any]) -> None:
    model = client.get(f"/vocabs/key/{client.key(customer)['vocabularyKeyId']}")
    assert _put(client, model, **change).status == 400


def test_bulk_creation_answers_for_each_key(client: Client, customer: str) -> None:
    text = client.get(f"/vocabs/key/{client.key(customer, 'text')['vocabularyKeyId']}")
    base = {
        "vocabularyId": customer,
        "groupName": "Metadata",
        "isVisible": True,
        "isValueChangeInsignificant": False,
    }
    numbers = {"dataType": text["dataType"], "storage": text["storage"]}
    body = [
        {**base, **numbers, "name": "one", "displayName": "One", "dataClassificationCode": "/Email"},
        {**base, **numbers, "name": "text", "displayName": "Text"},
        {**base, **numbers, "displayName": "No name"},
    ]
    answer = client.send("POST", f"{V1}/vocabs/keys", body)
    assert answer.status == 200
    assert [item["status"] for item in answer.body] == [201, 409, 400]
    assert [bool(item["id"]) for item in answer.body] == [True, False, False]
    assert "name" in answer.body[2]["error"]
    assert client.keys(customer)["one"]["dataClassificationCode"] == "/Email"


def test_rest_creation(client: Client, customer: str) -> None:
    text = client.get(f"/vocabs/key/{client.key(customer, 'text')['vocabularyKeyId']}")
    body = {"vocabularyId": customer, "groupName": "G", "name": "one", "displayName": "One"}
    body |= {"dataType": text["dataType"], "storage": text["storage"], "isVisible": True}
    assert client.send("POST", f"{V1}/vocabs/key", body).status == 201
    assert client.send("POST", f"{V1}/vocabs/key", body).status == 409
    names = client.send("POST", f"{V1}/vocabs/key/getbykeynames", ["customer.one", "customer.none"]).body
    assert [key["key"] for key in names] == ["customer.one"]
    assert client.send("POST", f"{V1}/vocabs/keys/exist", {"keys": ["customer.one", "x.y"]}).body == ["customer.one"]
    assert client.get(f"/vocabs/vocabulary/{customer}/verifykeyname/one") is False
    assert client.get(f"/vocabs/vocabulary/{customer}/verifykeyname/two") is True


def test_unused_keys_are_removed(client: Client, customer: str) -> None:
    made = client.key(customer)
    path = f"{V1}/vocabs/vocabulary/{customer}/key/{made['vocabularyKeyId']}"
    assert client.send("DELETE", path).status == 200
    assert client.send("DELETE", path).status == 404


def test_used_keys_are_mapped_and_stay(client: Client) -> None:
    product = _product(client)
    keys = client.keys(product)
    path = f"{V1}/vocabs/vocabulary/{product}/key/{keys['price']['vocabularyKeyId']}"
    assert client.send("DELETE", path).status == 400
    target = keys["name"]["vocabularyKeyId"]
    assert client.send("DELETE", f"{path}/mapstokey/{target}").status == 200
    gone = client.keys(product, filterIsObsolete="All")["price"]
    assert (gone["isObsolete"], gone["mapsToOtherKeyId"]) == (True, target)


def test_a_key_that_others_map_to_is_used(client: Client, customer: str) -> None:
    a, b = (client.key(customer, name)["vocabularyKeyId"] for name in "ab")
    client.data(MAP_KEY, **{"from": a, "to": b})
    assert client.send("DELETE", f"{V1}/vocabs/vocabulary/{customer}/key/{b}").status == 400
    uses = client.get(f"/vocabusage/vocabulary/{customer}/key/{b}/usage")
    assert [use["name"] for use in uses] == ["customer.a"]


def test_impact_and_reindex() -> None:
    client = Client(reindex_ms=60)
    product = _product(client)
    key = client.get(f"/vocabs/key/{client.keys(product)['sku']['vocabularyKeyId']}")
    email = client.get(f"/vocabs/key/{client.keys(product)['contactEmail']['vocabularyKeyId']}")["dataType"]
    asked = {name: key[name] for name in ("vocabularyKeyId", "vocabularyId", "storage")} | {"dataType": email}
    impact = client.send("POST", f"{V1}/vocabusage/impactfromupdate", asked)
    assert impact.body["affectedRecords"] == 120
    round_trip = {**asked, "mapsToOtherKeyId": key["vocabularyKeyId"]}
    assert client.send("POST", f"{V1}/vocabusage/impactfromupdate", round_trip).status == 400
    assert _put(client, key, dataType=email).status == 200
    assert _put(client, key, displayName="Code").status == 423
    assert client.get("/vocabs/reindexrunning/product.sku") is True
    time.sleep(0.08)
    assert _put(client, key, displayName="Code").status == 200

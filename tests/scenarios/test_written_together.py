"""Keys and terms of CluedIn are written many in one document: each ends as if it had been sent by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import Exit
from reconciler.resources import types
from reconciler.resources.base import Resource

from .. import portal
from ..support import SECRETS, Project, project

KEYS = 60
CONCEPT = """\
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: many}
spec:
  glossary: Enterprise
  term: {name: Many}
  vocabulary:
    name: Many
    key_prefix: many
    active: true
    entity_type: {name: Many, code: /Many, icon: User}
  cluedin_glossary: {category: Many}
  assets: false
  terms:
"""
ITEM = "    - {{name: Key {n}, key: key{n}, data_type: Identifier, description: 'What {n} means.'{more}}}\n"


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Project]:
    with project(tmp_path) as made:
        meaning(made, "means")
        yield made


def meaning(made: Project, verb: str) -> None:
    """What the manifest says; of the first half of the keys in another verb, as more would need to be allowed."""
    rows = (ITEM.format(n=n, more=", value_change_insignificant: true" if n % 20 == 3 else "") for n in range(KEYS))
    made.write("many.yaml", (CONCEPT + "".join(rows)).replace(" means.", f" {verb}.", KEYS // 2))


def graphql(made: Project, query: str) -> Any:
    """What a person's page asks CluedIn."""
    form = {"grant_type": "password", "client_id": "contoso", "username": "admin@contoso.test"}
    token = made.http("POST", "/auth/connect/token", data={**form, "password": SECRETS["CLUEDIN_PASSWORD"]})
    headers = {"authorization": f"Bearer {token['access_token']}"}
    answer = portal.post(f"{made.url}/graphql", json={"query": query}, headers=headers).json()
    assert "errors" not in answer, answer
    return answer["data"]["management"]


def there(made: Project) -> tuple[Counter[str], Counter[str]]:
    """How often each key and each term is there."""
    listed = "(pageNumber: 1, pageSize: 1000) { data"
    found = graphql(made, f"{{ management {{ vocabularyKeys{listed} {{ key }} }} }} }}")["vocabularyKeys"]["data"]
    keys = Counter(row["key"] for row in found if row["key"].startswith("many."))
    found = graphql(made, f"{{ management {{ glossaryTerms{listed} {{ name }} }} }} }}")["glossaryTerms"]["data"]
    terms = Counter(row["name"] for row in found if row["name"].startswith("Many_Key "))
    return keys, terms


def is_there_once(made: Project) -> bool:
    keys, terms = there(made)
    return set(keys.values()) == set(terms.values()) == {1} and len(keys) == len(terms) == KEYS


def created(made: Project) -> set[str]:
    """Of the keys and terms, which the ledger takes for our own."""
    session = made.session()
    entries = session.book(session.draft()).load().entries
    return {a for a, entry in entries.items() if "_key:" in a or "glossary_term:" in a if entry.how == "created"}


@pytest.mark.parametrize(("most", "requests"), [(None, 14), (7, 44), (1, 200)])
def test_in_documents_as_large_as_the_server_takes(many: Project, most: int | None, requests: int) -> None:
    many.http("POST", "/_sandbox/settings", json={"most_fields": most})
    result = many.apply()
    assert result.exit_code == Exit.OK, [o.as_dict() for o in result.outcomes if o.status != "done"][:3]
    sent = [r for r in many.writes() if r["path"] == "/graphql"]
    assert len(sent) <= requests
    assert is_there_once(many)
    assert len(created(many)) == 2 * KEYS + 1
    assert many.actions() == []


@pytest.mark.parametrize("every", [1, 2, 3])
def test_where_the_work_is_done_and_the_answer_is_lost(many: Project, every: int) -> None:
    many.http("POST", "/_sandbox/faults", json=[{"path": "^/graphql", "every": every, "times": 6, "after": "response"}])
    many.apply()
    many.http("DELETE", "/_sandbox/faults")
    assert many.apply().exit_code == Exit.OK
    assert is_there_once(many)
    assert len(created(many)) == 2 * KEYS + 1
    assert many.actions() == []


def saved(made: Project) -> list[str]:
    """The descriptions of those keys, in the order of their numbers."""
    listed = "(pageNumber: 1, pageSize: 1000) { data"
    rows = graphql(made, f"{{ management {{ vocabularyKeys{listed} {{ key description }} }} }} }}")
    keys = {row["key"]: row["description"] for row in rows["vocabularyKeys"]["data"]}
    return [keys[f"many.key{n}"] for n in range(KEYS // 2)]


def test_changes_are_saved_in_documents_as_large_as_the_server_takes(many: Project) -> None:
    many.apply()
    for verb, most, requests in (("says", None, 3), ("tells", 7, 20), ("holds", 1, 45)):
        many.http("POST", "/_sandbox/settings", json={"most_fields": most})
        meaning(many, verb)
        before = len(many.writes())
        result = many.apply()
        assert result.exit_code == Exit.OK, [o.as_dict() for o in result.outcomes if o.status != "done"][:3]
        assert len([r for r in many.writes()[before:] if r["path"] == "/graphql"]) <= requests
        assert all(f"What {n} {verb}." in text for n, text in enumerate(saved(many)))
        assert many.actions() == []


def test_changes_whose_answers_are_lost_are_looked_at(many: Project) -> None:
    many.apply()
    meaning(many, "says")
    many.http("POST", "/_sandbox/faults", json=[{"path": "^/graphql", "every": 2, "times": 6, "after": "response"}])
    many.apply()
    many.http("DELETE", "/_sandbox/faults")
    assert many.apply().exit_code == Exit.OK
    assert all("says" in text for text in saved(many))
    assert is_there_once(many)
    assert many.actions() == []


def test_what_others_made_in_the_meantime_is_theirs_and_the_others_are_ours(
    many: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody makes one of the keys, and one of the terms, right before they are sent."""

    def first(type: Resource, make: str) -> None:
        create = type.create_many

        def late(system: Any, writes: Any) -> Any:
            if any(write.key in make for write in writes):
                graphql(
                    many,
                    make.replace("VOCABULARY", writes[0].id_of("cluedin.vocabulary:many")) if "VOC" in make else make,
                )
            return create(system, writes)

        monkeypatch.setattr(type, "create_many", late)

    first(
        types()["cluedin.vocabulary_key"],
        'mutation { management { createVocabularyKey(vocabularyKey: {vocabularyId: "VOCABULARY", name: "key7", '
        'displayName: "theirs many.key7", dataType: "Text", storage: "Keyword", groupName: "Metadata", '
        "isVisible: true}) { key } } }",
    )
    result = many.apply()
    keys, _ = there(many)
    assert keys["many.key7"] == 1
    assert "cluedin.vocabulary_key:many.key7" not in created(many)
    assert len([a for a in created(many) if "_key:" in a]) == KEYS - 1
    waiting = {"cluedin.vocabulary_key:many.key7", "cluedin.glossary_term:Many_Key 7"}
    assert {o.change.address for o in result.outcomes if o.status != "done"} <= waiting


@pytest.mark.long
@pytest.mark.parametrize("every", [2, 3, 5])
def test_terms_are_on_their_columns_once_where_answers_are_lost(many: Project, every: int) -> None:
    """With the entity type in Purview each key has a column there, and its term comes with an upload of the columns."""
    text = (many.root / "manifests/many.yaml").read_text()
    many.write("many.yaml", text.replace("  assets: false\n", ""))
    lost = {"path": "^/datamap/.*(entity/bulk|assignedEntities)", "every": every, "times": 12, "after": "response"}
    many.http("POST", "/_sandbox/faults", json=[lost])
    many.apply()
    many.http("DELETE", "/_sandbox/faults")
    assert many.apply().exit_code == Exit.OK
    assert many.actions() == []
    session = many.session()
    entries = session.book(session.draft()).load().entries
    guids = [entry.id for address, entry in entries.items() if address.startswith("purview.entity:cluedin_column/")]
    assert len(guids) == KEYS
    for guid in guids:
        entity = many.http("GET", f"/datamap/api/atlas/v2/entity/guid/{guid}")["entity"]
        assert len(entity["relationshipAttributes"]["meanings"]) == 1

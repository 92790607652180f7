"""Where pages of each list start, how far they go, and what must be said so that nothing is left out."""

from __future__ import annotations

from typing import Any

import httpx
import orjson
import pytest

from tests.resources.cluedin_support import faked, type_

ROWS: dict[str, dict[str, Any]] = {
    "vocabularies": {"vocabularyId": "v{}", "keyPrefix": "p{}", "vocabularyName": "P{}", "isActive": True},
    "glossaryTerms": {"id": "t{}", "name": "T{}", "categoryId": "c"},
    "entityTypeConfigurations": {"id": "e{}", "type": "/E{}"},
    "vocabularyKeys": {"vocabularyKeyId": "k{}", "vocabularyId": "v{}", "key": "p{}.k"},
}
LISTS = {
    "vocabulary": "vocabularies",
    "glossary_term": "glossaryTerms",
    "entity_type": "entityTypeConfigurations",
    "vocabulary_key": "vocabularyKeys",
}
TOTAL, SERVED = 25, 10


def row(field: str, number: int) -> dict[str, Any]:
    return {k: v.format(number) if isinstance(v, str) else v for k, v in ROWS[field].items()}


@pytest.mark.parametrize(("name", "field"), LISTS.items())
def test_lists_are_paged_from_one_until_the_total(name: str, field: str) -> None:
    asked: dict[str, list[int]] = {}
    documents: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent = orjson.loads(request.content)
        documents.append(sent["query"])
        if "glossaryCategories" in sent["query"]:
            return httpx.Response(
                200, json={"data": {"management": {"glossaryCategories": [{"id": "c", "name": "C"}]}}}
            )
        found = next(known for known in ROWS if f"{known}(" in sent["query"])
        page = sent["variables"]["pageNumber"]
        asked.setdefault(found, []).append(page)
        assert sent["variables"]["pageSize"] > SERVED
        numbers = range((page - 1) * SERVED, min(page * SERVED, TOTAL))
        rows = [row(found, number) for number in numbers]
        return httpx.Response(200, json={"data": {"management": {found: {"total": TOTAL, "data": rows}}}})

    wanted = {f"p{number}.k": frozenset({"display_name"}) for number in range(TOTAL)}
    live = list(type_(name).read(faked(answer), wanted))
    assert len({one.key for one in live}) == TOTAL
    assert sorted(asked[field]) == [1, 2, 3]
    if name == "vocabulary_key":
        assert any('filterIsObsolete: "All"' in text and "skipFilterVisibility: true" in text for text in documents)

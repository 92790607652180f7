"""What a term carries and no manifest can say is told in words, and what can be said is not."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.resources.purview.term_parts import PLACE, RELATED, unsaid


@pytest.mark.parametrize(
    ("term", "told"),
    [
        ({"classifications": [{"typeName": "PII"}]}, ["classifications"]),
        ({"categories": [{"categoryGuid": "1"}]}, ["categories"]),
        ({"categories": [{"categoryGuid": "1"}], PLACE: "1"}, []),
        ({"examples": ["one"], "language": "en"}, ["examples", "language"]),
        ({"additionalAttributes": {"a": 1}}, ["additional attributes"]),
        ({"isA": [{"termGuid": "1"}], "antonyms": []}, ["`isA`"]),
        ({"synonyms": [{"termGuid": "1"}], "seeAlso": [{"termGuid": "2"}]}, []),
        ({"contacts": {"Expert": [{"id": "1"}], "Steward": [{"id": "2", "info": ""}]}}, []),
        ({"contacts": {"Expert": [{"id": "1", "info": "mornings"}]}}, ["remarks on contacts"]),
        ({"contacts": {"Owner": [{"id": "1"}], "Steward": None}}, ["contacts but experts and stewards"]),
        ({"longDescription": "x", "status": "Draft", "resources": [{"url": "https://a.test"}]}, []),
    ],
)
def test_what_is_told(term: dict[str, Any], told: list[str]) -> None:
    assert list(unsaid(term)) == told


def test_every_relation_but_those_of_manifests_is_told() -> None:
    assert len(list(unsaid({name: [{"termGuid": "1"}] for name in RELATED}))) == len(RELATED) - 2

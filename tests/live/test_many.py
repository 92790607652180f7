"""A first apply of many terms, keys and columns sends one request for many of them, to a server too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.diff import Options
from reconciler.workflow import Approval, apply_plan
from reconciler_sandbox.server import running

from ..support import SECRETS
from .test_lineage import CLUEDIN
from .world import AtlasProject, Place

CONCEPTS, ITEMS = 20, 49
"""A thousand terms in all, with the concepts' own."""
SINGLY = 4_396
"""What a first apply of as many sent before anything went together (CHANGELOG)."""

LABELS = """
apiVersion: reconciler/v1
kind: LabelMap
metadata: {name: labels}
spec:
  labels:
    PII: {classification: "${var.LABEL} Many", description: Personal data., purview_label: many}
"""
CONCEPT = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {{name: concept-{at}}}
spec:
  glossary: "${{var.GLOSSARY}}"
  term: {{name: Concept {at}, definition: "What the business calls {at}."}}
  vocabulary: {{name: Concept {at}, key_prefix: concept{at}, entity_type: {{name: Concept {at}, code: /Concept{at}}}}}
  cluedin_glossary: {{category: Many}}
  terms:
"""
ITEM = "    - {{name: Item {item}, key: item{item}, definition: Item {item} of {at}.{labels}}}\n"


@pytest.fixture
def many(project: AtlasProject, place: Place) -> Iterator[AtlasProject]:
    """A thousand terms with keys and columns, of which every fifth has a classification and a label."""
    with running(seed="demo") as sandbox:
        project.env |= {
            "RECONCILER_VAR_CLUEDIN_URL": sandbox.url,
            "RECONCILER_VAR_GLOSSARY": f"{place.glossary} M",
            "RECONCILER_VAR_LABEL": place.label,
            "RECONCILER_SECRETS": "ATLAS_PASSWORD,CLUEDIN_PASSWORD",
            "CLUEDIN_PASSWORD": SECRETS["CLUEDIN_PASSWORD"],
        }
        project.edit("environments/sandbox.yaml", "  policy:", CLUEDIN.strip("\n") + "\n  policy:")
        project.write("labels.yaml", LABELS)
        for at in range(CONCEPTS):
            items = [
                ITEM.format(at=at, item=item, labels="" if item % 5 else ", labels: [PII]") for item in range(ITEMS)
            ]
            project.write(f"concept-{at}.yaml", CONCEPT.format(at=at) + "".join(items))
        yield project


@pytest.mark.long
def test_a_first_apply_sends_a_tenth_of_what_each_alone_would_take(many: AtlasProject, place: Place) -> None:
    session = many.session()
    result = apply_plan(session, Options(), Approval())
    left = [(one.status, one.change.address, one.message) for one in result.outcomes if one.status != "done"]
    assert not left, left[:5]
    assert session.requests <= SINGLY // 10
    for at, item in ((0, 0), (CONCEPTS - 1, 0), (CONCEPTS - 1, 1)):
        column = place.entity(f"{place.types}column", f"{place.names}.entity.Concept{at}#concept{at}.item{item}")
        assert column is not None
        marked = [one["typeName"] for one in column.get("classifications") or []], column.get("labels") or []
        assert marked == (([], []) if item % 5 else ([f"{place.label} Many"], ["many"]))
        assert [one["displayText"] for one in column["relationshipAttributes"]["meanings"]] == [
            f"Concept {at}_Item {item}"
        ]
    assert many.actions() == []

"""Label maps: findings about words. What labels become is in test_expansion."""

from __future__ import annotations

import pytest

from tests.kinds.conftest import ONLY_CLUEDIN, TEST_ENVIRONMENT, document

GOOD = "labels: {PII: {classification: CLUEDIN.PII}}"

FINDINGS = {
    "label.name": ("labels: {'a:b': {classification: A}}", "`a:b` cannot be a label"),
    "label.classification": (
        "labels: {A: {classification: A-B}}",
        "`A-B` cannot be the name of a classification",
    ),
}


@pytest.mark.parametrize("code", FINDINGS)
def test_finding(expand, code):
    labels, summary = FINDINGS[code]
    assert expand(labels=labels).only(code).summary == summary


def test_a_label_is_defined_once(expand):
    found = expand(labels=GOOD, files={"more.yaml": document("LabelMap", "more", GOOD)}).only("label.twice")
    assert found.summary == "The label `PII` is defined in manifests/labels.yaml:5 as well"
    assert found.source is not None
    assert found.source.file == "manifests/more.yaml"


def test_a_purview_that_is_only_read_gets_no_classification(expand):
    environment = TEST_ENVIRONMENT + "scope: {purview: {read_only: true}}\n"
    assert expand(labels=GOOD, environment=environment).only("scope.read_only")
    microsoft = GOOD.replace("CLUEDIN.PII", "MICROSOFT.PII")
    assert expand(labels=microsoft, environment=environment).findings == []


def test_without_purview_there_is_nothing_to_make(expand):
    outcome = expand(labels=GOOD, environment=ONLY_CLUEDIN)
    assert outcome.findings == []
    assert outcome.resources == []


def test_only_a_mentioned_description_is_managed(expand):
    assert expand(labels=GOOD).by_address["purview.classification_type:CLUEDIN.PII"].values == {}


@pytest.mark.parametrize(("said", "leave"), [("", "delete"), ("\nremove_unlisted: false", "forget")])
def test_what_labels_put_on_assets_is_taken_back_or_left(expand, said, leave):
    labels = "labels: {PII: {classification: CLUEDIN.PII, purview_label: pii}}" + said
    mapping = """
        vocabulary: {name: A, key_prefix: a, entity_type: {name: A, code: /A, icon: User}}
        terms: [{name: Email, key: email, labels: [PII]}]
    """
    found = expand(mapping, labels=labels).by_address.values()
    assert {one.on_remove for one in found if one.type.name in ("classification", "label")} == {leave}

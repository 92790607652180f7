"""A mapping of many terms is expanded in time that grows with their number, and no faster."""

from __future__ import annotations

import time

import pytest


def spec_of(count: int) -> str:
    head = """glossary: G
term: {name: Customer}
vocabulary: {name: C, key_prefix: c, entity_type: {name: C}}
cluedin_glossary: {category: G}
terms:
"""
    item = "  - {{name: Term {0}, key: k{0}, data_type: Text, definition: Text of {0}., labels: [PII]{1}}}\n"
    mapped = ", maps_to: c.k{}"
    return head + "".join(item.format(at, mapped.format(at - 1) if at % 2 else "") for at in range(count))


@pytest.mark.long
def test_twenty_thousand_terms(expand):
    labels = "labels: {PII: {classification: CLUEDIN.PII, purview_label: pii}}"
    outcome = expand(spec_of(20_000), labels=labels)
    assert outcome.findings == []
    assert len(outcome.resources) > 140_000


def test_time_grows_with_the_number(expand, tmp_path):
    seconds = {}
    for count in (500, 2_000):
        started = time.process_time()
        assert expand(spec_of(count), labels="labels: {PII: {classification: CLUEDIN.PII}}").findings == []
        seconds[count] = time.process_time() - started
    assert seconds[2_000] < 12 * seconds[500]

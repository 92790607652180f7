"""What people edit in the systems is accepted into the manifests, or refused with a reason; never anything else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.accept.accept import Acceptance
from reconciler.resources import type_of
from reconciler.resources.keys import field_of
from reconciler.workflow import accept_drift

from .estate import Estate, estate
from .test_edited_by_people import edited, managed

pytestmark = pytest.mark.long


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Estate]:
    """The estate, applied."""
    with estate(tmp_path) as applied:
        yield applied


def files(made: Estate) -> dict[str, bytes]:
    """Every manifest."""
    return {str(path): path.read_bytes() for path in sorted((made.root / "manifests").rglob("*.yaml"))}


def put(texts: dict[str, bytes]) -> None:
    """The manifests as they were."""
    for name, content in texts.items():
        Path(name).write_bytes(content)


def accepted(made: Estate, *names: str) -> Acceptance:
    """What `drift --accept` does."""
    return accept_drift(made.session(), names)


ACCEPTED = {
    "cluedin.clean_project description",
    "cluedin.ai_job model",
    "cluedin.clean_project include_data_parts",
    "cluedin.crawler source",
    "cluedin.dedup_project description",
    "cluedin.dedup_project limit",
    "cluedin.dedup_rule active",
    "cluedin.crawler source_quality",
    "cluedin.data_set source_quality",
    "cluedin.entity_type icon",
    "cluedin.identifier origin",
    "cluedin.policy_state active",
    "cluedin.relation to",
    "cluedin.rule description",
    "cluedin.rule_state active",
    "cluedin.stream_export container",
    "cluedin.stream_state state",
    "cluedin.vocabulary name",
    "cluedin.vocabulary_key display_name",
    "cluedin.vocabulary_key maps_to",
    "cluedin.vocabulary_key obsolete",
    "purview.business_metadata attributes",
    "purview.classification_type description",
    "purview.entity description",
    "purview.entity attributes[compression]",
    "purview.entity attributes[freshness_p95_minutes]",
    "purview.entity attributes[retention_days]",
    "purview.entity attributes[schedule]",
    "purview.entity attributes[server]",
    "purview.term definition",
    "purview.term status",
    "purview.type description",
}
"""What a document says in a place of its own; everything else is told with why."""


def test_every_edit_is_accepted_or_refused_with_a_reason(made: Estate) -> None:
    """One edit at a time: accepted, a plan has nothing to do for it; refused, no byte of a manifest is another."""
    taken: set[str] = set()
    seen: set[str] = set()
    wrong: list[str] = []
    before = files(made)
    for address, paths in managed(made).items():
        for path in paths:
            name = type_of(address).full_name
            what = f"{name} {path if name == 'purview.entity' else field_of(path)}"
            if what in seen:
                continue
            seen.add(what)
            with edited(made, address, path):
                found = accepted(made, address)
                if found.refused:
                    right = files(made) == before and found.refused[0].summary.partition(": ")[2]
                else:
                    right = found.accepted and made.told() == []
                    taken.add(what)
                if not right:
                    wrong.append(f"{address} {path}: {found}")
                put(before)
    assert wrong == []
    assert taken == ACCEPTED
    assert len(seen) == 109


def test_one_value_that_says_two_drifted_fields_is_accepted_with_both(made: Estate) -> None:
    """A data type stands in CluedIn and, for readers, in Purview: alone it would change the other, together it fits."""
    key = "cluedin.vocabulary_key:customer.accountId"
    shown = "purview.entity:cluedin_column/cluedin.entity.Customer#customer.accountId"
    before = files(made)
    with edited(made, key, "data_type"):
        alone = accepted(made, key)
        assert f"also says the attributes[data_type] of {shown}" in alone.refused[0].summary
        assert files(made) == before
        id = made.entries()[shown].id
        doc = made.sandbox.store.get("entity", id, latest=True) or {}
        made.sandbox.store.put("entity", id, {**doc, "attributes": {**doc["attributes"], "data_type": "Uri"}})
        found = accepted(made)
        assert [(one.address, one.path) for one in found.accepted] == [
            (key, "data_type"),
            (shown, "attributes[data_type]"),
        ]
        assert made.told() == []

"""What people rename in CluedIn is one rename, one repair, and then nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.resources import types
from reconciler_sandbox.cluedin import world

from ..support import EACH_WITH_CLAIMS, SANDBOXES
from .estate import Estate, estate

pytestmark = pytest.mark.long

NAMES = {
    "cluedin.stream": (world.STREAM, "name"),
    "cluedin.export_target": (world.PROVIDER, "accountDisplay"),
    "cluedin.crawler": (world.PROVIDER, "accountDisplay"),
    "cluedin.enricher": (world.PROVIDER, "accountDisplay"),
    "cluedin.rule": (world.RULE, "name"),
    "cluedin.policy": (world.POLICY, "name"),
    "cluedin.ai_agent": (world.AI_AGENT, "name"),
    "cluedin.ai_job": (world.AI_JOB, "name"),
    "cluedin.clean_project": (world.CLEAN, "name"),
    "cluedin.dedup_project": (world.DEDUP, "name"),
    "cluedin.glossary_term": (world.TERM, "name"),
    "cluedin.glossary_category": (world.CATEGORY, "name"),
    "cluedin.data_source_group": (world.DATA_GROUP, "name"),
    "cluedin.data_source": (world.DATA_SOURCE, "name"),
    "cluedin.data_set": (world.DATA_SET, "name"),
}
"""Where each type keeps the name that people may change."""

CODES = frozenset({"cluedin.entity_type", "cluedin.setting", "cluedin.vocabulary", "cluedin.vocabulary_key"})
"""Types known by a code that nobody can change: CluedIn makes another object instead."""
INSIDE, PROJECT = frozenset({"cluedin.dedup_rule"}), "Duplicate people"
"""Types whose objects the sandbox keeps within others."""


@pytest.fixture(params=EACH_WITH_CLAIMS)
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Estate]:
    """The estate, applied, on one of the sandboxes."""
    with estate(tmp_path, **SANDBOXES[request.param]) as applied:
        yield applied


def test_every_type_of_cluedin_is_thought_of() -> None:
    named = {name for name, type in types().items() if type.system == "cluedin" and not type.hosted}
    assert named == NAMES.keys() | CODES | INSIDE


def test_a_matching_rule_that_people_rename_gets_its_name_again(made: Estate) -> None:
    [address] = [one for one in made.entries() if one.endswith("/Mail")]
    rule, project = made.entries()[address].id, made.entries()[f"cluedin.dedup_project:{PROJECT}"].id

    def renamed(doc: dict[str, Any]) -> dict[str, Any]:
        rules = [{**one, "name": "Renamed"} if one["id"] == rule else one for one in doc["rules"]]
        return {**doc, "rules": rules}

    made.edit_live(world.DEDUP, project, renamed)
    assert made.drift() == [(address, "renamed", [])]
    assert made.told() == [("rename", address, "renamed", [])]
    assert made.apply().complete
    assert made.told() == []


def test_a_rename_is_told_once_and_repaired_once(made: Estate) -> None:
    entries = made.entries()
    for name, (kind, member) in NAMES.items():
        type = types()[name]
        for address in sorted(one for one in entries if one.startswith(f"{name}:")):
            id = entries[address].id
            before = made.edit_live(kind, id, lambda doc, m=member: {**doc, m: "Renamed by people"})
            assert [(a, reason, paths) for a, reason, paths in made.drift()] == [(address, "renamed", [])], address
            repaired = entries[address].how == "created" and type.can_rename
            assert made.told() == [("rename" if repaired else "drift", address, "renamed", [])], address
            result = made.apply()
            assert [(o.change.address, o.status, o.message) for o in result.outcomes] == (
                [(address, "done", "")] if repaired else []
            )
            if not repaired:
                assert made.told() == [("drift", address, "renamed", [])], address
                made.put_back(kind, before)
            else:
                now = made.world.get(kind, id, latest=True)
                assert (now or {})[member] == before[member]
            made.rest()
            assert made.told() == [], address

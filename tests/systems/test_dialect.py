"""What differs between Microsoft Purview and Apache Atlas, and that all of it follows from the environment's `mode`."""

from __future__ import annotations

import ast
import threading
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from reconciler.connect import connect_purview
from reconciler.environment.sign_in import PurviewSystem
from reconciler.systems.dialect import ATLAS, DIALECTS, PURVIEW, Dialect, Product

ENGINE = Path(__file__).parents[2] / "reconciler"

DIFFERENCES: dict[str, tuple[Any, Any]] = {
    "title": ("Microsoft Purview", "Apache Atlas"),
    "scheme": ("purview", "atlas"),
    "has_account": (True, False),
    "root": ("/datamap/api/atlas/v2", "/api/atlas/v2"),
    "version_page": (None, "/api/atlas/admin/version"),
    "glossary_word": ("classic glossary", "Atlas glossary"),
    "has_collections": (True, False),
    "has_contacts": (True, False),
    "has_query_search": (True, False),
    "has_term_parents": (True, False),
    "has_nicknames": (True, False),
    "has_partial_terms": (True, False),
    "term_parts": ({"status", "templates", "contacts", "resources"}, set()),
    "term_query": ((("includeTermHierarchy", True),), ()),
    "unassigns_with": ("DELETE", "PUT"),
    "lists_deleted_relations": (False, True),
    "updates_whole": (False, True),
}
"""Every difference: Purview, Atlas."""


def test_the_table_of_differences() -> None:
    names = [field.name for field in fields(Dialect)]
    assert {name: (getattr(PURVIEW, name), getattr(ATLAS, name)) for name in names} == DIFFERENCES


def test_what_is_the_same_is_no_difference() -> None:
    assert [name for name, (one, other) in DIFFERENCES.items() if one == other] == []


def test_every_difference_is_asked_for() -> None:
    asked = {
        node.attr
        for path in ENGINE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith("dialect")
    }
    assert asked == set(DIFFERENCES)


@pytest.mark.parametrize(("mode", "dialect"), [("purview", PURVIEW), ("atlas", ATLAS)])
def test_the_mode_of_the_environment_chooses(mode: Product, dialect: Dialect) -> None:
    sign_in = {"method": "basic", "user": "someone", "password": {"env": "PASSWORD"}}
    given = {"endpoint": "http://127.0.0.1:9", "mode": mode, "sign_in": sign_in}
    spec = PurviewSystem.model_validate(given)
    process_env = {"RECONCILER_SECRETS": "PASSWORD", "PASSWORD": "a password"}
    connected = connect_purview(spec, process_env, threading.Event())
    assert (spec.dialect, connected.dialect, connected.fresh().dialect) == (dialect, dialect, dialect)


def test_purview_is_the_default() -> None:
    assert PurviewSystem.model_validate({"endpoint": "https://contoso.purview.azure.com"}).dialect is PURVIEW
    assert list(DIALECTS) == ["purview", "atlas"]

"""Every GraphQL document that the product has uses only what CluedIn's own documents prove."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

graphql = pytest.importorskip("graphql")

import reconciler as package  # noqa: E402
import reconciler_sandbox.cluedin as sandbox  # noqa: E402

SCHEMA = Path(str(sandbox.__file__)).parent / "schema"


def documents() -> Iterator[tuple[str, str]]:
    for module in pkgutil.walk_packages(package.__path__, "reconciler."):
        if module.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            for text in value.values() if isinstance(value, dict) else [value]:
                document = text[0] if isinstance(text, tuple) and text else text
                if isinstance(document, str) and re.match(r"(?:query|mutation) \w+", document) and "{" in document:
                    yield f"{module.name}.{name}", document


@pytest.fixture(scope="module")
def schema() -> object:
    """The sandbox's schema, written after the same public documents, without its own directives' effect."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(SCHEMA.glob("*.graphql"))]
    return graphql.build_schema("\n".join(texts))


@pytest.mark.parametrize(("name", "document"), list(documents()), ids=lambda value: str(value)[:40])
def test_documents_are_valid(schema: object, name: str, document: str) -> None:
    assert not graphql.validate(schema, graphql.parse(document))


def test_documents_were_found() -> None:
    found = sorted(name for name, _ in documents())
    assert json.dumps(found).count("_KEYS") >= 2
    assert len(found) > 60

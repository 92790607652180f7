"""Every GraphQL document of the CluedIn types uses only what CluedIn's own documents prove."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

graphql = pytest.importorskip("graphql")

import reconciler.resources.cluedin as package  # noqa: E402
import reconciler_sandbox.cluedin as sandbox  # noqa: E402

SCHEMA = Path(str(sandbox.__file__)).parent / "schema"


def documents() -> Iterator[tuple[str, str]]:
    for module in pkgutil.iter_modules(package.__path__):
        for name, value in vars(importlib.import_module(f"{package.__name__}.{module.name}")).items():
            if isinstance(value, str) and value.startswith(("query ", "mutation ")):
                yield f"{module.name}.{name}", value


@pytest.fixture(scope="module")
def schema() -> object:
    """The sandbox's schema, written after the same public documents, without its own directives' effect."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(SCHEMA.glob("*.graphql"))]
    return graphql.build_schema("\n".join(texts))


@pytest.mark.parametrize(("name", "document"), list(documents()), ids=lambda value: str(value)[:40])
def test_documents_are_valid(schema: object, name: str, document: str) -> None:
    assert not graphql.validate(schema, graphql.parse(document))


def test_documents_were_found() -> None:
    assert json.dumps(sorted(name for name, _ in documents())).count("_KEYS") == 2

"""PyApacheAtlas: terms created one call each, and with its one call for many."""

from __future__ import annotations

import importlib.util
import time
from typing import Any

from benchmarks.glossary import GLOSSARY, make_glossary
from benchmarks.projects import TOKEN

NAME = "PyApacheAtlas"


def missing() -> str | None:
    """Why it cannot be measured here."""
    found = importlib.util.find_spec("pyapacheatlas")
    return None if found else "pyapacheatlas is not installed: pip install 'cluedin-purview-reconciler[bench]'"


def one_by_one(url: str, terms: int) -> float:
    """Seconds for so many terms, a call each."""
    client, glossary = _client(url)
    bodies = _bodies(glossary, terms)
    started = time.perf_counter()
    for body in bodies:
        client.glossary.upload_term(body)
    return time.perf_counter() - started


def in_bulk(url: str, terms: int) -> float:
    """Seconds for so many terms in one call."""
    client, glossary = _client(url)
    bodies = _bodies(glossary, terms)
    started = time.perf_counter()
    made = client.glossary.upload_terms(bodies)
    elapsed = time.perf_counter() - started
    assert len(made) == terms, f"{len(made)} of {terms} terms made"
    return elapsed


def _client(url: str) -> tuple[Any, str]:
    """A client, and the guid of a new glossary; neither is timed."""
    from pyapacheatlas.auth.base import AtlasAuthBase  # type: ignore[import-untyped]
    from pyapacheatlas.core import AtlasClient  # type: ignore[import-untyped]

    class Bearer(AtlasAuthBase):  # type: ignore[misc]
        def get_authentication_headers(self, **kwargs: Any) -> dict[str, str]:
            return {"Authorization": f"Bearer {TOKEN}"}

    client = AtlasClient(endpoint_url=f"{url}/datamap/api/atlas/v2", authentication=Bearer())
    return client, make_glossary(url)


def _bodies(glossary: str, terms: int) -> list[Any]:
    from pyapacheatlas.core.glossary import PurviewGlossaryTerm  # type: ignore[import-untyped]

    return [
        PurviewGlossaryTerm(
            name=f"Item {at}",
            qualifiedName=f"Item {at}@{GLOSSARY}",
            glossaryGuid=glossary,
            status="Approved",
            longDescription=f"Item {at}, as the business understands it.",
        )
        for at in range(terms)
    ]

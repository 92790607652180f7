"""The glossary that every way of creating terms finds in its sandbox."""

from __future__ import annotations

import httpx

from benchmarks.projects import TOKEN

GLOSSARY = "Bench"


def make_glossary(url: str) -> str:
    """Creates it; returns its guid."""
    answer = httpx.post(
        f"{url}/datamap/api/atlas/v2/glossary",
        json={"name": GLOSSARY, "qualifiedName": GLOSSARY},
        headers={"authorization": f"Bearer {TOKEN}"},
    )
    return str(answer.raise_for_status().json()["guid"])

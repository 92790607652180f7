"""A project for every kind, by discovery: on a plain, normalising and lagging sandbox, and one strict on claims."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from reconciler.kinds import kinds, models
from reconciler.manifest.spec import example

from ..support import EACH_WITH_CLAIMS, SANDBOXES, Project, project
from .documents import OF_TERMS, OF_VOCABULARIES, but

NEEDS = {"DataSourceLink": ("GlossaryMapping",), "Stream": ("ExportContract",), "Asset": ("CustomType",)}
"""The kinds whose examples declare what the example of a kind refers to."""


RULES = {
    "GlossaryMapping from terms": OF_TERMS,
    "GlossaryMapping from vocabularies": but(OF_VOCABULARIES, into={"glossary": "Marketing"}, removed="delete"),
}
"""Specs of mappings that are rules, where examples spell concepts out."""


def subjects() -> list[str]:
    """Every kind but the environment itself, which every project has; and mappings that are rules."""
    return [*kinds(), *RULES]


def manifest(name: str) -> str:
    """The manifest of a subject."""
    if name not in RULES:
        return example(models()[name])
    kind = name.partition(" ")[0]
    document = {"apiVersion": "reconciler/v1", "kind": kind, "metadata": {"name": "rule"}, "spec": RULES[name]}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


@pytest.fixture(params=EACH_WITH_CLAIMS)
def sandbox_options(request: pytest.FixtureRequest) -> dict[str, object]:
    """How the sandbox behaves."""
    return SANDBOXES[request.param]


@pytest.fixture(params=subjects())
def subject(request: pytest.FixtureRequest, tmp_path: Path, sandbox_options: dict[str, object]) -> Iterator[Project]:
    """A project with the example of one kind, and of the kinds that examples refer to."""
    with project(tmp_path, **sandbox_options) as made:
        for name in {"LabelMap", *NEEDS.get(request.param, ()), request.param}:
            made.write(f"{name.lower().replace(' ', '-')}.yaml", manifest(name))
        if sandbox_options.get("strict_claims"):
            made.hold_least()
        yield made

"""One concept that a rule derives: a mapping as it would be spelled out in Git, which stands where its rule does."""

from __future__ import annotations

from dataclasses import replace

from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.kinds.glossary_mapping.spec import GlossaryMapping
from reconciler.manifest.findings import Path
from reconciler.manifest.marks import find

LINE: Path = ("into",)
"""Where a rule says what it makes, and so where all that it makes is wanted."""


def derived_scene(rule: Scene, spec: GlossaryMapping) -> Scene:
    """A derived mapping in the world of its rule."""
    place, _ = find(rule.document.layers, LINE)
    return Scene(replace(rule.document, spec=spec, layers=[place]), rule.world)

"""What people note on a relation or a classification of ours: it goes when that is taken off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.resources.objects import Part

_WORDS = ("description", "expression", "steward", "source")
"""What a person can say of an assignment or a relation between terms (Atlas' glossary model, grade A)."""


def notes(entry: Mapping[str, Any]) -> Iterator[Part]:
    """The words on an assignment (`AtlasTermAssignmentHeader`) or a relation (`AtlasRelatedTermHeader`)."""
    for name in _WORDS:
        if entry.get(name):
            yield Part("", name, f"the {name} that people noted on it")


def values(classification: Mapping[str, Any]) -> Iterator[Part]:
    """Attributes and periods of a classification; ours have none."""
    for name, value in (classification.get("attributes") or {}).items():
        if value not in (None, "", [], 0, False):
            yield Part("", name, f"the value of {name} that people gave it")
    if classification.get("validityPeriods"):
        yield Part("", "validityPeriods", "the period that people gave it")

"""Folder defaults: a `Defaults` document lies under every document of a kind in its folder and below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from reconciler.errors import Diagnostic
from reconciler.manifest.documents import DEFAULTS, ENVIRONMENT, Document
from reconciler.manifest.marks import Place, find
from reconciler.manifest.suggest import did_you_mean

FolderDefaults = dict[tuple[PurePosixPath, str], Place]


def collect_defaults(
    documents: Iterable[Document], kinds: Mapping[str, object]
) -> tuple[FolderDefaults, list[Diagnostic]]:
    """The defaults by folder and kind, and what is wrong with them."""
    found: FolderDefaults = {}
    findings: list[Diagnostic] = []
    for document in documents:
        for kind, partial in document.data.items():
            place, _ = find(document.layers, (kind,))
            if kind not in kinds or kind in (DEFAULTS, ENVIRONMENT):
                advice = did_you_mean(kind, set(kinds) - {DEFAULTS, ENVIRONMENT}, what="Kinds are")
                summary = f"There are no defaults for the kind `{kind[:80]}`"
                findings.append(Diagnostic("error", "manifest.unknown_kind", summary, advice, place.key_source))
            elif not isinstance(partial, dict):
                summary = f"The defaults of {kind} must be a mapping"
                advice = "Write the fields of its spec below it."
                findings.append(Diagnostic("error", "manifest.wrong_type", summary, advice, place.source))
            elif (document.folder, kind) in found:
                other = found[document.folder, kind].key_source
                summary = f"The defaults of {kind} for this folder are already given in {other}"
                findings.append(
                    Diagnostic("error", "manifest.duplicate_defaults", summary, "Keep one.", place.key_source)
                )
            else:
                found[document.folder, kind] = place
    return found, findings


def apply_defaults(document: Document, defaults: FolderDefaults) -> None:
    """Puts the folder's defaults under the document, the nearest folder on top; lists replace."""
    layers = [
        defaults[folder, document.kind]
        for folder in (document.folder, *document.folder.parents)
        if (folder, document.kind) in defaults
    ]
    if layers:
        document.layers = [*document.layers, *layers]
        for layer in layers:
            document.data = _merged(document.data, layer.data)


def _merged(over: Any, under: Any) -> Any:
    if not isinstance(over, dict) or not isinstance(under, dict):
        return over
    merged = dict(under)
    for key, value in over.items():
        merged[key] = _merged(value, under[key]) if key in under else value
    return merged

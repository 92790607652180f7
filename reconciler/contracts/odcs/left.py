"""What of a file of the standard an export contract has no place for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.contracts.odcs.reading import Path
from reconciler.errors import Diagnostic
from reconciler.manifest.yaml import YamlDocument, position

_KEEP = "Keep the file where others need it."
_NOTHING: tuple[Any, ...] = (None, "", [], {}, False)


def left_behind(document: YamlDocument, taken: set[Path]) -> Iterator[Diagnostic]:
    """One finding for each part that is left behind, at the first of its places."""
    above = {path[:length] for path in taken for length in range(len(path))}
    parts: dict[str, list[Path]] = {}
    for path in _rest(document.data, (), taken, above):
        parts.setdefault(_name(path), []).append(path)
    for name, places in parts.items():
        times = f" ({len(places)} times)" if len(places) > 1 else ""
        yield Diagnostic(
            "warning",
            "odcs.left_behind",
            f"`{name}`{times} has no place in an ExportContract and is left behind",
            "The contract is a draft until you say otherwise." if name == "status" else _KEEP,
            position(document, places[0]),
        )


def _rest(value: Any, path: Path, taken: set[Path], above: set[Path]) -> Iterator[Path]:
    """The uppermost places below which nothing was taken."""
    if path in taken or value in _NOTHING:
        return
    if path not in above:
        yield path
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _rest(one, (*path, key), taken, above)
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from _rest(one, (*path, at), taken, above)


def _name(path: Path) -> str:
    """A place as people write it, whichever of a list it is."""
    text = ""
    for step in path:
        text += "[]" if isinstance(step, int) else f".{step}" if text else step
    return text

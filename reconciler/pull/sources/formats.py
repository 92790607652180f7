"""Which format a file is in: by its content, as an ending is soon another."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from reconciler.environment.patterns import holds
from reconciler.errors import ConfigurationError
from reconciler.kinds.base import World
from reconciler.kinds.pulling import Limits
from reconciler.pull.sources.contract import is_contract, read_contract
from reconciler.pull.sources.glossary_csv import is_glossary, read_glossary, wants_columns
from reconciler.pull.sources.told import Told, text_of, unreadable
from reconciler.pull.sources.toolkit import is_toolkit, read_toolkit
from reconciler.pull.sources.typedefs import is_typedefs, read_typedefs
from reconciler.pull.sources.workbook import is_workbook, read_workbook
from reconciler.resources.spelling import composed

KNOWN = (
    "Purview's CSV of glossary terms, a workbook as PyApacheAtlas reads it, what CluedIn's toolkit exports, types of "
    "the Data Map in JSON, and a file of the Open Data Contract Standard 3"
)


def read_files(files: Sequence[Path], world: World, limits: Limits) -> Told:
    """What files say; raises `ConfigurationError` for one that is none of the formats or cannot be read."""
    told = Told()
    answers: list[tuple[str, dict[str, Any]]] = []
    for file in _each(files):
        content, name = _content(file), str(file)
        if is_workbook(content):
            read_workbook(content, name, told)
            continue
        text = text_of(content, name)
        data = _json(text, name) if text.lstrip()[:1] in ("{", "[") else None
        if data is not None and is_toolkit(data):
            answers.append((name, data))
        elif data is not None and is_typedefs(data):
            read_typedefs(data, name, told)
        elif is_contract(text):
            read_contract(file, name, limits.prefix, told)
        elif is_glossary(text):
            read_glossary(text, name, glossary_of(world, limits), world, told)
        else:
            advice = f"These are {KNOWN}. {wants_columns(text)}".strip()
            raise unreadable(name, "is none of the formats that can be pulled from", advice)
    if answers:
        read_toolkit(answers, told)
    return told


def _each(files: Sequence[Path]) -> Iterator[Path]:
    """The files, and those of the folders that the toolkit makes."""
    for file in files:
        if not file.is_dir():
            yield file
            continue
        inner = sorted(file.rglob("*.json"))
        if not inner:
            raise unreadable(str(file), "holds no JSON file", "Name the folder that CluedIn's toolkit exports to.")
        yield from inner


def _json(text: str, name: str) -> Any:
    """One document, or the list of those that follow one another, as some custom connectors keep their types."""
    try:
        found, at = [], 0
        while text[at:].strip():
            at += len(text[at:]) - len(text[at:].lstrip())
            one, at = json.JSONDecoder().raw_decode(text, at)
            found.append(one)
        return found[0] if len(found) == 1 else found
    except ValueError as error:
        why = f"is no sound JSON: {error}"
        line = getattr(error, "lineno", None)
        raise unreadable(name, why, "Export it again; the end may be missing.", line) from None
    except RecursionError:
        raise unreadable(name, "is nested too deep", "Export it again.") from None


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise unreadable(str(file), f"cannot be read: {error.strerror or error}", "Name a file.") from None


def glossary_of(world: World, limits: Limits) -> str:
    """The glossary that terms are for: the one that is named, else the only one of the environment.

    Raises `ConfigurationError` where that is none, or outside the environment's scope.
    """
    scope = world.environment.scope.purview.glossaries
    only = scope[0] if scope is not None and len(scope) == 1 and "*" not in scope[0] else ""
    name = composed(limits.glossary or only)
    if not name or "*" in name:
        raise ConfigurationError.of(
            "file.glossary",
            "The file does not say which glossary its terms are of",
            "Name it with --glossary NAME, or an environment whose scope has one glossary with --env NAME.",
        )
    if not holds(scope, name):
        raise ConfigurationError.of(
            "scope.outside",
            f"The glossary `{name}` is outside the scope of the environment `{world.environment_name}`",
            "Add it to `scope.purview.glossaries` there, if it belongs to this environment.",
        )
    return name

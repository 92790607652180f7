"""A seed out of a JSON file: taken whole, or refused with one sentence that says what in it is not understood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

import orjson

from reconciler_sandbox.purview.shapes import ENTITY, GLOSSARY, OBJECTS, TERM, TYPES, Record, anything, many, text
from reconciler_sandbox.settings import SandboxError
from reconciler_sandbox.web import Refusal, Response

Doc = dict[str, Any]

BY_PATH = ("synonyms", "seeAlso")
"""Links of a term that a seed tells by the path of the other term."""


@dataclass(frozen=True, slots=True)
class Item:
    """What one object of a list may say, what it must, and the lists that it holds in turn."""

    shape: Record
    needs: tuple[str, ...]
    holds: tuple[str, ...] = ()


_TERM = Record(**TERM.fields | {"parent": text} | dict.fromkeys(BY_PATH, many(text)))
ITEMS = {
    "collections": Item(Record(name=text, friendlyName=text, parent=text, description=text), ("name",)),
    "entities": Item(ENTITY, ("typeName", "attributes")),
    "glossaries": Item(GLOSSARY, ("name",), holds=("terms",)),
    "terms": Item(_TERM, ("name",)),
    "relationships": Item(
        Record(typeName=text, end1=anything, end2=anything, attributes=OBJECTS), ("typeName", "end1", "end2")
    ),
    "assignments": Item(
        Record(glossary=text, term=text, typeName=text, qualifiedName=text),
        ("glossary", "term", "typeName", "qualifiedName"),
    ),
}
"""The objects of a seed, by the list that they stand in."""

LISTS = ("collections", "entities", "glossaries", "relationships", "assignments")


def read(name: str) -> Doc:
    """What a file says; raises `SandboxError` for what is no seed."""
    try:
        found = orjson.loads(Path(name).read_bytes())
    except OSError as error:
        why = error.strerror or str(error)
        raise SandboxError(f"the seed {name} cannot be read: {why}", "Take demo, empty, or a JSON file.") from None
    except orjson.JSONDecodeError as error:
        raise SandboxError(f"the seed {name} is no JSON: {error}", "Mend the file.") from None
    if not isinstance(found, dict):
        raise SandboxError(f"the seed {name} is no JSON object", "Its members are told in the documentation.")
    try:
        wrong = next(_wrong(found), None)
    except Refusal as refusal:
        refused(name, refusal)
    if wrong is not None:
        raise SandboxError(f"the seed {name} is not understood: {wrong}", "Mend the file.")
    return found


def refused(name: str, refusal: Refusal) -> NoReturn:
    """Raises the `SandboxError` for a file of which the data map refuses something."""
    raise SandboxError(f"the seed {name} is refused: {_told(refusal.response)}", "Mend the file.") from None


def _told(answer: Response) -> str:
    """The sentence of a refusal, in each of the forms that they have."""
    body = answer.body if isinstance(answer.body, dict) else {}
    error = body.get("error")
    return str(body.get("errorMessage") or (error.get("message") if isinstance(error, dict) else None) or answer.status)


def _wrong(seed: Doc) -> Iterator[str]:
    """What is wrong with a seed, place by place; a value of the wrong type is refused as the data map does."""
    yield from _unknown("it", seed, (*LISTS, "typedefs"))
    definitions = seed.get("typedefs")
    if isinstance(definitions, dict):
        yield from _unknown("typedefs", definitions, tuple(TYPES.fields))
    TYPES(definitions, "typedefs")
    for name in LISTS:
        yield from _wrong_in(name, name, seed.get(name))


def _wrong_in(kind: str, where: str, objects: Any) -> Iterator[str]:
    item = ITEMS[kind]
    for place, one in enumerate(many(Record())(objects, where) or []):
        here = f"{where}[{place}]"
        yield from _unknown(here, one, (*item.shape.fields, *item.holds))
        yield from (f"{here} has no {name}" for name in item.needs if one.get(name) in (None, ""))
        if one.get("collectionId") and not one.get("guid"):
            yield f"{here} has a collectionId, and so needs a guid, such as -1"
        item.shape(one, here)
        for held in item.holds:
            yield from _wrong_in(held, f"{here}.{held}", one.get(held))


def _unknown(where: str, found: Doc, known: tuple[str, ...]) -> Iterator[str]:
    for name in sorted(found.keys() - set(known)):
        meant = get_close_matches(name, known, 1)
        more = f"did you mean {meant[0]}?" if meant else f"known are {', '.join(sorted(known))}"
        yield f"{where} has an unknown member {name}; {more}"

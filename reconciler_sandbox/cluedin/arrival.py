"""What becomes of the properties of records on their way into a data set.

From the vendor's pages "Logs" (`/integration/additional-operations-on-records/logs`, the same for endpoint, file
and SQL) and "Endpoint" (`/integration/endpoint`), with their pictures ([B]):

* a property called `id` is renamed to `_id`; blanks and dots are taken out of names: warnings, the record is kept;
* "Column … should start with a letter, only contain latin letters and numbers, should not be empty, and should have
  a maximum of 250 characters": an error, and the record is not saved. `_` is accepted, as `_id` has it and the
  vendor's examples do (`Company_ID`); that every other mark is refused is what the sentence says ([B] words, [C]
  that all of it is enforced). Letters with accents count as Latin ([C]).
* nothing and `{}` are no records: an error.

What is not said: that the name is looked at for `id` after blanks and dots are gone, that other spellings (`ID`)
stay, and that of two properties that arrive under one name the later one holds ([C] all three).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from reconciler_sandbox.cluedin.world import Doc, new_id

LONGEST = 250
"""Most characters of a property's name ([B])."""
RECORDS_MAX = 100_000
"""Most records of one request ([B])."""
_REMOVED = (
    (re.compile(r"\s"), "space-in-property", "Spaces found in {} and is not allowed. Column has been replaced with a "
     "value without spaces"),
    (re.compile(r"\."), "dot-in-property", "Dots found in {} and is not allowed. Column has been replaced with a "
     "value without dots"),
)  # fmt: skip
"""What is taken out, the id of its message and its text ([B] for spaces, [C] that dots are alike)."""


@dataclass(slots=True)
class Arrival:
    """The records that are saved, under the names that they get, and what the logs say."""

    records: list[Doc] = field(default_factory=list)
    warnings: list[Doc] = field(default_factory=list)
    errors: list[Doc] = field(default_factory=list)


def arrive(data_set: str, records: list[Any]) -> Arrival:
    """What is saved of records, one by one: one that has an error does not keep the others back ([C])."""
    found = Arrival()
    for row, record in enumerate(records):
        if not record:
            found.errors.append(_line(data_set, row, "", "error", "empty-record", "The object is null or empty"))
            continue
        arrived: Doc = {}
        errors: list[Doc] = []
        for name, value in record.items():
            given, warnings = _renamed(name)
            found.warnings += [_line(data_set, row, name, "warning", *one) for one in warnings]
            if is_refused(given):
                text = (
                    f"Column {name} should start with a letter, only contain latin letters and numbers, should not be "
                    f"empty, and should have a maximum of {LONGEST} characters"
                )
                errors.append(_line(data_set, row, name, "error", "invalid-property", text))
            arrived[given] = value
        found.errors += errors
        if not errors:
            found.records.append(arrived)
    return found


def answer(found: Arrival, received: int) -> Doc:
    """The answer to records: 200, also when some of them were not saved ([C]: clients look at `error` in it)."""
    receipt = new_id()
    body: Doc = {
        "success": True,
        "warning": bool(found.warnings),
        "warnings": found.warnings,
        "error": bool(found.errors),
        "receiptId": receipt,
        "received": received,
        "errorsCount": len(found.errors),
        "warningsCount": len(found.warnings),
    }
    if found.errors:
        body["errors"] = [{**one, "receiptId": receipt} for one in found.errors]
    return body


def refusal(data_set: str, text: str, message: str) -> Doc:
    """The answer to what is no array of records: 400 ([B] body)."""
    receipt = new_id()
    line = {**_line(data_set, -1, "", "error", message, text, domain="parsing"), "exception": text, "rowIndex": -1}
    return {
        "success": False,
        "warning": False,
        "warnings": [],
        "error": True,
        "receiptId": receipt,
        "errors": [{**line, "receiptId": receipt}],
    }


def is_refused(name: str) -> bool:
    """Whether no record with a property of this name is saved."""
    composed = unicodedata.normalize("NFC", name)
    if not 0 < len(composed) <= LONGEST:
        return True
    fits = [_is_latin(one) or one == "_" or (at > 0 and one in "0123456789") for at, one in enumerate(composed)]
    return not all(fits)


def _is_latin(character: str) -> bool:
    return character.isalpha() and unicodedata.name(character, "").startswith("LATIN")


def _renamed(name: str) -> tuple[str, list[tuple[str, str]]]:
    """The name that a property gets, and the warnings about it: ids of messages with their texts."""
    warnings: list[tuple[str, str]] = []
    given = name
    for pattern, message, text in _REMOVED:
        if pattern.search(given):
            given = pattern.sub("", given)
            warnings.append((message, text.format(name)))
    if given == "id":
        given = "_id"
        warnings.append(("id-property", "Property with the key id has been renamed to _id"))
    return given, warnings


def _line(data_set: str, row: int, name: str, level: str, message: str, text: str, *, domain: str = "storing") -> Doc:
    """One line of the logs ([B] members)."""
    return {
        "rowIndex": str(row),
        "property": name,
        "dataSetId": data_set,
        "exception": "",
        "domain": domain,
        "messageId": message,
        "level": level,
        "errorMessage": text,
    }


def columns_of(records: list[Doc]) -> Iterator[str]:
    """The names of all properties, in order."""
    yield from (name for record in records for name in record)

"""Values in words: short, without ids, dates as dates."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable
from typing import Any, TypeGuard

from reconciler.systems.redact import MASK

LONGEST = 60
"""So many characters of a value stand in a sentence."""
MOST = 3
"""So many of several names are said; the rest is counted."""
AN_ID = "(an id)"
_GUID = re.compile(r"\{?\b[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\b\}?", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,4}")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def quoted(value: Any) -> str:
    """A value in a sentence: a text in quotes, a date as a date, yes or no, a list by its members."""
    if value is None or value in ("", [], {}):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,}" if isinstance(value, int) and abs(value) > 9999 else str(value)
    if isinstance(value, list | tuple):
        return listed(quoted(one) for one in value)
    if not is_text(value):
        return "another form"  # nested values are shown in the details, piece by piece
    if value.startswith(MASK):
        return value
    if value in ("true", "false"):
        return quoted(value == "true")
    return date_of(value) or (value if _NUMBER.fullmatch(value) else f"“{name(value)}”")


def is_text(value: Any) -> TypeGuard[str]:
    """Whether a value is a text for people, and not a nested value or the JSON of one."""
    if not isinstance(value, str):
        return False
    if not value.lstrip().startswith(("{", "[")):
        return True
    try:
        return not isinstance(json.loads(value), list | dict)
    except (ValueError, RecursionError):
        return True


def name(text: str) -> str:
    """A text as a name: on one line, short, and without ids that say nothing to people."""
    plain = without_ids(" ".join(text.split()))
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1].rstrip() + "…"


def ending(text: str) -> str:
    """The end of a long text: what two of them differ by that begin alike."""
    plain = without_ids(" ".join(text.split()))
    return plain if len(plain) <= LONGEST else f"…{plain[-LONGEST + 1 :].lstrip()}"


def without_ids(text: str) -> str:
    """The text with every GUID in it said to be one."""
    return _GUID.sub(AN_ID, text)


def date_of(text: str) -> str:
    """`30 November 2026, 14:05 UTC` of a date or time in ISO form; nothing of another text."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return ""
    year, month, day, hour, minute, zone = found.groups()
    try:
        at = datetime.datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0))
    except ValueError:
        return ""
    told = f"{at.day} {_MONTHS[at.month - 1]} {at.year}"
    if not hour:
        return told
    return f"{told}, {at:%H:%M}{' UTC' if zone in ('Z', '+00:00', '+0000') else f' {zone}' if zone else ''}"


def listed(words: Iterable[str], most: int = MOST) -> str:
    """`a`, `a and b`, `a, b and c`, `a, b, c and 4 more`; `nothing` of none."""
    told = list(words)
    if not told:
        return "nothing"
    if len(told) > most + 1:
        told = [*told[:most], f"{len(told) - most:,} more"]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def number(count: int, noun: str) -> str:
    """`1 column`, `1,800 columns`."""
    return f"{count:,} {noun if count == 1 else noun + 's'}"


def capital(text: str) -> str:
    """The text with its first letter as a sentence begins."""
    return text[:1].upper() + text[1:]

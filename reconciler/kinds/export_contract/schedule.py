"""Schedules of exports: words and cron, the connector's own form, and how far runs lie apart.

Words and the cron behind them, five fields of NCrontab in UTC: public source of the data-lake connectors, [B].
What NCrontab makes of a field is its own source [A]: a name may be cut short anywhere, and the first that
begins so wins (`t` is Tuesday); a range the other way round is turned; a step of 0 is one of 1; both the day of the
month and the day of the week have to fit. What it would take for something else than it says is refused here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

DAY = 24 * 60
_WORDS = {"hourly": "0 * * * *", "daily": "0 0 * * *", "weekly": "0 0 * * 1"}
_OPTION = {"hourly": "Hourly", "daily": "Daily", "weekly": "Weekly"}
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_SHORTEST = 3
"""Letters that tell every month and every day from the others."""
# name, lowest, highest, names of values
_FIELDS = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 6, _DAYS),
)
_PART = re.compile(r"(?:(?P<all>\*)|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>\d+))?", re.ASCII)

Sets = tuple[frozenset[int], ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """When an export runs."""

    word: str
    """`hourly`, `daily`, `weekly`, or `cron`."""
    cron: str
    """The five fields."""

    @property
    def canonical(self) -> str:
        """One text for schedules that mean the same: the word, else the cron."""
        return self.cron if self.word == "cron" else self.word

    @property
    def options(self) -> dict[str, str]:
        """The options of a data-lake connector."""
        if self.word == "cron":
            return {"Schedule": "CustomCron", "CustomCron": self.cron}
        return {"Schedule": _OPTION[self.word]}

    @property
    def longest_gap(self) -> int:
        """Minutes between two runs, where they lie furthest apart."""
        return _longest_gap(sets_of(self.cron))


def schedule_of(text: str) -> Schedule:
    """The schedule behind a word or cron; `ValueError` with a sentence when it is neither."""
    word = text.strip().casefold().removeprefix("@")
    if word in _WORDS:
        return Schedule(word, _WORDS[word])
    cron = " ".join(text.split())
    sets = sets_of(cron)
    if not fitting_days(sets):
        raise ValueError(f"`{text}` never comes")
    known = next((one for one, other in _WORDS.items() if sets_of(other) == sets), None)
    return Schedule(known, _WORDS[known]) if known else Schedule("cron", cron)


@lru_cache(maxsize=256)
def sets_of(cron: str) -> Sets:
    """The values that each of the five fields stands for; `ValueError` with a sentence for what is no cron."""
    parts = cron.split(" ")
    if len(parts) != len(_FIELDS):
        raise ValueError(f"`{cron}` is neither hourly, daily or weekly, nor five fields of cron")
    return tuple(_values(part, *field) for part, field in zip(parts, _FIELDS, strict=True))


def _values(text: str, name: str, lowest: int, highest: int, names: tuple[str, ...]) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise ValueError(f"`{part}` is no {name}")
        step = int(match["step"] or 1)
        if match["all"]:
            first, last = lowest, highest
        else:
            first = _value(match["first"], name, lowest, names)
            last = _value(match["last"], name, lowest, names) if match["last"] else highest if match["step"] else first
        if not (lowest <= first <= highest and lowest <= last <= highest):
            raise ValueError(f"`{part}` is no {name}: it goes from {lowest} to {highest}")
        if step < 1:
            raise ValueError(f"`{part}` is no {name}: a step is 1 or more")
        if first > last:
            raise ValueError(_turned(part, match["first"], match["last"], name, (lowest, highest)))
        found.update(range(first, last + 1, step))
    return frozenset(found)


def _value(text: str, name: str, lowest: int, names: tuple[str, ...]) -> int:
    if text.isdigit():
        return int(text)
    meant = [number for number, full in enumerate(names, lowest) if full.startswith(text.casefold())]
    if len(text) >= _SHORTEST and meant:
        return meant[0]
    if meant:
        raise ValueError(f"`{text}` is too short for a {name}: give three letters or more, as in `{names[0][:3]}`")
    raise ValueError(f"`{text}` is no {name}")


def _turned(part: str, first: str, last: str | None, name: str, bounds: tuple[int, int]) -> str:
    """Why a range the other way round is refused, and how to write what was probably meant."""
    rest = part[len(first) + len(last or "") + 1 :]
    lowest, highest = bounds
    around = f"`{first}-{highest}{rest},{lowest}-{last}{rest}`"
    return (
        f"`{part}` is no {name}: it runs backwards, and NCrontab would swap its ends and run from {last} to {first}; "
        f"for a range around the end write {around}"
    )


@lru_cache(maxsize=256)
def fitting_days(sets: Sets) -> tuple[int, ...]:
    """Days of nine years on which there are runs, counted from the first; nine hold every 29 February."""
    start, (_, _, days, months, weekdays) = date(2023, 1, 1), sets
    found = []
    for number in range(9 * 366):
        day = start + timedelta(days=number)
        if day.day in days and day.month in months and (day.weekday() + 1) % 7 in weekdays:
            found.append(number)
    return tuple(found)


@lru_cache(maxsize=256)
def _longest_gap(sets: Sets) -> int:
    times = sorted(hour * 60 + minute for hour in sets[1] for minute in sets[0])
    within = max((after - before for before, after in pairwise(times)), default=0)
    days = fitting_days(sets)
    between = max((after - before for before, after in pairwise(days)), default=0)
    return max(within, between * DAY - times[-1] + times[0])

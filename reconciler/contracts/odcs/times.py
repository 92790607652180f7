"""Promises of time in the words of the standard's service levels, and back.

The standard names `latency`, `timeToRepair`, `frequency` and `retention`, with a number and a unit such as `d`,
`day` or `days` (its page on service levels, [A]). It has no word for data that may be lost, so a recovery point is
a property of ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_FIELDS = {
    "latency": "sla.freshness_p95_minutes",
    "timeToRepair": "sla.rto_minutes",
    "retention": "retention.days",
    "frequency": "delivery.schedule",
}
_SAID = {
    "latency": "Age of the data at delivery that 95 of 100 runs stay below.",
    "timeToRepair": "Time until exports run again after a failure.",
}
_MINUTES: dict[str, int] = {
    **dict.fromkeys(("m", "min", "minute", "minutes"), 1),
    **dict.fromkeys(("h", "hr", "hour", "hours"), 60),
    **dict.fromkeys(("d", "day", "days"), 1440),
    **dict.fromkeys(("w", "week", "weeks"), 10080),
    **dict.fromkeys(("y", "yr", "year", "years"), 365 * 1440),
}
_SCHEDULES = {60: "hourly", 1440: "daily", 10080: "weekly"}


def levels_of(found: Mapping[str, Any], interval: int | None) -> Iterator[dict[str, Any]]:
    """The service levels of a contract, of its fields by dotted names and the minutes between two runs."""
    for word, field in _FIELDS.items():
        value = interval if word == "frequency" else found.get(field)
        if isinstance(value, int) and not isinstance(value, bool):
            level = {"property": word, "value": value, "unit": "d" if word == "retention" else "minutes"}
            yield level | ({"description": _SAID[word]} if word in _SAID else {})


def field_of(level: Mapping[str, Any]) -> tuple[str, Any] | None:
    """The field of a contract that a service level stands for, with its value; None when it stands for none."""
    field, value, unit = _FIELDS.get(str(level.get("property"))), level.get("value"), str(level.get("unit", ""))
    each = _MINUTES.get(unit.lower())
    if field is None or each is None or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    minutes = value * each
    if minutes != int(minutes) or minutes < 1:
        return None
    if field == "delivery.schedule":
        return (field, _SCHEDULES[int(minutes)]) if minutes in _SCHEDULES else None
    if field == "retention.days":
        return (field, int(minutes) // 1440) if minutes % 1440 == 0 else None
    return field, int(minutes)

"""Term templates: what their attributes take, and dates as people write them.

Purview keeps a date as milliseconds since 1970 in UTC, and a choice as the name of an element of an enumeration
(examples `Type_ListTermTemplateDefs` and `Glossary_CreateTermWithTemplate` of the Data Map's REST API, grade A).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from reconciler.systems.purview import Purview

DEFAULT = "System default"
"""The template that every term has: it is in no listing."""
_START = datetime(1970, 1, 1, tzinfo=UTC)
_WHOLE = {"byte": 2**7, "short": 2**15, "int": 2**31, "long": 2**63, "biginteger": None}
_REAL = frozenset({"float", "double", "bigdecimal"})
_PLAIN = frozenset({*_WHOLE, *_REAL, "string", "boolean", "date"})


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a template."""

    name: str
    type: str
    """`string`, `boolean`, `date`, a number's type, or the name of an enumeration; of one item where it is `many`."""
    many: bool = False
    required: bool = False
    choices: tuple[str, ...] | None = None
    """The elements of its enumeration; None when it has none, or when they were not asked for."""

    def meant(self, value: Any) -> Any:
        """A value as it is compared and shown: dates as dates, the rest as it is."""
        if self.type != "date":
            return value
        return [_as_date(one) for one in value] if isinstance(value, list) else _as_date(value)

    def sent(self, value: Any) -> Any:
        """A value as Purview keeps it."""
        if self.type != "date":
            return value
        return [_as_number(one) for one in value] if isinstance(value, list) else _as_number(value)

    def fault(self, value: Any) -> str:
        """Why the attribute cannot hold a value, as what it takes instead; empty when it can."""
        if value is None:
            return ""
        if self.many != isinstance(value, list):
            return "a list" if self.many else f"one value, {self._kind()}"
        faulty = any(not self._takes(one) for one in (value if self.many else [value]))
        return self._kind() if faulty else ""

    def _kind(self) -> str:
        words = {"boolean": "true or false", "date": "a date such as 2026-01-31", "string": "a text"}
        if self.choices is not None:
            return f"one of {', '.join(f'`{one}`' for one in self.choices)}"
        return words.get(self.type, "a whole number" if self.type in _WHOLE else "a number")

    def _takes(self, value: Any) -> bool:
        """Whether one value fits, by Atlas' conversions of values that are sent as text [A]."""
        if self.choices is not None:
            return str(value).casefold() in {one.casefold() for one in self.choices}
        if self.type == "boolean":
            return isinstance(value, bool) or str(value).lower() in ("true", "false")
        if self.type == "date":
            return _moment(value) is not None
        if self.type in _WHOLE:
            limit, number = _WHOLE[self.type], _number(value, int)
            return number is not None and (limit is None or -limit <= number < limit)
        if self.type in _REAL:
            return _number(value, float) is not None
        return not isinstance(value, (list, dict))


Templates = Mapping[str, Mapping[str, Attribute]]


def templates(purview: Purview) -> Templates:
    """Every template with its attributes: `GET /types/typedefs?type=TERM_TEMPLATE` [A]."""
    return purview.memo("term templates", lambda: _read(purview))


def with_choices(purview: Purview, named: Iterable[str]) -> Templates:
    """The same; for the templates named also the elements of their enumerations, `?type=ENUM` [A]."""
    found = templates(purview)
    attributes = [one for name in named for one in found.get(name, {}).values()]
    if all(one.type in _PLAIN for one in attributes):
        return found
    enumerations = purview.memo("enumerations", lambda: _enumerations(purview))
    return {
        name: {key: _with_elements(one, enumerations) for key, one in attributes.items()}
        for name, attributes in found.items()
    }


def translated(values: Mapping[str, Any], known: Callable[[], Mapping[str, Attribute]]) -> dict[str, Any]:
    """Live values of a template's attributes as they are compared; looks the types up only where a number needs it."""
    if not any(_is_number(one) for value in values.values() for one in (value if isinstance(value, list) else [value])):
        return dict(values)
    attributes = known()
    return {name: attributes[name].meant(value) if name in attributes else value for name, value in values.items()}


def may_be_dates(value: Any) -> bool:
    """Whether a value reads like a date or several, so that it matters of which type the attribute is."""
    found = value if isinstance(value, list) else [value]
    return any(isinstance(one, str) and _moment(one) is not None for one in found)


def _read(purview: Purview) -> Templates:
    answer = purview.get("/types/typedefs", {"type": "TERM_TEMPLATE"}) or {}
    return {
        str(template["name"]): {str(one["name"]): _attribute(one) for one in template.get("attributeDefs") or ()}
        for template in answer.get("termTemplateDefs") or ()
    }


def _attribute(raw: Mapping[str, Any]) -> Attribute:
    word = str(raw.get("typeName") or "string")
    many = word.startswith("array<")
    disabled = str((raw.get("options") or {}).get("isDisabled")).lower() == "true"
    required = raw.get("isOptional") is False and raw.get("defaultValue") in (None, "") and not disabled
    return Attribute(str(raw["name"]), word[6:-1].strip() if many else word, many, required)


def _enumerations(purview: Purview) -> dict[str, tuple[str, ...]]:
    answer = purview.get("/types/typedefs", {"type": "ENUM"}) or {}
    return {
        str(one["name"]): tuple(str(element["value"]) for element in one.get("elementDefs") or ())
        for one in answer.get("enumDefs") or ()
    }


def _with_elements(one: Attribute, enumerations: Mapping[str, tuple[str, ...]]) -> Attribute:
    return Attribute(one.name, one.type, one.many, one.required, enumerations.get(one.type))


def _as_date(value: Any) -> Any:
    moment = _moment(value)
    if moment is None:
        return value
    if moment == moment.replace(hour=0, minute=0, second=0, microsecond=0):
        return moment.date().isoformat()
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds").replace("+00:00", "Z")


def _as_number(value: Any) -> Any:
    moment = _moment(value)
    return value if moment is None else (moment - _START) // timedelta(milliseconds=1)


def _moment(value: Any) -> datetime | None:
    """The moment that a number of milliseconds, a date or a time means; without a zone it is UTC."""
    if isinstance(value, bool):
        return None
    try:
        if _is_number(value):
            return _START + timedelta(milliseconds=int(value))
        moment = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _is_number(value: Any) -> bool:
    """Whether it may be milliseconds; eight digits are a date of the basic form, as no such moment is after 1970."""
    if isinstance(value, bool):
        return False
    text = str(value)
    return isinstance(value, int) or (isinstance(value, str) and len(text) > 8 and text.lstrip("-").isdigit())


def _number(value: Any, make: Callable[[Any], Any]) -> Any:
    if isinstance(value, bool) or (make is int and isinstance(value, float) and not value.is_integer()):
        return None
    try:
        return make(value)
    except (TypeError, ValueError, OverflowError):
        return None

"""Values of attributes: what a type accepts, and how it is stored.

As the type classes of Apache Atlas 2.4.0 treat them (grade A: its own jar is run beside this in the tests); that
Purview, which grew from them, does the same is grade B.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

_LIMITS = {"byte": 2**7, "short": 2**15, "int": 2**31, "long": 2**63}
_WHOLE = (*_LIMITS, "biginteger")
_REAL = ("float", "double", "bigdecimal")
PRIMITIVES = frozenset((*_WHOLE, *_REAL, "string", "boolean", "date"))
"""Names of the types that need no definition."""
_ZERO: dict[str, Any] = {**dict.fromkeys((*_WHOLE, "bigdecimal", "date"), 0), "float": 0.0, "double": 0.0}
_LARGEST_FLOAT = 3.4028234663852886e38
_JAVA_REAL = re.compile(r"[+-]?(NaN|Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?)", re.ASCII)
_JAVA_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_JAVA_WHOLE = re.compile(r"[+-]?\d+")
_DATE = re.compile("-".join([r"[ \t]*(\d+)"] * 3) + "T" + ":".join([r"[ \t]*(\d+)"] * 3) + r"\.[ \t]*(\d+)Z")
_EPOCH = date(1970, 1, 1).toordinal()
_DAY = 24 * 60 * 60 * 1000

Lookup = Callable[[str], "Mapping[str, Any] | None"]


class BadValueError(ValueError):
    """The value does not fit the type."""


def item_type(type_name: str) -> str | None:
    """What an array type holds, None for other types."""
    return type_name[6:-1].strip() if type_name.startswith("array<") else None


def base_names(type_name: str) -> list[str]:
    """The named types inside arrays and maps."""
    inner = item_type(type_name)
    if inner is not None:
        return base_names(inner)
    if type_name.startswith("map<"):
        key, _, value = type_name[4:-1].partition(",")
        return base_names(key.strip()) + base_names(value.strip())
    return [type_name]


def never_set(type_name: str) -> Any:
    """What Apache Atlas shows where a primitive value was never set, or set to null (answered by 2.4.0, grade A)."""
    return False if type_name == "boolean" else _ZERO.get(type_name)


def coerce(type_name: str, value: Any, lookup: Lookup) -> Any:
    """The value as stored; raises `BadValueError`. References are returned untouched."""
    if value is None:
        return None
    inner = item_type(type_name)
    if inner is not None:
        if not isinstance(value, list):
            raise BadValueError(f"expected an array of {inner}")
        items = [coerce(inner, item, lookup) for item in value]
        # Where something stands and is nothing in the end, as a blank date, all of the array is nothing.
        lost = any(item is None and one is not None for item, one in zip(items, value, strict=True))
        return None if lost else items
    if type_name.startswith("map<"):
        return _mapping(type_name, value, lookup)
    if type_name in PRIMITIVES:
        return _primitive(type_name, value)
    definition = lookup(type_name)
    if definition is not None and definition["category"] == "ENUM":
        return _element(definition, value)
    return value


def _mapping(type_name: str, value: Any, lookup: Lookup) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadValueError(f"expected {type_name}")
    outer, _, inner = type_name[4:-1].partition(",")
    return {
        text(coerce(outer.strip(), key, lookup)): coerce(inner.strip(), item, lookup) for key, item in value.items()
    }


def _element(definition: Mapping[str, Any], value: Any) -> str:
    for element in definition.get("elementDefs") or []:
        if str(element["value"]).lower() == text(value).lower():
            return str(element["value"])
    raise BadValueError(f"{value!r} is not an element of {definition['name']}")


def _primitive(type_name: str, value: Any) -> Any:
    if type_name == "string":
        return text(value)
    if type_name == "boolean":
        word = text(value).lower()
        if word not in ("true", "false"):
            raise BadValueError("expected a boolean")
        return word == "true"
    if type_name == "date":
        return _date(value)
    found = _whole(type_name, value) if type_name in _WHOLE else _real(type_name, value)
    if found is None:
        raise BadValueError(f"expected {type_name}")
    return found


def text(value: Any) -> str:
    """A value as Java writes it, which is what a text attribute keeps of anything else."""
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(text, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}={text(item)}' for key, item in value.items())}}}"
    return str(Decimal(repr(value)))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole(type_name: str, value: Any) -> int | None:
    """Fractions of numbers are cut off; text must be whole, but for big integers."""
    limit = _LIMITS.get(type_name)
    if _is_number(value):
        found = int(value) if math.isfinite(value) else None
    elif limit is None:
        exact = _decimal(text(value))
        found = None if exact is None else int(exact)
    else:
        found = int(text(value)) if _JAVA_WHOLE.fullmatch(text(value)) else None
    return found if found is None or limit is None or -limit <= found < limit else None


def _decimal(word: str) -> Decimal | None:
    try:
        return Decimal(word) if _JAVA_DECIMAL.fullmatch(word) else None
    except InvalidOperation:
        return None


def _real(type_name: str, value: Any) -> float | int | str | None:
    """Fractions are kept as floats of 64 bits, all that most readers of JSON hold; what is endless is refused."""
    if type_name == "bigdecimal":
        if _is_number(value) and -(2**63) <= value < 2**63:
            return float(value)  # Atlas takes numbers of up to 64 bits through a float, whatever that loses
        exact = _decimal(text(value))
        if exact is None or exact.as_tuple().exponent == 0:
            return None if exact is None else int(exact)
        return float(exact)
    if _is_number(value):
        found = _float(value)
    else:
        word = text(value).strip("".join(map(chr, range(33))))
        found = _float(word.rstrip("fFdD")) if _JAVA_REAL.fullmatch(word) else None
    if found is None or math.isinf(found):
        return None
    if math.isnan(found):
        return "NaN"  # as it is written in answers
    return _short(found) if type_name == "float" else found


def _float(value: Any) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None


def _short(value: float) -> float | None:
    """The nearest float of 32 bits, with as few digits as tell it; None where there is none."""
    if abs(value) > _LARGEST_FLOAT:
        return None
    nearest = struct.unpack("f", struct.pack("f", value))[0]
    digits = (float(f"{nearest:.{count}g}") for count in range(1, 10))
    return next(one for one in digits if struct.unpack("f", struct.pack("f", one))[0] == nearest)


def _date(value: Any) -> int | None:
    """Milliseconds since 1970, read by `yyyy-MM-dd'T'HH:mm:ss.SSS'Z'` of Java, which forgives much.

    Numbers may be too large for their places and go over, the fraction counts milliseconds whatever its length, and
    what follows the `Z` does not matter. Empty text is nothing; too large a number loses what is above 64 bits.
    """
    if _is_number(value):
        return (int(value) + 2**63) % 2**64 - 2**63
    word = text(value)
    if not word:
        return None
    found = _DATE.match(word)
    if found is not None:
        return _milliseconds(*map(int, found.groups()))
    whole = _whole("long", word)
    if whole is None:
        raise BadValueError("expected a date")
    return whole


def _milliseconds(year: int, month: int, day: int, hour: int, minute: int, second: int, milli: int) -> int:
    years, months = divmod(month - 1, 12)
    days = _days(year + years, months + 1, day)
    return (days - _EPOCH) * _DAY + ((hour * 60 + minute) * 60 + second) * 1000 + milli


def _days(year: int, month: int, day: int) -> int:
    """The ordinal of a day, by the calendar that was in use (Java's changes over on 15 October 1582)."""
    if (year, month, day) >= (1582, 10, 15):
        cycles, rest = divmod(year, 400)
        return date(rest or 400, month, 1).toordinal() + (cycles - (0 if rest else 1)) * 146_097 + day - 1
    before = year - 1
    leap = year % 4 == 0
    start = before * 365 + before // 4 - 1
    lengths = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return start + sum(lengths[: month - 1]) + day - 1

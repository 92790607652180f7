"""The integers that the REST interface uses for words.

The official description gives these enumerations as bare integers ([B]); which integer is which word is
not public ([U]). The sandbox therefore deals them out so that nothing in the documented order holds: a client
must learn the numbers by reading the same object over GraphQL, and one that sends a guessed 0 is found out.
"""

from __future__ import annotations

from reconciler_sandbox.cluedin.errors import bad_request

DATA_TYPES = (
    *("Text", "DateTime", "Time", "Duration", "Boolean", "Integer", "Number"),
    *("Uri", "Guid", "Email", "PhoneNumber", "TimeZone", "GeographyCity", "GeographyState"),
    *("GeographyCountry", "GeographyCoordinates", "GeographyLocation", "Json", "Xml", "Html", "IPAddress"),
    *("Color", "Money", "Currency", "PersonName", "OrganizationName", "Identifier", "Lookup"),
)
TYPED = frozenset({"DateTime", "Time", "Duration", "Boolean", "Integer", "Number", "Money"})
STORAGES = ("Keyword", "Typed", "Untyped")

# 11 and 28 have no common divisor, so that this is a permutation; it leaves no type at its documented place.
TYPE_NUMBER = {name: (11 * place + 5) % len(DATA_TYPES) for place, name in enumerate(DATA_TYPES)}
STORAGE_NUMBER = {"Keyword": 2, "Typed": 0, "Untyped": 3}
OBSOLETE_NUMBER = {"IgnoreObsolete": 0, "All": 1, "OnlyObsolete": 2}

_TYPE_NAME = {number: name for name, number in TYPE_NUMBER.items()}
_STORAGE_NAME = {number: name for name, number in STORAGE_NUMBER.items()}
_OBSOLETE_NAME = {number: name for name, number in OBSOLETE_NUMBER.items()}


def type_name(number: int) -> str:
    """The data type of an integer."""
    if number not in _TYPE_NAME:
        raise bad_request("The data type is unknown.", dataType=f"{number} is not a data type.")
    return _TYPE_NAME[number]


def storage_name(number: int) -> str:
    """The storage of an integer; one of the four numbers is not in use."""
    if number not in _STORAGE_NAME:
        raise bad_request("The storage is unknown.", storage=f"{number} is not a storage.")
    return _STORAGE_NAME[number]


def obsolete_filter(value: str | None, default: str) -> str:
    """All, OnlyObsolete or IgnoreObsolete, from a word or a number, as model binding takes both ([C])."""
    if not value:
        return default
    if value.isdigit() and int(value) in _OBSOLETE_NAME:
        return _OBSOLETE_NAME[int(value)]
    for name in OBSOLETE_NUMBER:
        if name.lower() == value.lower():
            return name
    raise bad_request("The filter is unknown.", filterIsObsolete=f"{value} is not All, OnlyObsolete or IgnoreObsolete.")


def default_storage(data_type: str) -> str:
    """How values of a type are stored when nobody says otherwise ([B])."""
    return "Typed" if data_type in TYPED else "Keyword"


# Streams: the enumerations hold four, two and two numbers ([B]), the words come from code and answers ([B]).
STREAM_STATUS = {"New": 2, "Started": 3, "Paused": 0, "Stopped": 1}
STREAM_MODE = {"Sync": 1, "EventStream": 0}
MAPPING_TYPE = {"metadata": 1, "vocabkey": 0}


def word(numbers: dict[str, int], number: object, what: str) -> str:
    """The word of an integer; 400 when it has none."""
    for name, known in numbers.items():
        if known == number and not isinstance(number, bool):
            return name
    raise bad_request(f"The {what} is unknown.", **{what: f"{number} is not a {what}."})
